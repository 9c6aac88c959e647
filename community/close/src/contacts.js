/**
 * Contacts: people at a lead (`resources/contacts`). One that is created without a lead gets a new lead of the same name.
 */

import { Document, http } from '@routemcp/connector';

import { explain, renamed } from './errors.js';
import { personBody } from './person.js';
import { fetch, fieldsOf, one } from './requests.js';

const PATH = '/contact/';

/** An error of `name` is about both of ours. */
const refused = renamed(explain, (field) => (field === 'name' ? ['first_name', 'last_name'] : [field]));

export function create(values, fields) {
  const request = http.post(PATH).query('_fields', fieldsOf(fields));
  return Document.at(request.json(personBody(values)).send().accept(refused));
}

/** A PUT changes what it gives and no more (`overview/fields`: "every PUT request behaves as a PATCH"). */
export function update(id, values, fields) {
  const before = fetch(PATH, id, ['name', 'emails', 'phones']).at('');
  const request = http.put(one(PATH, id)).query('_fields', fieldsOf(fields));
  return Document.at(request.json(personBody(values, before)).send().accept(refused));
}
