// Browser, real server and host page for one file of tests, and a fresh page for each test.
import { after, before } from 'node:test';

import { startChromium } from './chromium.mjs';
import { startHostPage } from './host-page.mjs';
import { startServer } from './server.mjs';
import { newPage } from './widget.mjs';

/**
 * Registers the set-up with the surrounding `describe`. `use` runs something in a page of its own.
 *
 * @param {() => Promise<string[]>} [prepare] what has to be there first; gives further arguments for the server
 */
export function withServer(prepare = async () => []) {
  const parts = {};

  before(async () => {
    parts.browser = await startChromium();
    parts.server = await startServer(await prepare());
    parts.host = await startHostPage(parts.server.url);
  });

  after(async () => {
    await parts.browser?.close();
    await parts.host?.close();
    await parts.server?.stop();
  });

  parts.use = (work) => async () => {
    const page = await newPage(parts.browser, parts.host.url);
    try {
      await work(page);
    } catch (error) {
      error.message += `\nThe server's log ends:\n${parts.server.output().slice(-3_000)}`;
      throw error;
    } finally {
      await page.context().close();
    }
  };
  return parts;
}
