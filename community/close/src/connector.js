/**
 * Between RouteMCP and Close's REST API (https://developer.close.com/api).
 *
 * Facts about Close have their source beside them. `resources/…` stands for https://developer.close.com/api/resources/…, and
 * `overview/…` for https://developer.close.com/api/overview/….
 */

import { defineConnector } from '@routemcp/connector';

import manifest from '../manifest.json' with { type: 'json' };
import * as contacts from './contacts.js';
import * as deals from './deals.js';
import * as leads from './leads.js';
import { list, read, remove } from './requests.js';
import { sandbox } from './sandbox.js';

/** Where Close keeps what we call a contact, lead, deal, meeting and owner: `resources/{contacts,leads,opportunities,activities/meetings,users}`. */
const PATHS = {
  contact: '/contact/',
  lead: '/lead/',
  deal: '/opportunity/',
  meeting: '/activity/meeting/',
  owner: '/user/',
};

const WRITERS = { contact: contacts, lead: leads, deal: deals };

export default defineConnector({
  manifest,
  list: (resource, query) => list(PATHS[resource], query),
  get: (resource, id, fields) => read(PATHS[resource], id, fields),
  create: (resource, values, fields) => WRITERS[resource].create(values, fields),
  update: (resource, id, values, fields) => WRITERS[resource].update(id, values, fields),
  delete: (resource, id) => remove(PATHS[resource], id),
  sandbox,
});
