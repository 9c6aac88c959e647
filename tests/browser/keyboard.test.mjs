// The widget without a mouse, and what a screen reader is told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { skip } from './support/chromium.mjs';
import { openWidget, pressToClose, sees, told, toldOf } from './support/widget.mjs';
import { withMock } from './support/with-mock.mjs';

const LIMIT = { timeout: 30_000 };

// What has the focus, as a screen reader would call it.
const focused = (page) =>
  page.frames()[1].evaluate(() => {
    const at = document.activeElement;
    const heard = (at.labels?.[0] ?? at).cloneNode(true);
    for (const hidden of heard.querySelectorAll('[aria-hidden]')) hidden.remove();
    return at.getAttribute('aria-label') ?? heard.textContent.trim();
  });

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

async function tabTo(page, name) {
  for (let step = 0; step < 20; step += 1) {
    await press(page, 'Tab');
    if ((await focused(page)) === name) return;
  }
  assert.fail(`Tab does not reach "${name}"`);
}

describe('the keyboard', { skip, timeout: 180_000 }, () => {
  const { use } = withMock();

  test(
    'finds a provider by typing, and by arrows',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_plain' });
      await sees(frame, 'Connect an account');
      assert.equal(await focused(page), 'Search providers');
      await press(page, 'ArrowDown', 'ArrowDown');
      assert.equal(await focused(page), 'Zoho CRM');
      await press(page, 'End');
      assert.equal(await focused(page), 'GoHighLevel');
      await press(page, 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp');
      assert.equal(await focused(page), 'Search providers');
      await page.keyboard.type('PIPE');
      assert.equal(await frame.locator('#providers button').count(), 1);
      assert.equal(await frame.getByRole('status').textContent(), '1 provider');
      await press(page, 'Enter');
      await sees(frame, 'Connect Pipedrive');
      assert.equal(await focused(page), 'Connect Pipedrive', 'the heading is read out');
    }),
  );

  test(
    'says when nothing matches',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_plain' });
      await sees(frame, 'Connect an account');
      await page.keyboard.type('sugar');
      assert.equal(await frame.getByRole('status').textContent(), 'Nothing matches “sugar”.');
      await press(page, 'Enter');
      await sees(frame, 'Connect an account');
    }),
  );

  test(
    'goes round within the dialog',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_plain' });
      await sees(frame, 'Connect an account');
      const passed = [];
      for (let step = 0; step < 12; step += 1) {
        await press(page, 'Tab');
        passed.push(await focused(page));
      }
      const round = ['HubSpot', 'Zoho CRM', 'Pipedrive', 'GoHighLevel', 'Close', 'Search providers'];
      assert.deepEqual(passed, [...round, ...round]);
      await press(page, 'Shift+Tab', 'Shift+Tab');
      assert.equal(await focused(page), 'GoHighLevel');
    }),
  );

  test(
    'closes with Escape and gives the focus back',
    LIMIT,
    use(async (page) => {
      await sees(await openWidget(page, { token: 'ct_plain' }), 'Connect an account');
      pressToClose(page, 'Escape');
      await toldOf(page, 'close');
      assert.deepEqual(await told(page), [['close']]);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'connect');
    }),
  );

  test(
    'types a token, hears what is wrong with it, mends it and is done',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_plain', provider: 'hubspot' });
      await sees(frame, 'Connect HubSpot');
      await tabTo(page, 'Use a private app token');
      await press(page, 'Enter');
      await tabTo(page, 'Access token');
      const field = frame.getByLabel('Access token *', { exact: true });
      await page.keyboard.type('wrong');
      assert.equal(await field.getAttribute('type'), 'password');
      await press(page, 'Tab');
      assert.equal(await focused(page), 'Show Access token');
      await press(page, 'Space');
      assert.equal(await field.getAttribute('type'), 'text');
      assert.equal(await focused(page), 'Hide Access token');
      await press(page, 'Shift+Tab', 'Enter');
      await frame.getByText('HubSpot does not accept this token.').waitFor();
      assert.equal(await focused(page), 'Access token', 'the first wrong field has the focus');
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      const described = (await field.getAttribute('aria-describedby')).split(' ');
      assert.ok(described.includes('field-token-error'));
      assert.equal(
        await frame.locator('[id="field-token-error"]').textContent(),
        'HubSpot does not accept this token.',
      );
      await press(page, 'Control+A');
      await page.keyboard.type('right');
      assert.equal(await field.getAttribute('aria-invalid'), null);
      await press(page, 'Enter');
      await sees(frame, 'HubSpot is connected');
      assert.equal(await focused(page), 'Done');
      assert.equal(await frame.getByRole('status').textContent(), 'HubSpot is connected.');
      pressToClose(page, 'Enter');
      await toldOf(page, 'close');
      assert.deepEqual(
        (await told(page)).map(([name]) => name),
        ['success', 'close'],
      );
    }),
  );

  test(
    'signs in through the window of the provider',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_plain', provider: 'hubspot' });
      await sees(frame, 'Connect HubSpot');
      await tabTo(page, 'Continue with HubSpot');
      const [popup] = await Promise.all([page.waitForEvent('popup'), press(page, 'Enter')]);
      await popup.getByRole('link', { name: 'Allow' }).waitFor();
      await popup.keyboard.press('Tab');
      pressToClose(popup, 'Enter');
      assert.equal((await toldOf(page, 'success')).provider, 'hubspot');
      await toldOf(page, 'close');
      await page.waitForTimeout(100);
      assert.equal(popup.isClosed(), true);
    }),
  );

  test(
    'goes back where there is a way back',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_plain', provider: 'hubspot' });
      await sees(frame, 'Connect HubSpot');
      await tabTo(page, 'Use a private app token');
      await press(page, 'Enter');
      await tabTo(page, 'Back');
      await press(page, 'Enter');
      await frame.getByRole('button', { name: 'Continue with HubSpot' }).waitFor();
      await tabTo(page, 'Back');
      await press(page, 'Enter');
      await sees(frame, 'Connect an account');
    }),
  );
});
