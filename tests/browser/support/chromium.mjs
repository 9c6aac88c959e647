// The browser: Debian's Chromium with a profile of its own, always ended.
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

const PATH = process.env.ROUTEMCP_CHROMIUM ?? '/usr/bin/chromium';
const IS_OPTIONAL = process.env.ROUTEMCP_BROWSER_TEST === 'optional';
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The reason to skip, or false. Without a browser the tests fail, unless they are said to be optional. */
export const skip = !existsSync(PATH) && IS_OPTIONAL && `there is no browser at ${PATH}`;

/** Starts the browser. */
export function startChromium() {
  if (!existsSync(PATH)) {
    throw new Error(`no browser at ${PATH}; install chromium, or set ROUTEMCP_BROWSER_TEST=optional to do without`);
  }
  return chromium.launch({ executablePath: PATH, headless: true, chromiumSandbox: false, args: ARGUMENTS });
}
