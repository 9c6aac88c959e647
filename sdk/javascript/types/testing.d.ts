/** @typedef {import('./connector.js').Connector} Connector */
/** @typedef {import('./records.js').Query} Query */
/** @typedef {(request: Request) => { status: number, headers: [string, string][], body: Uint8Array }} Provider */
/**
 * @typedef {object} Options
 * @property {Provider} [provider] Answers the requests in the sandbox's place.
 * @property {string} [token] The credential; the manifest's `sandbox.token` unless said otherwise.
 * @property {Record<string, string>} [settings] Settings of the connection, over the manifest's.
 * @property {number} [now] Stops the clock, in milliseconds since the Unix epoch.
 */
/**
 * Makes a host for a connector, with fresh state, and makes it the current one.
 *
 * @param {Connector} connector
 * @param {Options} [options]
 * @returns {TestHost}
 */
export function testHost(connector: Connector, options?: Options): TestHost;
/** What a test asks instead of the real host. */
export class TestHost {
    /**
     * @param {Connector} connector
     * @param {Options} options
     */
    constructor(connector: Connector, options: Options);
    /** The requests so far, as the provider saw them. @type {Request[]} */
    requests: Request[];
    /** What was logged: levels and messages. @type {[string, string][]} */
    logged: [string, string][];
    /** The clock; undefined for the system's. @type {number | undefined} */
    time: number | undefined;
    /** What the sandbox remembers. */
    state: State;
    /** Who answers the requests. @type {Provider} */
    provider: Provider;
    /**
     * Lists, and answers the records themselves.
     *
     * @param {string} resource
     * @param {Partial<Query>} [query]
     * @returns {{ records: any[], next: string | undefined }}
     */
    list(resource: string, query?: Partial<Query>): {
        records: any[];
        next: string | undefined;
    };
    /**
     * Every record, page by page.
     *
     * @param {string} resource
     * @param {Partial<Query>} [query]
     * @returns {any[]}
     */
    walk(resource: string, query?: Partial<Query>): any[];
    /** Reads one. @param {string} resource @param {string} id @returns {any} */
    get(resource: string, id: string): any;
    /** Makes one of provider values. @param {string} resource @param {Record<string, any>} values @returns {any} */
    create(resource: string, values: Record<string, any>): any;
    /** Changes one. @param {string} resource @param {string} id @param {Record<string, any>} values @returns {any} */
    update(resource: string, id: string, values: Record<string, any>): any;
    /** Deletes one. @param {string} resource @param {string} id */
    delete(resource: string, id: string): void;
    /** The provider fields that the manifest's mappings read. @param {string} resource @returns {string[]} */
    fields(resource: string): string[];
    /** A request past the connector, as a test of the sandbox sends it. @param {string} method @param {string} path @param {{ query?: [string, string][], headers?: [string, string][], json?: unknown, form?: [string, string][] }} [rest] */
    call(method: string, path: string, { query, headers, json, form: pairs }?: {
        query?: [string, string][];
        headers?: [string, string][];
        json?: unknown;
        form?: [string, string][];
    }): {
        status: number;
        headers: Map<string, string>;
        text: string;
    };
    #private;
}
export type Connector = import("./connector.js").Connector;
export type Query = import("./records.js").Query;
export type Provider = (request: Request) => {
    status: number;
    headers: [string, string][];
    body: Uint8Array;
};
export type Options = {
    /**
     * Answers the requests in the sandbox's place.
     */
    provider?: Provider | undefined;
    /**
     * The credential; the manifest's `sandbox.token` unless said otherwise.
     */
    token?: string | undefined;
    /**
     * Settings of the connection, over the manifest's.
     */
    settings?: Record<string, string> | undefined;
    /**
     * Stops the clock, in milliseconds since the Unix epoch.
     */
    now?: number | undefined;
};
import { Request } from './sandbox/request.js';
import { State } from './sandbox/state.js';
