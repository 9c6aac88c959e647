/**
 * Leads: "They represent a company or organization and can contain contacts" (`resources/leads`). Our lead is a person, so name,
 * email address and phone number are those of a lead's first contact, and `company` is the lead's own name.
 */

import { Document, http } from '@routemcp/connector';

import { explain, renamed } from './errors.js';
import { hasPerson, personBody } from './person.js';
import { fetch, fieldsOf, one, read } from './requests.js';

const PATH = '/lead/';
const CONTACT = '/contacts/0/';

/** An error of a nested contact does not say of which field, or says so of several. */
const PERSON = ['first_name', 'last_name', 'emails', 'phones'].map((field) => `${CONTACT}${field}`);
const refused = renamed(explain, (field) => (field === 'contacts' ? PERSON : [field]));
const contactRefused = renamed(explain, (field) =>
  field === 'name' ? [`${CONTACT}first_name`, `${CONTACT}last_name`] : [`${CONTACT}${field}`],
);

/** `resources/leads/create`: contacts "can all be nested in the lead". */
export function create(values, fields) {
  const { lead, person } = apart(values);
  const body = hasPerson(person) ? { ...lead, contacts: [personBody(person, {}, CONTACT)] } : lead;
  const answer = http.post(PATH).json(body).send().accept(refused);
  return read(PATH, answer.at('/id'), fields);
}

/** `resources/leads/update`: "Nested contacts cannot be updated through this endpoint -- use the Contacts API instead." */
export function update(id, values, fields) {
  const { lead, person } = apart(values);
  if (hasPerson(person)) {
    writePerson(id, person);
  }
  if (Object.keys(lead).length > 0) {
    const request = http.put(one(PATH, id)).query('_fields', fieldsOf(fields));
    return Document.at(request.json(lead).send().accept(refused));
  }
  return read(PATH, id, fields);
}

function writePerson(id, person) {
  const [before] = fetch(PATH, id, ['contacts']).at('/contacts') ?? [];
  if (before) {
    const body = personBody(person, before, CONTACT);
    http.put(one('/contact/', before.id)).json(body).send().accept(contactRefused);
  } else if (Object.values(person).some((value) => value !== null)) {
    const body = { ...personBody(person, {}, CONTACT), lead_id: id };
    http.post('/contact/').json(body).send().accept(contactRefused);
  }
}

/** What belongs to the lead itself, and what to its first contact. */
function apart(values) {
  const [lead, person] = [{}, {}];
  for (const [field, value] of Object.entries(values)) {
    if (field.startsWith(CONTACT)) {
      person[field.slice(CONTACT.length)] = value;
    } else {
      lead[field] = value;
    }
  }
  return { lead, person };
}
