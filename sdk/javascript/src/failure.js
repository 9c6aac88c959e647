/**
 * Why something could not be done, in the contract's words.
 *
 * @module
 */

/**
 * Throw one to say why a call failed. The host turns `kind` into a status and code of its own API, and the names in `fields`
 * into unified fields.
 */
export class Failure extends Error {
  /**
   * @param {string} kind One of the kinds in `connector.wit`; an unknown kind counts as "unexpected".
   * @param {string} message What was wrong, for people; in the provider's words where it has any.
   */
  constructor(kind, message) {
    super(message);
    this.name = 'Failure';
    /** @type {string} */
    this.kind = kind;
    /** The provider's HTTP status, when it answered. @type {number | undefined} */
    this.status = undefined;
    /** How long the provider asked us to wait, in milliseconds. @type {number | undefined} */
    this.retryAfterMs = undefined;
    /** Provider field and what is wrong with it. @type {[string, string][]} */
    this.fields = [];
  }

  /** The record does not exist. @param {string} message */
  static notFound(message) {
    return new Failure('not-found', message);
  }

  /** The provider (or the connector in its place) refuses the values; see `withField`. @param {string} message */
  static rejected(message) {
    return new Failure('rejected', message);
  }

  /** The values clash with another record. @param {string} message */
  static conflict(message) {
    return new Failure('conflict', message);
  }

  /** The credential is missing, wrong or expired. @param {string} message */
  static unauthorized(message) {
    return new Failure('unauthorized', message);
  }

  /** The credential does not reach this far. @param {string} message */
  static forbidden(message) {
    return new Failure('forbidden', message);
  }

  /** Too many calls; see `withRetryAfter`. @param {string} message */
  static rateLimited(message) {
    return new Failure('rate-limited', message);
  }

  /** The provider cannot do this at all. @param {string} message */
  static unsupported(message) {
    return new Failure('unsupported', message);
  }

  /** The cursor is not one of ours, or no longer valid. @param {string} message */
  static invalidCursor(message) {
    return new Failure('invalid-cursor', message);
  }

  /** The provider does not work just now. @param {string} message */
  static unavailable(message) {
    return new Failure('unavailable', message);
  }

  /** The provider took too long. @param {string} message */
  static timeout(message) {
    return new Failure('timeout', message);
  }

  /** The provider answered something that its documentation does not allow for. @param {string} message */
  static unexpected(message) {
    return new Failure('unexpected', message);
  }

  /**
   * What an HTTP status means where nothing else is known.
   *
   * @param {number} status
   * @param {string} [message] In the provider's words, if it has any.
   * @returns {Failure}
   */
  static ofStatus(status, message = `the provider answered with status ${status}`) {
    return new Failure(kindOf(status), message).withStatus(status);
  }

  /**
   * Adds the provider's HTTP status.
   *
   * @param {number} status
   * @returns {this}
   */
  withStatus(status) {
    this.status = status;
    return this;
  }

  /**
   * Adds how long to wait.
   *
   * @param {number} milliseconds
   * @returns {this}
   */
  withRetryAfter(milliseconds) {
    this.retryAfterMs = Math.max(0, Math.round(milliseconds));
    return this;
  }

  /**
   * Adds what is wrong with one provider field. Give the name as the mapping has it ("firstname", "/contact/id").
   *
   * @param {string} name
   * @param {string} why
   * @returns {this}
   */
  withField(name, why) {
    this.fields.push([name, why]);
    return this;
  }
}

/** @param {number} status */
function kindOf(status) {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'not-found';
    case 408:
    case 504:
      return 'timeout';
    case 409:
      return 'conflict';
    case 429:
      return 'rate-limited';
    default:
      return status >= 500 ? 'unavailable' : status >= 400 ? 'rejected' : 'unexpected';
  }
}
