/** Owners' names, read once per connection and kept for five minutes. */

import { listOwners } from './provider.mjs';

const TIME_TO_LIVE_MS = 300_000;
const directories = new Map();

export async function fillOwners(connection, token, records) {
  let entry = directories.get(connection);
  if (!entry || entry.until < Date.now()) {
    // Requests that miss at the same time wait for one look-up.
    entry = { until: Date.now() + TIME_TO_LIVE_MS, directory: read(token) };
    directories.set(connection, entry);
    entry.directory.catch(() => directories.delete(connection));
  }
  const directory = await entry.directory;
  for (const record of records) {
    const owner = record.ownerId === null ? undefined : directory.get(record.ownerId);
    if (owner) {
      record.ownerName ??= owner.name;
      record.ownerEmail ??= owner.email;
    }
  }
}

async function read(token) {
  const { results } = await listOwners(token);
  return new Map(results.map(({ id, firstName, lastName, email }) => [
    id, { name: [firstName, lastName].filter(Boolean).join(' ') || null, email: email || null },
  ]));
}
