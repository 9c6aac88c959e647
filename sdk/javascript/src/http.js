/**
 * Requests to the provider. The host resolves names, checks addresses, adds the credential, and retries where that is safe.
 *
 * @module
 */

import { host } from './host.js';
import { Response } from './response.js';

/**
 * A GET. `target` is a path below the connection's base URL, or an absolute URL on a granted host; without a query.
 * Use `segment` for parts that come from outside.
 *
 * @param {string} target
 * @returns {Request}
 */
export function get(target) {
  return new Request('GET', target);
}

/** A POST; see `get` for `target`. @param {string} target @returns {Request} */
export function post(target) {
  return new Request('POST', target);
}

/** A PUT; see `get` for `target`. @param {string} target @returns {Request} */
export function put(target) {
  return new Request('PUT', target);
}

/** A PATCH; see `get` for `target`. @param {string} target @returns {Request} */
export function patch(target) {
  return new Request('PATCH', target);
}

/** A DELETE; see `get` for `target`. @param {string} target @returns {Request} */
export function del(target) {
  return new Request('DELETE', target);
}

/** A request that is being put together. It does nothing until it is sent. */
export class Request {
  /** @type {import('./host.js').RawRequest} */
  #raw;

  /**
   * @param {string} method GET, HEAD, POST, PUT, PATCH or DELETE.
   * @param {string} target
   */
  constructor(method, target) {
    this.#raw = { method, target, query: [], headers: [], body: { tag: 'none' }, repeatable: false };
  }

  /**
   * Adds a query parameter, unless the value is null or undefined. The host encodes it, so a value can never become a second
   * parameter.
   *
   * @param {string} name
   * @param {string | number | boolean | null | undefined} value
   * @returns {this}
   */
  query(name, value) {
    if (value !== undefined && value !== null) {
      this.#raw.query.push([name, String(value)]);
    }
    return this;
  }

  /**
   * Adds a header. The host refuses those that are its own, such as Authorization.
   *
   * @param {string} name
   * @param {string} value
   * @returns {this}
   */
  header(name, value) {
    this.#raw.headers.push([name, value]);
    return this;
  }

  /**
   * Sends a value as JSON.
   *
   * @param {unknown} value
   * @returns {this}
   */
  json(value) {
    this.#raw.body = { tag: 'json', val: JSON.stringify(value) ?? 'null' };
    return this;
  }

  /**
   * Sends a form.
   *
   * @param {Record<string, string> | [string, string][]} pairs
   * @returns {this}
   */
  form(pairs) {
    this.#raw.body = { tag: 'form', val: Array.isArray(pairs) ? pairs : Object.entries(pairs) };
    return this;
  }

  /**
   * Sends bytes as they are. Set their Content-Type with `header`.
   *
   * @param {Uint8Array} bytes
   * @returns {this}
   */
  bytes(bytes) {
    this.#raw.body = { tag: 'bytes', val: bytes };
    return this;
  }

  /**
   * Says that sending this twice does no harm though its method says otherwise (a search by POST). Lets the host retry.
   *
   * @returns {this}
   */
  repeatable() {
    this.#raw.repeatable = true;
    return this;
  }

  /**
   * Sends it. Any HTTP status is an answer.
   *
   * @returns {Response}
   * @throws {import('./failure.js').Failure} `unavailable` or `timeout` when no answer came, `refused` when the host's policy
   *   said no.
   */
  send() {
    return new Response(host().send(this.#raw));
  }
}

/**
 * Percent-encodes text for one segment of a path, so that it cannot become two segments or a query.
 *
 * @param {string} text
 * @returns {string}
 */
export function segment(text) {
  // A lone "." or ".." would be taken for a step in the path; elsewhere a dot is harmless.
  if (text === '.' || text === '..') {
    return text.replaceAll('.', '%2E');
  }
  const escape = (/** @type {string} */ character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escape);
}
