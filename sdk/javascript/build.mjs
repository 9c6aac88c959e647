#!/usr/bin/env node
/**
 * Builds a connector: bundles it with the SDK, and makes a WebAssembly component of that.
 *
 *     routemcp-build [--entry src/connector.js] [--out NAME.wasm]
 *
 * Run it in the connector's folder. The tools are the project's own, as its package-lock.json pins them.
 */

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));
const PROJECT = process.cwd();
/** `wasi:http` is closed to connectors. The rest of WASI stays: without it clocks stop and random numbers repeat. */
const DISABLED = ['http', 'fetch-event'];

try {
  await build(options());
} catch (error) {
  console.error(`routemcp-build: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** @param {{ entry: string, out?: string }} options */
async function build({ entry, out }) {
  const connector = await load(entry);
  const output = resolve(PROJECT, out ?? `${connector.manifest.slug}.wasm`);
  const folder = await mkdtemp(join(tmpdir(), 'routemcp-build-'));
  try {
    const source = join(folder, 'connector.js');
    await bundle(entry, connector.sandbox !== undefined, source);
    const component = await componentize(source, connector.sandbox ? 'provider-with-sandbox' : 'provider');
    await writeWhole(output, component);
    console.log(`${output}  ${component.length} bytes`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function options() {
  const { values } = parseArgs({
    options: { entry: { type: 'string', default: 'src/connector.js' }, out: { type: 'string' } },
  });
  const entry = resolve(PROJECT, values.entry);
  if (!existsSync(entry)) {
    throw new Error(`there is no ${entry}: run this in the connector's folder, or say --entry FILE`);
  }
  return { entry, out: values.out };
}

/** The connector as its module exports it. Bundled first, so that TypeScript and JSON work on every Node.js. @param {string} entry */
async function load(entry) {
  const { build: esbuild } = await tool('esbuild');
  const { outputFiles } = await esbuild({ ...common(), entryPoints: [entry], platform: 'node' });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
  const { default: connector } = await import(url);
  if (typeof connector?.manifest?.slug !== 'string') {
    throw new Error(`${entry} must export a connector as its default: export default defineConnector({ manifest, list, … })`);
  }
  return connector;
}

/**
 * One file with the connector, the SDK, and the exports that the contract asks for.
 *
 * @param {string} entry
 * @param {boolean} hasSandbox
 * @param {string} outfile
 */
async function bundle(entry, hasSandbox, outfile) {
  const { build: esbuild } = await tool('esbuild');
  const glue = JSON.stringify(join(HERE, 'src/component.js'));
  const contents = [
    `import definition from ${JSON.stringify(entry)};`,
    `import { exportConnector, exportSandbox } from ${glue};`,
    'export const connector = exportConnector(definition);',
    ...(hasSandbox
      ? [
          "import * as store from 'routemcp:connector/sandbox-store@0.1.0';",
          'export const sandbox = exportSandbox(definition.sandbox, store);',
        ]
      : []),
  ].join('\n');
  const { outputFiles } = await esbuild({
    ...common(),
    stdin: { contents, resolveDir: PROJECT, sourcefile: 'entry.js' },
    external: ['routemcp:*'],
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  await writeFile(outfile, outputFiles[0].contents);
}

function common() {
  return {
    absWorkingDir: PROJECT,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    write: false,
    logLevel: 'error',
  };
}

/**
 * @param {string} source
 * @param {string} world
 * @returns {Promise<Uint8Array>}
 */
async function componentize(source, world) {
  const { componentize: make } = await tool('@bytecodealliance/componentize-js');
  const { component } = await make({
    sourcePath: source,
    witPath: witFolder(),
    worldName: world,
    disableFeatures: DISABLED,
  });
  return component;
}

/** The contract stands beside this file in a project, and at the top of the repository. */
function witFolder() {
  const folders = [join(HERE, 'wit'), join(HERE, '../../wit')];
  const found = folders.find((folder) => existsSync(join(folder, 'connector.wit')));
  if (!found) {
    throw new Error(`the contract, connector.wit, is missing: it belongs into ${folders[0]}`);
  }
  return found;
}

/** A tool out of the project's node_modules. This file may be linked into them from elsewhere. @param {string} name */
async function tool(name) {
  const folder = createRequire(join(PROJECT, 'package.json'))
    .resolve.paths(name)
    ?.map((path) => join(path, name))
    .find((path) => existsSync(join(path, 'package.json')));
  if (!folder) {
    throw new Error(`${name} is not installed: run \`npm ci\` first`);
  }
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const main = manifest.exports?.import ?? manifest.main;
  return import(pathToFileURL(join(folder, main)).href);
}

/** Writes beside the target and renames, so that a watching server never reads half a file. @param {string} file @param {Uint8Array} bytes */
async function writeWhole(file, bytes) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, bytes);
  await rename(`${file}.new`, file);
}
