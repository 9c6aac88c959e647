/**
 * A host for tests outside WebAssembly: it runs a connector against its own sandbox in the same process.
 *
 * @example
 * const host = testHost(connector);
 * const page = host.list('contact', { limit: 5 });
 *
 * @module
 */

import { install } from './host.js';
import { Document } from './records.js';
import { form, Request } from './sandbox/request.js';
import { State } from './sandbox/state.js';

/** @typedef {import('./connector.js').Connector} Connector */
/** @typedef {import('./records.js').Query} Query */
/** @typedef {(request: Request) => { status: number, headers: [string, string][], body: Uint8Array }} Provider */

/**
 * @typedef {object} Options
 * @property {Provider} [provider] Answers the requests in the sandbox's place.
 * @property {string} [token] The credential; the manifest's `sandbox.token` unless said otherwise.
 * @property {Record<string, string>} [settings] Settings of the connection, over the manifest's.
 * @property {number} [now] Stops the clock, in milliseconds since the Unix epoch.
 */

/**
 * Makes a host for a connector, with fresh state, and makes it the current one.
 *
 * @param {Connector} connector
 * @param {Options} [options]
 * @returns {TestHost}
 */
export function testHost(connector, options = {}) {
  return new TestHost(connector, options);
}

/** What a test asks instead of the real host. */
export class TestHost {
  #connector;
  /** @type {any} */
  #manifest;
  /** @type {Record<string, string>} */
  #settings;
  /** @type {[string, string] | { query: [string, string] } | undefined} */
  #credential;

  /**
   * @param {Connector} connector
   * @param {Options} options
   */
  constructor(connector, options) {
    this.#connector = connector;
    this.#manifest = connector.manifest;
    const defaults = (this.#manifest.settings ?? []).flatMap((/** @type {any} */ { name, default: value }) =>
      value === undefined ? [] : [[name, value]],
    );
    this.#settings = { ...Object.fromEntries(defaults), ...this.#manifest.sandbox?.settings, ...options.settings };
    this.#credential = credentialOf(this.#manifest, options.token);
    /** The requests so far, as the provider saw them. @type {Request[]} */
    this.requests = [];
    /** What was logged: levels and messages. @type {[string, string][]} */
    this.logged = [];
    /** The clock; undefined for the system's. @type {number | undefined} */
    this.time = options.now;
    /** What the sandbox remembers. */
    this.state = new State(new MemoryStore());
    /** Who answers the requests. @type {Provider} */
    this.provider =
      options.provider ??
      ((request) => {
        if (!connector.sandbox) {
          throw new Error('the connector has no sandbox: give testHost() a provider');
        }
        return connector.sandbox(request, this.state);
      });
    install({
      send: (request) => this.#send(request),
      setting: (name) => this.#settings[name],
      now: () => this.time ?? Date.now(),
      log: (level, message) => this.logged.push([level, message]),
    });
  }

  /**
   * Lists, and answers the records themselves.
   *
   * @param {string} resource
   * @param {Partial<Query>} [query]
   * @returns {{ records: any[], next: string | undefined }}
   */
  list(resource, query = {}) {
    const whole = {
      cursor: undefined,
      limit: 25,
      fields: this.fields(resource),
      filters: [],
      updatedSince: undefined,
      sort: undefined,
      /** @type {[string, string][]} */
      options: [],
      ...query,
    };
    const { records, next } = this.#connector.list(resource, whole);
    const found = Array.isArray(records)
      ? records
      : records.pointers.flatMap((pointer) => records.response.at(pointer) ?? []);
    if (found.length > whole.limit) {
      // As the real host does.
      throw new Error(`the connector broke the contract: ${found.length} records on a page of at most ${whole.limit}`);
    }
    return { records: found, next };
  }

  /**
   * Every record, page by page.
   *
   * @param {string} resource
   * @param {Partial<Query>} [query]
   * @returns {any[]}
   */
  walk(resource, query = {}) {
    const all = [];
    let cursor = query.cursor;
    do {
      const { records, next } = this.list(resource, { ...query, cursor });
      all.push(...records);
      cursor = next;
    } while (cursor !== undefined);
    return all;
  }

  /** Reads one. @param {string} resource @param {string} id @returns {any} */
  get(resource, id) {
    return resolve(this.#connector.get(resource, id, this.fields(resource)));
  }

  /** Makes one of provider values. @param {string} resource @param {Record<string, any>} values @returns {any} */
  create(resource, values) {
    return resolve(this.#connector.create(resource, values, this.fields(resource)));
  }

  /** Changes one. @param {string} resource @param {string} id @param {Record<string, any>} values @returns {any} */
  update(resource, id, values) {
    return resolve(this.#connector.update(resource, id, values, this.fields(resource)));
  }

  /** Deletes one. @param {string} resource @param {string} id */
  delete(resource, id) {
    this.#connector.delete(resource, id);
  }

  /** The provider fields that the manifest's mappings read. @param {string} resource @returns {string[]} */
  fields(resource) {
    const mappings = this.#manifest.resources[resource]?.mappings ?? [];
    const read = mappings.filter((/** @type {any} */ { direction }) => direction !== 'write');
    return [...new Set(read.map((/** @type {any} */ { providerField }) => providerField))].map(String);
  }

  /** A request past the connector, as a test of the sandbox sends it. @param {string} method @param {string} path @param {{ query?: [string, string][], headers?: [string, string][], json?: unknown, form?: [string, string][] }} [rest] */
  call(method, path, { query = [], headers = [], json, form: pairs } = {}) {
    const body = json === undefined ? form(pairs ?? []) : JSON.stringify(json);
    const request = new Request({ method, path, query, headers, body: new TextEncoder().encode(body) });
    const { status, headers: answered, body: bytes } = this.provider(request);
    return { status, headers: new Map(answered), text: new TextDecoder().decode(bytes) };
  }

  /** @param {import('./host.js').RawRequest} raw */
  #send(raw) {
    const request = this.#request(raw);
    this.requests.push(request);
    const { status, headers, body } = this.provider(request);
    return rawResponse(status, headers, new TextDecoder().decode(body));
  }

  /** @param {import('./host.js').RawRequest} raw */
  #request(raw) {
    const base = this.#manifest.baseUrl.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => this.#settings[name] ?? '');
    const url = new URL(raw.target.startsWith('/') ? `${base.replace(/\/$/, '')}${raw.target}` : raw.target);
    const query = [...raw.query];
    const headers = raw.headers.map(([name, value]) => /** @type {[string, string]} */ ([name.toLowerCase(), value]));
    if (Array.isArray(this.#credential)) {
      headers.push(this.#credential);
    } else if (this.#credential) {
      query.push(this.#credential.query);
    }
    const { type, bytes } = bodyOf(raw.body);
    if (type) {
      headers.push(['content-type', type]);
    }
    return new Request({ method: raw.method, path: url.pathname, query, headers, body: bytes });
  }
}

/**
 * @param {any} manifest
 * @param {string | undefined} given
 * @returns {[string, string] | { query: [string, string] } | undefined}
 */
function credentialOf(manifest, given) {
  const token = given ?? manifest.sandbox?.token;
  const id = manifest.sandbox?.auth;
  const method = manifest.auth.find((/** @type {any} */ known) => known.id === id) ?? manifest.auth[0];
  if (token === undefined) {
    return undefined;
  }
  const { header, prefix = '', query } = method.placement;
  return header ? [header.toLowerCase(), `${prefix}${token}`] : { query: [query, token] };
}

/** @param {import('./host.js').RawRequest['body']} body */
function bodyOf(body) {
  const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
  switch (body.tag) {
    case 'json':
      return { type: 'application/json', bytes: encode(body.val) };
    case 'form':
      return { type: 'application/x-www-form-urlencoded', bytes: encode(form(body.val)) };
    case 'bytes':
      return { type: undefined, bytes: body.val };
    default:
      return { type: undefined, bytes: new Uint8Array() };
  }
}

/**
 * @param {number} status
 * @param {[string, string][]} headers
 * @param {string} text
 * @returns {import('./host.js').RawResponse}
 */
function rawResponse(status, headers, text) {
  const json = parsed(text);
  const written = (/** @type {any} */ value) => (value === undefined ? undefined : JSON.stringify(value));
  return {
    status: () => status,
    header: (name) => headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1],
    jsonAt: (pointer) => written(at(json, pointer)),
    pluck: (array, member) => {
      const elements = at(json, array);
      return Array.isArray(elements) ? elements.map((element) => written(at(element, member))) : [];
    },
    text: () => text,
  };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The value at an RFC 6901 pointer.
 *
 * @param {any} value
 * @param {string} pointer
 */
function at(value, pointer) {
  const tokens = pointer.split('/').slice(1);
  return tokens.reduce((place, token) => member(place, token.replaceAll('~1', '/').replaceAll('~0', '~')), value);
}

/**
 * @param {any} place
 * @param {string} name
 */
function member(place, name) {
  if (place === null || typeof place !== 'object' || (Array.isArray(place) && !/^(0|[1-9]\d*)$/.test(name))) {
    return undefined;
  }
  return Object.hasOwn(place, name) ? place[name] : undefined;
}

/** @param {Document | object} record */
function resolve(record) {
  return record instanceof Document ? record.response.at(record.pointer) : record;
}

/** State in memory. */
class MemoryStore {
  /** @type {Map<string, Map<string, string>>} */
  #collections = new Map();

  /** @param {string} collection @param {string} key */
  get(collection, key) {
    return this.#collections.get(collection)?.get(key);
  }

  /** @param {string} collection @param {string} key @param {string} json */
  put(collection, key, json) {
    const entries = this.#collections.get(collection) ?? new Map();
    this.#collections.set(collection, entries.set(key, json));
  }

  /** @param {string} collection @param {string} key */
  delete(collection, key) {
    return this.#collections.get(collection)?.delete(key) ?? false;
  }

  /** @param {string} collection @param {string | undefined} after @param {number} limit @returns {[string, string][]} */
  scan(collection, after, limit) {
    const entries = [...(this.#collections.get(collection) ?? [])].sort(([one], [other]) => byBytes(one, other));
    return entries.filter(([key]) => after === undefined || byBytes(key, after) > 0).slice(0, limit);
  }
}

/** @param {string} one @param {string} other */
function byBytes(one, other) {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
