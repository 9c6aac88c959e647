/**
 * A GET. `target` is a path below the connection's base URL, or an absolute URL on a granted host; without a query.
 * Use `segment` for parts that come from outside.
 *
 * @param {string} target
 * @returns {Request}
 */
export function get(target: string): Request;
/** A POST; see `get` for `target`. @param {string} target @returns {Request} */
export function post(target: string): Request;
/** A PUT; see `get` for `target`. @param {string} target @returns {Request} */
export function put(target: string): Request;
/** A PATCH; see `get` for `target`. @param {string} target @returns {Request} */
export function patch(target: string): Request;
/** A DELETE; see `get` for `target`. @param {string} target @returns {Request} */
export function del(target: string): Request;
/**
 * Percent-encodes text for one segment of a path, so that it cannot become two segments or a query.
 *
 * @param {string} text
 * @returns {string}
 */
export function segment(text: string): string;
/** A request that is being put together. It does nothing until it is sent. */
export class Request {
    /**
     * @param {string} method GET, HEAD, POST, PUT, PATCH or DELETE.
     * @param {string} target
     */
    constructor(method: string, target: string);
    /**
     * Adds a query parameter, unless the value is null or undefined. The host encodes it, so a value can never become a second
     * parameter.
     *
     * @param {string} name
     * @param {string | number | boolean | null | undefined} value
     * @returns {this}
     */
    query(name: string, value: string | number | boolean | null | undefined): this;
    /**
     * Adds a header. The host refuses those that are its own, such as Authorization.
     *
     * @param {string} name
     * @param {string} value
     * @returns {this}
     */
    header(name: string, value: string): this;
    /**
     * Sends a value as JSON.
     *
     * @param {unknown} value
     * @returns {this}
     */
    json(value: unknown): this;
    /**
     * Sends a form.
     *
     * @param {Record<string, string> | [string, string][]} pairs
     * @returns {this}
     */
    form(pairs: Record<string, string> | [string, string][]): this;
    /**
     * Sends bytes as they are. Set their Content-Type with `header`.
     *
     * @param {Uint8Array} bytes
     * @returns {this}
     */
    bytes(bytes: Uint8Array): this;
    /**
     * Says that sending this twice does no harm though its method says otherwise (a search by POST). Lets the host retry.
     *
     * @returns {this}
     */
    repeatable(): this;
    /**
     * Sends it. Any HTTP status is an answer.
     *
     * @returns {Response}
     * @throws {import('./failure.js').Failure} `unavailable` or `timeout` when no answer came, `refused` when the host's policy
     *   said no.
     */
    send(): Response;
    #private;
}
import { Response } from './response.js';
