/** HubSpot, over a pool of kept-alive connections. */

import { Pool } from 'undici';

const pool = new Pool(process.env.PROVIDER_URL, { connections: 128, pipelining: 1 });

/** HubSpot did not answer as it should. */
export class ProviderError extends Error {}

export function listContacts(token, properties, limit) {
  return get(`/crm/objects/2026-03/contacts?properties=${properties}&limit=${limit}`, token);
}

export function listOwners(token) {
  return get('/crm/owners/2026-03?archived=false&limit=100', token);
}

async function get(path, token) {
  const { statusCode, body } = await pool.request({
    method: 'GET', path, headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new ProviderError(`HubSpot answered with status ${statusCode}`);
  }
  const page = await body.json();
  if (!Array.isArray(page.results)) {
    throw new ProviderError('HubSpot’s answer is not a list');
  }
  return page;
}
