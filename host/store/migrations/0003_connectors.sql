-- Connectors: every version by its content, which one is live, and what the operator granted. They belong to the server, not
-- to a tenant.
-- BYTEA is PostgreSQL's type for bytes; SQLite takes any name for a type and keeps bytes as they are.

-- A version is named by the SHA-256 of its file in hexadecimal, so its content never changes.
-- `signature` is the publisher's, in base64; `publisher` is the name of the key that it was checked with.
CREATE TABLE connector_versions (
    slug TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    version TEXT NOT NULL,
    contract TEXT NOT NULL,
    size BIGINT NOT NULL,
    content BYTEA NOT NULL,
    publisher TEXT,
    signature TEXT,
    installed_at BIGINT NOT NULL,
    PRIMARY KEY (slug, sha256)
);

-- `enabled` is 0 or 1. The foreign key keeps the active version from being deleted.
CREATE TABLE connector_states (
    slug TEXT NOT NULL PRIMARY KEY,
    active TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    FOREIGN KEY (slug, active) REFERENCES connector_versions (slug, sha256)
);

-- What was active when. Rolling back marks the newest entry as undone and returns to the one before.
CREATE TABLE connector_activations (
    slug TEXT NOT NULL,
    position BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    activated_at BIGINT NOT NULL,
    undone_at BIGINT,
    PRIMARY KEY (slug, position),
    FOREIGN KEY (slug, sha256) REFERENCES connector_versions (slug, sha256) ON DELETE CASCADE
);

-- Hosts that the operator lets a connector ask for, in canonical form. They outlive its versions.
CREATE TABLE connector_grants (
    slug TEXT NOT NULL,
    host TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (slug, host)
);
