/**
 * Why something could not be done, in the contract's words.
 *
 * @module
 */
/**
 * Throw one to say why a call failed. The host turns `kind` into a status and code of its own API, and the names in `fields`
 * into unified fields.
 */
export class Failure extends Error {
    /** The record does not exist. @param {string} message */
    static notFound(message: string): Failure;
    /** The provider (or the connector in its place) refuses the values; see `withField`. @param {string} message */
    static rejected(message: string): Failure;
    /** The values clash with another record. @param {string} message */
    static conflict(message: string): Failure;
    /** The credential is missing, wrong or expired. @param {string} message */
    static unauthorized(message: string): Failure;
    /** The credential does not reach this far. @param {string} message */
    static forbidden(message: string): Failure;
    /** Too many calls; see `withRetryAfter`. @param {string} message */
    static rateLimited(message: string): Failure;
    /** The provider cannot do this at all. @param {string} message */
    static unsupported(message: string): Failure;
    /** The cursor is not one of ours, or no longer valid. @param {string} message */
    static invalidCursor(message: string): Failure;
    /** The provider does not work just now. @param {string} message */
    static unavailable(message: string): Failure;
    /** The provider took too long. @param {string} message */
    static timeout(message: string): Failure;
    /** The provider answered something that its documentation does not allow for. @param {string} message */
    static unexpected(message: string): Failure;
    /**
     * What an HTTP status means where nothing else is known.
     *
     * @param {number} status
     * @param {string} [message] In the provider's words, if it has any.
     * @returns {Failure}
     */
    static ofStatus(status: number, message?: string): Failure;
    /**
     * @param {string} kind One of the kinds in `connector.wit`; an unknown kind counts as "unexpected".
     * @param {string} message What was wrong, for people; in the provider's words where it has any.
     */
    constructor(kind: string, message: string);
    /** @type {string} */
    kind: string;
    /** The provider's HTTP status, when it answered. @type {number | undefined} */
    status: number | undefined;
    /** How long the provider asked us to wait, in milliseconds. @type {number | undefined} */
    retryAfterMs: number | undefined;
    /** Provider field and what is wrong with it. @type {[string, string][]} */
    fields: [string, string][];
    /**
     * Adds the provider's HTTP status.
     *
     * @param {number} status
     * @returns {this}
     */
    withStatus(status: number): this;
    /**
     * Adds how long to wait.
     *
     * @param {number} milliseconds
     * @returns {this}
     */
    withRetryAfter(milliseconds: number): this;
    /**
     * Adds what is wrong with one provider field. Give the name as the mapping has it ("firstname", "/contact/id").
     *
     * @param {string} name
     * @param {string} why
     * @returns {this}
     */
    withField(name: string, why: string): this;
}
