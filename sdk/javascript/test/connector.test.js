import assert from 'node:assert/strict';
import { test } from 'node:test';

import { defineConnector, Failure, http } from '../src/index.js';
import { Reply } from '../src/sandbox.js';
import { testHost } from '../src/testing.js';
import acme, { manifest } from './acme.js';

test('a connector runs against its sandbox, with the credential that only the host has', () => {
  const host = testHost(acme, { now: 7 });
  assert.deepEqual(host.walk('contact', { limit: 2 }).map(({ id }) => id), ['a', 'b', 'c', 'd', 'e']);
  assert.equal(host.requests.length, 3);
  assert.equal(host.requests[1].path, '/v1/people');
  assert.equal(host.requests[1].parameter('after'), 'b');
  assert.deepEqual(host.logged[0], ['info', 'contact at 7 in eu']);
  assert.deepEqual(host.fields('contact'), ['mail']);
});

test('a record is read at its pointer, or as it was put together', () => {
  const host = testHost(acme);
  assert.equal(host.get('contact', 'a').mail, 'a@example.com');
  assert.deepEqual(host.get('contact', 'b'), { put: 'together' });
});

test('settings and tokens can be others', () => {
  let url;
  const provider = (request) => {
    url = request.path;
    return Reply.json(200, { people: [], next: null });
  };
  testHost(acme, { settings: { region: 'us' }, provider }).list('contact');
  assert.equal(url, '/v1/people');
  assert.throws(() => testHost(acme, { token: 'wrong' }).list('contact'), { kind: 'unauthorized', status: 401 });
});

test('a failure says what HTTP says, and when to come back', () => {
  const host = testHost(acme);
  assert.throws(() => host.get('contact', 'zz'), { kind: 'not-found', status: 404, retryAfterMs: 3000 });
  for (const [status, kind] of [
    [400, 'rejected'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [408, 'timeout'],
    [409, 'conflict'],
    [410, 'not-found'],
    [422, 'rejected'],
    [429, 'rate-limited'],
    [500, 'unavailable'],
    [504, 'timeout'],
    [302, 'unexpected'],
  ]) {
    assert.equal(Failure.ofStatus(status).kind, kind, String(status));
  }
});

test('what is not written answers unsupported', () => {
  const host = testHost(acme);
  assert.throws(() => host.create('contact', {}), { kind: 'unsupported' });
  assert.throws(() => host.update('contact', 'a', {}), { kind: 'unsupported' });
  assert.throws(() => host.delete('contact', 'a'), { kind: 'conflict', fields: [['mail', 'is in use']] });
});

test('a definition that cannot work is refused at once', () => {
  assert.throws(() => defineConnector({ manifest: undefined, list() {} }), /`manifest` must be an object/);
  assert.throws(() => defineConnector({ manifest }), /`list` must be a function/);
});

test('answers are looked into with pointers', () => {
  testHost(acme);
  const answer = http.get('/people').query('limit', 2).query('after', null).send();
  assert.equal(answer.at('/people/0/a~1b/~0'), 'a');
  assert.equal(answer.at('/people/9'), undefined);
  assert.equal(answer.at('/people/length'), undefined);
  assert.deepEqual(answer.pluck('/people', '/mail'), ['a@example.com', 'b@example.com']);
  assert.deepEqual(answer.pluck('/nobody', '/mail'), []);
  assert.equal(answer.header('CONTENT-TYPE'), 'application/json');
});

test('bodies have the type that the host would give them', () => {
  const host = testHost(acme, { provider: () => Reply.empty(204) });
  http.post('/x').json({ a: [1] }).send();
  http.post('/x').form({ 'a b': '1&2', c: 'ü' }).send();
  http.put('/x').bytes(new Uint8Array([1, 2])).header('Content-Type', 'application/x-own').send();
  const types = host.requests.map((request) => request.header('content-type'));
  assert.deepEqual(types, ['application/json', 'application/x-www-form-urlencoded', 'application/x-own']);
  assert.deepEqual(host.requests[0].json(), { a: [1] });
  assert.deepEqual([...host.requests[1].form()], [['a b', '1&2'], ['c', 'ü']]);
  assert.deepEqual([...host.requests[2].body], [1, 2]);
});

test('a segment cannot leave its place in the path', () => {
  for (const [text, expected] of [
    ['mara@example.com', 'mara%40example.com'],
    ['a/../b?c#d', 'a%2F..%2Fb%3Fc%23d'],
    ['..', '%2E%2E'],
    ['.', '%2E'],
    ["Zoë's (1)*!", 'Zo%C3%AB%27s%20%281%29%2A%21'],
  ]) {
    assert.equal(http.segment(text), expected);
  }
});
