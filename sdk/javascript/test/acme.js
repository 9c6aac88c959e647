/** A small connector for tests: contacts of a provider that pages with `next`. */

import { defineConnector, Document, Failure, http, log, now, Page, setting } from '../src/index.js';
import { Reply } from '../src/sandbox.js';

export const manifest = {
  slug: 'acme',
  baseUrl: 'https://{region}.acme.example/v1',
  settings: [{ name: 'region', label: 'Region', default: 'eu' }],
  auth: [
    { id: 'oauth2', placement: { header: 'Authorization', prefix: 'Bearer ' } },
    { id: 'apiKey', placement: { query: 'key' } },
  ],
  sandbox: { auth: 'apiKey', token: 'sandbox-key' },
  resources: {
    contact: {
      mappings: [
        { unifiedField: 'email', providerField: 'mail', direction: 'bidirectional' },
        { unifiedField: 'firstName', providerField: 'first', direction: 'write' },
      ],
    },
  },
};

const PEOPLE = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, mail: `${id}@example.com`, 'a/b': { '~': id } }));

export default defineConnector({
  manifest,
  list(resource, query) {
    log.info(`${resource} at ${now()} in ${setting('region')}`);
    const answer = http.get('/people').query('limit', query.limit).query('after', query.cursor).send().accept();
    return Page.at(answer, '/people', answer.at('/next'));
  },
  get(_, id) {
    const answer = http.get(`/people/${http.segment(id)}`).send();
    return id === 'b' ? { put: 'together' } : Document.at(answer.accept(), '/person');
  },
  delete() {
    throw Failure.conflict('in use').withStatus(409).withField('mail', 'is in use');
  },
  sandbox(request) {
    if (request.parameter('key') !== 'sandbox-key') {
      return Reply.json(401, {});
    }
    const [, , id] = request.segments();
    if (id) {
      const person = PEOPLE.find((known) => known.id === id);
      return person ? Reply.json(200, { person }) : Reply.json(404, {}).header('Retry-After', 3);
    }
    const limit = Number(request.parameter('limit'));
    const rest = PEOPLE.filter((person) => person.id > (request.parameter('after') ?? ''));
    return Reply.json(200, { people: rest.slice(0, limit), next: rest.length > limit ? rest[limit - 1].id : null });
  },
});
