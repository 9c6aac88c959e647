//! Many organisations and connections in the database: whether one organisation's requests notice.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use serde_json::json;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::Findings;
use crate::load::{self, Asked, Measured};
use crate::server::{Launch, Server};

const CONNECTIONS_EACH: u32 = 10;

pub(super) async fn measure(organisations: u32, seconds: f64) -> anyhow::Result<Findings> {
    let provider = crate::run::provider("provider", 0).await?;
    let base_urls = [("hubspot", provider.url.as_str())];
    let server = Launch::shipped("many-connections", &base_urls)?.start().await?;
    server.connect("hubspot").await?;
    // Twice, because a server that has just started is slower.
    load(&server, seconds).await?;
    let empty = load(&server, seconds).await?;
    fill(&server, organisations).await?;
    let full = load(&server, seconds).await?;
    let shown = |measured: &Measured| {
        let cpu = measured.cpu_seconds.unwrap_or_default() * 1_000.0 / measured.requests as f64;
        format!(
            "p50 {:.0} us, p99 {:.0} us, CPU s per 1,000: {cpu:.4}",
            measured.p50, measured.p99
        )
    };
    let connections = organisations * CONNECTIONS_EACH;
    let lines = vec![
        format!(
            "{organisations} organisations with {connections} connections (1 caller of one organisation)"
        ),
        format!("  empty database:  {}", shown(&empty)),
        format!("  filled database: {}", shown(&full)),
    ];
    let json =
        json!({ "organisations": organisations, "connections": connections, "empty": empty, "filled": full });
    Ok(Findings { lines, json })
}

async fn load(server: &Server, seconds: f64) -> anyhow::Result<Measured> {
    let urls = [format!("{}/api/v1/contact?provider=hubspot", server.base)];
    let asked = Asked {
        urls: &urls,
        headers: &server.headers,
        connections: 1,
        rate: None,
        seconds,
        warm_up: 1.0,
        pid: Some(server.process.pid()?),
    };
    load::apart(&asked).await
}

/// Strangers, with a key each. Their credentials are never opened, so they need not be real.
const FILL: [&str; 4] = [
    "INSERT INTO organisations (id, name, created_at)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     SELECT 'org_fill' || i, 'Fill ' || i, $2 FROM n",
    "INSERT INTO api_keys (id, organisation_id, environment, name, hash, prefix, scopes, plan, created_at)
     SELECT 'key_' || id, id, 'live', 'fill', lower(hex(randomblob(32))), 'sk_live_' || substr(id, 9, 4), 'read', 'team', $2
     FROM organisations WHERE id LIKE 'org_fill%' AND $1 > 0",
    "INSERT INTO end_users (id, organisation_id, environment, external_id, created_at, updated_at)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3)
     SELECT 'usr_' || organisations.id || '_' || i, organisations.id, 'live', 'user-' || i, $2, $2
     FROM organisations, n WHERE organisations.id LIKE 'org_fill%' AND $1 > 0",
    "INSERT INTO connections (id, organisation_id, environment, end_user, provider, status, auth_method, settings,
                              credential, created_at, updated_at)
     SELECT 'con_' || end_users.id, end_users.organisation_id, 'live', external_id, 'hubspot', 'active', 'privateApp', '{}',
            (SELECT credential FROM connections LIMIT 1), $2, $2
     FROM end_users WHERE end_users.organisation_id LIKE 'org_fill%' AND $1 > 0",
];

async fn fill(server: &Server, organisations: u32) -> anyhow::Result<()> {
    let file = server.folder.join("routemcp.db");
    let options = SqliteConnectOptions::new().filename(file);
    let mut database = SqliteConnection::connect_with(&options)
        .await
        .context("the server's database")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let now = i64::try_from(now)?;
    let mut transaction = database.begin().await?;
    for statement in FILL {
        sqlx::query(statement)
            .bind(organisations)
            .bind(now)
            .bind(CONNECTIONS_EACH)
            .execute(&mut *transaction)
            .await
            .with_context(|| format!("cannot fill the database: {statement}"))?;
    }
    transaction.commit().await?;
    Ok(())
}
