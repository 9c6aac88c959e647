/**
 * What a call found.
 *
 * @typedef {object} Taken
 * @property {boolean} allowed Whether the call may go on.
 * @property {number} limit Calls in one window.
 * @property {number} remaining Calls that are left in the window.
 * @property {number} retryAfterMs When the next call may go on, in milliseconds; 0 if at once.
 */
/** So many calls in so much time. */
export class RateLimit {
    /** @param {{ calls: number, windowMs: number }} limit */
    constructor({ calls, windowMs }: {
        calls: number;
        windowMs: number;
    });
    calls: number;
    windowMs: number;
    /**
     * Counts one call of `who`, unless it is one too many.
     *
     * @param {import('./state.js').State} state
     * @param {string} who
     * @param {number} nowMs
     * @returns {Taken}
     */
    take(state: import("./state.js").State, who: string, nowMs: number): Taken;
    /**
     * The switch that tests use: `PUT /_sandbox/rate-limit` with `{"requests": n}` sets another limit, `DELETE` takes it back.
     *
     * @param {import('./request.js').Request} request
     * @param {import('./state.js').State} state
     * @returns {Reply}
     */
    control(request: import("./request.js").Request, state: import("./state.js").State): Reply;
}
/**
 * What a call found.
 */
export type Taken = {
    /**
     * Whether the call may go on.
     */
    allowed: boolean;
    /**
     * Calls in one window.
     */
    limit: number;
    /**
     * Calls that are left in the window.
     */
    remaining: number;
    /**
     * When the next call may go on, in milliseconds; 0 if at once.
     */
    retryAfterMs: number;
};
import { Reply } from './reply.js';
