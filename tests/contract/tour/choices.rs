//! The choices that a connection's settings have besides those of the sandbox, such as another version of the API: every
//! operation once, through the whole server.

use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::blocking;
use super::process::{Process, routemcp};
use crate::provider::Subject;

/// A server with one connector whose live traffic goes to the recorder.
struct Server {
    http: reqwest::Client,
    url: String,
    key: String,
    // The process first: nothing may write to the folder when that goes.
    _process: Process,
    _folder: TempDir,
}

/// Where a round goes.
struct Round<'a> {
    server: &'a Server,
    slug: &'a str,
    end_user: String,
}

/// Makes a round for every choice.
pub(super) async fn run(subject: &Subject, provider: &str) {
    let manifest = subject.manifest();
    let settings = alternatives(&manifest);
    if settings.is_empty() {
        return;
    }
    let (connector, base_url) = (subject.connector.clone(), format!("{}={provider}", subject.slug));
    let server = blocking(move || Server::start(&connector, &base_url)).await;
    for (number, settings) in settings.iter().enumerate() {
        let end_user = format!("choice-{number}");
        let connection = json!({
            "provider": subject.slug, "endUserId": end_user, "settings": settings, "token": manifest["sandbox"]["token"],
        });
        server.call(Method::POST, "/connections", Some(&connection)).await;
        let round = Round {
            server: &server,
            slug: subject.slug,
            end_user,
        };
        for (resource, declared) in manifest["resources"].as_object().unwrap() {
            round
                .go(resource, declared, &manifest["sandbox"]["examples"][resource])
                .await;
        }
    }
}

/// The sandbox's settings with one choice changed, for each that there is.
fn alternatives(manifest: &Value) -> Vec<Value> {
    let mut alternatives = Vec::new();
    for setting in manifest["settings"].as_array().into_iter().flatten() {
        let usual = manifest["sandbox"]["settings"].get(setting["name"].as_str().unwrap());
        let usual = usual.or(setting.get("default"));
        for choice in setting["choices"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|choice| Some(*choice) != usual)
        {
            let mut settings = manifest["sandbox"]["settings"].clone();
            settings[setting["name"].as_str().unwrap()] = choice.clone();
            alternatives.push(settings);
        }
    }
    alternatives
}

impl Server {
    fn start(connector: &std::path::Path, base_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connectors = folder.path().join("connectors");
        std::fs::create_dir(&connectors).unwrap();
        std::fs::copy(connector, connectors.join(connector.file_name().unwrap())).unwrap();
        let mut command = routemcp();
        command
            .args([
                "dev",
                "--port",
                "0",
                "--provider-base-url",
                base_url,
                "--connectors",
            ])
            .arg(&connectors);
        let mut process = Process::start(command.arg("--data-dir").arg(folder.path()));
        process.line_with("RouteMCP listens");
        let settings = std::fs::read_to_string(folder.path().join("dev.env")).unwrap();
        let setting = |name: &str| {
            let mut lines = settings.lines();
            lines
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .unwrap()
                .to_owned()
        };
        let (url, key) = (setting("ROUTEMCP_URL"), setting("ROUTEMCP_LIVE_KEY"));
        Self {
            http: reqwest::Client::new(),
            url,
            key,
            _process: process,
            _folder: folder,
        }
    }

    /// Calls the API, which has to succeed, and gives `data`.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let (status, mut answer) = self.try_call(method.clone(), path, body).await;
        assert!(status.is_success(), "{method} {path} answered {status}: {answer}");
        answer["data"].take()
    }

    async fn try_call(&self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let url = format!("{}/api/v1{path}", self.url);
        let mut request = self.http.request(method, url).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (
            status,
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap(),
        )
    }
}

impl Round<'_> {
    /// Two pages, one record, the changed ones, and a record's whole life, as far as declared.
    async fn go(&self, resource: &str, declared: &Value, example: &Value) {
        let can = |operation: &str| {
            declared["operations"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one == operation)
        };
        if can("list") {
            let page = self.call(Method::GET, resource, "&limit=2", None).await;
            if let Some(cursor) = page["pagination"]["cursor"].as_str() {
                self.call(Method::GET, resource, &format!("&limit=3&cursor={cursor}"), None)
                    .await;
            }
            if let (true, Some(id)) = (can("get"), page["data"][0]["id"].as_str()) {
                self.call(Method::GET, &format!("{resource}/{id}"), "", None)
                    .await;
            }
        }
        if declared["updatedSince"] == true {
            self.call(
                Method::GET,
                resource,
                "&limit=2&updatedSince=2026-01-01T00:00:00Z",
                None,
            )
            .await;
        }
        if can("create") && example.is_object() {
            let (id, body) = self.create(resource, example).await;
            let record = format!("{resource}/{id}");
            if can("update") {
                self.call(Method::PUT, &record, "", Some(&body)).await;
            }
            if can("delete") {
                self.call(Method::DELETE, &record, "", None).await;
            }
        }
    }

    /// Creates a record without the fields that this choice does not have, which it refuses by name, and gives its id and
    /// the body that was taken.
    async fn create(&self, resource: &str, example: &Value) -> (String, Value) {
        let path = self.path(resource, "");
        let mut body = example.clone();
        let (status, answer) = self.server.try_call(Method::POST, &path, Some(&body)).await;
        if let (StatusCode::UNPROCESSABLE_ENTITY, Some(refused)) = (status, answer["errors"].as_object()) {
            body.as_object_mut()
                .unwrap()
                .retain(|name, _| !refused.contains_key(name));
            let created = self.server.call(Method::POST, &path, Some(&body)).await;
            return (created["data"]["id"].as_str().unwrap().to_owned(), body);
        }
        assert!(status.is_success(), "POST {path} answered {status}: {answer}");
        (answer["data"]["data"]["id"].as_str().unwrap().to_owned(), body)
    }

    fn path(&self, path: &str, more: &str) -> String {
        format!("/{path}?provider={}&endUserId={}{more}", self.slug, self.end_user)
    }

    async fn call(&self, method: Method, path: &str, more: &str, body: Option<&Value>) -> Value {
        self.server.call(method, &self.path(path, more), body).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::alternatives;

    #[test]
    fn every_choice_is_tried_but_the_sandboxs_own() {
        let manifest = json!({
            "settings": [
                { "name": "version", "default": "1", "choices": ["1", "2"] },
                { "name": "region", "default": "eu", "choices": ["eu", "us"] },
                { "name": "place" }
            ],
            "sandbox": { "settings": { "region": "us", "place": "here" } }
        });
        let expected = [
            json!({ "region": "us", "place": "here", "version": "2" }),
            json!({ "region": "eu", "place": "here" }),
        ];
        assert_eq!(alternatives(&manifest), expected);
    }
}
