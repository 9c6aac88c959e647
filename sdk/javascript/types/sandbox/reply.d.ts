/**
 * A provider's answer.
 *
 * @module
 */
/** An answer of a sandbox. */
export class Reply {
    /** An answer without a body. @param {number} status */
    static empty(status: number): Reply;
    /**
     * An answer in JSON.
     *
     * @param {number} status
     * @param {unknown} value
     * @returns {Reply}
     */
    static json(status: number, value: unknown): Reply;
    /**
     * An answer in plain text.
     *
     * @param {number} status
     * @param {string} body
     * @returns {Reply}
     */
    static text(status: number, body: string): Reply;
    /**
     * A page for a browser.
     *
     * @param {number} status
     * @param {string} body
     * @returns {Reply}
     */
    static html(status: number, body: string): Reply;
    /**
     * @param {number} status
     * @param {string} [body]
     * @param {string} [contentType]
     */
    constructor(status: number, body?: string, contentType?: string);
    status: number;
    /** @type {[string, string][]} */
    headers: [string, string][];
    body: Uint8Array<ArrayBuffer>;
    /**
     * Adds a header.
     *
     * @param {string} name
     * @param {string | number} value
     * @returns {this}
     */
    header(name: string, value: string | number): this;
}
