/** State of a sandbox. The host scopes it to one organisation and provider. */
export class State {
    /** @param {Store} store */
    constructor(store: Store);
    /**
     * The value at a key; undefined if there is none.
     *
     * @param {string} collection
     * @param {string} key
     * @returns {any}
     */
    get(collection: string, key: string): any;
    /**
     * Sets the value at a key.
     *
     * @param {string} collection
     * @param {string} key
     * @param {unknown} value
     */
    put(collection: string, key: string, value: unknown): void;
    /**
     * Whether there was something to delete.
     *
     * @param {string} collection
     * @param {string} key
     * @returns {boolean}
     */
    delete(collection: string, key: string): boolean;
    /**
     * Every value whose key begins with `prefix`, in byte order of the keys.
     *
     * @param {string} collection
     * @param {string} [prefix]
     * @returns {any[]}
     */
    all(collection: string, prefix?: string): any[];
    /**
     * The next number of a counter that starts at `first`.
     *
     * @param {string} name
     * @param {number} [first]
     * @returns {number}
     */
    count(name: string, first?: number): number;
    #private;
}
/**
 * Collections of keys and JSON texts: the contract's `sandbox-store`.
 */
export type Store = {
    get: (collection: string, key: string) => string | undefined;
    put: (collection: string, key: string, json: string) => void;
    /**
     * Whether there was something to delete.
     */
    delete: (collection: string, key: string) => boolean;
    /**
     * Up to `limit` entries
     * in byte order of their keys, those after `after`.
     */
    scan: (collection: string, after: string | undefined, limit: number) => [string, string][];
};
