/**
 * Help for playing a provider: requests taken apart, replies put together, state, test people, tokens and rate limits.
 *
 * @module
 */

export { OAuth } from './sandbox/oauth.js';
export { person } from './sandbox/people.js';
export { RateLimit } from './sandbox/rate_limit.js';
export { Reply } from './sandbox/reply.js';
export { Request, decode, form } from './sandbox/request.js';
export { routes } from './sandbox/routes.js';
export { State } from './sandbox/state.js';

/**
 * A provider, played by its connector's author in the provider's own wire format. The host runs the calls of one scope one
 * after the other; a call that throws leaves nothing behind in `state`. The time is `now()` of `@routemcp/connector`.
 *
 * @typedef {(request: import('./sandbox/request.js').Request, state: import('./sandbox/state.js').State) => import('./sandbox/reply.js').Reply} Sandbox
 */

/** @typedef {import('./sandbox/people.js').Person} Person */
