// Running the real binary: its output kept for failures, and its end no later than ours, even if we crash.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);
const BINARY = process.env.ROUTEMCP_BINARY ?? fileURLToPath(new URL('target/debug/routemcp', ROOT));
const PATIENCE_MS = 60_000;

/** The folder of built connectors. */
export const CONNECTORS = fileURLToPath(new URL('target/connectors', ROOT));
/** Compiled connectors, shared with the other tests. */
export const COMPILE_CACHE = fileURLToPath(new URL('target/tmp/api-compile-cache', ROOT));

// Kills the command when our end of its standard input closes: at `stop`, and when this process dies.
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- & child=$!
(read -r _ <&3; kill -KILL "$child" 2>/dev/null) & watcher=$!
wait "$child"; code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;

/**
 * Starts the binary and waits until its output matches.
 *
 * @param {string[]} args
 * @param {RegExp} greeting
 * @returns {Promise<{ match: RegExpMatchArray, output: () => string, stop: () => Promise<void> }>}
 */
export async function start(args, greeting) {
  if (!existsSync(BINARY)) throw new Error(`no binary at ${BINARY}; \`make build\` makes it`);
  const environment = { PATH: process.env.PATH };
  const child = spawn('sh', ['-c', KEEPER, 'sh', BINARY, ...args], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let ended = false;
  const gone = new Promise((resolve) => {
    child.once('close', () => {
      ended = true;
      resolve();
    });
  });
  const collect = (chunk) => {
    output = (output + chunk).slice(-200_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const stop = () => {
    child.stdin.end();
    return gone;
  };
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const match = output.match(greeting);
    if (match) return { match, output: () => output, stop };
    if (ended || Date.now() > deadline) {
      await stop();
      throw new Error(`\`routemcp ${args.join(' ')}\` ${ended ? 'ended' : 'is too slow'}:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
