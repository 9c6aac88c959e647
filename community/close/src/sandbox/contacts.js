/**
 * `resources/contacts`: each belongs to one lead.
 */

import { refuseFields } from './errors.js';
import { LEADS, newLead } from './lead_store.js';
import { bodyOf, page, single, Store } from './store.js';
import { checked } from './validate.js';

export const CONTACTS = new Store('Contact', 'cont');

/** Members of CreateContact in `resources/contacts/create`, and their limits. */
const FIELDS = {
  name: { kind: 'text', longest: 1000 },
  title: { kind: 'text', longest: 1000 },
  emails: { kind: 'emails' },
  phones: { kind: 'phones' },
  urls: { kind: 'urls' },
  lead_id: { kind: 'text' },
};

export function list({ request, state }) {
  const lead = request.parameter('lead_id');
  return page(request, CONTACTS.all(state).filter((contact) => lead === undefined || contact.lead_id === lead).map(shown));
}

export function read({ request, state }, { id }) {
  return single(request, shown(CONTACTS.get(state, id)));
}

/** "If you do not provide a lead_id then a new lead will be created, named after the contact." */
export function create({ request, state }) {
  const values = checkedContact(bodyOf(request));
  if (values.lead_id && !LEADS.find(state, values.lead_id)) {
    refuseFields({ lead_id: 'This lead does not exist.' });
  }
  const lead = values.lead_id ?? newLead(state, { name: values.name ?? null }).id;
  return single(request, shown(newContact(state, { ...values, lead_id: lead })));
}

export function update({ request, state }, { id }) {
  const before = CONTACTS.get(state, id);
  return single(request, shown(CONTACTS.change(state, before, checkedContact(bodyOf(request)))));
}

export function remove({ state }, { id }) {
  return CONTACTS.remove(state, id);
}

export function checkedContact(body) {
  return checked(FIELDS, body);
}

export function newContact(state, values, atMs) {
  return CONTACTS.insert(state, { name: null, title: null, emails: [], phones: [], urls: [], ...values }, atMs);
}

/** As an answer shows it. */
export function shown(contact) {
  const first = contact.emails[0]?.email ?? contact.phones[0]?.phone_formatted;
  return { ...contact, display_name: contact.name ?? first ?? 'Unnamed contact' };
}
