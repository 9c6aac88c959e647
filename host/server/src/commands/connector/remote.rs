//! Talks to the operator API of a running server.

use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use reqwest::{Body, Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

/// Compiling a large connector takes minutes on a small machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// Which server.
#[derive(Args)]
pub(crate) struct Server {
    /// The server's address.
    #[arg(long, env = "ROUTEMCP_URL", default_value = "http://localhost:5001")]
    server: Url,
    /// The server's admin token, best from the environment.
    #[arg(long, env = "ROUTEMCP_ADMIN_TOKEN", hide_env_values = true, value_parser = secret)]
    admin_token: SecretString,
}

fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(text.into())
}

/// What is sent with a call.
pub(super) enum Sent {
    Nothing,
    Json(Value),
    Component {
        content: Vec<u8>,
        signature: Option<String>,
    },
}

impl Server {
    pub(super) fn new(server: Url, admin_token: SecretString) -> Self {
        Self { server, admin_token }
    }

    /// Calls the operator API and gives back `data` of its answer. `path` begins below `/admin/v1`.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        sent: Sent,
    ) -> anyhow::Result<Value> {
        let url = self.url(path, query)?;
        let request = client()?
            .request(method, url)
            .bearer_auth(self.admin_token.expose_secret());
        let answer = with_body(request, sent).send().await;
        let answer = answer.with_context(|| format!("{} cannot be reached", self.server))?;
        let status = answer.status();
        let text = answer.text().await.context("the answer broke off")?;
        let body: Value = serde_json::from_str(&text).with_context(|| {
            format!(
                "{} answered {status}, but not as a RouteMCP server does",
                self.server
            )
        })?;
        if status.is_success() {
            return Ok(body.get("data").cloned().unwrap_or_default());
        }
        Err(refusal(status, &body))
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Url> {
        let mut url = self.server.clone();
        let Ok(mut segments) = url.path_segments_mut() else {
            bail!("`{}` is not the address of a server", self.server);
        };
        segments.pop_if_empty().extend(["admin", "v1"]).extend(path);
        drop(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

fn client() -> anyhow::Result<reqwest::Client> {
    // Another part of the process may have chosen before; any choice will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        // The token is for this server and for no other.
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .context("the HTTP client cannot be set up")
}

fn with_body(request: RequestBuilder, sent: Sent) -> RequestBuilder {
    match sent {
        Sent::Nothing => request,
        Sent::Json(body) => request
            .header("content-type", "application/json")
            .body(body.to_string()),
        Sent::Component { content, signature } => {
            let request = request.header("content-type", "application/wasm");
            let request = match signature {
                Some(signature) => request.header("x-signature", signature),
                None => request,
            };
            request.body(Body::from(content))
        }
    }
}

/// The error of an answer, with the fields that it complains about.
fn refusal(status: StatusCode, body: &Value) -> anyhow::Error {
    let message = body["message"].as_str().unwrap_or("no reason was given");
    let code = body["code"].as_str().unwrap_or_default();
    let errors = body["errors"].as_object();
    let details = errors
        .into_iter()
        .flatten()
        .map(|(field, why)| format!("\n  {field}: {}", why.as_str().unwrap_or_default()));
    anyhow::anyhow!("{message} ({status} {code}){}", details.collect::<String>())
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::Server;

    #[test]
    fn addresses_keep_what_stands_before_and_escape_what_is_put_in() {
        for (server, expected) in [
            (
                "http://localhost:5001",
                "http://localhost:5001/admin/v1/connectors/a%2Fb?grant=*.x.example",
            ),
            (
                "https://x.example/crm/",
                "https://x.example/crm/admin/v1/connectors/a%2Fb?grant=*.x.example",
            ),
        ] {
            let server = Server {
                server: server.parse().unwrap(),
                admin_token: SecretString::default(),
            };
            let url = server
                .url(&["connectors", "a/b"], &[("grant", "*.x.example")])
                .unwrap();
            assert_eq!(url.as_str(), expected);
        }
    }
}
