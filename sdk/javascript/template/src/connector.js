/**
 * Between RouteMCP and {{name}}. The manifest says which fields there are and how they map; this file makes the requests.
 */

import { defineConnector, Document, http, Page } from '@routemcp/connector';

import manifest from '../manifest.json' with { type: 'json' };
import { explain } from './errors.js';
import { sandbox } from './sandbox.js';

/** Where {{name}} keeps what we call a contact and an owner. */
const PATHS = { contact: '/people', owner: '/users' };

export default defineConnector({
  manifest,

  list(resource, query) {
    const request = http.get(PATHS[resource]).query('limit', query.limit).query('after', query.cursor);
    for (const { field, value } of query.filters) {
      request.query(field, value);
    }
    const answer = request.query('updated_since', query.updatedSince).send().accept(explain);
    // Records stay in the host: the page only says where they are.
    return Page.at(answer, '/data', answer.at('/next'));
  },

  get(resource, id) {
    return Document.at(http.get(path(resource, id)).send().accept(explain));
  },

  create(resource, values) {
    return Document.at(http.post(PATHS[resource]).json(body(values)).send().accept(explain));
  },

  update(resource, id, values) {
    return Document.at(http.patch(path(resource, id)).json(body(values)).send().accept(explain));
  },

  delete(resource, id) {
    http.del(path(resource, id)).send().accept(explain);
  },

  sandbox,
});

function path(resource, id) {
  return `${PATHS[resource]}/${http.segment(id)}`;
}

/** Provider fields that are pointers ("/address/city") become members of an object. */
function body(values) {
  const result = {};
  for (const [field, value] of Object.entries(values)) {
    const steps = field.startsWith('/') ? field.slice(1).split('/') : [field];
    const last = steps.pop();
    const place = steps.reduce((object, step) => (object[step] ??= {}), result);
    place[last] = value;
  }
  return result;
}
