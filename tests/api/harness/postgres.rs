//! A schema of its own on a PostgreSQL server, where one is at hand.

use std::process::Command;

/// Where CI has one (see `.ci/run`).
const USUAL: &str = "postgres://postgres@127.0.0.1/test";

/// A schema that is gone when this is dropped.
pub(crate) struct Postgres {
    server: String,
    schema: String,
}

impl Postgres {
    /// On the server of `ROUTEMCP_TEST_DATABASE_URL`, which then has to be there, or on this machine's, if it has one.
    pub(crate) fn at_hand() -> Option<Self> {
        let wanted = std::env::var("ROUTEMCP_TEST_DATABASE_URL").ok();
        let server = wanted.clone().unwrap_or_else(|| USUAL.to_owned());
        let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
        match run(&server, &format!("CREATE SCHEMA {schema}")) {
            Ok(()) => Some(Self { server, schema }),
            Err(why) if wanted.is_some() => panic!("ROUTEMCP_TEST_DATABASE_URL: {why}"),
            Err(why) => {
                eprintln!("SKIPPED, no PostgreSQL: {why}");
                None
            }
        }
    }

    /// Leads into the schema.
    pub(crate) fn url(&self) -> String {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{separator}options[search_path]={}", self.server, self.schema)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = run(&self.server, &format!("DROP SCHEMA {} CASCADE", self.schema));
    }
}

fn run(server: &str, statement: &str) -> Result<(), String> {
    let mut command = Command::new("psql");
    command.args([
        server,
        "--no-psqlrc",
        "--no-password",
        "--quiet",
        "--command",
        statement,
    ]);
    let run = command.env("PGCONNECT_TIMEOUT", "3").output();
    let run = run.map_err(|error| format!("psql: {error}"))?;
    let complaint = || String::from_utf8_lossy(&run.stderr).into_owned();
    run.status.success().then_some(()).ok_or_else(complaint)
}
