/**
 * What Close says when it refuses.
 *
 * 400 comes as `{ "errors": ["…"], "field-errors": { "name": "…" } }`, where the text of a list's element is nested by its
 * index; 401 and 404 as `{ "error": "…" }`. The reference gives the codes only (`overview/http-response-codes`); the bodies are
 * those of Close's own framework (https://github.com/closeio/flask-mongorest: `views.py` for `error`, `resources.py` for
 * `field-errors`).
 */

/** HTTP 402: "a limit of your current plan was reached" (`overview/http-response-codes`). */
const PLAN_LIMIT = 402;

/** Makes a failure of an answer that is no success. */
export function explain(answer) {
  const fields = Object.entries(answer.at('/field-errors') ?? {}).map(([field, why]) => [field, textOf(why)]);
  const said = [answer.at('/error'), ...(answer.at('/errors') ?? []), ...fields.map(([field, why]) => `${field}: ${why}`)];
  const message = said.map(textOf).filter((text) => text !== '').join('; ');
  const failure = answer.failure(message === '' ? undefined : message);
  for (const [field, why] of fields) {
    failure.withField(field, why);
  }
  if (answer.status === PLAN_LIMIT) {
    failure.kind = 'forbidden';
  }
  const wait = resetOf(answer);
  return wait === undefined ? failure : failure.withRetryAfter(wait * 1000);
}

/**
 * Renames the fields of Close's to those of the manifest's mappings, for a request that was made of other ones.
 *
 * @param {(answer: import('@routemcp/connector').Response) => Error} explained
 * @param {(field: string) => string[]} rename
 */
export function renamed(explained, rename) {
  return (answer) => {
    const failure = explained(answer);
    failure.fields = failure.fields.flatMap(([field, why]) => rename(field).map((name) => [name, why]));
    return failure;
  };
}

/**
 * Seconds to wait: "sleep for the number of seconds specified by the rate_reset value", which the header
 * `RateLimit: limit=100, remaining=50, reset=5` carries (`overview/rate-limits`).
 */
function resetOf(answer) {
  const reset = /(?:^|[,;\s])reset=([\d.]+)/.exec(answer.header('ratelimit') ?? '')?.[1];
  const seconds = Number(reset ?? answer.at('/error/rate_reset') ?? Number.NaN);
  return answer.status === 429 && Number.isFinite(seconds) ? seconds : undefined;
}

/** The texts in a value, however deep. */
function textOf(value) {
  if (value === null || value === undefined) {
    return '';
  }
  return typeof value === 'object' ? Object.values(value).map(textOf).filter(Boolean).join('; ') : String(value);
}
