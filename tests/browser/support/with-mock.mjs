// Browser, mock and host page for one file of tests, and a fresh page for each test.
import { after, before } from 'node:test';

import { startChromium } from './chromium.mjs';
import { startHostPage } from './host-page.mjs';
import { startMock } from './mock.mjs';
import { newPage } from './widget.mjs';

/** Registers the set-up with the surrounding `describe`. `use` runs something in a page of its own. */
export function withMock() {
  const parts = {};

  before(async () => {
    parts.browser = await startChromium();
    parts.mock = await startMock();
    parts.host = await startHostPage(parts.mock.url);
  });

  after(async () => {
    parts.mock?.release();
    await parts.browser?.close();
    await parts.host?.close();
    await parts.mock?.close();
  });

  parts.use = (work) => async () => {
    const page = await newPage(parts.browser, parts.host.url);
    try {
      await work(page);
    } finally {
      await page.context().close();
    }
  };
  return parts;
}
