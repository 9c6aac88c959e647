//! One request to a token URL, sent by the broker.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use routemcp_broker::{
    Body, Credential, Grant, GrantError, Limits, Placement, Request, Response, SendError, Session, Transport,
};
use routemcp_unified::manifest::ClientAuthentication;
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use super::answer::{self, Answer};
use crate::oauth::apps::App;
use crate::oauth::refusal::{TokenError, refusal};

/// How long a token URL may take, retries included. The lease on a refresh is longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A token answer is small.
const ANSWER_BYTES: usize = 256 * 1024;

/// The way to one token URL.
pub(super) struct Wire {
    grant: Arc<Grant>,
    transport: Arc<dyn Transport>,
    seen: Mutex<Option<Seen>>,
}

/// The answer as it came, beside what the `oauth2` crate reads in it.
#[derive(Clone)]
pub(super) struct Seen {
    status: u16,
    body: Bytes,
    retry_after: Option<Duration>,
    /// What was sent and must not show in a message: a token URL may echo it.
    secrets: Vec<SecretString>,
}

impl Seen {
    fn of(response: &Response, secrets: Vec<SecretString>) -> Self {
        Self {
            status: response.status,
            body: response.body.clone(),
            retry_after: response.retry_after(),
            secrets,
        }
    }

    /// The tokens in it, if it holds any.
    pub(super) fn token(&self) -> Option<Answer> {
        answer::read(self.status, &self.body)
    }

    /// What it means when it holds no token.
    pub(super) fn refusal(&self, is_invalid_grant: impl Fn(&str) -> bool) -> TokenError {
        let body = without(&self.body, &self.secrets);
        refusal(self.status, &body, self.retry_after, is_invalid_grant)
    }
}

impl Wire {
    pub(super) fn new(
        url: &str,
        hosts: &[String],
        base_url: Option<&Url>,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, GrantError> {
        let grant = Grant::within(url, hosts)?;
        Ok(Self {
            grant: Arc::new(match base_url {
                Some(base_url) => grant.with_override(base_url),
                None => grant,
            }),
            transport,
            seen: Mutex::new(None),
        })
    }

    /// The answer that came, if one did.
    pub(super) fn seen(&self) -> Option<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, SendError> {
        let (parts, body) = request.into_parts();
        let header = |name| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
        let response = self
            .post(
                &parts.uri.to_string(),
                header(AUTHORIZATION).map(Into::into),
                body,
            )
            .await?;
        let mut answer = HttpResponse::new(response.body.to_vec());
        *answer.status_mut() = http::StatusCode::from_u16(response.status).unwrap_or_default();
        if let Some(content_type) = response.headers.get(CONTENT_TYPE) {
            answer.headers_mut().insert(CONTENT_TYPE, content_type.clone());
        }
        Ok(answer)
    }

    /// A revocation, RFC 7009 section 2.1. By hand, because the crate wants https, which a stand-in need not have.
    pub(super) async fn revoke(
        &self,
        url: &str,
        app: &App,
        authentication: ClientAuthentication,
        token: &SecretString,
    ) -> Result<(), TokenError> {
        let (form, authorization) = revocation(app, authentication, token);
        let sent = self.post(url, authorization, form.into_bytes()).await;
        let response = sent.map_err(|error| TokenError::Unavailable {
            reason: error.to_string(),
            retry_after: error.retry_after(),
        })?;
        match response.status {
            200..=299 => Ok(()),
            _ => Err(Seen::of(&response, vec![token.clone(), app.client_secret.clone()]).refusal(|_| false)),
        }
    }

    async fn post(
        &self,
        url: &str,
        authorization: Option<SecretString>,
        form: Vec<u8>,
    ) -> Result<Response, SendError> {
        let secrets = secrets_in(&form);
        let limits = Limits {
            requests: 3,
            response_bytes: ANSWER_BYTES,
            first_byte: PATIENCE,
            total: PATIENCE,
            ..Limits::default()
        };
        // The header goes in where the broker adds credentials: after its checks.
        let credential = authorization.map(|value| Credential::fixed(placement(), value));
        let session = Session::new(
            Arc::clone(&self.grant),
            credential,
            Arc::clone(&self.transport),
            limits,
            Instant::now() + PATIENCE,
        );
        let request = Request {
            method: "POST".to_owned(),
            target: url.to_owned(),
            query: Vec::new(),
            headers: vec![
                (
                    CONTENT_TYPE.to_string(),
                    "application/x-www-form-urlencoded".to_owned(),
                ),
                ("accept".to_owned(), "application/json".to_owned()),
            ],
            body: Body::Bytes(form),
            repeatable: false,
        };
        let response = session.send(request).await?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Seen::of(&response, secrets));
        Ok(response)
    }
}

/// Values of a form that nobody should read in a message.
fn secrets_in(form: &[u8]) -> Vec<SecretString> {
    const SECRET: [&str; 5] = ["client_secret", "code", "code_verifier", "refresh_token", "token"];
    form_urlencoded::parse(form)
        .filter(|(name, value)| SECRET.contains(&name.as_ref()) && !value.is_empty())
        .map(|(_, value)| value.as_ref().into())
        .collect()
}

/// The body with these values blotted out, as they are and as they stand in a form.
fn without(body: &[u8], secrets: &[SecretString]) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(body).into_owned();
    for secret in secrets {
        let secret = secret.expose_secret();
        let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        text = text
            .replace(secret, "[credential]")
            .replace(&encoded, "[credential]");
    }
    text.into_bytes()
}

/// The form of a revocation, and the `Authorization` header if the client shows itself there.
fn revocation(
    app: &App,
    authentication: ClientAuthentication,
    token: &SecretString,
) -> (String, Option<SecretString>) {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token.expose_secret());
    form.append_pair("token_type_hint", "refresh_token");
    let authorization = match authentication {
        ClientAuthentication::Basic => Some(basic(app)),
        ClientAuthentication::Body => {
            form.append_pair("client_id", &app.client_id);
            form.append_pair("client_secret", app.client_secret.expose_secret());
            None
        }
    };
    (form.finish(), authorization)
}

/// For the `oauth2` crate.
impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = SendError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, SendError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

fn placement() -> Placement {
    Placement::Header {
        name: AUTHORIZATION,
        prefix: String::new(),
    }
}

/// RFC 6749 section 2.3.1: id and secret are form-encoded first.
fn basic(app: &App) -> SecretString {
    use base64::Engine as _;
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!(
        "{}:{}",
        encode(&app.client_id),
        encode(app.client_secret.expose_secret())
    );
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)).into()
}

#[cfg(test)]
mod tests {
    use super::{secrets_in, without};

    #[test]
    fn what_a_token_url_echoes_is_blotted_out() {
        let secrets = secrets_in(b"client_secret=s3%2Fcr3t&code=c0de&grant_type=authorization_code");
        let body =
            br#"{"error":"x","error_description":"s3/cr3t, s3%2Fcr3t and c0de of authorization_code"}"#;
        let clean = String::from_utf8(without(body, &secrets)).unwrap();
        assert_eq!(
            clean,
            r#"{"error":"x","error_description":"[credential], [credential] and [credential] of authorization_code"}"#
        );
    }
}
