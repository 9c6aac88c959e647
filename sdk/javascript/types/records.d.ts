/**
 * What a connector is asked for, and how it says where the records are.
 *
 * @module
 */
/**
 * Which records to list.
 *
 * @typedef {object} Query
 * @property {string | undefined} cursor The `next` of an earlier page, unchanged; undefined for the first page.
 * @property {number} limit At most this many records (1 to 100). Fewer is fine while there is a next page; more is an error.
 * @property {string[]} fields The provider fields that the effective mapping reads.
 * @property {Filter[]} filters Only what the manifest declares.
 * @property {string | undefined} updatedSince ISO 8601 in UTC with milliseconds; only if the manifest declares it.
 * @property {Sort | undefined} sort Only what the manifest declares.
 * @property {[string, string][]} options Room for growth. Ignore names that you do not know.
 */
/**
 * One condition.
 *
 * @typedef {object} Filter
 * @property {string} field The provider field.
 * @property {string} operator "eq" is the only one so far.
 * @property {any} value What to compare with.
 */
/**
 * An order.
 *
 * @typedef {object} Sort
 * @property {string} field The provider field.
 * @property {boolean} descending Biggest first.
 */
/** @typedef {import('./response.js').Response} Response */
/** Where one record is. A record that had to be put together is returned as it is, without a `Document`. */
export class Document {
    /**
     * The record at a pointer into an answer.
     *
     * @param {Response} response
     * @param {string} [pointer] "" is the whole answer.
     * @returns {Document}
     */
    static at(response: Response, pointer?: string): Document;
    /**
     * @param {Response} response
     * @param {string} pointer
     */
    constructor(response: Response, pointer: string);
    response: import("./response.js").Response;
    pointer: string;
}
/** A page of records. */
export class Page {
    /**
     * A page whose records are at pointers into one answer, in this order. Each leads to an array of records or to a single one.
     *
     * @param {Response} response
     * @param {string | string[]} pointers
     * @param {string | null | undefined} [next] The cursor of the next page; nothing on the last page and only there.
     * @returns {Page}
     */
    static at(response: Response, pointers: string | string[], next?: string | null | undefined): Page;
    /**
     * A page of records that had to be put together.
     *
     * @param {object[]} records
     * @param {string | null | undefined} [next] The cursor of the next page; nothing on the last page and only there.
     * @returns {Page}
     */
    static of(records: object[], next?: string | null | undefined): Page;
    /**
     * @param {object[] | { response: Response, pointers: string[] }} records
     * @param {string | null | undefined} next
     */
    constructor(records: object[] | {
        response: Response;
        pointers: string[];
    }, next: string | null | undefined);
    records: object[] | {
        response: Response;
        pointers: string[];
    };
    /** @type {string | undefined} */
    next: string | undefined;
}
/**
 * Which records to list.
 */
export type Query = {
    /**
     * The `next` of an earlier page, unchanged; undefined for the first page.
     */
    cursor: string | undefined;
    /**
     * At most this many records (1 to 100). Fewer is fine while there is a next page; more is an error.
     */
    limit: number;
    /**
     * The provider fields that the effective mapping reads.
     */
    fields: string[];
    /**
     * Only what the manifest declares.
     */
    filters: Filter[];
    /**
     * ISO 8601 in UTC with milliseconds; only if the manifest declares it.
     */
    updatedSince: string | undefined;
    /**
     * Only what the manifest declares.
     */
    sort: Sort | undefined;
    /**
     * Room for growth. Ignore names that you do not know.
     */
    options: [string, string][];
};
/**
 * One condition.
 */
export type Filter = {
    /**
     * The provider field.
     */
    field: string;
    /**
     * "eq" is the only one so far.
     */
    operator: string;
    /**
     * What to compare with.
     */
    value: any;
};
/**
 * An order.
 */
export type Sort = {
    /**
     * The provider field.
     */
    field: string;
    /**
     * Biggest first.
     */
    descending: boolean;
};
export type Response = import("./response.js").Response;
