/**
 * What a connector written in JavaScript depends on.
 *
 * A connector says what its provider can do (the manifest) and answers five operations. It never sees a credential: the host
 * adds it to every request. Records normally stay in the host; a connector only points at them.
 *
 * Outside WebAssembly the same code runs against the host of `@routemcp/connector/testing`, so that a connector and its
 * sandbox can be tested with plain `node --test`.
 *
 * @module
 */

export { defineConnector } from './connector.js';
export { Failure } from './failure.js';
export * as http from './http.js';
export { Document, Page } from './records.js';
export { Response } from './response.js';
export { log, now, setting } from './host.js';

/** @typedef {import('./connector.js').Connector} Connector */
/** @typedef {import('./connector.js').Definition} Definition */
/** @typedef {import('./records.js').Filter} Filter */
/** @typedef {import('./records.js').Query} Query */
/** @typedef {import('./records.js').Sort} Sort */
