/**
 * An answer. Look at the few values you need, and hand records back by pointing at them (`Page.at`): copying a page into a
 * connector costs more than the rest of the call. Pointers are RFC 6901.
 */
export class Response {
    /** @param {import('./host.js').RawResponse} raw */
    constructor(raw: import("./host.js").RawResponse);
    /** The host's handle. @type {import('./host.js').RawResponse} */
    raw: import("./host.js").RawResponse;
    /** The HTTP status. */
    get status(): number;
    /** Whether the status is 2xx. */
    get ok(): boolean;
    /**
     * Passes an answer with a 2xx status on, and throws a failure for any other. Without `explain` the failure goes by the
     * status alone; a connector that can read its provider's errors says more.
     *
     * @param {(response: Response) => Failure} [explain]
     * @returns {this}
     * @throws {Failure}
     */
    accept(explain?: (response: Response) => Failure): this;
    /**
     * The failure that HTTP gives this status, with the provider's Retry-After where it sent one.
     *
     * @param {string} [message] In the provider's words, if it has any.
     * @returns {Failure}
     */
    failure(message?: string): Failure;
    /**
     * The first header of this name, in any case.
     *
     * @param {string} name
     * @returns {string | undefined}
     */
    header(name: string): string | undefined;
    /**
     * The value at a pointer; undefined if there is nothing, or if the body is not JSON.
     *
     * @param {string} pointer "" is the whole body.
     * @returns {any}
     */
    at(pointer: string): any;
    /**
     * For every element of the array at `array` the value at `member` in it, in order; empty if there is no such array. Reads one
     * value of each record without copying the records.
     *
     * @param {string} array
     * @param {string} member
     * @returns {any[]}
     */
    pluck(array: string, member: string): any[];
    /**
     * The whole body; undefined if it is not UTF-8.
     *
     * @returns {string | undefined}
     */
    text(): string | undefined;
}
import { Failure } from './failure.js';
