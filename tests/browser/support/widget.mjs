// Opening the widget in a page and looking into it.

/** A browser window of one test. @returns {Promise<import('playwright-core').Page>} */
export async function newPage(browser, hostUrl, { width = 1280, height = 800, scheme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await page.goto(hostUrl.replace('127.0.0.1', 'localhost'));
  await page.waitForFunction(() => window.RouteMCPConnect);
  return page;
}

/** Opens the widget with the page's button, as an end user does. @returns the frame's contents */
export async function openWidget(page, options) {
  await page.evaluate((given) => {
    window.options = given;
  }, options);
  await page.click('#connect');
  return page.frameLocator('iframe');
}

/** What the page has been told so far: `[name, value]`. */
export const told = (page) => page.evaluate(() => window.told);

/** Waits until the page has been told something of this name, and returns its value. */
export async function toldOf(page, name, timeout = 10_000) {
  await page.waitForFunction((wanted) => window.told.some(([said]) => said === wanted), name, { timeout });
  return (await told(page)).find(([said]) => said === name)[1];
}

/**
 * Presses a key that closes what has the focus. Nothing waits for the key itself: where the frame or window is gone
 * before its keyup, Chromium never acknowledges it. Wait for what the key brings about instead.
 */
export function pressToClose(page, key) {
  page.keyboard.press(key).catch(() => {});
}

/** The heading of the view that is shown, once it is this one. */
export const heading = (frame, name) => frame.getByRole('heading', { level: 1, name });

/** Waits for a heading. */
export const sees = (frame, name) => heading(frame, name).waitFor();
