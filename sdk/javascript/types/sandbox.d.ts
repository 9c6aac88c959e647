export { OAuth } from "./sandbox/oauth.js";
export { person } from "./sandbox/people.js";
export { RateLimit } from "./sandbox/rate_limit.js";
export { Reply } from "./sandbox/reply.js";
export { routes } from "./sandbox/routes.js";
export { State } from "./sandbox/state.js";
/**
 * A provider, played by its connector's author in the provider's own wire format. The host runs the calls of one scope one
 * after the other; a call that throws leaves nothing behind in `state`. The time is `now()` of `@routemcp/connector`.
 */
export type Sandbox = (request: import("./sandbox/request.js").Request, state: import("./sandbox/state.js").State) => import("./sandbox/reply.js").Reply;
export type Person = import("./sandbox/people.js").Person;
export { Request, decode, form } from "./sandbox/request.js";
