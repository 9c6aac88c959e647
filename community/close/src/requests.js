/**
 * Requests that are the same for every resource.
 */

import { Document, Failure, http, Page } from '@routemcp/connector';

import { explain } from './errors.js';

/** More than Close ever skips (`overview/pagination`: "a maximum _skip limit which varies per resource"). */
const LARGEST_SKIP = 10_000_000;

/**
 * A page. Lists are paged by `_skip` and `_limit`, and `has_more` says whether there is another (`overview/pagination`); so a
 * cursor is the number of records before it.
 */
export function list(path, query) {
  const skip = skipOf(query.cursor);
  const request = http.get(path).query('_skip', skip).query('_limit', query.limit);
  for (const { field, value } of query.filters) {
    request.query(field, value);
  }
  if (query.sort) {
    // `resources/opportunities/list`: "_order_by allows …, descending order by prepending a minus".
    request.query('_order_by', `${query.sort.descending ? '-' : ''}${query.sort.field}`);
  }
  const answer = request
    .query('date_updated__gte', query.updatedSince)
    .query('_fields', fieldsOf(query.fields))
    .send()
    .accept(explain);
  const more = answer.at('/has_more') === true;
  return Page.at(answer, '/data', more ? String(skip + query.limit) : undefined);
}

export function read(path, id, fields) {
  return Document.at(fetch(path, id, fields));
}

/** The answer to a read, for connectors that look into it. */
export function fetch(path, id, fields) {
  return http.get(one(path, id)).query('_fields', fieldsOf(fields)).send().accept(explain);
}

export function remove(path, id) {
  http.del(one(path, id)).send().accept(explain);
}

/** A record's path. Close's paths end in a slash (`resources/leads/get`: /lead/{id}/). */
export function one(path, id) {
  return `${path}${http.segment(id)}/`;
}

/**
 * Which fields to answer (`overview/fields`): a lead would otherwise bring its tasks and opportunities along. Of a pointer
 * ("/contacts/0/name") it is the first step that Close knows. Users know no `_fields`, and ignore it.
 */
export function fieldsOf(fields) {
  const names = fields.map((field) => (field.startsWith('/') ? field.split('/')[1] : field));
  return [...new Set(['id', ...names])].join(',');
}

function skipOf(cursor) {
  const skip = Number(cursor ?? 0);
  if (!/^\d+$/.test(cursor ?? '0') || skip > LARGEST_SKIP) {
    throw Failure.invalidCursor('a cursor of Close is the number of records before it');
  }
  return skip;
}
