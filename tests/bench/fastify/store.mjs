/** Keys, connections and overrides in SQLite, as a service would keep them. */

import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';

const SCHEMA = `
  CREATE TABLE api_keys (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL, environment TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL, revoked_at INTEGER);
  CREATE TABLE connections (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL, environment TEXT NOT NULL, end_user TEXT NOT NULL,
    provider TEXT NOT NULL, status TEXT NOT NULL, credential BLOB NOT NULL,
    UNIQUE (organisation_id, environment, end_user, provider));
  CREATE TABLE mapping_versions (
    organisation_id TEXT NOT NULL, provider TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, provider));
  CREATE TABLE mapping_overrides (
    organisation_id TEXT NOT NULL, provider TEXT NOT NULL, resource TEXT NOT NULL, unified_field TEXT NOT NULL,
    provider_field TEXT NOT NULL, PRIMARY KEY (organisation_id, provider, resource, unified_field));
`;

/** Opens a database with one organisation in it, and gives the text of its key. */
export function createStore(environment) {
  const database = new Database(environment.DATABASE);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec(SCHEMA);
  const store = new Store(database, Buffer.from(environment.MASTER_KEY, 'base64'));
  return { store, key: seed(store, environment) };
}

class Store {
  #master;
  #statements;

  constructor(database, master) {
    this.database = database;
    this.#master = master;
    this.#statements = {
      key: database.prepare(
        'SELECT id, organisation_id, environment, scopes FROM api_keys WHERE hash = ? AND revoked_at IS NULL'),
      connection: database.prepare(
        `SELECT id, status, credential FROM connections
         WHERE organisation_id = ? AND environment = ? AND provider = ? AND status <> 'disabled'`),
      version: database.prepare(
        'SELECT version FROM mapping_versions WHERE organisation_id = ? AND provider = ?').pluck(),
      overrides: database.prepare(
        `SELECT unified_field, provider_field FROM mapping_overrides
         WHERE organisation_id = ? AND provider = ? AND resource = ?`),
    };
  }

  findKey(text) {
    return this.#statements.key.get(hash(text));
  }

  findConnection(organisation, environment, provider) {
    return this.#statements.connection.get(organisation, environment, provider);
  }

  /** Changes with every change of an override. */
  mappingVersion(organisation, provider) {
    return this.#statements.version.get(organisation, provider) ?? 0;
  }

  overrides(organisation, provider, resource) {
    return this.#statements.overrides.all(organisation, provider, resource);
  }

  encrypt(id, text) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#master, nonce).setAAD(Buffer.from(id));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  decrypt({ id, credential }) {
    const decipher = createDecipheriv('aes-256-gcm', this.#master, credential.subarray(0, 12));
    decipher.setAAD(Buffer.from(id)).setAuthTag(credential.subarray(12, 28));
    return decipher.update(credential.subarray(28), undefined, 'utf8') + decipher.final('utf8');
  }
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}

function seed(store, environment) {
  const organisation = randomUUID();
  const connection = randomUUID();
  const key = `sk_live_${randomBytes(24).toString('base64url')}`;
  const run = (sql, ...values) => store.database.prepare(sql).run(...values);
  run('INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, NULL)', randomUUID(), organisation, 'live', hash(key), 'read,write');
  run('INSERT INTO connections VALUES (?, ?, ?, ?, ?, ?, ?)', connection, organisation, 'live', environment.END_USER,
    'hubspot', 'active', store.encrypt(connection, environment.PROVIDER_TOKEN));
  run('INSERT INTO mapping_overrides VALUES (?, ?, ?, ?, ?)', organisation, 'hubspot', 'contact',
    environment.OVERRIDE_FIELD, environment.OVERRIDE_PROPERTY);
  run('INSERT INTO mapping_versions VALUES (?, ?, 1)', organisation, 'hubspot');
  return key;
}
