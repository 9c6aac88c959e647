-- One text for SQLite and PostgreSQL: only TEXT and BIGINT. Times are milliseconds since the Unix epoch.
-- Released migrations never change: sqlx compares their checksums at every start.

CREATE TABLE organisations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- The key itself is nowhere: `hash` is its SHA-256 in hexadecimal, `prefix` its first twelve characters.
CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    scopes TEXT NOT NULL,
    plan TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_keys_by_organisation ON api_keys (organisation_id, id);
CREATE INDEX api_keys_by_prefix ON api_keys (prefix);

CREATE TABLE end_users (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    external_id TEXT NOT NULL,
    display_name TEXT,
    email TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (organisation_id, environment, external_id)
);

-- `end_user` is the external id, so that the hot query needs no join; the foreign key spans the tenant, so that a
-- connection cannot belong to another tenant's end user. `credential` is encrypted, `settings` is a JSON object.
CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    end_user TEXT NOT NULL,
    provider TEXT NOT NULL,
    status TEXT NOT NULL,
    last_error TEXT,
    auth_method TEXT NOT NULL,
    settings TEXT NOT NULL,
    credential TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (organisation_id, environment, end_user, provider),
    FOREIGN KEY (organisation_id, environment, end_user)
        REFERENCES end_users (organisation_id, environment, external_id)
);

-- `end_user` is the external id, or empty for the whole organisation: NULL would escape the primary key.
CREATE TABLE mapping_overrides (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    provider TEXT NOT NULL,
    resource TEXT NOT NULL,
    end_user TEXT NOT NULL,
    unified_field TEXT NOT NULL,
    change_json TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, provider, resource, end_user, unified_field)
);

CREATE TABLE mapping_versions (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    provider TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, provider)
);

-- `status` and `body` are NULL while the first request is under way. `body` is encrypted: it holds a provider's records.
CREATE TABLE idempotency_keys (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    key_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status BIGINT,
    body TEXT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, environment, key_hash)
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

-- `entry_key` is encoded so that every collation sorts it in byte order.
CREATE TABLE sandbox_entries (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    provider TEXT NOT NULL,
    collection TEXT NOT NULL,
    entry_key TEXT NOT NULL,
    entry_value TEXT NOT NULL,
    PRIMARY KEY (organisation_id, provider, collection, entry_key)
);
