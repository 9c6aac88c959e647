//! Which connections a request is about, each with the line to its provider.

use std::sync::Arc;

use routemcp_runtime::{CallContext, CallError, Called, LoadedConnector};
use routemcp_store::{ApiKey, Connection, ConnectionQuery, ConnectionStatus};

use super::credential::Credential;
use super::line::{Ends, Line};
use super::measure;
use crate::app::App;
use crate::http::error::{ApiError, Code};
use crate::http::layers::observe::{Served, Timings};
use crate::http::query::Target;
use crate::oauth::refresh::Stale;
use crate::oauth::secret::ConnectionSecret;

/// A connection with the connector version that serves it for the whole of this request.
pub(crate) struct Connected {
    pub(crate) connection: Connection,
    pub(crate) connector: Arc<LoadedConnector>,
    line: Line,
}

impl Connected {
    /// The provider's slug.
    pub(crate) fn provider(&self) -> &str {
        &self.connection.provider
    }

    /// The connector version, for the request's books.
    pub(crate) fn served(&self) -> Served {
        Served {
            provider: self.connection.provider.clone(),
            digest: self.connector.digest().short(),
        }
    }

    /// Closes the books on a call: what it took, what came of it, and whether the provider accepts the credential.
    pub(crate) async fn settle<T>(&self, app: &App, timings: &Timings, called: &Called<T>) {
        measure::called(self.provider(), called);
        timings.add(called.usage);
        self.remember(app, &called.result).await;
    }

    /// An error of a call, or the trouble of our own that was behind it.
    pub(crate) fn own_or(&self, error: ApiError) -> ApiError {
        self.line.trouble().map_or(error, ApiError::store_unavailable)
    }

    /// A context for one call, with its own budget of requests, bytes and time.
    pub(crate) fn context(&self) -> CallContext {
        self.line.context()
    }
}

impl Connected {
    /// Remembers whether the provider accepts the credential. A connection that was refused is still tried: the refusal
    /// may have been the provider's mistake, and the first success makes it active again.
    async fn remember<T>(&self, app: &App, result: &Result<T, CallError>) {
        let (status, last_error) = match result {
            Ok(_) => (ConnectionStatus::Active, None),
            Err(CallError::Failure(failure)) if failure.kind == "unauthorized" => {
                (ConnectionStatus::NeedsReauth, Some(failure.message.as_str()))
            }
            Err(_) => return,
        };
        if status == self.connection.status {
            return;
        }
        if let Err(error) = app
            .store
            .set_connection_status(&self.connection, status, last_error)
            .await
        {
            tracing::warn!(%error, connection = self.connection.id.as_str(), "its status could not be kept");
        }
    }
}

/// The connections that a list runs over: all that fit the target, at least one.
pub(crate) async fn find(app: &App, key: &ApiKey, target: &Target) -> Result<Vec<Connection>, ApiError> {
    if let Some(provider) = &target.provider {
        known_provider(app, provider)?;
    }
    let query = ConnectionQuery {
        organisation_id: &key.organisation_id,
        environment: key.environment,
        provider: target.provider.as_deref(),
        end_user: target.end_user.as_deref(),
    };
    let mut found = app.store.find_connections(query).await?;
    found.retain(|connection| connection.status != ConnectionStatus::Disabled);
    if found.is_empty() {
        Err(not_connected(target))
    } else {
        Ok(found)
    }
}

/// Names what all calls of a connection share: its pace, its breaker, its HTTP client, its owners. Made again with another
/// credential, it shares nothing with what it was; marked as refused, or renewed, it is the same.
pub(crate) fn version_of(connection: &Connection) -> String {
    format!("{}@{}", connection.id, connection.updated_at.as_millisecond())
}

/// The one connection that a call about a single record is about.
pub(crate) async fn find_one(app: &App, key: &ApiKey, target: &Target) -> Result<Connected, ApiError> {
    let mut found = find(app, key, target).await?;
    match found.pop() {
        Some(connection) if found.is_empty() => connect(app, connection).await,
        Some(last) => Err(ambiguous(&found, &last)),
        None => Err(not_connected(target)),
    }
}

/// The line from a connection to its provider.
pub(crate) async fn connect(app: &App, connection: Connection) -> Result<Connected, ApiError> {
    let connector = known_provider(app, &connection.provider)?;
    let stored = app.store.credential(&connection).await?;
    let stale = Stale {
        connection: connection.clone(),
        connector: Arc::clone(&connector),
    };
    let source = ConnectionSecret::new(Arc::clone(&app.refresher), stale, Credential::open(&stored)?);
    let ends = Ends {
        organisation: connection.organisation_id.as_str(),
        environment: connection.environment,
        auth_method: &connection.auth_method,
        settings: &connection.settings,
        client: &version_of(&connection),
    };
    let line = Line::between(app, &connector, &ends, Arc::new(source))?;
    Ok(Connected {
        connection,
        connector,
        line,
    })
}

/// The live connector of a provider.
pub(crate) fn known_provider(app: &App, slug: &str) -> Result<Arc<LoadedConnector>, ApiError> {
    app.registry.get(slug).ok_or_else(|| {
        if app.connectors.is_disabled(slug) {
            let message = format!("The operator of this server has switched `{slug}` off.");
            return ApiError::new(Code::ProviderDisabled, message).with_provider(slug);
        }
        let known: Vec<String> = app
            .registry
            .all()
            .iter()
            .map(|connector| connector.manifest().slug.clone())
            .collect();
        let message = format!("`{slug}` is not a known provider. Known: {}.", known.join(", "));
        ApiError::new(Code::UnknownProvider, message)
    })
}

fn not_connected(target: &Target) -> ApiError {
    let what = target.provider.as_deref().unwrap_or("any provider");
    let whose = target
        .end_user
        .as_ref()
        .map(|end_user| format!(" of end user `{end_user}`"))
        .unwrap_or_default();
    let error = ApiError::new(
        Code::ProviderNotConnected,
        format!("There is no connection to {what}{whose}."),
    );
    match &target.provider {
        Some(provider) => error.with_provider(provider),
        None => error,
    }
}

/// Says which parameter would single one connection out.
fn ambiguous(others: &[Connection], last: &Connection) -> ApiError {
    if others.iter().any(|other| other.end_user != last.end_user) {
        let message = "More than one end user has a fitting connection: give endUserId (or X-End-User-Id).";
        return ApiError::new(Code::EndUserRequired, message);
    }
    let mut providers: Vec<&str> = others
        .iter()
        .chain([last])
        .map(|connection| connection.provider.as_str())
        .collect();
    providers.sort_unstable();
    ApiError::invalid(
        "provider",
        format!(
            "is required here, because several are connected: {}",
            providers.join(", ")
        ),
    )
}
