// Connecting an account, from the click in the product's page to the product's first API call, on the real server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { skip } from './support/chromium.mjs';
import { LOCAL_ORIGINS } from './support/server.mjs';
import { openWidget, pressToClose, sees, told, toldOf } from './support/widget.mjs';
import { withServer } from './support/with-server.mjs';

const LIMIT = { timeout: 60_000 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PROVIDERS = { hubspot: 'HubSpot', 'zoho-crm': 'Zoho CRM', pipedrive: 'Pipedrive', gohighlevel: 'GoHighLevel' };
const HUBSPOT_TOKEN = 'pat-sandbox-5d0c8a1e';

const button = (frame, name) => frame.getByRole('button', { name, exact: true });
const popupOf = async (page, click) => (await Promise.all([page.waitForEvent('popup'), click.click()]))[0];
const decide = (popup, decision) => popup.getByRole('button', { name: decision, exact: true }).click();
const codes = async (page) => (await told(page)).map(([name, value]) => value?.code ?? name);

/** Presses Tab until the button has the focus. */
async function tabTo(page, wanted) {
  for (let pressed = 0; pressed < 8; pressed += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((node) => node === document.activeElement)) return;
  }
  assert.fail('the button cannot be reached with the keyboard');
}

async function pick(frame, name) {
  await sees(frame, 'Connect an account');
  await frame.getByRole('button', { name }).click();
}

describe('connecting an account', { skip, timeout: 400_000 }, () => {
  const parts = withServer();
  const { use } = parts;
  const token = (endUser, more) => parts.server.test.token(endUser, more);

  async function openHubspot(page, endUser, more) {
    const frame = await openWidget(page, { token: await token(endUser, more), provider: 'hubspot' });
    await frame.getByRole('heading', { name: /HubSpot/ }).waitFor();
    return frame;
  }

  async function giveToken(frame, text) {
    const other = button(frame, 'Use a private app token');
    if (await other.isVisible()) await other.click();
    await frame.getByLabel('Access token *', { exact: true }).fill(text);
    await button(frame, 'Connect').click();
  }

  for (const [slug, name] of Object.entries(PROVIDERS)) {
    test(
      `by signing in to ${name}`,
      LIMIT,
      use(async (page) => {
        const endUser = `oauth-${slug}`;
        const frame = await openWidget(page, { token: await token(endUser) });
        await pick(frame, name);
        await decide(await popupOf(page, button(frame, `Continue with ${name}`)), 'Allow');
        const connection = await toldOf(page, 'success', 30_000);
        assert.equal(connection.provider, slug);
        assert.equal(connection.endUserId, endUser);
        assert.equal(connection.status, 'active');
        await toldOf(page, 'close');
        assert.deepEqual(await codes(page), ['success', 'close']);
        assert.ok((await parts.server.test.contacts(slug, endUser)).length > 0);
        const kept = await parts.server.test.call('GET', `/connections/${connection.id}`);
        assert.equal(kept.data.provider, slug);
      }),
    );
  }

  test(
    'with a token, a wrong one first',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'token-user');
      await giveToken(frame, 'pat-wrong');
      const field = frame.getByLabel('Access token *', { exact: true });
      await frame.locator('[id="field-token-error"]:not([hidden])').waitFor();
      assert.match(await frame.locator('[id="field-token-error"]').textContent(), /HubSpot/);
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      await giveToken(frame, HUBSPOT_TOKEN);
      await toldOf(page, 'success', 30_000);
      assert.deepEqual((await codes(page))[0], 'success', 'a mistake in the form is no error for the page');
      assert.ok((await parts.server.test.contacts('hubspot', 'token-user')).length > 0);
    }),
  );

  test(
    'with the keyboard alone',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: await token('keyboard-user') });
      await sees(frame, 'Connect an account');
      await page.keyboard.type('hub');
      await page.keyboard.press('Enter');
      await sees(frame, 'Connect HubSpot');
      await tabTo(page, button(frame, 'Continue with HubSpot'));
      const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
      await popup.getByRole('button', { name: 'Allow', exact: true }).focus();
      pressToClose(popup, 'Enter');
      assert.equal((await toldOf(page, 'success', 30_000)).provider, 'hubspot');
    }),
  );

  test(
    'denied, then allowed',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'denying-user');
      await decide(await popupOf(page, button(frame, 'Continue with HubSpot')), 'Deny');
      await sees(frame, 'Access was not allowed');
      await decide(await popupOf(page, button(frame, 'Try again')), 'Allow');
      await toldOf(page, 'close', 30_000);
      assert.deepEqual(await codes(page), ['ACCESS_DENIED', 'success', 'close']);
    }),
  );

  test(
    'a window closed early, then allowed',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'closing-user');
      const popup = await popupOf(page, button(frame, 'Continue with HubSpot'));
      await popup.getByRole('button', { name: 'Allow', exact: true }).waitFor();
      await popup.close();
      await sees(frame, 'The window was closed');
      await decide(await popupOf(page, button(frame, 'Try again')), 'Allow');
      await toldOf(page, 'close', 30_000);
      assert.deepEqual(await codes(page), ['POPUP_CLOSED', 'success', 'close']);
    }),
  );

  test(
    'the consent page is accessible',
    LIMIT,
    use(async (page) => {
      for (const [slug, name] of Object.entries(PROVIDERS)) {
        const frame = await openWidget(page, { token: await token('reading-user'), provider: slug });
        const popup = await popupOf(page, button(frame, `Continue with ${name}`));
        await popup.getByRole('button', { name: 'Allow', exact: true }).waitFor();
        // No script runs on the page itself: the host forbids it.
        const copy = await page.context().newPage();
        await copy.setContent(await popup.content());
        await copy.evaluate(AXE);
        const found = await copy.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        await copy.close();
        assert.deepEqual(
          found.violations.map(({ id, nodes }) => [slug, id, nodes.map(({ html }) => html)]),
          [],
        );
        await page.evaluate(() => window.handle.close());
        await popup.close();
      }
    }),
  );

  test(
    'a second time in one session is shown as connected',
    LIMIT,
    use(async (page) => {
      const given = await token('twice-user');
      const frame = await openWidget(page, { token: given, provider: 'hubspot' });
      await sees(frame, 'Connect HubSpot');
      await giveToken(frame, HUBSPOT_TOKEN);
      await toldOf(page, 'close', 30_000);
      const again = await openWidget(page, { token: given, provider: 'hubspot' });
      await again.getByText('You connected it a moment ago.').waitFor();
      assert.equal(await button(again, 'Reconnect').count(), 0);
    }),
  );

  test(
    'a second window of one session learns that it was used',
    LIMIT,
    use(async (page) => {
      const given = await token('two-windows-user');
      const frame = await openWidget(page, { token: given, provider: 'hubspot' });
      await sees(frame, 'Connect HubSpot');
      const connected = await fetch(`${parts.server.url}/connect/session/connections`, {
        method: 'POST',
        headers: { authorization: `Bearer ${given}`, 'content-type': 'application/json' },
        body: JSON.stringify({ provider: 'hubspot', authMethod: 'privateApp', token: HUBSPOT_TOKEN, settings: {} }),
      });
      assert.equal(connected.status, 201, await connected.text());
      await giveToken(frame, HUBSPOT_TOKEN);
      await sees(frame, 'HubSpot is connected');
      assert.deepEqual(await codes(page), ['CONNECT_SESSION_USED']);
    }),
  );

  test(
    'only the providers that the session names',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, {
        token: await token('choosy-user', { providers: ['pipedrive', 'zoho-crm'] }),
      });
      await sees(frame, 'Connect an account');
      assert.deepEqual((await frame.locator('#providers .name').allTextContents()).sort(), ['Pipedrive', 'Zoho CRM']);
    }),
  );

  test(
    'a token that is none',
    LIMIT,
    use(async (page) => {
      await openWidget(page, { token: 'ct_garbage' });
      await toldOf(page, 'close');
      assert.deepEqual(await codes(page), ['INVALID_CONNECT_TOKEN', 'close']);
    }),
  );

  test(
    'a session that is over before it is opened',
    LIMIT,
    use(async (page) => {
      const given = await token('late-user', { expiresInSeconds: 1 });
      await page.waitForTimeout(1_500);
      await openWidget(page, { token: given });
      await toldOf(page, 'close');
      assert.deepEqual(await codes(page), ['CONNECT_SESSION_EXPIRED', 'close']);
    }),
  );

  test(
    'a session that ends while it is open',
    LIMIT,
    use(async (page) => {
      const frame = await openHubspot(page, 'slow-user', { expiresInSeconds: 6 });
      await button(frame, 'Use a private app token').click();
      await page.waitForTimeout(6_500);
      await giveToken(frame, HUBSPOT_TOKEN);
      await sees(frame, 'This session has ended');
      assert.deepEqual(await codes(page), ['CONNECT_SESSION_EXPIRED']);
    }),
  );

  test(
    'a page of an origin that is not allowed',
    LIMIT,
    use(async (page) => {
      const given = await token('foreign-user');
      const check = await fetch(`${parts.server.url}/connect/session/check`, {
        headers: { authorization: `Bearer ${given}` },
      });
      const { sessionId } = (await check.json()).data.data;
      await parts.server.test.allowOrigins(['https://app.example.com']);
      try {
        await openWidget(page, { token: given });
        await toldOf(page, 'close');
        assert.deepEqual(await codes(page), ['ORIGIN_NOT_ALLOWED', 'close']);
        assert.match((await toldOf(page, 'error')).message, /connect\/origins/);
        // Going round the SDK does not help: the browser refuses to show the frame.
        await page.evaluate((address) => {
          window.heard = [];
          addEventListener('message', (event) => window.heard.push(event.data));
          const frame = document.createElement('iframe');
          frame.src = address;
          document.body.append(frame);
          return new Promise((resolve) => {
            frame.onload = resolve;
          });
        }, `${parts.server.url}/connect/frame?session=${sessionId}`);
        await page.waitForTimeout(1_000);
        assert.match(page.frames()[1].url(), /^chrome-error:/);
        assert.deepEqual(await page.evaluate(() => window.heard), []);
      } finally {
        await parts.server.test.allowOrigins(LOCAL_ORIGINS);
      }
    }),
  );
});
