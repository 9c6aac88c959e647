/**
 * {{name}}, played for test keys and for `routemcp connector test`: the provider's own paths, bodies and errors, over test
 * data. The closer it is to the real one, the more its tests are worth.
 */

import { now } from '@routemcp/connector';
import { RateLimit, Reply, routes } from '@routemcp/connector/sandbox';

import manifest from '../manifest.json' with { type: 'json' };
import { seed, USERS } from './seed.js';

const LIMIT = new RateLimit({ calls: 100, windowMs: 1000 });
const EMAIL = /^[^@\s]+@[^@\s]+$/;

const find = routes({
  'GET /v1/people': list,
  'POST /v1/people': create,
  'GET /v1/people/:id': read,
  'PATCH /v1/people/:id': update,
  'DELETE /v1/people/:id': remove,
  'GET /v1/users': ({ request }) => page(request, USERS),
  'GET /v1/users/:id': (_, { id }) => found(USERS.find((user) => user.id === id)),
});

export function sandbox(request, state) {
  if (request.path === '/_sandbox/rate-limit') {
    return LIMIT.control(request, state);
  }
  seed(state);
  if (request.token('Bearer') !== manifest.sandbox.token) {
    return refuse(401, 'The API key is not valid.');
  }
  const taken = LIMIT.take(state, 'key', now());
  if (!taken.allowed) {
    return refuse(429, 'Too many calls.').header('retry-after', Math.ceil(taken.retryAfterMs / 1000));
  }
  const answer = find(request);
  return typeof answer === 'number' ? refuse(answer, 'There is nothing here.') : answer({ request, state });
}

function list({ request, state }) {
  const since = request.parameter('updated_since') ?? '';
  const same = (person, field) => [undefined, person[field]].includes(request.parameter(field));
  const fits = (person) => person.updated_at >= since && same(person, 'email') && same(person, 'owner_id');
  return page(request, state.all('people').filter(fits));
}

/** Records are in the order of their ids, and `next` is the last id of a page that has another after it. */
function page(request, records) {
  const after = request.parameter('after') ?? '';
  const limit = Number(request.parameter('limit') ?? 25);
  const rest = records.filter(({ id }) => id > after);
  const data = rest.slice(0, limit);
  return Reply.json(200, { data, next: rest.length > limit ? data.at(-1).id : null });
}

function read({ state }, { id }) {
  return found(state.get('people', id));
}

function create({ request, state }) {
  const time = new Date(now()).toISOString();
  const id = `person-${state.count('people', 1001)}`;
  return save(state, 201, { id, created_at: time, updated_at: time }, request.json());
}

function update({ request, state }, { id }) {
  const before = state.get('people', id);
  return before ? save(state, 200, { ...before, updated_at: new Date(now()).toISOString() }, request.json()) : found();
}

function remove({ state }, { id }) {
  return state.delete('people', id) ? Reply.empty(204) : found();
}

function save(state, status, before, change) {
  const person = { ...before, ...change, address: { ...before.address, ...change?.address } };
  const fields = faults(person);
  if (Object.keys(fields).length > 0) {
    return Reply.json(422, { message: 'Some fields are not valid.', fields });
  }
  state.put('people', person.id, person);
  return Reply.json(status, person);
}

function faults(person) {
  const fields = {};
  if (!person.last_name) {
    fields.last_name = 'is required';
  }
  if (person.email && !EMAIL.test(person.email)) {
    fields.email = 'is not an email address';
  }
  if (person.owner_id && !USERS.some((user) => user.id === person.owner_id)) {
    fields.owner_id = 'is not a user';
  }
  return fields;
}

function found(record) {
  return record ? Reply.json(200, record) : refuse(404, 'There is no such record.');
}

function refuse(status, message) {
  return Reply.json(status, { message });
}
