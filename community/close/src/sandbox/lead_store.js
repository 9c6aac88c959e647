/**
 * Where leads are kept; apart from `leads.js`, because contacts make leads and leads show contacts.
 */

import { Store } from './store.js';
import { LEAD_STATUSES } from './workspace.js';

export const LEADS = new Store('Lead', 'lead');

/** `resources/leads/create`: without a status it is "the organization's default (first) status". */
export function newLead(state, values, atMs) {
  const usual = { name: null, description: '', url: null, addresses: [], status_id: LEAD_STATUSES[0].id };
  return LEADS.insert(state, { ...usual, ...values }, atMs);
}
