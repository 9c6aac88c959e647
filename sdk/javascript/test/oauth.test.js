import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OAuth, Request } from '../src/sandbox.js';
import { challengeOf } from '../src/sandbox/sha256.js';
import { testHost } from '../src/testing.js';
import acme from './acme.js';

const REDIRECT = 'https://app.example/callback?x=1';

class Bench {
  constructor(options) {
    this.host = testHost(acme, { now: 1_000 });
    this.oauth = new OAuth({ provider: 'Acme', ...options });
  }

  request(method, query, form, headers = []) {
    const body = new TextEncoder().encode(new URLSearchParams(form).toString());
    return new Request({ method, path: '/', query: Object.entries(query), headers, body });
  }

  authorize(method, query, form = {}) {
    const whole = { client_id: 'app', redirect_uri: REDIRECT, state: 's', ...query };
    return this.oauth.authorize(this.request(method, whole, form), this.host.state);
  }

  code(query = {}) {
    const location = this.authorize('POST', query, { decision: 'allow' }).headers[0][1];
    return new URL(location).searchParams.get('code');
  }

  token(form, headers) {
    const whole = { client_id: 'app', client_secret: 'secret', ...form };
    const reply = this.oauth.token(this.request('POST', {}, whole, headers), this.host.state);
    return { status: reply.status, ...JSON.parse(new TextDecoder().decode(reply.body)) };
  }

  exchange(form) {
    return this.token({ grant_type: 'authorization_code', redirect_uri: REDIRECT, ...form });
  }

  refresh(refresh_token) {
    return this.token({ grant_type: 'refresh_token', refresh_token });
  }

  control(method, name, body = {}) {
    const request = new Request({ method, path: '/', query: [], headers: [], body: new TextEncoder().encode(JSON.stringify(body)) });
    const reply = this.oauth.control(request, this.host.state, name);
    return reply.body.length > 0 ? JSON.parse(new TextDecoder().decode(reply.body)) : reply.status;
  }
}

test('the page shows what is asked for, escaped, and posts back to where it is', () => {
  const reply = new Bench().authorize('GET', { client_id: '<b>"app"', scope: 'read write' });
  const text = new TextDecoder().decode(reply.body);
  assert.equal(reply.status, 200);
  assert.ok(text.includes('&#60;b&#62;&#34;app&#34;') && !text.includes('<b>'));
  assert.ok(text.includes('<li><code>read</code></li><li><code>write</code></li>'));
  assert.match(text, /action="\?client_id=/);
});

test('no browser is sent to where nobody should be', () => {
  const bench = new Bench();
  for (const query of [{ client_id: '' }, { client_id: 'wrong' }, { redirect_uri: 'javascript:alert(1)' }, { redirect_uri: '/x' }]) {
    for (const method of ['GET', 'POST']) {
      assert.equal(bench.authorize(method, query, { decision: 'allow' }).status, 400);
    }
  }
});

test('a decision goes back with the state', () => {
  const bench = new Bench();
  const [, denied] = bench.authorize('POST', {}, { decision: 'deny' }).headers[0];
  assert.equal(denied, 'https://app.example/callback?x=1&error=access_denied&state=s');
  const [, allowed] = bench.authorize('POST', {}, { decision: 'allow' }).headers[0];
  assert.match(allowed, /^https:\/\/app\.example\/callback\?x=1&code=[^&]+&state=s$/);
});

test('a code is good once, in time, for its client and its redirect', () => {
  const bench = new Bench({ codeSeconds: 60 });
  assert.equal(bench.exchange({ code: bench.code(), redirect_uri: 'https://evil.example' }).error, 'invalid_grant');
  assert.equal(bench.exchange({ code: bench.code(), client_id: 'other' }).error, 'invalid_grant');
  assert.equal(bench.exchange({ code: bench.code(), client_secret: '' }).error, 'invalid_client');
  const code = bench.code();
  assert.equal(bench.exchange({ code }).token_type, 'Bearer');
  assert.equal(bench.exchange({ code }).error, 'invalid_grant');
  const late = bench.code();
  bench.host.time += 60_000;
  assert.equal(bench.exchange({ code: late }).error, 'invalid_grant');
});

test('a challenge needs its verifier', () => {
  const bench = new Bench();
  const code = () => bench.code({ code_challenge: challengeOf('v'.repeat(43)), code_challenge_method: 'S256' });
  assert.equal(bench.exchange({ code: code(), code_verifier: 'w'.repeat(43) }).error, 'invalid_grant');
  assert.equal(bench.exchange({ code: code() }).error, 'invalid_grant');
  assert.equal(bench.exchange({ code: code(), code_verifier: 'v'.repeat(43) }).status, 200);
});

test('an access token lives as long as it says', () => {
  const bench = new Bench({ accessSeconds: 10 });
  const { access_token } = bench.exchange({ code: bench.code() });
  assert.equal(bench.oauth.standing(bench.host.state, access_token), 'valid');
  bench.host.time += 10_000;
  assert.equal(bench.oauth.standing(bench.host.state, access_token), 'expired');
  assert.equal(bench.oauth.standing(bench.host.state, 'made-up'), 'unknown');
});

test('a refresh token that rotates dies on use, another stays', () => {
  for (const rotates of [true, false]) {
    const bench = new Bench({ rotates });
    const first = bench.exchange({ code: bench.code() }).refresh_token;
    const second = bench.refresh(first);
    assert.equal(second.refresh_token === first, !rotates);
    assert.equal(bench.refresh(first).status, rotates ? 400 : 200);
  }
});

test('revoking ends the access tokens that came from it', () => {
  const bench = new Bench();
  const { access_token, refresh_token } = bench.exchange({ code: bench.code() });
  const form = { client_id: 'app', client_secret: 's', token: refresh_token };
  assert.equal(bench.oauth.revoke(bench.request('POST', {}, form), bench.host.state).status, 200);
  assert.equal(bench.oauth.standing(bench.host.state, access_token), 'unknown');
  assert.equal(bench.refresh(refresh_token).error, 'invalid_grant');
});

test('the switches change lifetimes, play failures and count', () => {
  const bench = new Bench();
  bench.control('PUT', 'token-lifetime', { seconds: 0 });
  const { access_token, refresh_token } = bench.exchange({ code: bench.code() });
  assert.equal(bench.oauth.standing(bench.host.state, access_token), 'expired');
  bench.control('PUT', 'token-failure', { status: 503, times: 1 });
  assert.equal(bench.refresh(refresh_token).status, 503);
  bench.control('PUT', 'token-failure', { status: 400, error: 'invalid_grant', times: 1 });
  assert.equal(bench.refresh(refresh_token).error, 'invalid_grant');
  assert.equal(bench.refresh(refresh_token).status, 200);
  assert.deepEqual(bench.control('GET', 'tokens'), { codes: 1, refreshes: 1, refused: 2, live: 0 });
});
