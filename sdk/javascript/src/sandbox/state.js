/**
 * What a sandbox remembers between calls.
 *
 * @module
 */

/**
 * Collections of keys and JSON texts: the contract's `sandbox-store`.
 *
 * @typedef {object} Store
 * @property {(collection: string, key: string) => string | undefined} get
 * @property {(collection: string, key: string, json: string) => void} put
 * @property {(collection: string, key: string) => boolean} delete Whether there was something to delete.
 * @property {(collection: string, after: string | undefined, limit: number) => [string, string][]} scan Up to `limit` entries
 *   in byte order of their keys, those after `after`.
 */

/** Entries that are asked for at once. */
const AT_ONCE = 500;

/** State of a sandbox. The host scopes it to one organisation and provider. */
export class State {
  #store;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * The value at a key; undefined if there is none.
   *
   * @param {string} collection
   * @param {string} key
   * @returns {any}
   */
  get(collection, key) {
    const json = this.#store.get(collection, key);
    return json === undefined ? undefined : JSON.parse(json);
  }

  /**
   * Sets the value at a key.
   *
   * @param {string} collection
   * @param {string} key
   * @param {unknown} value
   */
  put(collection, key, value) {
    this.#store.put(collection, key, JSON.stringify(value) ?? 'null');
  }

  /**
   * Whether there was something to delete.
   *
   * @param {string} collection
   * @param {string} key
   * @returns {boolean}
   */
  delete(collection, key) {
    return this.#store.delete(collection, key);
  }

  /**
   * Every value whose key begins with `prefix`, in byte order of the keys.
   *
   * @param {string} collection
   * @param {string} [prefix]
   * @returns {any[]}
   */
  all(collection, prefix = '') {
    const found = [];
    // A key that is the prefix itself is not after it, so it is looked up.
    const exact = prefix === '' ? undefined : this.get(collection, prefix);
    if (exact !== undefined) {
      found.push(exact);
    }
    let after = prefix === '' ? undefined : prefix;
    for (;;) {
      const entries = this.#store.scan(collection, after, AT_ONCE);
      // A host may give fewer than asked for, so that only an empty answer is the end.
      if (entries.length === 0) {
        return found;
      }
      for (const [key, json] of entries) {
        if (!key.startsWith(prefix)) {
          return found;
        }
        after = key;
        found.push(JSON.parse(json));
      }
    }
  }

  /**
   * The next number of a counter that starts at `first`.
   *
   * @param {string} name
   * @param {number} [first]
   * @returns {number}
   */
  count(name, first = 1) {
    const number = this.get('counters', name) ?? first;
    this.put('counters', name, number + 1);
    return number;
  }
}
