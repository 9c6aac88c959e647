/**
 * The S256 challenge of a PKCE verifier (RFC 7636, section 4.2).
 *
 * @param {string} verifier
 * @returns {string}
 */
export function challengeOf(verifier: string): string;
/**
 * @param {Uint8Array} message
 * @returns {Uint8Array}
 */
export function sha256(message: Uint8Array): Uint8Array;
