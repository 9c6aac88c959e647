/**
 * Records of one kind, and what their lists have in common.
 */

import { now } from '@routemcp/connector';
import { Reply } from '@routemcp/connector/sandbox';

import { notFound, refuseFields } from './errors.js';
import { idOf } from './ids.js';
import { timeOf } from './times.js';
import { ORGANISATION, USERS } from './workspace.js';

/** `_limit` of `overview/pagination`: "there is a maximum limit that can vary per resource". 200 for every one here. */
const LARGEST_PAGE = 200;
const USUAL_PAGE = 100;

export class Store {
  /**
   * @param {string} document The name in errors.
   * @param {string} kind The kind in ids.
   */
  constructor(document, kind) {
    this.document = document;
    this.kind = kind;
  }

  all(state) {
    return state.all(this.kind);
  }

  find(state, id) {
    return state.get(this.kind, id);
  }

  get(state, id) {
    const record = this.find(state, id);
    if (!record) {
      throw notFound(this.document);
    }
    return record;
  }

  insert(state, values, atMs = now(), by = USERS[0].id) {
    const id = idOf(this.kind, state.count(this.kind, 1));
    const time = timeOf(atMs);
    const meta = { organization_id: ORGANISATION, created_by: by, updated_by: by, date_created: time, date_updated: time };
    const record = { id, ...values, ...meta };
    state.put(this.kind, id, record);
    return record;
  }

  change(state, record, change) {
    const changed = { ...record, ...change, updated_by: USERS[0].id, date_updated: timeOf(now()) };
    state.put(this.kind, record.id, changed);
    return changed;
  }

  remove(state, id) {
    this.get(state, id);
    state.delete(this.kind, id);
    return Reply.json(200, {});
  }
}

/** A page of records, cut down to `_fields`; `more` are further members of the answer. */
export function page(request, records, more = {}, shown = (record) => cut(request, record)) {
  const skip = whole(request, '_skip', 0);
  const limit = whole(request, '_limit', USUAL_PAGE);
  if (limit > LARGEST_PAGE) {
    refuseFields({ _limit: `must not exceed ${LARGEST_PAGE}` });
  }
  const data = records.slice(skip, skip + limit).map(shown);
  return Reply.json(200, { data, has_more: records.length > skip + limit, ...more });
}

/** One record, cut down to `_fields`. */
export function single(request, record) {
  return Reply.json(200, cut(request, record));
}

function cut(request, record) {
  const fields = request.list('_fields');
  return fields.length === 0
    ? record
    : Object.fromEntries(Object.entries(record).filter(([name]) => fields.includes(name)));
}

function whole(request, name, usual) {
  const number = Number(request.parameter(name) ?? usual);
  if (!Number.isInteger(number) || number < 0) {
    refuseFields({ [name]: 'must be a whole number' });
  }
  return number;
}

/** The body as an object. */
export function bodyOf(request) {
  const body = request.json();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    refuseFields({ body: 'must be a JSON object' });
  }
  return body;
}
