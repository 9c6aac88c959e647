-- Connecting end users, keeping their credentials fresh, and changing the master key.

-- What the end user's browser holds is a token; here is the SHA-256 of its secret part, in hexadecimal. `providers` is a
-- JSON list, or NULL for any. The foreign key spans the tenant, as that of connections does.
CREATE TABLE connect_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    end_user TEXT NOT NULL,
    providers TEXT,
    secret_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (organisation_id, environment, end_user)
        REFERENCES end_users (organisation_id, environment, external_id)
);
CREATE INDEX connect_sessions_by_expiry ON connect_sessions (expires_at);

-- One row for each provider that a session has connected: the primary key is what lets it do so once.
CREATE TABLE connect_session_uses (
    session_id TEXT NOT NULL REFERENCES connect_sessions (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, provider)
);

-- One row for each OAuth round trip. `verifier` and `authorize_url` are encrypted, and NULL once they have been used.
-- `connection_id` refers to nothing, because the connection may be deleted first.
CREATE TABLE authorizations (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES connect_sessions (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    auth_method TEXT NOT NULL,
    settings TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    state_hash TEXT NOT NULL UNIQUE,
    verifier TEXT,
    authorize_url TEXT,
    browser_hash TEXT,
    status TEXT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    connection_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX authorizations_by_expiry ON authorizations (expires_at);
CREATE INDEX authorizations_by_session ON authorizations (session_id);

-- `client_secret` is encrypted.
CREATE TABLE oauth_apps (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    provider TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_secret TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, provider)
);

-- `origins` is a JSON list. One row, so that a list is replaced as a whole.
CREATE TABLE allowed_origins (
    organisation_id TEXT NOT NULL PRIMARY KEY REFERENCES organisations (id),
    origins TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- `credential_version` goes up with every credential that is written, and not when the same one is encrypted anew.
ALTER TABLE connections ADD COLUMN credential_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE connections ADD COLUMN refresh_holder TEXT;
ALTER TABLE connections ADD COLUMN refresh_until BIGINT;
ALTER TABLE connections ADD COLUMN refresh_due_at BIGINT;
CREATE INDEX connections_by_refresh ON connections (refresh_due_at, id) WHERE refresh_due_at IS NOT NULL;

-- An encrypted value is `v1.` and the eight characters of its master key's id, and so on. These indexes tell which keys
-- are in use without reading the tables, and list what is under one of them in the order of its row's key.
CREATE INDEX connections_by_master_key ON connections (substr(credential, 4, 8), id);
CREATE INDEX idempotency_keys_by_master_key
    ON idempotency_keys (substr(body, 4, 8), organisation_id, environment, key_hash);
CREATE INDEX oauth_apps_by_master_key ON oauth_apps (substr(client_secret, 4, 8), organisation_id, provider);
CREATE INDEX authorizations_by_verifier_master_key ON authorizations (substr(verifier, 4, 8), id);
CREATE INDEX authorizations_by_authorize_url_master_key ON authorizations (substr(authorize_url, 4, 8), id);
