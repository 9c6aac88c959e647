/**
 * Counts calls as providers do, in a window that slides.
 *
 * @module
 */

import { Reply } from './reply.js';

/** Parts of a window. More parts slide more smoothly and store more. */
const PARTS = 10;
const COLLECTION = 'rate-limits';
const CONTROL = /** @type {const} */ (['control', 'rate-limit']);

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
  constructor({ calls, windowMs }) {
    this.calls = calls;
    this.windowMs = windowMs;
  }

  /**
   * Counts one call of `who`, unless it is one too many.
   *
   * @param {import('./state.js').State} state
   * @param {string} who
   * @param {number} nowMs
   * @returns {Taken}
   */
  take(state, who, nowMs) {
    const limit = state.get(...CONTROL) ?? this.calls;
    const width = Math.max(1, Math.floor(this.windowMs / PARTS));
    const part = Math.floor(nowMs / width);
    /** @type {[number, number][]} */
    const counts = (state.get(COLLECTION, who) ?? []).filter((/** @type {[number, number]} */ [counted]) => counted + PARTS > part);
    const used = counts.reduce((sum, [, count]) => sum + count, 0);
    if (used >= limit) {
      const oldest = counts[0]?.[0] ?? part;
      return { allowed: false, limit, remaining: 0, retryAfterMs: Math.max(1, (oldest + PARTS) * width - nowMs) };
    }
    const last = counts.at(-1);
    if (last?.[0] === part) {
      last[1] += 1;
    } else {
      counts.push([part, 1]);
    }
    state.put(COLLECTION, who, counts);
    return { allowed: true, limit, remaining: limit - used - 1, retryAfterMs: 0 };
  }

  /**
   * The switch that tests use: `PUT /_sandbox/rate-limit` with `{"requests": n}` sets another limit, `DELETE` takes it back.
   *
   * @param {import('./request.js').Request} request
   * @param {import('./state.js').State} state
   * @returns {Reply}
   */
  control(request, state) {
    if (request.method === 'DELETE') {
      state.delete(...CONTROL);
      return Reply.empty(204);
    }
    const requests = request.json()?.requests;
    if (request.method !== 'PUT' || !Number.isInteger(requests) || requests < 0) {
      return Reply.json(400, { error: 'PUT {"requests": a whole number}, or DELETE' });
    }
    state.put(...CONTROL, requests);
    return Reply.empty(204);
  }
}
