import assert from 'node:assert/strict';
import { test } from 'node:test';

import { testHost } from '@routemcp/connector/testing';

import connector from '../src/connector.js';

test('a walk gives every record once, and no page more than asked for', () => {
  const host = testHost(connector);
  for (const [resource, records] of [
    ['contact', 40],
    ['owner', 3],
  ]) {
    const ids = host.walk(resource, { limit: 2 }).map(({ id }) => id);
    assert.equal(ids.length, records);
    assert.equal(new Set(ids).size, records);
  }
});

test('a filter goes to the provider and keeps the rest out', () => {
  const host = testHost(connector);
  const filters = [{ field: 'owner_id', operator: 'eq', value: 'user-2' }];
  const owners = host.walk('contact', { filters }).map(({ owner_id }) => owner_id);
  assert.deepEqual([...new Set(owners)], ['user-2']);
  assert.equal(host.requests[0].parameter('owner_id'), 'user-2');
});

test('what is written is read, and null clears', () => {
  const host = testHost(connector);
  const { id } = host.create('contact', { last_name: 'Lind', '/address/city': 'Malmö', phone: '1' });
  host.update('contact', id, { phone: null });
  const read = host.get('contact', id);
  assert.deepEqual([read.last_name, read.address.city, read.phone], ['Lind', 'Malmö', null]);
  host.delete('contact', id);
  assert.throws(() => host.get('contact', id), { kind: 'not-found', status: 404 });
});

test('a refusal names the fields at fault', () => {
  const host = testHost(connector);
  const body = { last_name: 'Lind', email: 'nobody', owner_id: 'user-9' };
  assert.throws(() => host.create('contact', body), {
    kind: 'rejected',
    fields: [
      ['email', 'is not an email address'],
      ['owner_id', 'is not a user'],
    ],
  });
});

test('a wrong key is told as such', () => {
  const host = testHost(connector, { token: 'wrong' });
  assert.throws(() => host.list('owner'), { kind: 'unauthorized' });
});
