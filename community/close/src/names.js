/**
 * Close has one field for a person's name (`resources/contacts/create`: `name`); we have first and last name.
 *
 * The first plain space stands between them, and a lone name is a last name. Spaces inside a first name are written as no-break
 * spaces, which look the same, so that "Mary Ann" and "Smith" come back as they were given. The manifest's expressions read it
 * back; this writes it.
 */

const NO_BREAK = '\u00a0';

/** Both names as one; null if there is none. */
export function joinName(first, last) {
  if (!last) {
    return null;
  }
  return first ? `${bound(first)} ${last}` : bound(last);
}

/** One name as both, as the manifest's expressions read it. */
export function splitName(name) {
  const [first, ...last] = (name ?? '').split(' ');
  return last.length > 0
    ? { first: unbound(first), last: unbound(last.join(' ')) }
    : { first: null, last: unbound(first) || null };
}

function bound(text) {
  return text.replaceAll(' ', NO_BREAK);
}

function unbound(text) {
  return text.replaceAll(NO_BREAK, ' ');
}
