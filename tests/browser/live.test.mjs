// A live key: the provider is a server of its own, and the organisation has an OAuth app.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { skip } from './support/chromium.mjs';
import { startSandbox } from './support/server.mjs';
import { openWidget, sees, toldOf } from './support/widget.mjs';
import { withServer } from './support/with-server.mjs';

const LIMIT = { timeout: 60_000 };

describe('connecting an account with a live key', { skip, timeout: 180_000 }, () => {
  let sandbox;
  const parts = withServer(async () => {
    sandbox = await startSandbox('hubspot');
    return ['--provider-base-url', `hubspot=${sandbox.url}`];
  });
  after(() => sandbox?.stop());

  test(
    "needs the organisation's OAuth app",
    LIMIT,
    parts.use(async (page) => {
      const token = await parts.server.live.token('live-user');
      const frame = await openWidget(page, { token, provider: 'zoho-crm' });
      await frame.getByLabel('Access token *', { exact: true }).waitFor();
      assert.equal(await frame.getByRole('button', { name: 'Continue with Zoho CRM' }).count(), 0);
    }),
  );

  test(
    'goes to the provider and back',
    LIMIT,
    parts.use(async (page) => {
      await parts.server.live.call('PUT', '/oauth-apps/hubspot', { clientId: 'app-1', clientSecret: 'secret-1' });
      const token = await parts.server.live.token('live-user');
      const frame = await openWidget(page, { token, provider: 'hubspot' });
      await sees(frame, 'Connect HubSpot');
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        frame.getByRole('button', { name: 'Continue with HubSpot' }).click(),
      ]);
      const allow = popup.getByRole('button', { name: 'Allow', exact: true });
      await allow.waitFor();
      assert.equal(new URL(popup.url()).origin, new URL(sandbox.url).origin, "the page is the provider's own");
      await allow.click();
      assert.equal((await toldOf(page, 'success', 30_000)).endUserId, 'live-user');
      await toldOf(page, 'close');
      assert.ok((await parts.server.live.contacts('hubspot', 'live-user')).length > 0);
    }),
  );
});
