/**
 * An answer of the provider. Its body stays in the host until a connector asks for a part of it.
 *
 * @module
 */

import { Failure } from './failure.js';

/**
 * An answer. Look at the few values you need, and hand records back by pointing at them (`Page.at`): copying a page into a
 * connector costs more than the rest of the call. Pointers are RFC 6901.
 */
export class Response {
  /** The host's handle. @type {import('./host.js').RawResponse} */
  raw;

  /** @param {import('./host.js').RawResponse} raw */
  constructor(raw) {
    this.raw = raw;
  }

  /** The HTTP status. */
  get status() {
    return this.raw.status();
  }

  /** Whether the status is 2xx. */
  get ok() {
    return this.status >= 200 && this.status < 300;
  }

  /**
   * Passes an answer with a 2xx status on, and throws a failure for any other. Without `explain` the failure goes by the
   * status alone; a connector that can read its provider's errors says more.
   *
   * @param {(response: Response) => Failure} [explain]
   * @returns {this}
   * @throws {Failure}
   */
  accept(explain) {
    if (this.ok) {
      return this;
    }
    throw explain ? explain(this) : this.failure();
  }

  /**
   * The failure that HTTP gives this status, with the provider's Retry-After where it sent one.
   *
   * @param {string} [message] In the provider's words, if it has any.
   * @returns {Failure}
   */
  failure(message) {
    const failure = Failure.ofStatus(this.status, message);
    const wait = Number(this.header('retry-after') ?? Number.NaN);
    return Number.isFinite(wait) ? failure.withRetryAfter(wait * 1000) : failure;
  }

  /**
   * The first header of this name, in any case.
   *
   * @param {string} name
   * @returns {string | undefined}
   */
  header(name) {
    return this.raw.header(name);
  }

  /**
   * The value at a pointer; undefined if there is nothing, or if the body is not JSON.
   *
   * @param {string} pointer "" is the whole body.
   * @returns {any}
   */
  at(pointer) {
    const text = this.raw.jsonAt(pointer);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /**
   * For every element of the array at `array` the value at `member` in it, in order; empty if there is no such array. Reads one
   * value of each record without copying the records.
   *
   * @param {string} array
   * @param {string} member
   * @returns {any[]}
   */
  pluck(array, member) {
    return this.raw.pluck(array, member).map((text) => (text === undefined ? undefined : JSON.parse(text)));
  }

  /**
   * The whole body; undefined if it is not UTF-8.
   *
   * @returns {string | undefined}
   */
  text() {
    return this.raw.text();
  }
}
