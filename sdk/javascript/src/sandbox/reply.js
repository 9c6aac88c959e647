/**
 * A provider's answer.
 *
 * @module
 */

/** An answer of a sandbox. */
export class Reply {
  /**
   * @param {number} status
   * @param {string} [body]
   * @param {string} [contentType]
   */
  constructor(status, body = '', contentType) {
    this.status = status;
    /** @type {[string, string][]} */
    this.headers = contentType === undefined ? [] : [['content-type', contentType]];
    this.body = new TextEncoder().encode(body);
  }

  /** An answer without a body. @param {number} status */
  static empty(status) {
    return new Reply(status);
  }

  /**
   * An answer in JSON.
   *
   * @param {number} status
   * @param {unknown} value
   * @returns {Reply}
   */
  static json(status, value) {
    return new Reply(status, JSON.stringify(value), 'application/json');
  }

  /**
   * An answer in plain text.
   *
   * @param {number} status
   * @param {string} body
   * @returns {Reply}
   */
  static text(status, body) {
    return new Reply(status, body, 'text/plain;charset=utf-8');
  }

  /**
   * A page for a browser.
   *
   * @param {number} status
   * @param {string} body
   * @returns {Reply}
   */
  static html(status, body) {
    return new Reply(status, body, 'text/html;charset=utf-8');
  }

  /**
   * Adds a header.
   *
   * @param {string} name
   * @param {string | number} value
   * @returns {this}
   */
  header(name, value) {
    this.headers.push([name, String(value)]);
    return this;
  }
}
