// Every state of the widget, in both colour schemes and two widths: no accessibility violation, no sideways scroll.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before, describe, test } from 'node:test';

import { skip } from './support/chromium.mjs';
import { STATES } from './support/states.mjs';
import { openWidget } from './support/widget.mjs';
import { withMock } from './support/with-mock.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = process.env.ROUTEMCP_SCREENSHOTS;
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 640 };
// Both sizes and both colour schemes. The other two pairs bring nothing new but pictures.
const LOOKS = [
  [WIDE, 'light'],
  [NARROW, 'dark'],
  ...(PICTURES
    ? [
        [WIDE, 'dark'],
        [NARROW, 'light'],
      ]
    : []),
];

async function violations(frame) {
  await frame.evaluate(AXE);
  const found = await frame.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

// Where sideways scrolling would start: something reaches past the right edge.
const isTooWide = (frame) =>
  frame.evaluate(() => {
    const main = document.querySelector('main');
    return document.documentElement.scrollWidth > innerWidth || main.scrollWidth > main.clientWidth;
  });

describe('every state of the widget', { skip, timeout: 300_000 }, () => {
  const { use } = withMock();
  before(() => PICTURES && mkdir(PICTURES, { recursive: true }));

  async function check(page, name, size, scheme) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}-${size.width}-${scheme}.png` });
    const frame = page.frames()[1];
    assert.deepEqual(await violations(frame), [], `${size.width} pixels, ${scheme}`);
    assert.equal(await isTooWide(frame), false, `${size.width} pixels, ${scheme}`);
  }

  for (const { name, given, reach } of STATES) {
    const visit = async (page) => {
      await reach(await openWidget(page, given), page);
      for (const [size, scheme] of LOOKS) await check(page, name, size, scheme);
    };
    test(name, { timeout: 30_000 }, use(visit));
  }
});
