/**
 * `resources/opportunities`.
 */

import { now } from '@routemcp/connector';

import { CONTACTS } from './contacts.js';
import { refuseFields } from './errors.js';
import { LEADS, newLead } from './lead_store.js';
import { bodyOf, page, single, Store } from './store.js';
import { checked } from './validate.js';
import { CURRENCY, PIPELINE, USERS, userName } from './workspace.js';

export const OPPORTUNITIES = new Store('Opportunity', 'oppo');

/** Members of UpdateOpportunity in `resources/opportunities/update`; null is refused where it says so. */
const CHANGEABLE = {
  note: { kind: 'text', never_null: true },
  note_html: { kind: 'text' },
  value: { kind: 'integer', never_null: true },
  value_period: { kind: 'choice', choices: ['one_time', 'monthly', 'annual'] },
  confidence: { kind: 'integer', never_null: true, largest: 100 },
  contact_id: { kind: 'text' },
  user_id: { kind: 'choice', choices: USERS.map(({ id }) => id) },
  status_id: { kind: 'choice', choices: PIPELINE.statuses.map(({ id }) => id) },
  date_won: { kind: 'date' },
};
const CREATABLE = {
  ...CHANGEABLE,
  value: { kind: 'integer' },
  confidence: { kind: 'integer', largest: 100 },
  note: { kind: 'text' },
  lead_id: { kind: 'text' },
  pipeline_id: { kind: 'choice', choices: [PIPELINE.id] },
};
/** "_order_by allows" these; empty values come last, which the reference leaves open. */
const ORDERS = ['date_won', 'date_updated', 'date_created', 'confidence', 'value'];
const FILTERS = ['lead_id', 'user_id', 'status_id'];

export function list({ request, state }) {
  const since = Date.parse(request.parameter('date_updated__gte') ?? '1970-01-01');
  const same = (record, field) => [undefined, record[field]].includes(request.parameter(field));
  const found = OPPORTUNITIES.all(state).filter(
    (record) => Date.parse(record.date_updated) >= since && FILTERS.every((field) => same(record, field)),
  );
  const records = ordered(found, request.parameter('_order_by')).map((record) => shown(state, record));
  return page(request, records, { total_results: records.length });
}

export function read({ request, state }, { id }) {
  return single(request, shown(state, OPPORTUNITIES.get(state, id)));
}

/** "If not provided, a new lead will be created (appearing as "Untitled" in the UI)." */
export function create({ request, state }) {
  const values = withoutNulls(checked(CREATABLE, bodyOf(request)));
  refuseStrangers(state, values);
  const lead = values.lead_id ?? newLead(state, {}).id;
  return single(request, shown(state, newOpportunity(state, { ...values, lead_id: lead })));
}

export function update({ request, state }, { id }) {
  const before = OPPORTUNITIES.get(state, id);
  const change = checked(CHANGEABLE, bodyOf(request));
  refuseStrangers(state, change);
  if (change.note_html === null) {
    // "Pass null to clear note_html; note is cleared as well."
    change.note = null;
  }
  return single(request, shown(state, OPPORTUNITIES.change(state, before, wonToday(before, change))));
}

export function remove({ state }, { id }) {
  return OPPORTUNITIES.remove(state, id);
}

export function newOpportunity(state, values, atMs) {
  const usual = {
    note: null,
    note_html: null,
    value: null,
    value_period: 'one_time',
    value_currency: CURRENCY,
    // The reference does not say what an opportunity begins with.
    confidence: 50,
    contact_id: null,
    date_won: null,
    date_lost: null,
    user_id: USERS[0].id,
    status_id: PIPELINE.statuses[0].id,
    pipeline_id: PIPELINE.id,
  };
  return OPPORTUNITIES.insert(state, wonToday(usual, { ...usual, ...values }), atMs);
}

/** "date_won will be set automatically to today's date when setting status_id to a status with type won." */
function wonToday(before, change) {
  const won = PIPELINE.statuses.find(({ id }) => id === change.status_id)?.type === 'won';
  const date = change.date_won === undefined ? before.date_won : change.date_won;
  return won && !date ? { ...change, date_won: new Date(now()).toISOString().slice(0, 10) } : change;
}

function refuseStrangers(state, { lead_id: lead, contact_id: contact }) {
  if (lead && !LEADS.find(state, lead)) {
    refuseFields({ lead_id: 'This lead does not exist.' });
  }
  if (contact && !CONTACTS.find(state, contact)) {
    refuseFields({ contact_id: 'This contact does not exist.' });
  }
}

function withoutNulls(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function ordered(records, order) {
  const field = order?.replace(/^-/, '');
  if (order === undefined) {
    return records;
  }
  if (!ORDERS.includes(field)) {
    refuseFields({ _order_by: `cannot order by ${field}` });
  }
  const direction = order.startsWith('-') ? -1 : 1;
  return records.toSorted((one, other) => {
    if (one[field] === null || other[field] === null) {
      return Number(one[field] === null) - Number(other[field] === null);
    }
    return direction * (one[field] < other[field] ? -1 : Number(one[field] > other[field]));
  });
}

function shown(state, record) {
  const status = PIPELINE.statuses.find(({ id }) => id === record.status_id);
  return {
    ...record,
    lead_name: LEADS.find(state, record.lead_id)?.name ?? null,
    pipeline_name: PIPELINE.name,
    status_label: status.label,
    status_type: status.type,
    user_name: userName(record.user_id),
    value_formatted: record.value === null ? null : `€${(record.value / 100).toFixed(2)}`,
    expected_value: record.value === null ? null : Math.round((record.value * record.confidence) / 100),
  };
}
