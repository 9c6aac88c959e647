/**
 * Between the contract's WebAssembly interfaces and the SDK. Only the entry that `build.mjs` makes imports it: the WIT modules
 * exist in a component and nowhere else.
 *
 * @module
 */

// @ts-ignore: given by the component
import { nowMs } from 'routemcp:connector/clock@0.1.0';
// @ts-ignore: given by the component
import { setting } from 'routemcp:connector/connection@0.1.0';
// @ts-ignore: given by the component
import { send } from 'routemcp:connector/http@0.1.0';
// @ts-ignore: given by the component
import { write } from 'routemcp:connector/log@0.1.0';

import { Failure } from './failure.js';
import { install } from './host.js';
import { Document } from './records.js';
import { Request } from './sandbox/request.js';
import { State } from './sandbox/state.js';

install({ send: sendRequest, setting, now: () => Number(nowMs()), log: write });

/** @param {import('./host.js').RawRequest} request */
function sendRequest(request) {
  try {
    return send(request);
  } catch (error) {
    throw fromHost(error);
  }
}

/** A host's refusal as our own failure. @param {any} error */
function fromHost(error) {
  const raw = error?.payload;
  if (typeof raw?.kind !== 'string') {
    return error;
  }
  const failure = new Failure(raw.kind, raw.message);
  failure.status = raw.status;
  failure.retryAfterMs = raw.retryAfterMs === undefined ? undefined : Number(raw.retryAfterMs);
  failure.fields = raw.fields;
  return failure;
}

/**
 * What the component exports as `connector`.
 *
 * @param {import('./connector.js').Connector} connector
 */
export function exportConnector(connector) {
  // Before the snapshot is taken, so that no call pays for it.
  const manifest = JSON.stringify(connector.manifest);
  return {
    describe: () => manifest,
    listRecords: (/** @type {string} */ resource, /** @type {any} */ query) =>
      answer(() => documents(connector.list(resource, fromQuery(query)))),
    getRecord: (/** @type {string} */ resource, /** @type {string} */ id, /** @type {string[]} */ fields) =>
      answer(() => document(connector.get(resource, id, fields))),
    createRecord: (/** @type {string} */ resource, /** @type {string} */ values, /** @type {string[]} */ fields) =>
      answer(() => document(connector.create(resource, JSON.parse(values), fields))),
    updateRecord: (
      /** @type {string} */ resource,
      /** @type {string} */ id,
      /** @type {string} */ values,
      /** @type {string[]} */ fields,
    ) => answer(() => document(connector.update(resource, id, JSON.parse(values), fields))),
    deleteRecord: (/** @type {string} */ resource, /** @type {string} */ id) =>
      answer(() => {
        connector.delete(resource, id);
      }),
  };
}

/**
 * What the component exports as `sandbox`. `store` is the interface `sandbox-store`.
 *
 * @param {import('./sandbox.js').Sandbox} sandbox
 * @param {import('./sandbox/state.js').Store} store
 */
export function exportSandbox(sandbox, store) {
  const state = new State(store);
  return {
    handle(/** @type {any} */ request) {
      const { status, headers, body } = sandbox(new Request(request), state);
      return { status, headers, body };
    },
  };
}

/** @param {any} query */
function fromQuery(query) {
  const { filters, sort, ...rest } = query;
  return {
    ...rest,
    filters: filters.map((/** @type {any} */ [field, operator, value]) => ({
      field,
      operator,
      value: JSON.parse(value),
    })),
    sort: sort && { field: sort[0], descending: sort[1] },
  };
}

/** @param {import('./records.js').Page} page */
function documents(page) {
  const { records, next } = page;
  return {
    records: Array.isArray(records)
      ? { tag: 'values', val: records.map((record) => JSON.stringify(record)) }
      : { tag: 'at', val: [records.response.raw, records.pointers] },
    next,
  };
}

/** @param {Document | object} record */
function document(record) {
  return record instanceof Document
    ? { tag: 'at', val: [record.response.raw, record.pointer] }
    : { tag: 'value', val: JSON.stringify(record) };
}

/**
 * A thrown value becomes the error of the contract's `result`.
 *
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
function answer(call) {
  try {
    return call();
  } catch (error) {
    throw { payload: toHost(error instanceof Failure ? error : bug(error)) };
  }
}

/** A mistake in the connector. Callers cannot do anything about it; its author reads the log. @param {any} error */
function bug(error) {
  write('error', `${error}\n${error?.stack ?? ''}`);
  return Failure.unexpected('the connector failed; its log says where');
}

/** @param {Failure} failure */
function toHost(failure) {
  return {
    kind: failure.kind,
    message: failure.message,
    status: failure.status,
    retryAfterMs: failure.retryAfterMs === undefined ? undefined : BigInt(failure.retryAfterMs),
    fields: failure.fields,
  };
}
