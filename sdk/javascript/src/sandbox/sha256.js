/**
 * SHA-256 (FIPS 180-4) for PKCE. Written out, because the engine's own (`crypto.subtle`) answers with promises, which the
 * contract's functions cannot wait for.
 *
 * @module
 */

const PRIMES = primes(64);
const FIRST = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

/**
 * The S256 challenge of a PKCE verifier (RFC 7636, section 4.2).
 *
 * @param {string} verifier
 * @returns {string}
 */
export function challengeOf(verifier) {
  const digest = sha256(new TextEncoder().encode(verifier));
  return btoa(String.fromCharCode(...digest))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/**
 * @param {Uint8Array} message
 * @returns {Uint8Array}
 */
export function sha256(message) {
  const padded = new Uint8Array(((message.length + 8) >> 6) * 64 + 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x2000_0000));
  view.setUint32(padded.length - 4, message.length << 3);
  const hash = Uint32Array.from(FIRST);
  for (let block = 0; block < padded.length; block += 64) {
    compress(hash, view, block);
  }
  const digest = new DataView(new ArrayBuffer(32));
  hash.forEach((word, index) => digest.setUint32(index * 4, word));
  return new Uint8Array(digest.buffer);
}

/**
 * @param {Uint32Array} hash
 * @param {DataView} view
 * @param {number} block
 */
function compress(hash, view, block) {
  const words = new Uint32Array(64);
  for (let i = 0; i < 16; i++) {
    words[i] = view.getUint32(block + i * 4);
  }
  for (let i = 16; i < 64; i++) {
    const [before, two] = [words[i - 15], words[i - 2]];
    const low = turn(before, 7) ^ turn(before, 18) ^ (before >>> 3);
    const high = turn(two, 17) ^ turn(two, 19) ^ (two >>> 10);
    words[i] = words[i - 16] + low + words[i - 7] + high;
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let i = 0; i < 64; i++) {
    const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + words[i];
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    hash[index] += word;
  });
}

/**
 * @param {number} word
 * @param {number} bits
 */
function turn(word, bits) {
  return (word >>> bits) | (word << (32 - bits));
}

/** The first 32 bits of the fraction. @param {number} value */
function fraction(value) {
  return Math.floor((value % 1) * 0x1_0000_0000);
}

/** @param {number} count */
function primes(count) {
  /** @type {number[]} */
  const found = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) {
      found.push(candidate);
    }
  }
  return found;
}
