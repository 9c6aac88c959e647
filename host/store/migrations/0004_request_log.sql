-- Finished API requests, kept for some days. No bodies, no query strings, no secrets.
-- A request's id is a UUID of version 7 in hexadecimal behind `req_`, so ids sort by time: one index serves paging, times and
-- retention. No foreign key: a row of the log says what was, also when the organisation is gone.

-- `providers` and `connectors` (the digests of their versions) hold words with a comma before and after each, so that one of
-- them can be looked for; they are empty where no provider was asked. Durations are microseconds.
CREATE TABLE request_log (
    id TEXT NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    organisation_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    api_key_id TEXT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    path TEXT NOT NULL,
    providers TEXT NOT NULL,
    connectors TEXT NOT NULL,
    status BIGINT NOT NULL,
    code TEXT,
    total_micros BIGINT NOT NULL,
    provider_micros BIGINT NOT NULL,
    connector_micros BIGINT NOT NULL
);
CREATE INDEX request_log_by_organisation ON request_log (organisation_id, id);
