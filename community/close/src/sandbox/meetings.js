/**
 * `resources/activities/meetings`: events of its users' calendars. They can be read, annotated and deleted.
 */

import { page, single, Store } from './store.js';

export const MEETINGS = new Store('Activity', 'acti');

const FILTERS = ['lead_id', 'contact_id', 'user_id'];

export function list({ request, state }) {
  const same = (meeting, field) => [undefined, meeting[field]].includes(request.parameter(field));
  return page(request, MEETINGS.all(state).filter((meeting) => FILTERS.every((field) => same(meeting, field))));
}

export function read({ request, state }, { id }) {
  return single(request, MEETINGS.get(state, id));
}

export function remove({ state }, { id }) {
  return MEETINGS.remove(state, id);
}
