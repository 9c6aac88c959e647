//! Keeps access tokens fresh: one refresh at a time per connection, in this process by a lock, among processes by a lease
//! in the connection's row.
//!
//! A refresh runs to its end though its caller hangs up: the provider may already have forgotten the old refresh token,
//! and the new one is nowhere but in the answer. It is written before anybody uses it. When the write fails it stays here
//! and is written before the provider is asked again.

mod flight;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use routemcp_runtime::LoadedConnector;
use routemcp_store::{Connection, RefreshLease, Store, StoreError};

use self::flight::{Flight, Flights};
use super::apps::Apps;
use super::party::Party;
use super::refusal::TokenError;
use super::standing::{Standing, standing};
use super::tokens::{Granted, Tokens};
use crate::connect::settings::checked;
use crate::flow::credential::Credential;

/// How long a lease lasts: longer than a token URL may take, so that nobody else begins while an answer may still come.
const LEASE: Duration = Duration::from_secs(15);
/// How often to look whether another process is done.
const LOOK: Duration = Duration::from_millis(50);
/// How long to wait for another process: a lease that it died with has ended by then.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often to try to write a new credential, and the pause between.
const WRITES: u32 = 5;
const WRITE_PAUSE: Duration = Duration::from_millis(200);
/// A refresh token is used at least this often, so that it does not die of idleness.
const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Why there is no fresh access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RefreshError {
    /// Only connecting again helps.
    Ended(String),
    /// It may work later.
    Unavailable { reason: String, retry_after: Duration },
}

/// Refreshes credentials.
pub(crate) struct Refresher {
    store: Store,
    tokens: Arc<Tokens>,
    apps: Arc<Apps>,
    flights: Flights,
    /// This process, in leases.
    holder: String,
}

/// A connection whose credential is to be renewed, as its caller saw it.
#[derive(Clone)]
pub(crate) struct Stale {
    pub(crate) connection: Connection,
    pub(crate) connector: Arc<LoadedConnector>,
}

impl Refresher {
    pub(crate) fn new(store: Store, tokens: Arc<Tokens>, apps: Arc<Apps>) -> Self {
        Self {
            store,
            tokens,
            apps,
            flights: Flights::default(),
            holder: uuid::Uuid::now_v7().simple().to_string(),
        }
    }

    /// A credential newer than the one that the caller has.
    pub(crate) async fn renew(self: &Arc<Self>, stale: Stale) -> Result<Credential, RefreshError> {
        let this = Arc::clone(self);
        let renewing = tokio::spawn(async move {
            let flight = this.flights.of(&stale.connection.id);
            let _alone = flight.lock().await;
            let result = this.renew_alone(&stale, &flight).await;
            count(&stale, &result);
            result
        });
        renewing.await.unwrap_or_else(|error| Err(unavailable(error)))
    }

    /// Whether a refresh of this connection is under way in this process.
    pub(crate) fn is_renewing(&self, connection: &Connection) -> bool {
        self.flights.of(&connection.id).is_busy()
    }

    async fn renew_alone(&self, stale: &Stale, flight: &Flight) -> Result<Credential, RefreshError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let current = self.reload(&stale.connection).await?;
            let credential = self.open(&current).await?;
            let newer = current.credential_version != stale.connection.credential_version;
            if newer && standing(&credential, Timestamp::now()) != Standing::Expired {
                return Ok(credential);
            }
            if let Some(unsaved) = flight.unsaved(current.credential_version) {
                return self.save(&current, &stale.connector, unsaved, flight).await;
            }
            flight.may_try()?;
            let version = current.credential_version;
            let lease = self
                .store
                .lease_refresh(&current.id, version, &self.holder, LEASE);
            match lease.await.map_err(unavailable)? {
                RefreshLease::Taken => return self.ask(&current, stale, &credential, flight).await,
                RefreshLease::Superseded => {}
                RefreshLease::Gone => return Err(removed()),
                RefreshLease::Busy { .. } if Instant::now() < deadline => tokio::time::sleep(LOOK).await,
                RefreshLease::Busy { .. } => return Err(unavailable("another process is at it")),
            }
        }
    }

    /// Asks the provider, under the lease.
    async fn ask(
        &self,
        current: &Connection,
        stale: &Stale,
        credential: &Credential,
        flight: &Flight,
    ) -> Result<Credential, RefreshError> {
        let asked = self.request(current, &stale.connector, credential).await;
        match asked {
            Ok(granted) => self.save(current, &stale.connector, granted, flight).await,
            Err(TokenError::Refused(reason)) => {
                let message = format!("The provider ended the authorisation: {reason}");
                let refused = self.store.refuse_refresh(current, &message).await;
                refused.map_err(unavailable)?;
                Err(flight.ended(message))
            }
            Err(error) => {
                let released = self.store.release_refresh(&current.id, &self.holder).await;
                if let Err(error) = released {
                    tracing::warn!(%error, "a lease could not be given back; it ends by itself");
                }
                Err(flight.failed(error.to_string(), error.retry_after()))
            }
        }
    }

    async fn request(
        &self,
        current: &Connection,
        connector: &Arc<LoadedConnector>,
        credential: &Credential,
    ) -> Result<Granted, TokenError> {
        let party = Party::of(current, connector);
        let renewal = credential.renewal.as_ref();
        let Some((renewal, refresh_token)) =
            renewal.and_then(|renewal| Some((renewal, renewal.refresh_token.as_ref()?)))
        else {
            return Err(TokenError::Refused("there is no refresh token".to_owned()));
        };
        let client_id = &renewal.client_id;
        let app = self
            .apps
            .for_renewing(
                &party.organisation,
                party.environment,
                &current.provider,
                client_id,
            )
            .await
            .map_err(|error| TokenError::Unavailable {
                reason: error.to_string(),
                retry_after: None,
            })?;
        let app = app.ok_or_else(|| {
            TokenError::App(format!(
                "the app `{client_id}` that the connection was made with is not configured any more"
            ))
        })?;
        self.tokens.refresh(&party, &app, refresh_token).await
    }

    /// Writes what the provider gave before anybody uses it.
    async fn save(
        &self,
        current: &Connection,
        connector: &Arc<LoadedConnector>,
        granted: Granted,
        flight: &Flight,
    ) -> Result<Credential, RefreshError> {
        let manifest = connector.manifest();
        let mut settings = current.settings.clone();
        settings.extend(granted.settings.clone());
        let settings = checked(manifest, &settings).is_ok().then_some(&settings);
        let sealed = granted.credential.seal();
        let due = next_use(&Party::of(current, connector), &granted.credential);
        for attempt in 1..=WRITES {
            match self.store.store_refreshed(current, &sealed, settings, due).await {
                Ok(Some(_)) => {
                    flight.succeeded();
                    return Ok(granted.credential);
                }
                // Somebody stored a newer one meanwhile: the end user connected again.
                Ok(None) => {
                    flight.succeeded();
                    let newest = self.reload(current).await?;
                    return self.open(&newest).await;
                }
                Err(error) => {
                    tracing::error!(%error, attempt, connection = current.id.as_str(), "a new credential is not written yet");
                    tokio::time::sleep(WRITE_PAUSE * attempt).await;
                }
            }
        }
        flight.keep(current.credential_version, granted);
        Err(unavailable("the new credential could not be written"))
    }

    async fn reload(&self, connection: &Connection) -> Result<Connection, RefreshError> {
        let found = self.store.connection_by_id(&connection.id).await;
        found.map_err(unavailable)?.ok_or_else(removed)
    }

    async fn open(&self, connection: &Connection) -> Result<Credential, RefreshError> {
        let opened = async { Credential::open(&self.store.credential(connection).await?) };
        opened.await.map_err(|error: StoreError| unavailable(error))
    }
}

/// When a connection's refresh token should be used next at the latest; none if it has none.
pub(crate) fn next_use(party: &Party, credential: &Credential) -> Option<Timestamp> {
    credential.renewal.as_ref()?.refresh_token.as_ref()?;
    let idle_days = party
        .method()
        .ok()
        .and_then(|(_, method)| method.refresh_idle_days);
    let third = idle_days.map(|days| SignedDuration::from_hours(i64::from(days) * 8));
    Timestamp::now()
        .checked_add(third.map_or(IDLE, |third| third.min(IDLE)))
        .ok()
}

fn removed() -> RefreshError {
    RefreshError::Ended("the connection was deleted".to_owned())
}

fn unavailable(reason: impl std::fmt::Display) -> RefreshError {
    RefreshError::Unavailable {
        reason: reason.to_string(),
        retry_after: Duration::from_secs(1),
    }
}

fn count(stale: &Stale, result: &Result<Credential, RefreshError>) {
    let outcome = match result {
        Ok(_) => "renewed",
        Err(RefreshError::Ended(_)) => "ended",
        Err(RefreshError::Unavailable { .. }) => "unavailable",
    };
    let provider = stale.connection.provider.clone();
    metrics::counter!("routemcp_refreshes_total", "provider" => provider, "outcome" => outcome).increment(1);
}
