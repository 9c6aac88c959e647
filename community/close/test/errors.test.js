import assert from 'node:assert/strict';
import { test } from 'node:test';

import { testHost } from '@routemcp/connector/testing';
import { Reply } from '@routemcp/connector/sandbox';

import connector from '../src/connector.js';

function refusing(reply) {
  return testHost(connector, { provider: () => reply });
}

test('fields at fault have the names of the mappings', () => {
  const host = testHost(connector);
  assert.throws(() => host.create('contact', { last_name: 'x'.repeat(1001), emails: [{ email: 'nobody' }] }), (error) => {
    assert.equal(error.kind, 'rejected');
    assert.equal(error.status, 400);
    assert.deepEqual(error.fields.map(([name]) => name).sort(), ['emails', 'first_name', 'last_name']);
    return true;
  });
  const { id } = host.create('lead', { name: 'Kite', '/contacts/0/last_name': 'Roth' });
  assert.throws(() => host.update('lead', id, { '/contacts/0/phones': [{ phone: 'soon' }] }), {
    fields: [['/contacts/0/phones', 'Not a valid phone number.']],
  });
  assert.throws(() => host.create('contact', { first_name: 'Only' }), (error) => error.fields[0][0] === 'first_name');
});

test('a nested error names every field of the person', () => {
  const host = testHost(connector);
  assert.throws(() => host.create('lead', { '/contacts/0/last_name': 'Roth', '/contacts/0/emails': [{ email: 'no' }] }), (error) =>
    error.fields.some(([name]) => name === '/contacts/0/emails'),
  );
});

test('a wrong key is told as such, and a plan limit as forbidden', () => {
  assert.throws(() => testHost(connector, { token: 'eDo=' }).list('owner'), { kind: 'unauthorized', status: 401 });
  assert.throws(() => refusing(Reply.json(402, { error: 'Upgrade' })).list('owner'), { kind: 'forbidden', message: 'Upgrade' });
});

test('the time to wait is read from the header, the body or Retry-After', () => {
  for (const [reply, expected] of [
    [Reply.json(429, {}).header('RateLimit', 'limit=100, remaining=0, reset=5'), 5000],
    [Reply.json(429, { error: { rate_reset: 1.6 } }), 1600],
    [Reply.json(429, {}).header('Retry-After', 7), 7000],
  ]) {
    assert.throws(() => refusing(reply).list('deal'), { kind: 'rate-limited', retryAfterMs: expected });
  }
});

test('an answer that is no JSON is a failure by its status', () => {
  assert.throws(() => refusing(Reply.text(502, '<html>')).list('lead'), { kind: 'unavailable', status: 502 });
});
