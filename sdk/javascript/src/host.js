/**
 * The host that the connector runs in: the real one inside a component, a test double outside.
 *
 * @module
 */

/**
 * What an answer is to the host. Pointers are RFC 6901, values are JSON texts.
 *
 * @typedef {object} RawResponse
 * @property {() => number} status
 * @property {(name: string) => string | undefined} header
 * @property {(pointer: string) => string | undefined} jsonAt
 * @property {(array: string, member: string) => (string | undefined)[]} pluck
 * @property {() => string | undefined} text
 */

/**
 * @typedef {object} RawRequest
 * @property {string} method
 * @property {string} target
 * @property {[string, string][]} query
 * @property {[string, string][]} headers
 * @property {{ tag: 'none' } | { tag: 'json', val: string } | { tag: 'form', val: [string, string][] } | { tag: 'bytes', val: Uint8Array }} body
 * @property {boolean} repeatable
 */

/**
 * The imports of the contract, in their JavaScript form.
 *
 * @typedef {object} Host
 * @property {(request: RawRequest) => RawResponse} send Throws a `Failure`.
 * @property {(name: string) => string | undefined} setting
 * @property {() => number} now
 * @property {(level: string, message: string) => void} log
 */

/** @type {Host | undefined} */
let current;

/**
 * Makes this the host. Connectors do not call it: the component's entry and the test host do.
 *
 * @param {Host} host
 */
export function install(host) {
  current = host;
}

/** @returns {Host} */
export function host() {
  if (!current) {
    throw new Error('there is no host: outside a component, make one with testHost() of @routemcp/connector/testing');
  }
  return current;
}

/**
 * A setting of the connection or of the operator, such as "apiVersion". Never a secret.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function setting(name) {
  return host().setting(name);
}

/**
 * Milliseconds since the Unix epoch.
 *
 * @returns {number}
 */
export function now() {
  return host().now();
}

/**
 * Writes to the host's log: `log.info('…')`. Text beyond the call's allowance is dropped.
 */
export const log = {
  /** @param {string} message */
  debug: (message) => host().log('debug', message),
  /** @param {string} message */
  info: (message) => host().log('info', message),
  /** @param {string} message */
  warn: (message) => host().log('warn', message),
  /** @param {string} message */
  error: (message) => host().log('error', message),
};
