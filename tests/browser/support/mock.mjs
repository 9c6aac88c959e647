// A server that says whatever a state of the widget needs, among it what a healthy server cannot be made to say. The
// connect token names the scenario: `ct_broken` and so on. It serves the widget's own files, with the headers that the
// contract asks for.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import { listen } from './listen.mjs';

const WIDGET = new URL('../../../host/widget/', import.meta.url);
const KINDS = { css: 'text/css', html: 'text/html; charset=utf-8', js: 'text/javascript' };
const ORIGINS = ['http://localhost:*', 'http://127.0.0.1:*'];
const FRAME_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors " +
  ORIGINS.join(' ');

const OAUTH = { id: 'oauth2', kind: 'oauth2', available: true, settings: [] };
const CHOICE = {
  name: 'apiVersion',
  label: 'API version',
  description: 'The version in the paths of the API.',
  required: false,
  choices: ['2026-03', '2026-09', 'v3'],
  default: '2026-03',
};
const TOKEN = {
  id: 'privateApp',
  kind: 'token',
  name: 'Private app token',
  label: 'Access token',
  help: 'In HubSpot under Settings, Integrations, Private apps, Auth. It begins with pat-.',
  available: true,
  settings: [CHOICE],
};
const LOCATION = {
  name: 'locationId',
  label: 'Location id',
  description: 'The sub-account that everything belongs to: in HighLevel under Settings, Business Profile.',
  required: true,
  choices: null,
  default: null,
};
const PIT = {
  ...TOKEN,
  id: 'pit',
  name: 'Private integration token',
  label: 'Private integration token',
  settings: [LOCATION],
};

function provider(slug, name, authMethods, more = {}) {
  return { slug, name, category: 'crm', authMethods, connection: null, used: false, ...more };
}

function providers() {
  return [
    provider('hubspot', 'HubSpot', [TOKEN, { ...OAUTH, name: 'HubSpot account' }]),
    provider('zoho-crm', 'Zoho CRM', [{ ...OAUTH, name: 'Zoho account' }]),
    provider('pipedrive', 'Pipedrive', [
      { ...OAUTH, name: 'Pipedrive account' },
      { ...TOKEN, name: 'API token' },
    ]),
    provider('gohighlevel', 'GoHighLevel', [PIT]),
  ];
}

const broken = {
  id: 'con_1',
  status: 'needs_reauth',
  lastError: 'HubSpot answered 401: the refresh token is no longer valid.',
};

// Changes to the providers of a session, by scenario.
const SCENARIOS = {
  broken: (all) => (all[0].connection = broken),
  connected: (all) => (all[0].connection = { id: 'con_1', status: 'active', lastError: null }),
  disabled: (all) => (all[0].connection = { id: 'con_1', status: 'disabled', lastError: null }),
  used: (all) => Object.assign(all[0], { used: true, connection: { id: 'con_1', status: 'active', lastError: null } }),
  none: (all) => all.splice(0),
  only: (all) => all.splice(1),
  noapp: (all) =>
    (all[0].authMethods[1] = {
      ...all[0].authMethods[1],
      available: false,
      unavailableReason: 'Acme has not set it up.',
    }),
  unusable: (all) =>
    (all[1].authMethods = [
      { ...all[1].authMethods[0], available: false, unavailableReason: 'Acme has not set it up.' },
    ]),
  markup: (all) => (all[0].name = '<img src=x onerror="window.hacked = true">'),
  many: (all) => {
    for (let number = 1; number <= 40; number += 1)
      all.push(provider(`crm-${number}`, `Customer system ${number}`, [PIT]));
  },
};

const refusal = (status, code, message, more = {}) => ({
  status,
  body: { success: false, statusCode: status, message, code, ...more },
});
const success = (status, data) => ({
  status,
  body: { success: true, statusCode: status, message: 'OK', data: { data } },
});
const TOKEN_OVER = refusal(401, 'CONNECT_SESSION_EXPIRED', 'The connect session has expired; make a new token.');

/** Starts it. `url` is its address, `seen` what was asked, and `release()` lets the held requests of `ct_slow` go on. */
export async function startMock() {
  const trips = new Map();
  const held = [];
  const seen = [];
  // Whether someone else has used the session of `ct_taken` meanwhile.
  let isTaken = false;

  function session(scenario) {
    const all = providers();
    SCENARIOS[scenario === 'taken' && isTaken ? 'used' : scenario]?.(all);
    return {
      endUserId: 'user-001',
      endUserDisplayName: 'Jane Doe',
      environment: 'test',
      organisation: 'Acme',
      expiresAt: '2030-01-01T00:00:00.000Z',
      providers: all,
    };
  }

  async function connect(scenario, body) {
    if (scenario === 'slow') await new Promise((resolve) => held.push(resolve));
    if (scenario === 'expires') return TOKEN_OVER;
    isTaken = scenario === 'taken';
    if (isTaken) return refusal(409, 'CONNECT_SESSION_USED', 'This session has connected it.');
    if (scenario === 'outage') return refusal(502, 'PROVIDER_ERROR', 'HubSpot answered 500.');
    if (body.token.includes('wrong')) {
      const errors = { token: 'HubSpot does not accept this token.' };
      if (body.settings.locationId) errors['settings.locationId'] = 'There is no such location.';
      return refusal(400, 'VALIDATION_ERROR', 'Validation Errors.', { errors });
    }
    return success(201, { id: 'con_1', provider: body.provider, endUserId: 'user-001', status: 'active' });
  }

  function authorise(scenario, body) {
    if (scenario === 'late-app') return refusal(409, 'OAUTH_APP_MISSING', 'The organisation has no OAuth app.');
    const id = `trip-${trips.size + 1}`;
    trips.set(id, { id, provider: body.provider, status: 'pending', connection: null, error: null });
    return success(201, { id, launchUrl: `/connect/launch/${id}` });
  }

  const connection = (slug) => ({ id: 'con_9', provider: slug, endUserId: 'user-001', status: 'active' });

  function consent(trip) {
    const link = (answer, text) => `<p><a href="/consent/${trip.id}/${answer}">${text}</a></p>`;
    return `<!doctype html><title>Provider</title>${link('allow', 'Allow')}${link('deny', 'Deny')}${link('stay', 'Stay')}`;
  }

  function decide(trip, answer) {
    if (answer === 'allow') Object.assign(trip, { status: 'succeeded', connection: connection(trip.provider) });
    if (answer === 'deny') {
      Object.assign(trip, { status: 'failed', error: { code: 'ACCESS_DENIED', message: 'The end user said no.' } });
    }
  }

  async function api(method, path, scenario, body) {
    if (scenario === 'garbage') return refusal(401, 'INVALID_CONNECT_TOKEN', 'This is not a connect token.');
    if (path === '/check') {
      if (scenario === 'foreign')
        return refusal(403, 'ORIGIN_NOT_ALLOWED', 'Allow it with PUT /api/v1/connect/origins.');
      if (scenario === 'over') return TOKEN_OVER;
      return success(200, { sessionId: scenario, expiresAt: '2030-01-01T00:00:00.000Z' });
    }
    if (path === '') return scenario === 'late' ? TOKEN_OVER : success(200, session(scenario));
    if (path === '/connections' && method === 'POST') return connect(scenario, body);
    if (path === '/authorizations' && method === 'POST') return authorise(scenario, body);
    const trip = trips.get(path.split('/')[2]);
    return trip ? success(200, trip) : refusal(404, 'NOT_FOUND', 'There is no such authorization.');
  }

  async function file(response, name, fill = (text) => text) {
    const text = await readFile(new URL(name, WIDGET), 'utf8');
    response.writeHead(200, {
      'content-type': KINDS[name.split('.').pop()],
      ...(name === 'frame.html' && { 'content-security-policy': FRAME_POLICY }),
    });
    response.end(fill(text));
  }

  async function answer(request, response) {
    const url = new URL(request.url, 'http://mock');
    seen.push(`${request.method} ${request.url}`);
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' };
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
    if (url.pathname === '/connect/frame') {
      const scenario = url.searchParams.get('session');
      // Without content, the frame stays as empty as one that a policy refuses.
      if (scenario === 'blocked') return response.writeHead(204).end();
      const origins = scenario === 'narrow' ? ['https://app.example.com'] : ORIGINS;
      const config = JSON.stringify({ origins, provider: url.searchParams.get('provider') });
      return file(response, 'frame.html', (text) =>
        text.replace('__FRAME_CONFIG__', config.replaceAll('<', '\\u003c')),
      );
    }
    const [, tripId, decision] = /^\/consent\/([^/]+)\/(\w+)$/.exec(url.pathname) ?? [];
    if (tripId) {
      decide(trips.get(tripId), decision);
      return file(response, 'callback.html', (text) =>
        text.replaceAll('__TITLE__', 'Done').replace('__MESSAGE__', 'Go on.'),
      );
    }
    if (url.pathname.startsWith('/connect/launch/')) {
      // The server lets sandboxes do no more than this.
      const policy = "sandbox allow-forms; default-src 'none'; style-src 'unsafe-inline'";
      response.writeHead(200, { 'content-type': KINDS.html, 'content-security-policy': policy });
      return response.end(consent(trips.get(url.pathname.split('/').pop())));
    }
    if (url.pathname.startsWith('/connect/session')) {
      let text = '';
      for await (const chunk of request) text += chunk;
      const scenario = (request.headers.authorization ?? '').replace('Bearer ct_', '');
      const path = url.pathname.slice('/connect/session'.length);
      const { status, body } = await api(request.method, path, scenario, text && JSON.parse(text));
      response.writeHead(status, { ...cors, 'content-type': 'application/json' });
      return response.end(JSON.stringify(body));
    }
    return file(response, url.pathname.slice('/connect/'.length));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(404).end());
  });
  const { url, close } = await listen(server);
  return { url, close, seen, release: () => held.splice(0).forEach((go) => go()) };
}
