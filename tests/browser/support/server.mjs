// `routemcp dev` in a folder of its own, and what a product's backend asks it.
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { COMPILE_CACHE, CONNECTORS, start } from './process.mjs';

/** What a development server allows at the start. */
export const LOCAL_ORIGINS = ['http://localhost:*', 'http://127.0.0.1:*'];

/** Starts a server with all connectors. @param {string[]} more further arguments */
export async function startServer(more = []) {
  const folder = await mkdtemp(join(tmpdir(), 'routemcp-browser-'));
  const data = join(folder, 'data');
  await mkdir(data);
  await mkdir(COMPILE_CACHE, { recursive: true });
  await symlink(COMPILE_CACHE, join(data, 'cache'));
  const running = await start(
    ['dev', '--port', '0', '--data-dir', data, '--connectors', CONNECTORS, ...more],
    /RouteMCP listens/,
  ).catch(async (error) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const lines = (await readFile(join(data, 'dev.env'), 'utf8')).trim().split('\n');
  const settings = Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]));
  const url = settings.ROUTEMCP_URL;
  return {
    url,
    test: client(url, settings.ROUTEMCP_TEST_KEY),
    live: client(url, settings.ROUTEMCP_LIVE_KEY),
    output: running.output,
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The API as a product's backend calls it. Every call throws at an answer that is not a success. */
function client(url, key) {
  async function call(method, path, body) {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text).data;
  }
  return {
    call,
    /** A connect token. */
    token: async (endUserId, more = {}) => (await call('POST', '/connect/token', { endUserId, ...more })).token,
    /** The contacts that an end user's connection shows. */
    contacts: async (provider, endUserId) =>
      (await call('GET', `/contact?provider=${provider}&endUserId=${endUserId}`)).data,
    allowOrigins: (origins) => call('PUT', '/connect/origins', { origins }),
  };
}

/** Starts a provider's simulator on a socket of its own. */
export async function startSandbox(slug) {
  const running = await start(
    ['sandbox', 'serve', slug, '--port', '0', '--connectors', CONNECTORS],
    /sandbox at (http:\/\/\S+)/,
  );
  return { url: running.match[1], stop: running.stop };
}
