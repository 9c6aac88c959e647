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
export function routes(table) {
  const known = Object.entries(table).map(([route, handler]) => {
    const [method, path] = route.split(' ');
    return { method, pattern: path.split('/').filter((part) => part !== ''), handler };
  });
  return (request) => {
    const segments = request.segments();
    const fitting = known.flatMap(({ method, pattern, handler }) => {
      const parameters = match(pattern, segments);
      return parameters ? [{ method, handler, parameters }] : [];
    });
    const found = fitting.find(({ method }) => method === request.method);
    if (found) {
      return (context) => found.handler(context, found.parameters);
    }
    return fitting.length > 0 ? 405 : 404;
  };
}

/**
 * @param {string[]} pattern
 * @param {string[]} segments
 * @returns {Record<string, string> | undefined}
 */
function match(pattern, segments) {
  if (pattern.length !== segments.length) {
    return undefined;
  }
  /** @type {Record<string, string>} */
  const parameters = {};
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(':')) {
      parameters[part.slice(1)] = segments[index];
    } else if (part !== segments[index]) {
      return undefined;
    }
  }
  return parameters;
}
