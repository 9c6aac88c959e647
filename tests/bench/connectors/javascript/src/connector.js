/**
 * The list of `connectors/hubspot` in JavaScript, request for request and check for check, to measure what the language costs.
 */

import { defineConnector, Failure, http, Page } from '@routemcp/connector';

import manifest from '../../python/manifest.json' with { type: 'json' };

const MAX_CURSOR_LENGTH = 500;

export default defineConnector({
  manifest,

  list(resource, query) {
    if (query.cursor !== undefined && !plausible(query.cursor)) {
      throw new Failure('invalid-cursor', 'this cursor does not belong to a HubSpot list');
    }
    const answer = request(resource, query).query('limit', query.limit).query('after', query.cursor).send().accept();
    if (answer.at('/results/0/id') === undefined && answer.at('/results')?.length !== 0) {
      throw new Failure('unexpected', 'HubSpot’s answer is not a list of records');
    }
    const next = answer.at('/paging/next/after');
    if (next !== undefined && next === query.cursor) {
      throw new Failure('unexpected', 'HubSpot’s next page is the same page again');
    }
    // Records stay in the host: the page only says where they are.
    return Page.at(answer, '/results', next);
  },
});

function request(resource, query) {
  if (resource === 'owner') {
    return http.get('/crm/owners/2026-03').query('archived', false);
  }
  const properties = query.fields.filter((field) => !field.startsWith('/'));
  return http.get('/crm/objects/2026-03/contacts').query('properties', [...new Set(properties)].join(','));
}

function plausible(cursor) {
  return cursor.length > 0 && cursor.length <= MAX_CURSOR_LENGTH && /^[\x21-\x7e]+$/.test(cursor);
}
