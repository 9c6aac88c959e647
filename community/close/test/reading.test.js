import assert from 'node:assert/strict';
import { test } from 'node:test';

import { testHost } from '@routemcp/connector/testing';

import connector from '../src/connector.js';

test('every resource is walked once, whatever the page size', () => {
  const host = testHost(connector);
  for (const resource of ['contact', 'lead', 'deal', 'meeting', 'owner']) {
    const [one, other] = [7, 100].map((limit) => host.walk(resource, { limit }).map(({ id }) => id));
    assert.ok(one.length > 0, resource);
    assert.deepEqual(one, other, resource);
    assert.equal(new Set(one).size, one.length, resource);
  }
});

test('a lead is asked for what the mapping reads, and brings its contacts along', () => {
  const host = testHost(connector);
  const [lead] = host.list('lead', { limit: 1 }).records;
  assert.equal(host.requests[0].path, '/api/v1/lead/');
  assert.deepEqual(host.requests[0].list('_fields'), ['id', 'contacts', 'name', 'status_id', 'date_created', 'date_updated']);
  assert.equal(lead.contacts[0].emails[0].email, 'mara.lind.0@example.com');
  assert.equal('opportunities' in lead, false);
});

test('deals are filtered, sorted and narrowed by Close', () => {
  const host = testHost(connector);
  const all = host.walk('deal');
  const { status_id: stage } = all[0];
  const filters = [{ field: 'status_id', operator: 'eq', value: stage }];
  assert.equal(host.walk('deal', { filters }).length, all.filter((deal) => deal.status_id === stage).length);
  const sorted = host.walk('deal', { sort: { field: 'value', descending: true } }).map(({ value }) => value);
  const known = sorted.filter((value) => value !== null);
  assert.deepEqual(known, known.toSorted((one, next) => next - one));
  const since = '2026-01-20T00:00:00.000Z';
  const late = host.walk('deal', { updatedSince: since });
  assert.ok(late.length > 0 && late.length < all.length);
  assert.ok(late.every(({ date_updated }) => Date.parse(date_updated) >= Date.parse(since)));
});

test('a cursor that is none of ours is refused before Close is asked', () => {
  const host = testHost(connector);
  for (const cursor of ['abc', '-1', '1.5', '99999999999']) {
    assert.throws(() => host.list('contact', { cursor }), { kind: 'invalid-cursor' });
  }
  assert.equal(host.requests.length, 0);
});
