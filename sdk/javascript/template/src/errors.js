/**
 * What {{name}} says when it refuses: `{ "message": "…", "fields": { "email": "…" } }`.
 */

/** Makes a failure of an answer that is no success, and names the fields at fault as the manifest's mappings do. */
export function explain(answer) {
  const failure = answer.failure(answer.at('/message'));
  for (const [field, why] of Object.entries(answer.at('/fields') ?? {})) {
    failure.withField(field, why);
  }
  return failure;
}
