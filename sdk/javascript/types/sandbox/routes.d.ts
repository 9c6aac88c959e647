/**
 * Which function answers which request.
 *
 * @module
 */
/**
 * @template C
 * @typedef {(context: C, parameters: Record<string, string>) => import('./reply.js').Reply} Handler
 */
/**
 * Finds the handler of a request in a table such as `{ 'GET /people/:id': read }`. A slash at the end makes no difference.
 * Answers the status 404 where nothing has this path, and 405 where it has other methods only.
 *
 * @template C
 * @param {Record<string, Handler<C>>} table
 * @returns {(request: import('./request.js').Request) => ((context: C) => import('./reply.js').Reply) | 404 | 405}
 */
export function routes<C>(table: Record<string, Handler<C>>): (request: import("./request.js").Request) => ((context: C) => import("./reply.js").Reply) | 404 | 405;
export type Handler<C> = (context: C, parameters: Record<string, string>) => import("./reply.js").Reply;
