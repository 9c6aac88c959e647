// The SDK in a product's page: what it refuses, what it tells, and how it leaves the page behind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { skip } from './support/chromium.mjs';
import { openWidget, sees, told, toldOf } from './support/widget.mjs';
import { withMock } from './support/with-mock.mjs';

const LIMIT = { timeout: 30_000 };

async function connectByToken(frame) {
  await frame.getByRole('button', { name: 'Use a private app token' }).click();
  await frame.getByLabel('Access token *', { exact: true }).fill('right');
  await frame.getByRole('button', { name: 'Connect', exact: true }).click();
}

const dialogs = (page) => page.locator('dialog').count();

describe('the SDK', { skip, timeout: 180_000 }, () => {
  const parts = withMock();
  const { use } = parts;

  const mistakes = {
    'nothing at all': [undefined, /takes an object/],
    'no token': [{}, /"token" must be a connect token/],
    'an API key': [{ token: 'sk_live_1' }, /"token" must be a connect token/],
    'a provider that is no slug': [{ token: 'ct_plain', provider: '../x' }, /"provider" must be a slug/],
    'a callback that is none': [{ token: 'ct_plain', onClose: 'x' }, /"onClose" must be a function/],
  };
  for (const [what, [options, text]] of Object.entries(mistakes)) {
    test(
      `throws a TypeError at ${what}`,
      LIMIT,
      use(async (page) => {
        const thrown = await page.evaluate((given) => {
          try {
            window.RouteMCPConnect.open(given);
            return null;
          } catch (error) {
            return { name: error.name, message: error.message };
          }
        }, options);
        assert.equal(thrown?.name, 'TypeError');
        assert.match(thrown.message, text);
        assert.equal(await dialogs(page), 0);
      }),
    );
  }

  const refusals = {
    garbage: 'INVALID_CONNECT_TOKEN',
    over: 'CONNECT_SESSION_EXPIRED',
    foreign: 'ORIGIN_NOT_ALLOWED',
  };
  for (const [scenario, code] of Object.entries(refusals)) {
    test(
      `tells ${code} and closes`,
      LIMIT,
      use(async (page) => {
        await openWidget(page, { token: `ct_${scenario}` });
        await toldOf(page, 'close');
        const [[name, error], ...rest] = await told(page);
        assert.deepEqual([name, error.code, rest], ['error', code, [['close']]]);
        assert.ok(error.message.length > 10, error.message);
        assert.equal(await dialogs(page), 0);
      }),
    );
  }

  test(
    'tells NETWORK when the server cannot be reached',
    LIMIT,
    use(async (page) => {
      await page.route('**/connect/session/check', (route) => route.abort());
      await openWidget(page, { token: 'ct_plain' });
      await toldOf(page, 'close');
      assert.deepEqual(
        (await told(page)).map(([name, value]) => [name, value?.code]),
        [
          ['error', 'NETWORK'],
          ['close', undefined],
        ],
      );
    }),
  );

  test(
    'tells FRAME_BLOCKED when the frame does not start within 15 seconds',
    LIMIT,
    use(async (page) => {
      await page.clock.install();
      await openWidget(page, { token: 'ct_blocked' });
      await page.locator('iframe').waitFor({ state: 'attached' });
      await page.clock.runFor(14_000);
      assert.deepEqual(await told(page), []);
      await page.clock.runFor(2_000);
      assert.equal((await toldOf(page, 'error')).code, 'FRAME_BLOCKED');
      await toldOf(page, 'close');
    }),
  );

  test(
    'opens once at a time',
    LIMIT,
    use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_plain' });
      await sees(frame, 'Connect an account');
      await page.evaluate(() => openWidget({ token: 'ct_plain' }));
      assert.equal((await toldOf(page, 'error')).code, 'ALREADY_OPEN');
      assert.equal(await dialogs(page), 1);
      assert.equal((await told(page)).length, 1);
    }),
  );

  test(
    'is RouteMCP.connect too',
    LIMIT,
    use(async (page) => {
      assert.equal(await page.evaluate(() => window.RouteMCP.connect === window.RouteMCPConnect.open), true);
    }),
  );

  test(
    'tells the success, closes by itself, and leaves the page as it was',
    LIMIT,
    use(async (page) => {
      const overflow = () => page.evaluate(() => document.documentElement.style.overflow);
      const frame = await openWidget(page, { token: 'ct_plain', provider: 'hubspot' });
      await sees(frame, 'Connect HubSpot');
      assert.equal(await overflow(), 'hidden');
      await connectByToken(frame);
      await sees(frame, 'HubSpot is connected');
      await toldOf(page, 'close');
      const connection = { id: 'con_1', provider: 'hubspot', endUserId: 'user-001', status: 'active' };
      assert.deepEqual(await told(page), [['success', connection], ['close']]);
      assert.equal(await dialogs(page), 0);
      assert.equal(await overflow(), '');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'connect');
      await page.waitForTimeout(2_000);
      assert.equal((await told(page)).length, 2, 'nothing is told twice');
    }),
  );

  test(
    'can be closed by the page, once, and opened again',
    LIMIT,
    use(async (page) => {
      await sees(await openWidget(page, { token: 'ct_plain' }), 'Connect an account');
      await page.evaluate(() => {
        window.handle.close();
        window.handle.close();
      });
      assert.deepEqual(await told(page), [['close']]);
      await sees(await openWidget(page, { token: 'ct_plain' }), 'Connect an account');
    }),
  );

  test(
    'can be closed before the frame is there',
    LIMIT,
    use(async (page) => {
      await page.route('**/connect/session/check', () => {});
      await openWidget(page, { token: 'ct_plain' });
      await page.keyboard.press('Escape');
      await toldOf(page, 'close');
      assert.equal(await dialogs(page), 0);
    }),
  );

  test(
    'survives a callback that throws',
    LIMIT,
    use(async (page) => {
      const mishaps = [];
      page.on('pageerror', (error) => mishaps.push(error.message));
      await page.evaluate(() => {
        window.RouteMCPConnect.open({
          token: 'ct_plain',
          provider: 'hubspot',
          onSuccess() {
            throw new Error('a mistake of the page');
          },
          onClose: () => window.told.push(['close']),
        });
      });
      await connectByToken(page.frameLocator('iframe'));
      await toldOf(page, 'close');
      assert.deepEqual(mishaps, ['a mistake of the page']);
    }),
  );

  test(
    'believes its frame alone',
    LIMIT,
    use(async (page) => {
      await sees(await openWidget(page, { token: 'ct_plain' }), 'Connect an account');
      await page.evaluate(() => {
        for (const type of ['success', 'error', 'close']) window.postMessage({ type: `routemcp:${type}` }, '*');
      });
      await page.waitForTimeout(300);
      assert.deepEqual(await told(page), []);
    }),
  );

  test(
    'keeps the token out of every address',
    LIMIT,
    use(async (page) => {
      await sees(await openWidget(page, { token: 'ct_plain' }), 'Connect an account');
      assert.ok(parts.mock.seen.length > 5);
      assert.deepEqual(
        parts.mock.seen.filter((asked) => asked.includes('ct_')),
        [],
      );
    }),
  );
});

describe('the frame', { skip, timeout: 120_000 }, () => {
  const parts = withMock();

  test(
    'takes no token from a page whose origin is not on the list',
    LIMIT,
    parts.use(async (page) => {
      const before = parts.mock.seen.length;
      await openWidget(page, { token: 'ct_narrow' });
      await page.waitForFunction(() => document.querySelector('iframe'));
      await page.waitForTimeout(1_500);
      const asked = parts.mock.seen.slice(before);
      assert.ok(
        asked.some((line) => line.includes('/connect/frame/host.js')),
        'it has started',
      );
      assert.ok(!asked.includes('GET /connect/session'), asked.join('\n'));
    }),
  );

  test(
    'takes no token from a window that is not its parent',
    LIMIT,
    parts.use(async (page) => {
      const before = parts.mock.seen.length;
      await openWidget(page, { token: 'ct_narrow' });
      await page.waitForTimeout(1_000);
      await page.frames()[1].evaluate(() => window.postMessage({ type: 'routemcp:init', token: 'ct_plain' }, '*'));
      await page.waitForTimeout(500);
      assert.ok(!parts.mock.seen.slice(before).includes('GET /connect/session'));
    }),
  );

  test(
    'says where it belongs when it is opened by hand',
    LIMIT,
    parts.use(async (page) => {
      await page.goto(`${parts.mock.url}/connect/frame?session=plain`);
      await page.getByText('This page belongs to an app.').waitFor();
    }),
  );

  test(
    'shows markup from the server as text',
    LIMIT,
    parts.use(async (page) => {
      const frame = await openWidget(page, { token: 'ct_markup' });
      await frame.getByText('<img src=x onerror=').first().waitFor();
      assert.equal(await frame.locator('main img').count(), 0);
      assert.equal(await page.frames()[1].evaluate(() => window.hacked), undefined);
    }),
  );
});
