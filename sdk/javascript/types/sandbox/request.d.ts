/**
 * Takes percent-encoding away. A stray "%" stays as it is.
 *
 * @param {string} encoded
 * @returns {string}
 */
export function decode(encoded: string): string;
/**
 * Pairs as application/x-www-form-urlencoded.
 *
 * @param {[string, string][]} pairs
 * @returns {string}
 */
export function form(pairs: [string, string][]): string;
/** A request to a sandbox. */
export class Request {
    /** @param {{ method: string, path: string, query: [string, string][], headers: [string, string][], body: Uint8Array }} request */
    constructor({ method, path, query, headers, body }: {
        method: string;
        path: string;
        query: [string, string][];
        headers: [string, string][];
        body: Uint8Array;
    });
    /** In capitals. */
    method: string;
    /** Percent-encoded, from the first slash, without the query. */
    path: string;
    /** Decoded names and values in order. */
    query: [string, string][];
    /** Names and values in order; names in any case. */
    headers: [string, string][];
    /** The body's bytes. */
    body: Uint8Array<ArrayBufferLike>;
    /**
     * The decoded segments of the path. A slash at the end adds none.
     *
     * @returns {string[]}
     */
    segments(): string[];
    /**
     * The first query parameter of this name.
     *
     * @param {string} name
     * @returns {string | undefined}
     */
    parameter(name: string): string | undefined;
    /**
     * A query parameter that is a list with commas; also when it comes several times.
     *
     * @param {string} name
     * @returns {string[]}
     */
    list(name: string): string[];
    /**
     * The first header of this name, in any case.
     *
     * @param {string} name
     * @returns {string | undefined}
     */
    header(name: string): string | undefined;
    /**
     * The token of `Authorization: <scheme> <token>`; the scheme in any case.
     *
     * @param {string} scheme
     * @returns {string | undefined}
     */
    token(scheme: string): string | undefined;
    /**
     * Name and password of `Authorization: Basic …`.
     *
     * @returns {{ name: string, password: string } | undefined}
     */
    basic(): {
        name: string;
        password: string;
    } | undefined;
    /**
     * The body as text.
     *
     * @returns {string}
     */
    text(): string;
    /**
     * The body as JSON; undefined if it is none.
     *
     * @returns {any}
     */
    json(): any;
    /**
     * The body as a form: the first value of each name.
     *
     * @returns {Map<string, string>}
     */
    form(): Map<string, string>;
}
