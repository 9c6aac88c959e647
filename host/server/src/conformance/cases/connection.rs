//! What happens to a connection: its token expires, its provider limits the rate.

use http::{Method, StatusCode};
use routemcp_unified::schema::Operation;
use serde_json::{Value, json};
use url::Url;

use crate::conformance::answer::Answer;
use crate::conformance::client::{Client, END_USER, retry_after};
use crate::conformance::identifiers;
use crate::conformance::verdict::{Stop, Verdict, ensure, passed, skip};

/// The end user of the connection whose token is wrong.
const EXPIRED_USER: &str = "conformance-expired";
/// Where a sandbox takes another rate limit: `PUT` with `{"requests": n}` sets it, `DELETE` takes it back.
const RATE_LIMIT: &str = "/_sandbox/rate-limit";
/// How many calls may get through before the limit must show.
const CALLS: usize = 5;

/// A token that the provider does not accept asks for authorisation, and hurts no other connection.
pub(in crate::conformance) async fn expired_token(client: &Client) -> Verdict {
    let token = identifiers::missing(&client.bench.sandbox.token, &std::collections::BTreeSet::new());
    let id = client.connect(EXPIRED_USER, &token).await?;
    let verdict = needs_authorisation(client).await;
    let target = client.target(&["connections", &id], EXPIRED_USER, &[])?;
    client
        .call(
            &Method::DELETE,
            target.split('?').next().unwrap_or_default(),
            None,
        )
        .await?
        .succeeded(StatusCode::OK)?;
    verdict
}

async fn needs_authorisation(client: &Client) -> Verdict {
    let refused = list(client, EXPIRED_USER).await?;
    refused.refused(StatusCode::CONFLICT, "CONNECTION_NEEDS_REAUTH")?;
    list(client, END_USER).await?.succeeded(StatusCode::OK)?;
    passed()
}

/// The provider's rate limit is told as such, with the time to come back.
pub(in crate::conformance) async fn rate_limited(client: &Client) -> Verdict {
    let set = control(client, &Method::PUT, Some(json!({ "requests": 0 }))).await?;
    if !set.is_some_and(|status| (200..300).contains(&status)) {
        return skip(format!(
            "the sandbox cannot be limited: let it answer PUT {RATE_LIMIT} with {{\"requests\": n}}, and DELETE"
        ));
    }
    let verdict = limited(client).await;
    let taken_back = control(client, &Method::DELETE, None).await?;
    ensure(
        taken_back.is_some_and(|status| (200..300).contains(&status)),
        || format!("DELETE {RATE_LIMIT} does not take the limit back"),
    )?;
    let note = verdict?;
    list(client, END_USER).await?.succeeded(StatusCode::OK)?;
    Ok(note)
}

async fn limited(client: &Client) -> Verdict {
    let target = list_target(client, END_USER)?;
    for _ in 0..CALLS {
        let answer = client.call_once(&Method::GET, &target, None).await?;
        if answer.status == StatusCode::OK {
            continue;
        }
        let answer = answer.refused(StatusCode::TOO_MANY_REQUESTS, "PROVIDER_RATE_LIMITED")?;
        let wait = retry_after(&answer).filter(|wait| !wait.is_zero());
        return match wait {
            Some(wait) => Ok(format!("Retry-After: {}", wait.as_secs())),
            None => Err(Stop::Fail(format!("{} has no header Retry-After", answer.call))),
        };
    }
    Err(Stop::Fail(format!(
        "the sandbox let {CALLS} calls through that its limit forbids"
    )))
}

/// The status that the sandbox answers to a call of its switch; none if it could not be called.
async fn control(client: &Client, method: &Method, body: Option<Value>) -> Result<Option<u16>, Stop> {
    let bench = &client.bench;
    let settings = bench.manifest.settings_with(&bench.sandbox.settings);
    let base_url = bench.manifest.base_url_with(&settings).map_err(Stop::Fail)?;
    let origin = Url::parse(&base_url).map_err(|error| Stop::Fail(format!("{base_url}: {error}")))?;
    let origin = origin.origin().ascii_serialization();
    let mut wanted = json!({ "method": method.as_str(), "path": format!("{origin}{RATE_LIMIT}") });
    if let (Some(body), Value::Object(wanted)) = (body, &mut wanted) {
        wanted.insert("body".to_owned(), body);
    }
    let target = client.target(&["passthrough"], END_USER, &[])?;
    let answer = client.call_once(&Method::POST, &target, Some(&wanted)).await?;
    let status = answer.body.pointer("/data/status").and_then(Value::as_u64);
    Ok(status.and_then(|status| status.try_into().ok()))
}

async fn list(client: &Client, end_user: &str) -> Result<Answer, Stop> {
    client
        .call(&Method::GET, &list_target(client, end_user)?, None)
        .await
}

fn list_target(client: &Client, end_user: &str) -> Result<String, Stop> {
    let mut resources = client.bench.manifest.resources.iter();
    let listed = resources.find(|(_, declared)| declared.supports(Operation::List));
    match listed {
        Some((resource, _)) => client.target(&[resource.name()], end_user, &[("limit", "1")]),
        None => skip("no resource can be listed"),
    }
}
