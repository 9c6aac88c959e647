/**
 * Makes this the host. Connectors do not call it: the component's entry and the test host do.
 *
 * @param {Host} host
 */
export function install(host: Host): void;
/** @returns {Host} */
export function host(): Host;
/**
 * A setting of the connection or of the operator, such as "apiVersion". Never a secret.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function setting(name: string): string | undefined;
/**
 * Milliseconds since the Unix epoch.
 *
 * @returns {number}
 */
export function now(): number;
export namespace log {
    function debug(message: string): void;
    function info(message: string): void;
    function warn(message: string): void;
    function error(message: string): void;
}
/**
 * What an answer is to the host. Pointers are RFC 6901, values are JSON texts.
 */
export type RawResponse = {
    status: () => number;
    header: (name: string) => string | undefined;
    jsonAt: (pointer: string) => string | undefined;
    pluck: (array: string, member: string) => (string | undefined)[];
    text: () => string | undefined;
};
export type RawRequest = {
    method: string;
    target: string;
    query: [string, string][];
    headers: [string, string][];
    body: {
        tag: "none";
    } | {
        tag: "json";
        val: string;
    } | {
        tag: "form";
        val: [string, string][];
    } | {
        tag: "bytes";
        val: Uint8Array;
    };
    repeatable: boolean;
};
/**
 * The imports of the contract, in their JavaScript form.
 */
export type Host = {
    /**
     * Throws a `Failure`.
     */
    send: (request: RawRequest) => RawResponse;
    setting: (name: string) => string | undefined;
    now: () => number;
    log: (level: string, message: string) => void;
};
