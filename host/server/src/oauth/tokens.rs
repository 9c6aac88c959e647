//! The requests of OAuth 2.0: the address for the end user's browser, a code for tokens, a refresh token for tokens, the
//! end of a token.

mod answer;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, TokenUrl,
};
use routemcp_broker::Network;
use routemcp_store::Environment;
use routemcp_unified::manifest::{ClientAuthentication, OAuth2Method};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub(crate) use self::wire::PATIENCE;
use self::wire::{Seen, Wire};
use super::apps::App;
use super::party::Party;
use super::refusal::TokenError;
use crate::flow::credential::{Credential, Renewal};
use crate::flow::sandboxes::Sandboxes;

/// The way to the token URLs of providers.
pub(crate) struct Tokens {
    network: Arc<Network>,
    sandboxes: Arc<Sandboxes>,
    provider_base_urls: Arc<BTreeMap<String, Url>>,
}

/// What a token URL gave.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) credential: Credential,
    /// Settings that came with it, not checked yet.
    pub(crate) settings: BTreeMap<String, String>,
}

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

impl Tokens {
    pub(crate) fn new(
        network: Arc<Network>,
        sandboxes: Arc<Sandboxes>,
        provider_base_urls: Arc<BTreeMap<String, Url>>,
    ) -> Self {
        Self {
            network,
            sandboxes,
            provider_base_urls,
        }
    }

    /// Where to send the end user's browser.
    pub(crate) fn authorize_url(
        &self,
        party: &Party,
        app: &App,
        redirect_uri: &Url,
        state: &SecretString,
        challenge: Option<PkceCodeChallenge>,
    ) -> Result<Url, TokenError> {
        let (_, method) = party.method().map_err(misconfigured)?;
        let client = client(party, method, app, Some(redirect_uri))?;
        let state = CsrfToken::new(state.expose_secret().to_owned());
        let mut request = client.authorize_url(|| state);
        if !method.scopes.is_empty() {
            // One text with the provider's own separator; the crate would put spaces.
            request = request.add_scope(Scope::new(method.scopes.join(&method.scope_separator)));
        }
        if let Some(challenge) = challenge {
            request = request.set_pkce_challenge(challenge);
        }
        let (url, _state) = request.url();
        Ok(match self.stand_in(party) {
            Some(base_url) => below(base_url, &url),
            None => url,
        })
    }

    /// A code for tokens.
    pub(crate) async fn exchange(
        &self,
        party: &Party,
        app: &App,
        redirect_uri: &Url,
        code: &SecretString,
        verifier: Option<&SecretString>,
    ) -> Result<Granted, TokenError> {
        let (_, method) = party.method().map_err(misconfigured)?;
        let client = client(party, method, app, Some(redirect_uri))?;
        let wire = self.wire(party, client.token_uri().as_str())?;
        let mut request = client.exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()));
        if let Some(verifier) = verifier {
            request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()));
        }
        for (name, value) in &method.token_parameters {
            request = request.add_extra_param(name, value);
        }
        let sent = request.request_async(&wire).await;
        self.granted(party, app, answered(sent, &wire)?, None)
    }

    /// A refresh token for tokens. Where the provider gives no new refresh token, the old one stays good.
    pub(crate) async fn refresh(
        &self,
        party: &Party,
        app: &App,
        refresh_token: &SecretString,
    ) -> Result<Granted, TokenError> {
        let (_, method) = party.method().map_err(misconfigured)?;
        let client = client(party, method, app, None)?;
        let wire = self.wire(party, client.token_uri().as_str())?;
        let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
        let mut request = client.exchange_refresh_token(&token);
        for (name, value) in &method.token_parameters {
            request = request.add_extra_param(name, value);
        }
        let sent = request.request_async(&wire).await;
        self.granted(party, app, answered(sent, &wire)?, Some(refresh_token))
    }

    /// Ends a token at the provider (RFC 7009). False where the provider has no way to.
    pub(crate) async fn revoke(
        &self,
        party: &Party,
        app: &App,
        token: &SecretString,
    ) -> Result<bool, TokenError> {
        let (_, method) = party.method().map_err(misconfigured)?;
        let url = method.revoke_url_with(&party.settings).map_err(misconfigured)?;
        let Some(url) = url else {
            return Ok(false);
        };
        let wire = self.wire(party, &url)?;
        wire.revoke(&url, app, method.client_authentication, token)
            .await?;
        Ok(true)
    }

    fn wire(&self, party: &Party, url: &str) -> Result<Wire, TokenError> {
        let tenant = party.organisation.as_str();
        let transport = match party.environment {
            Environment::Live => {
                let client = format!("oauth {tenant} {}", party.manifest().slug);
                self.network.for_connection(&client)
            }
            Environment::Test => self.sandboxes.of(&party.connector, tenant).0,
        };
        Wire::new(
            url,
            party.connector.token_hosts(),
            self.stand_in(party),
            transport,
        )
        .map_err(misconfigured)
    }

    /// Where live traffic goes instead, with `--provider-base-url`.
    fn stand_in(&self, party: &Party) -> Option<&Url> {
        match party.environment {
            Environment::Live => self.provider_base_urls.get(&party.manifest().slug),
            Environment::Test => None,
        }
    }

    /// Settings that the provider gave. A stand-in names itself as the place of the API, where the connector's grant does
    /// not reach: there the provider's own place stays, which leads to the stand-in anyway.
    pub(crate) fn usable_settings(
        &self,
        party: &Party,
        mut settings: BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        if party.environment == Environment::Test || self.stand_in(party).is_some() {
            let origins = party.manifest().origin_settings();
            settings.retain(|name, _| !origins.contains(name.as_str()));
        }
        settings
    }

    fn granted(
        &self,
        party: &Party,
        app: &App,
        seen: Seen,
        refresh_token: Option<&SecretString>,
    ) -> Result<Granted, TokenError> {
        let (auth, method) = party.method().map_err(misconfigured)?;
        let Some(answer) = seen.token() else {
            return Err(seen.refusal(|error| method.is_invalid_grant(error)));
        };
        let now = Timestamp::now();
        let renewal = Renewal {
            refresh_token: answer.refresh_token.or_else(|| refresh_token.cloned()),
            expires_at: answer
                .lifetime
                .and_then(|lifetime| now.checked_add(lifetime).ok()),
            obtained_at: now,
            client_id: app.client_id.clone(),
        };
        let settings = auth.settings_in_token_answer(&answer.body);
        Ok(Granted {
            credential: Credential {
                token: answer.access_token,
                renewal: Some(renewal),
            },
            settings: self.usable_settings(party, settings),
        })
    }
}

/// The path and query of a URL, below another one.
pub(crate) fn below(base: &Url, url: &Url) -> Url {
    let mut joined = base.clone();
    joined.set_path(&format!("{}{}", base.path().trim_end_matches('/'), url.path()));
    joined.set_query(url.query());
    joined
}

/// Nothing was sent, and mending the manifest or the settings may help.
fn misconfigured(problem: impl std::fmt::Display) -> TokenError {
    TokenError::Unavailable {
        reason: problem.to_string(),
        retry_after: None,
    }
}

fn client(
    party: &Party,
    method: &OAuth2Method,
    app: &App,
    redirect_uri: Option<&Url>,
) -> Result<Client, TokenError> {
    let token_url = method.token_url_with(&party.settings).map_err(misconfigured)?;
    let client = BasicClient::new(ClientId::new(app.client_id.clone()))
        .set_client_secret(ClientSecret::new(app.client_secret.expose_secret().to_owned()))
        .set_auth_type(match method.client_authentication {
            ClientAuthentication::Body => AuthType::RequestBody,
            ClientAuthentication::Basic => AuthType::BasicAuth,
        })
        .set_auth_uri(AuthUrl::new(method.authorize_url.clone()).map_err(misconfigured)?)
        .set_token_uri(TokenUrl::new(token_url).map_err(misconfigured)?);
    Ok(match redirect_uri {
        Some(uri) => client.set_redirect_uri(RedirectUrl::from_url(uri.clone())),
        None => client,
    })
}

/// The answer that came. What the crate makes of it does not matter: it is stricter than providers are, and an answer that
/// is not understood costs a rotated refresh token.
fn answered<T, E: std::error::Error>(sent: Result<T, E>, wire: &Wire) -> Result<Seen, TokenError> {
    match (wire.seen(), sent) {
        (Some(seen), _) => Ok(seen),
        (None, Err(error)) => Err(misconfigured(cause(&error))),
        (None, Ok(_)) => Err(misconfigured("nothing was sent")),
    }
}

/// What stood in the way of an answer, in the broker's words.
fn cause(error: &dyn std::error::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), std::string::ToString::to_string)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::below;

    #[test]
    fn a_stand_in_keeps_path_and_query() {
        let url = Url::parse("https://accounts.example.com/oauth/authorize?a=1&b=%20").unwrap();
        for (base, expected) in [
            (
                "http://127.0.0.1:7001",
                "http://127.0.0.1:7001/oauth/authorize?a=1&b=%20",
            ),
            (
                "http://localhost:1/x/",
                "http://localhost:1/x/oauth/authorize?a=1&b=%20",
            ),
        ] {
            assert_eq!(below(&Url::parse(base).unwrap(), &url).as_str(), expected);
        }
    }
}
