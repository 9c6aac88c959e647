//! `POST /passthrough`: one request to the provider as it is, by the same broker, with the same allow-list and credential.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use routemcp_broker as broker;
use routemcp_store::{ApiKey, Scope};
use routemcp_unified::json;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::flow::connected::find_one;
use crate::flow::failures::{not_sent, overloaded};
use crate::flow::outcome;
use crate::http::body;
use crate::http::envelope::Success;
use crate::http::error::ApiError;
use crate::http::idempotency::{self, Fingerprint, once};
use crate::http::layers::authenticate::Caller;
use crate::http::layers::observe::Timings;
use crate::http::query::Target;

/// The provider request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    method: String,
    /// Below the provider's base URL, or an absolute URL on one of its allowed hosts.
    path: String,
    /// Name -> value, or a list of values.
    #[serde(default)]
    query: Map<String, Value>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
}

/// `POST /passthrough`
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Extension(timings): Extension<Arc<Timings>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (method, uri, headers) = (
        request.method().clone(),
        request.uri().clone(),
        request.headers().clone(),
    );
    let bytes = body::read(request).await?;
    let wanted: Wanted = serde_json::from_value(body::json(&headers, &bytes)?)
        .map_err(|error| ApiError::invalid("body", error.to_string()))?;
    let reads = matches!(wanted.method.as_str(), "GET" | "HEAD");
    caller.require(if reads { Scope::Read } else { Scope::Write })?;
    let target = Target::parse(&uri, &headers)?;
    let wanted = into_request(wanted)?;
    let fingerprint = Fingerprint::of(&method, &uri, &headers, &bytes);
    let (server, key) = (Arc::clone(&app), Arc::clone(&caller.0));
    let work = async move {
        // The request that was made of it is in memory as long as the write runs.
        let _body = bytes;
        pass(&server, &key, &target, &timings, wanted).await
    };
    if reads {
        idempotency::check(&headers)?;
        // Reading twice does no harm, and the answer may be large.
        return work.await.map(IntoResponse::into_response);
    }
    once(app, caller.0, &headers, fingerprint, work).await
}

async fn pass(
    app: &App,
    key: &ApiKey,
    target: &Target,
    timings: &Timings,
    wanted: broker::Request,
) -> Result<Success, ApiError> {
    let connected = find_one(app, key, target).await?;
    timings.serve(connected.served());
    let context = connected.context();
    // It takes the same room in the host as a connector's call.
    let _permit = app
        .runtime
        .admit(&context.tenant)
        .await
        .map_err(|error| overloaded(&error))?;
    let sent = context.session.send(wanted).await;
    timings.add_provider(context.session.spent().provider);
    let writes = context.session.writes();
    let response = sent.map_err(|error| outcome::tell(not_sent(&error, &connected.connector), writes))?;
    Ok(Success::new(StatusCode::OK, "Provider answered", show(&response)))
}

fn into_request(wanted: Wanted) -> Result<broker::Request, ApiError> {
    let mut query = Vec::new();
    for (name, value) in wanted.query {
        match value {
            Value::Array(values) => {
                for value in values {
                    query.push((name.clone(), text(&name, value)?));
                }
            }
            value => query.push((name.clone(), text(&name, value)?)),
        }
    }
    Ok(broker::Request {
        method: wanted.method,
        target: wanted.path,
        query,
        headers: wanted.headers.into_iter().collect(),
        body: wanted
            .body
            .map_or(broker::Body::None, |body| broker::Body::Json(body.to_string())),
        repeatable: false,
    })
}

fn text(name: &str, value: Value) -> Result<String, ApiError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        _ => Err(ApiError::invalid(
            &format!("query.{name}"),
            "must be text, a number, true or false, or a list of these",
        )),
    }
}

/// Status, headers, and the body as JSON where it is JSON, otherwise as text.
fn show(response: &broker::Response) -> Value {
    let body = json::parse(&response.body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&response.body)));
    json!({ "status": response.status, "headers": headers(&response.headers), "body": body })
}

fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut shown = Map::new();
    for name in headers.keys() {
        let values = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        shown.insert(
            name.as_str().to_owned(),
            json!(values.collect::<Vec<_>>().join(", ")),
        );
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Wanted, into_request};

    #[test]
    fn a_request_is_passed_on_as_it_was_described() {
        let wanted = json!({
            "method": "GET", "path": "/x", "query": { "a": 1, "b": ["c", true] }, "headers": { "accept": "*/*" }
        });
        let request = into_request(serde_json::from_value::<Wanted>(wanted).unwrap()).unwrap();
        let pairs: Vec<(&str, &str)> = request
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(pairs, [("a", "1"), ("b", "c"), ("b", "true")]);
        let odd = json!({ "method": "GET", "path": "/x", "query": { "a": { "b": 1 } } });
        let error = into_request(serde_json::from_value::<Wanted>(odd).unwrap()).unwrap_err();
        assert!(error.errors.unwrap().contains_key("query.a"));
    }
}
