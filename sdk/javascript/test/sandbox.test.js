import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { decode, form, person, RateLimit, Reply, Request, routes } from '../src/sandbox.js';
import { challengeOf } from '../src/sandbox/sha256.js';
import { testHost } from '../src/testing.js';
import acme from './acme.js';

function request({ method = 'GET', path = '/', query = [], headers = [], body = '' }) {
  return new Request({ method, path, query, headers, body: new TextEncoder().encode(body) });
}

function emptyState() {
  return testHost(acme).state;
}

test('a path is taken apart before it is decoded', () => {
  assert.deepEqual(request({ path: '/crm/contacts/a%2Fb%40c/' }).segments(), ['crm', 'contacts', 'a/b@c']);
  assert.equal(decode('100%'), '100%');
  assert.equal(decode('%zz%4'), '%zz%4');
  assert.equal(decode('Zo%C3%AB%20%FF'), 'Zoë \ufffd');
});

test('a form survives the round trip', () => {
  const pairs = [
    ['a b', '1&2=3+%'],
    ['ü', ''],
  ];
  assert.deepEqual([...request({ body: form(pairs) }).form()], pairs);
  assert.deepEqual([...request({ body: 'a=1+2&a=3' }).form()], [['a', '1 2']]);
});

test('credentials need their scheme', () => {
  const bearer = request({ headers: [['AUTHORIZATION', 'bearer abc']] });
  assert.equal(bearer.token('Bearer'), 'abc');
  assert.equal(bearer.basic(), undefined);
  const basic = (text) => request({ headers: [['authorization', `Basic ${text}`]] }).basic();
  assert.deepEqual(basic(btoa('key:')), { name: 'key', password: '' });
  assert.deepEqual(basic(btoa('a:b:c')), { name: 'a', password: 'b:c' });
  assert.equal(basic(btoa('nocolon')), undefined);
  assert.equal(basic('%%%'), undefined);
});

test('a route is found by method and path, and misses are told apart', () => {
  const find = routes({
    'GET /people/me': () => 'me',
    'GET /people/:id': (_, { id }) => id,
    'POST /people': (context) => context,
  });
  assert.equal(find(request({ path: '/people/me/' }))(), 'me');
  assert.equal(find(request({ path: '/people/a%2Fb' }))(), 'a/b');
  assert.equal(find(request({ method: 'POST', path: '/people' }))('here'), 'here');
  assert.equal(find(request({ method: 'DELETE', path: '/people/7' })), 405);
  assert.equal(find(request({ path: '/animals' })), 404);
});

test('a scan by prefix crosses page borders, in byte order, and stops in time', () => {
  const state = emptyState();
  for (let number = 0; number < 1200; number++) {
    state.put('links', `b:${String(number).padStart(5, '0')}`, number);
  }
  state.put('links', 'b:', -2);
  state.put('links', 'a:1', -1);
  state.put('links', 'é', -1);
  const found = state.all('links', 'b:');
  assert.equal(found.length, 1201);
  assert.deepEqual(found.slice(0, 3), [-2, 0, 1]);
  assert.equal(state.all('links').length, 1203);
  assert.equal(state.delete('links', 'a:1'), true);
  assert.equal(state.delete('links', 'a:1'), false);
  assert.deepEqual([state.count('id', 7), state.count('id', 7), state.count('other')], [7, 8, 1]);
});

test('calls come free as the window slides', () => {
  const limit = new RateLimit({ calls: 3, windowMs: 10_000 });
  const state = emptyState();
  const take = (now) => limit.take(state, 'token', now);
  assert.deepEqual(take(0), { allowed: true, limit: 3, remaining: 2, retryAfterMs: 0 });
  assert.equal(take(5_000).allowed, true);
  assert.equal(take(9_000).remaining, 0);
  assert.deepEqual(take(9_500), { allowed: false, limit: 3, remaining: 0, retryAfterMs: 500 });
  assert.equal(take(10_000).allowed, true);
  assert.equal(take(10_001).allowed, false);
  assert.equal(limit.take(state, 'other', 10_001).allowed, true);
});

test('the switch sets another limit and takes it back', () => {
  const limit = new RateLimit({ calls: 3, windowMs: 1_000 });
  const state = emptyState();
  const control = (method, body) => limit.control(request({ method, body }), state).status;
  assert.equal(control('PUT', '{"requests":0}'), 204);
  assert.equal(limit.take(state, 'token', 0).allowed, false);
  assert.ok(limit.take(state, 'token', 0).retryAfterMs > 0);
  assert.equal(control('PUT', '{"requests":-1}'), 400);
  assert.equal(control('DELETE'), 204);
  assert.equal(limit.take(state, 'token', 0).allowed, true);
});

test('people are the same each time, and no two share an address', () => {
  assert.deepEqual(person(17), person(17));
  const people = Array.from({ length: 2000 }, (_, number) => person(number));
  assert.equal(new Set(people.map(({ email }) => email)).size, 2000);
  assert.ok(people.every(({ email }) => /^[\x21-\x7e]+@example\.com$/.test(email)));
  const names = people.slice(0, 456).map(({ firstName, lastName }) => `${firstName} ${lastName}`);
  assert.equal(new Set(names).size, 456);
});

test('a reply carries its text as UTF-8', () => {
  const reply = Reply.json(200, { name: 'Zoë' }).header('x', 1);
  assert.equal(new TextDecoder().decode(reply.body), '{"name":"Zoë"}');
  assert.deepEqual(reply.headers, [
    ['content-type', 'application/json'],
    ['x', '1'],
  ]);
});

test('challenges are those of SHA-256', () => {
  for (const length of [0, 1, 43, 55, 56, 63, 64, 65, 128]) {
    const verifier = '~aB9'.repeat(40).slice(0, length);
    assert.equal(challengeOf(verifier), createHash('sha256').update(verifier).digest('base64url'), String(length));
  }
});
