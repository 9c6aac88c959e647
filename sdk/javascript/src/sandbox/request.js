/**
 * A request as a provider sees it.
 *
 * @module
 */

import { segment } from '../http.js';

/** A request to a sandbox. */
export class Request {
  /** @param {{ method: string, path: string, query: [string, string][], headers: [string, string][], body: Uint8Array }} request */
  constructor({ method, path, query, headers, body }) {
    /** In capitals. */
    this.method = method;
    /** Percent-encoded, from the first slash, without the query. */
    this.path = path;
    /** Decoded names and values in order. */
    this.query = query;
    /** Names and values in order; names in any case. */
    this.headers = headers;
    /** The body's bytes. */
    this.body = body;
  }

  /**
   * The decoded segments of the path. A slash at the end adds none.
   *
   * @returns {string[]}
   */
  segments() {
    return this.path
      .split('/')
      .filter((part) => part !== '')
      .map(decode);
  }

  /**
   * The first query parameter of this name.
   *
   * @param {string} name
   * @returns {string | undefined}
   */
  parameter(name) {
    return this.query.find(([known]) => known === name)?.[1];
  }

  /**
   * A query parameter that is a list with commas; also when it comes several times.
   *
   * @param {string} name
   * @returns {string[]}
   */
  list(name) {
    return this.query
      .filter(([known]) => known === name)
      .flatMap(([, value]) => value.split(','))
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  /**
   * The first header of this name, in any case.
   *
   * @param {string} name
   * @returns {string | undefined}
   */
  header(name) {
    return this.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
  }

  /**
   * The token of `Authorization: <scheme> <token>`; the scheme in any case.
   *
   * @param {string} scheme
   * @returns {string | undefined}
   */
  token(scheme) {
    const [given, ...rest] = (this.header('authorization') ?? '').split(' ');
    return given.toLowerCase() === scheme.toLowerCase() && rest.length > 0 ? rest.join(' ').trim() : undefined;
  }

  /**
   * Name and password of `Authorization: Basic …`.
   *
   * @returns {{ name: string, password: string } | undefined}
   */
  basic() {
    const token = this.token('Basic');
    if (token === undefined) {
      return undefined;
    }
    try {
      const bytes = Uint8Array.from(atob(token), (character) => character.charCodeAt(0));
      const [name, ...password] = text(bytes).split(':');
      return password.length > 0 ? { name, password: password.join(':') } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * The body as text.
   *
   * @returns {string}
   */
  text() {
    return text(this.body);
  }

  /**
   * The body as JSON; undefined if it is none.
   *
   * @returns {any}
   */
  json() {
    try {
      return JSON.parse(this.text());
    } catch {
      return undefined;
    }
  }

  /**
   * The body as a form: the first value of each name.
   *
   * @returns {Map<string, string>}
   */
  form() {
    /** @type {Map<string, string>} */
    const fields = new Map();
    for (const pair of this.text().split('&').filter((part) => part !== '')) {
      const [name, ...value] = pair.replaceAll('+', ' ').split('=');
      if (!fields.has(decode(name))) {
        fields.set(decode(name), decode(value.join('=')));
      }
    }
    return fields;
  }
}

/** Bytes that are not UTF-8 become U+FFFD. @param {Uint8Array} bytes */
function text(bytes) {
  return new TextDecoder().decode(bytes);
}

/**
 * Takes percent-encoding away. A stray "%" stays as it is.
 *
 * @param {string} encoded
 * @returns {string}
 */
export function decode(encoded) {
  return encoded.replace(/(%[0-9A-Fa-f]{2})+/g, (run) =>
    text(Uint8Array.from(run.slice(1).split('%'), (hex) => Number.parseInt(hex, 16))),
  );
}

/**
 * Pairs as application/x-www-form-urlencoded.
 *
 * @param {[string, string][]} pairs
 * @returns {string}
 */
export function form(pairs) {
  return pairs.map(([name, value]) => `${segment(name)}=${segment(value)}`).join('&');
}
