/**
 * The unified list of contacts, by hand: Fastify, undici, SQLite. The same duties as RouteMCP for this one request:
 * key look-up by hash, connection look-up, token decryption, provider call, mapping with an override, owners' names,
 * sealed cursor, envelope and headers. Prepared statements, kept-alive connections, compiled mappings: a fair opponent.
 */

import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';

import { sealCursor } from './cursor.mjs';
import { compiledMapping } from './mapping.mjs';
import { fillOwners } from './owners.mjs';
import { ProviderError, listContacts } from './provider.mjs';
import { createStore } from './store.mjs';

const { store, key } = createStore(process.env);
const app = Fastify({ logger: { level: 'info' }, disableRequestLogging: true, genReqId: () => randomUUID() });

app.decorateRequest('key', null);

app.addHook('onRequest', (request, reply, done) => {
  reply.header('x-request-id', request.id);
  const authorization = request.headers.authorization ?? '';
  request.key = authorization.startsWith('Bearer ') ? store.findKey(authorization.slice(7)) : undefined;
  if (!request.key) {
    failure(request, reply, 401, 'INVALID_API_KEY', 'The API key is missing, malformed or revoked.');
    return;
  }
  done();
});

// One line for each request, as RouteMCP writes it.
app.addHook('onResponse', (request, reply, done) => {
  const { method } = request;
  const path = request.routeOptions.url;
  request.log.info({ method, path, status: reply.statusCode, milliseconds: reply.elapsedTime }, 'answered');
  done();
});

app.get('/api/v1/contact', async (request, reply) => {
  const { key } = request;
  const limit = request.query.limit === undefined ? 25 : Number(request.query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return failure(request, reply, 400, 'VALIDATION_ERROR', 'Validation Errors.', { limit: 'must be from 1 to 100' });
  }
  const { provider } = request.query;
  if (provider !== 'hubspot') {
    return failure(request, reply, 400, 'UNKNOWN_PROVIDER', 'Only hubspot is known.');
  }
  const connection = store.findConnection(key.organisation_id, key.environment, provider);
  if (!connection) {
    return failure(request, reply, 409, 'PROVIDER_NOT_CONNECTED', 'There is no connection to hubspot.');
  }
  const mapping = compiledMapping(store, key.organisation_id, provider);
  const token = store.decrypt(connection);
  const asked = performance.now();
  const page = await listContacts(token, mapping.properties, limit);
  const provided = performance.now() - asked;
  const records = page.results.map((record) => mapping.read(record, provider));
  await fillOwners(connection.id, token, records);
  const after = page.paging?.next?.after ?? null;
  const cursor = after === null ? null : sealCursor({ organisation: key.organisation_id, provider, connection: connection.id, after });
  const body = JSON.stringify({
    success: true,
    statusCode: 200,
    message: 'Contacts retrieved',
    data: { data: records, pagination: { cursor, hasMore: cursor !== null, limit } },
  });
  const total = reply.elapsedTime;
  const host = (total - provided).toFixed(3);
  reply.header('server-timing', `total;dur=${total.toFixed(3)}, provider;dur=${provided.toFixed(3)}, host;dur=${host}`);
  reply.header('content-type', 'application/json');
  return reply.send(body);
});

app.setErrorHandler((error, request, reply) => {
  if (error instanceof ProviderError) {
    return failure(request, reply, 502, 'PROVIDER_ERROR', error.message);
  }
  request.log.error(error);
  return failure(request, reply, 500, 'INTERNAL_ERROR', 'Something went wrong.');
});

function failure(request, reply, statusCode, code, message, errors) {
  const body = { success: false, statusCode, message, code, errors };
  return reply.code(statusCode).send({
    ...body, timestamp: new Date().toISOString(), path: request.url, requestId: request.id,
  });
}

const listening = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ listening, key }));
