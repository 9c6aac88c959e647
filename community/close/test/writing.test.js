import assert from 'node:assert/strict';
import { test } from 'node:test';

import { testHost } from '@routemcp/connector/testing';

import connector from '../src/connector.js';

test('a contact without a lead gets one of its name', () => {
  const host = testHost(connector);
  const { id } = host.create('contact', { first_name: 'Mara', last_name: 'Lind' });
  const { lead_id } = host.state.get('cont', id);
  assert.equal(host.state.get('lead', lead_id).name, 'Mara Lind');
});

test('half a name keeps the other half, and the main address the others', () => {
  const host = testHost(connector);
  const { id } = host.create('contact', { first_name: 'Mara', last_name: 'Lind', emails: [{ email: 'a@example.com' }] });
  const more = [
    { email: 'a@example.com', type: 'home' },
    { email: 'b@example.com', type: 'office' },
  ];
  host.call('PUT', `/api/v1/contact/${id}/`, { headers: [authorization()], json: { emails: more } });
  const changed = host.update('contact', id, { last_name: 'Roth', emails: [{ email: 'c@example.com' }] });
  assert.equal(changed.name, 'Mara Roth');
  assert.deepEqual(
    changed.emails.map(({ email, type }) => [email, type]),
    [
      ['c@example.com', 'home'],
      ['b@example.com', 'office'],
    ],
  );
  assert.deepEqual(host.update('contact', id, { emails: null }).emails, []);
});

test('a lead is made with its contact, and its person is changed at the contact', () => {
  const host = testHost(connector);
  const lead = host.create('lead', {
    name: 'Kite',
    '/contacts/0/first_name': 'Ines',
    '/contacts/0/last_name': 'Roth',
    '/contacts/0/emails': [{ email: 'ines@example.com' }],
  });
  assert.equal(lead.contacts.length, 1);
  const changed = host.update('lead', lead.id, { name: 'Kite Ltd', '/contacts/0/phones': [{ phone: '+4930555012' }] });
  assert.equal(changed.name, 'Kite Ltd');
  assert.equal(changed.contacts[0].phones[0].phone, '+4930555012');
  assert.equal(changed.contacts[0].name, 'Ines Roth');
  assert.equal(changed.contacts[0].emails[0].email, 'ines@example.com');
});

test('a lead without contacts gets one when a person is written', () => {
  const host = testHost(connector);
  const { id } = host.create('lead', { name: 'Empty' });
  assert.deepEqual(host.update('lead', id, { '/contacts/0/emails': null }).contacts, []);
  const { contacts } = host.update('lead', id, { '/contacts/0/last_name': 'Lind' });
  assert.deepEqual(contacts.map(({ name }) => name), ['Lind']);
});

test('a deal keeps whole cents and stays with its lead', () => {
  const host = testHost(connector);
  const [{ lead_id: other }] = host.list('deal').records;
  const deal = host.create('deal', { note: 'Licence', value: 480_025.000_000_06 });
  assert.equal(deal.value, 480_025);
  assert.throws(() => host.create('deal', { value: 12.5 }), { kind: 'rejected', fields: [['value', 'Close keeps amounts in whole cents']] });
  assert.throws(() => host.update('deal', deal.id, { lead_id: other }), (error) => error.fields[0][0] === 'lead_id');
  assert.equal(host.update('deal', deal.id, { lead_id: deal.lead_id, note: null }).note, null);
});

test('what is deleted is gone', () => {
  const host = testHost(connector);
  for (const resource of ['contact', 'lead', 'deal', 'meeting']) {
    const { id } = host.list(resource).records.at(-1);
    host.delete(resource, id);
    assert.throws(() => host.get(resource, id), { kind: 'not-found', status: 404 }, resource);
  }
});

function authorization() {
  return ['authorization', `Basic ${connector.manifest.sandbox.token}`];
}
