/**
 * `resources/users`, and the settings that people look up by hand.
 */

import { Reply } from '@routemcp/connector/sandbox';

import { notFound } from './errors.js';
import { page } from './store.js';
import { LEAD_STATUSES, ORGANISATION, PIPELINE, USERS } from './workspace.js';

/** `_fields` is none of its parameters. */
export function list({ request }) {
  return page(request, USERS, {}, (user) => user);
}

export function read(_, { id }) {
  const user = USERS.find((known) => known.id === id);
  if (!user) {
    throw notFound('User');
  }
  return Reply.json(200, user);
}

export function me() {
  return Reply.json(200, { ...USERS[0], organizations: [{ id: ORGANISATION, lead_statuses: LEAD_STATUSES, pipelines: [PIPELINE] }] });
}

export function leadStatuses() {
  return Reply.json(200, { data: LEAD_STATUSES, has_more: false });
}

export function pipelines() {
  return Reply.json(200, { data: [PIPELINE], has_more: false });
}
