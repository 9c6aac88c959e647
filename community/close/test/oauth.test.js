import assert from 'node:assert/strict';
import { test } from 'node:test';

import { testHost } from '@routemcp/connector/testing';

import connector from '../src/connector.js';

const CLIENT = { client_id: 'app', client_secret: 'secret' };
const REDIRECT = 'https://app.example/callback';

test('consent gives a code, a code gives tokens, and a bearer token reads', () => {
  const host = testHost(connector);
  const query = Object.entries({ client_id: 'app', response_type: 'code', redirect_uri: REDIRECT, state: 's<1>' });
  const page = host.call('GET', '/oauth2/authorize/', { query });
  assert.equal(page.status, 200);
  assert.match(page.text, /<form method="post" action="\?client_id=app&#38;/);
  const sent = host.call('POST', '/oauth2/authorize/', { query, form: [['decision', 'allow']] });
  const back = new URL(sent.headers.get('location'));
  assert.equal(back.searchParams.get('state'), 's<1>');
  const grant = token(host, { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: REDIRECT });
  assert.equal(grant.expires_in, 3600);
  const headers = [['authorization', `Bearer ${grant.access_token}`]];
  assert.equal(host.call('GET', '/api/v1/me/', { headers }).status, 200);
  const renewed = token(host, { grant_type: 'refresh_token', refresh_token: grant.refresh_token });
  assert.notEqual(renewed.refresh_token, grant.refresh_token);
  assert.equal(token(host, { grant_type: 'refresh_token', refresh_token: grant.refresh_token }).error, 'invalid_grant');
  const denied = host.call('POST', '/oauth2/authorize/', { query, form: [['decision', 'deny']] });
  assert.match(denied.headers.get('location'), /\?error=access_denied&state=/);
});

function token(host, fields) {
  return JSON.parse(host.call('POST', '/oauth2/token/', { form: Object.entries({ ...CLIENT, ...fields }) }).text);
}
