/**
 * The person in a contact, and in a lead that has a contact: from provider fields of the manifest to a body of Close's.
 */

import { Failure } from '@routemcp/connector';

import { joinName, splitName } from './names.js';

/** What Close's own examples call them (`resources/contacts/create`). */
const TYPE = 'office';

/** Whether values say anything about the person. */
export function hasPerson(values) {
  return ['first_name', 'last_name', 'emails', 'phones', 'title'].some((field) => field in values);
}

/**
 * The body of a write.
 *
 * @param values Provider fields of a contact.
 * @param before The contact as it is; nothing for a new one.
 * @param prefix Before the fields' names in errors.
 */
export function personBody(values, before = {}, prefix = '') {
  const { first_name: first, last_name: last, emails, phones, ...body } = values;
  if (first !== undefined || last !== undefined) {
    body.name = nameOf({ first, last }, before, prefix);
  }
  if (emails !== undefined) {
    body.emails = mainFirst(emails, before.emails);
  }
  if (phones !== undefined) {
    body.phones = mainFirst(phones, before.phones);
  }
  return body;
}

/** A name of which one half is given keeps the other half. */
function nameOf(given, before, prefix) {
  const known = splitName(before.name);
  const first = given.first === undefined ? known.first : given.first;
  const last = given.last === undefined ? known.last : given.last;
  if (first && !last) {
    const why = 'Close has one field for the name: a first name needs a last name beside it';
    throw Failure.rejected(why).withField(`${prefix}first_name`, why);
  }
  return joinName(first, last);
}

/** The mapping knows the first of a list only; a change of it keeps the others, and its kind. Null empties the list. */
function mainFirst(given, before = []) {
  if (!given?.length) {
    return [];
  }
  const { type = TYPE } = before[0] ?? {};
  return [{ type, ...given[0] }, ...before.slice(1)];
}
