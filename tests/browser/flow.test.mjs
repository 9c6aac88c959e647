// The ways through the widget that go wrong, and how each goes on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { skip } from './support/chromium.mjs';
import { openWidget, sees, told, toldOf } from './support/widget.mjs';
import { withMock } from './support/with-mock.mjs';

const LIMIT = { timeout: 30_000 };
const button = (frame, name) => frame.getByRole('button', { name, exact: true });

const popupOf = async (page, click) => (await Promise.all([page.waitForEvent('popup'), click.click()]))[0];
const decide = (popup, answer) => popup.getByRole('link', { name: answer }).click();
const codes = async (page) => (await told(page)).map(([name, value]) => value?.code ?? name);

async function openHubspot(page, scenario) {
  const frame = await openWidget(page, { token: `ct_${scenario}`, provider: 'hubspot' });
  await frame.getByRole('heading', { name: /HubSpot/ }).waitFor();
  return frame;
}

async function giveToken(frame, token = 'right') {
  await button(frame, 'Use a private app token').click();
  await frame.getByLabel('Access token *', { exact: true }).fill(token);
  await button(frame, 'Connect').click();
}

describe('what goes wrong', { skip, timeout: 180_000 }, () => {
  const parts = withMock();
  const { use } = parts;

  test(
    'denied access is told, and a second try works',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'plain');
      await decide(await popupOf(page, button(frame, 'Continue with HubSpot')), 'Deny');
      await sees(frame, 'Access was not allowed');
      await decide(await popupOf(page, button(frame, 'Try again')), 'Allow');
      await toldOf(page, 'close');
      assert.deepEqual(await codes(page), ['ACCESS_DENIED', 'success', 'close']);
      assert.equal((await toldOf(page, 'error')).provider, 'hubspot');
    }),
  );

  test(
    'a closed window is told, and a second try works',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'plain');
      await (await popupOf(page, button(frame, 'Continue with HubSpot'))).close();
      await sees(frame, 'The window was closed');
      await decide(await popupOf(page, button(frame, 'Try again')), 'Allow');
      await toldOf(page, 'close');
      assert.deepEqual(await codes(page), ['POPUP_CLOSED', 'success', 'close']);
    }),
  );

  // A provider's page can cut the tie between the windows, after which the window looks closed.
  test(
    'a window that only seems closed can still be finished',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'plain');
      const popup = await popupOf(page, button(frame, 'Continue with HubSpot'));
      const allow = await popup.getByRole('link', { name: 'Allow' }).evaluate((link) => link.href);
      await popup.close();
      await sees(frame, 'The window was closed');
      await page.request.get(allow);
      await toldOf(page, 'close');
      assert.deepEqual(await codes(page), ['POPUP_CLOSED', 'success', 'close']);
    }),
  );

  test(
    'a blocked window can be opened with a link',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'plain');
      await page.frames()[1].evaluate(() => {
        window.open = () => null;
      });
      await button(frame, 'Continue with HubSpot').click();
      await sees(frame, 'The window was blocked');
      const [tab] = await Promise.all([
        page.context().waitForEvent('page'),
        frame.getByRole('link', { name: 'Open HubSpot' }).click(),
      ]);
      await decide(tab, 'Allow');
      await toldOf(page, 'close');
      assert.deepEqual(await codes(page), ['POPUP_BLOCKED', 'success', 'close']);
    }),
  );

  test(
    'cancelling closes the window and tells nothing',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'plain');
      const popup = await popupOf(page, button(frame, 'Continue with HubSpot'));
      await popup.getByRole('link', { name: 'Allow' }).waitFor();
      await Promise.all([popup.waitForEvent('close'), button(frame, 'Cancel').click()]);
      await sees(frame, 'Connect HubSpot');
      await page.waitForTimeout(3_500);
      assert.deepEqual(await told(page), []);
    }),
  );

  test(
    'a session that ends meanwhile is told',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'expires');
      await giveToken(frame);
      await sees(frame, 'This session has ended');
      assert.deepEqual(await codes(page), ['CONNECT_SESSION_EXPIRED']);
      await frame.locator('main').getByRole('button', { name: 'Close' }).click();
      await toldOf(page, 'close');
    }),
  );

  test(
    'a provider that was connected meanwhile is shown as it is',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'taken');
      await giveToken(frame);
      await sees(frame, 'HubSpot is connected');
      await frame.getByText('You connected it a moment ago.').waitFor();
      assert.deepEqual(await codes(page), ['CONNECT_SESSION_USED']);
    }),
  );

  test(
    'an outage of the provider keeps what was typed',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'outage');
      await giveToken(frame);
      await frame.getByText('HubSpot is not answering').waitFor();
      assert.equal(await frame.getByLabel('Access token *', { exact: true }).inputValue(), 'right');
      assert.deepEqual(await codes(page), ['PROVIDER_ERROR']);
    }),
  );

  test(
    'nothing is sent twice while a token is checked',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'slow');
      const posts = () => parts.mock.seen.filter((asked) => asked === 'POST /connect/session/connections').length;
      const before = posts();
      await giveToken(frame);
      await button(frame, 'Checking with HubSpot…').waitFor();
      await button(frame, 'Checking with HubSpot…').click({ force: true });
      await page.keyboard.press('Enter');
      await page.waitForTimeout(300);
      assert.equal(posts() - before, 1);
      parts.mock.release();
      await toldOf(page, 'close');
      assert.deepEqual(await codes(page), ['success', 'close']);
    }),
  );

  test(
    'a lost network at the start can be tried again',
    LIMIT,
    use(async (page) => {
      await page.route('**/connect/session', (route) => route.abort());
      const frame = await openWidget(page, { token: 'ct_plain' });
      await sees(frame, 'No connection');
      await page.unroute('**/connect/session');
      await button(frame, 'Try again').click();
      await sees(frame, 'Connect an account');
      assert.deepEqual(await codes(page), ['NETWORK']);
    }),
  );

  test(
    'a lost network while the window is open does not matter',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'plain');
      const popup = await popupOf(page, button(frame, 'Continue with HubSpot'));
      await page.route('**/connect/session/authorizations/*', (route) => route.abort());
      await page.waitForTimeout(2_500);
      await page.unroute('**/connect/session/authorizations/*');
      await decide(popup, 'Allow');
      await toldOf(page, 'close');
      assert.deepEqual(await codes(page), ['success', 'close']);
    }),
  );

  test(
    'a broken connection is repaired',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_broken' });
      await frame.getByRole('button', { name: /HubSpot.*Needs attention/ }).click();
      await sees(frame, 'Reconnect HubSpot');
      await frame.getByText('HubSpot answered 401: the refresh token is no longer valid.').waitFor();
      await decide(await popupOf(page, button(frame, 'Continue with HubSpot')), 'Allow');
      await toldOf(page, 'success');
    }),
  );

  test(
    'an unknown provider is told, and another can be chosen',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_plain', provider: 'sugar' });
      await sees(frame, 'sugar cannot be connected here');
      assert.deepEqual(await codes(page), ['UNKNOWN_PROVIDER']);
      await button(frame, 'Choose another').click();
      await sees(frame, 'Connect an account');
    }),
  );
});
