//! The way back from the provider: a code becomes a connection.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use routemcp_store::{
    Authorization, AuthorizationId, AuthorizationOutcome, ConnectSession, Connection, TakenAuthorization,
};
use secrecy::SecretString;
use url::Url;

use super::authorization::{DENIED, EXPIRED, FAILED, TROUBLE};
use super::establish::establish;
use crate::app::App;
use crate::flow::connected::known_provider;
use crate::flow::settings::{checked, checked_so_far};
use crate::http::error::ApiError;
use crate::oauth::party::Party;
use crate::oauth::refusal::TokenError;

/// How often to try to write how it ended, and the pause between.
const FINISHES: u32 = 5;
const FINISH_PAUSE: Duration = Duration::from_millis(500);

/// What the provider put into the redirect. All of it is hostile.
pub(crate) struct Redirect {
    pub(crate) query: BTreeMap<String, String>,
    /// What the browser that was launched carries.
    pub(crate) browser: Option<SecretString>,
}

/// Why there is no connection: for the widget, and for the page in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Failure {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Takes the redirect to its end, and says so to the widget, whatever becomes of the browser's window.
pub(crate) async fn complete(app: Arc<App>, redirect: Redirect) -> Result<Connection, Failure> {
    let server = Arc::clone(&app);
    let work = app.work.spawn(async move {
        let authorization = take(&server, &redirect).await?;
        let result = exchange(&server, &authorization, &redirect.query).await;
        finish(&server, &authorization.id, &result).await;
        result
    });
    work.await.unwrap_or_else(|error| Err(internal(error)))
}

/// The authorisation that a redirect belongs to. A `state` is good once, in the browser that was launched.
async fn take(app: &App, redirect: &Redirect) -> Result<Authorization, Failure> {
    let state = redirect.query.get("state");
    let state: SecretString = state
        .ok_or_else(|| Failure::new(FAILED, "The provider sent no `state`."))?
        .as_str()
        .into();
    let taken = app
        .store
        .take_authorization(&state, redirect.browser.as_ref())
        .await;
    match taken.map_err(internal)? {
        TakenAuthorization::Taken(taken) => Ok(*taken),
        TakenAuthorization::Expired => Err(Failure::new(EXPIRED, "It took too long. Try again.")),
        TakenAuthorization::Unknown | TakenAuthorization::Used => Err(Failure::new(
            FAILED,
            "This address was used already or is not known. Start again.",
        )),
        TakenAuthorization::OtherBrowser => Err(Failure::new(
            FAILED,
            "This was begun in another browser. Start again in this one.",
        )),
    }
}

async fn exchange(
    app: &App,
    authorization: &Authorization,
    query: &BTreeMap<String, String>,
) -> Result<Connection, Failure> {
    let session = session(app, authorization).await?;
    let connector = known_provider(app, &authorization.provider).map_err(api)?;
    let method = authorization.auth_method.clone();
    let mut party = Party::to_be(&session, connector, method, &authorization.settings);
    let (auth, method) = party.method().map_err(internal)?;
    if let Some(error) = query.get("error") {
        return Err(refused(
            method.is_denied(error),
            error,
            query.get("error_description"),
        ));
    }
    let code = query.get("code").filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| Failure::new(FAILED, "The provider sent no code."))?;
    let mut own = authorization.settings.clone();
    own.extend(
        app.tokens
            .usable_settings(&party, method.settings_in_callback(query)),
    );
    checked_so_far(party.manifest(), auth, &own).map_err(api)?;
    party.settings = party.manifest().settings_with(&own);
    let oauth_app = app
        .apps
        .for_connecting(&party.organisation, party.environment, &authorization.provider)
        .await
        .map_err(internal)?
        .ok_or_else(|| Failure::new(FAILED, "The OAuth app is not set up any more."))?;
    let redirect_uri = Url::parse(&authorization.redirect_uri).map_err(internal)?;
    let granted = app
        .tokens
        .exchange(
            &party,
            &oauth_app,
            &redirect_uri,
            &code.as_str().into(),
            authorization.verifier.as_ref(),
        )
        .await
        .map_err(no_token)?;
    own.extend(granted.settings);
    checked(&party.connector, &own).map_err(api)?;
    establish(app, &session, &party, own, &granted.credential)
        .await
        .map_err(api)
}

async fn session(app: &App, authorization: &Authorization) -> Result<ConnectSession, Failure> {
    let found = app.store.connect_session(&authorization.session_id).await;
    found
        .map_err(internal)?
        .ok_or_else(|| Failure::new(EXPIRED, "The session has ended. Start again."))
}

async fn finish(app: &App, id: &AuthorizationId, result: &Result<Connection, Failure>) {
    let outcome = match result {
        Ok(connection) => AuthorizationOutcome::Succeeded(connection.id.clone()),
        Err(failure) => AuthorizationOutcome::Failed {
            code: failure.code.to_owned(),
            message: failure.message.clone(),
        },
    };
    for attempt in 1..=FINISHES {
        match app.store.finish_authorization(id, outcome.clone()).await {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(%error, attempt, "the widget is not told yet how an authorisation ended");
                tokio::time::sleep(FINISH_PAUSE).await;
            }
        }
    }
}

/// RFC 6749 section 4.1.2.1.
fn refused(denied: bool, error: &str, description: Option<&String>) -> Failure {
    if denied {
        return Failure::new(DENIED, "Access was not given.");
    }
    let words = description.map_or(error, String::as_str);
    let shown: String = words.chars().take(200).flat_map(char::escape_debug).collect();
    Failure::new(FAILED, format!("The provider said: {shown}"))
}

fn no_token(error: TokenError) -> Failure {
    let code = match &error {
        TokenError::Refused(_) | TokenError::App(_) => FAILED,
        TokenError::Unavailable { .. } => TROUBLE,
    };
    tracing::warn!(%error, code, "no token came of an authorisation");
    match error {
        // What a provider says about an app may be no business of an end user.
        TokenError::App(_) => Failure::new(code, "The provider does not accept this product's OAuth app."),
        TokenError::Refused(reason) | TokenError::Unavailable { reason, .. } => {
            Failure::new(code, format!("The provider gave no token: {reason}"))
        }
    }
}

fn api(error: ApiError) -> Failure {
    let details: Vec<String> = error
        .errors
        .iter()
        .flatten()
        .map(|(field, why)| format!("{field} {why}"))
        .collect();
    Failure::new(FAILED, [vec![error.message], details].concat().join(" "))
}

fn internal(cause: impl std::fmt::Display) -> Failure {
    Failure::new(FAILED, ApiError::internal(cause).message)
}

#[cfg(test)]
mod tests {
    use super::{DENIED, FAILED, refused};

    #[test]
    fn a_refusal_is_told_from_an_error() {
        assert_eq!(refused(true, "access_denied", None).code, DENIED);
        let failed = refused(false, "invalid_scope", Some(&"no\r\nsuch scope".to_owned()));
        assert_eq!(failed.code, FAILED);
        assert_eq!(failed.message, "The provider said: no\\r\\nsuch scope");
    }
}
