/**
 * `resources/leads`: companies, with their contacts nested in them.
 */

import { Reply } from '@routemcp/connector/sandbox';

import { checkedContact, CONTACTS, newContact, shown as shownContact } from './contacts.js';
import { ApiError, refuseFields } from './errors.js';
import { LEADS, newLead } from './lead_store.js';
import { OPPORTUNITIES } from './opportunities.js';
import { bodyOf, page, single } from './store.js';
import { checked } from './validate.js';
import { LEAD_STATUSES } from './workspace.js';

const FIELDS = {
  name: { kind: 'text' },
  description: { kind: 'text' },
  url: { kind: 'text' },
  status_id: { kind: 'choice', choices: LEAD_STATUSES.map(({ id }) => id) },
  addresses: { kind: 'list' },
};

export function list({ request, state }) {
  const contacts = byLead(CONTACTS.all(state));
  const leads = LEADS.all(state).map((lead) => shown(lead, contacts.get(lead.id) ?? []));
  return page(request, leads, { total_results: leads.length });
}

export function read({ request, state }, { id }) {
  return single(request, withContacts(state, LEADS.get(state, id)));
}

export function create({ request, state }) {
  const { contacts = [], ...body } = bodyOf(request);
  const values = checked(FIELDS, body);
  const people = contacts.map((contact, index) => nested(contact, index));
  const lead = newLead(state, values);
  for (const person of people) {
    newContact(state, { ...person, lead_id: lead.id });
  }
  return single(request, withContacts(state, lead));
}

/** "Nested contacts cannot be updated through this endpoint." */
export function update({ request, state }, { id }) {
  const before = LEADS.get(state, id);
  return single(request, withContacts(state, LEADS.change(state, before, checked(FIELDS, bodyOf(request)))));
}

/** Contacts and opportunities "must be children of a Lead" (https://developer.close.com/resources/leads), so they go with it. */
export function remove({ state }, { id }) {
  LEADS.get(state, id);
  for (const store of [CONTACTS, OPPORTUNITIES]) {
    for (const child of store.all(state).filter(({ lead_id }) => lead_id === id)) {
      state.delete(store.kind, child.id);
    }
  }
  LEADS.remove(state, id);
  return Reply.json(200, {});
}

function nested(contact, index) {
  try {
    return checkedContact(contact);
  } catch (error) {
    if (error instanceof ApiError) {
      refuseFields({ contacts: { [index]: error.body['field-errors'] } });
    }
    throw error;
  }
}

function withContacts(state, lead) {
  return shown(lead, CONTACTS.all(state).filter(({ lead_id }) => lead_id === lead.id));
}

function shown(lead, contacts) {
  const status = LEAD_STATUSES.find(({ id }) => id === lead.status_id);
  return {
    ...lead,
    status_label: status.label,
    display_name: lead.name ?? contacts[0]?.name ?? 'Untitled',
    html_url: `https://app.close.com/lead/${lead.id}/`,
    contacts: contacts.map(shownContact),
    contact_ids: contacts.map(({ id }) => id),
    opportunities: [],
    tasks: [],
  };
}

function byLead(contacts) {
  const found = new Map();
  for (const contact of contacts) {
    found.set(contact.lead_id, [...(found.get(contact.lead_id) ?? []), contact]);
  }
  return found;
}
