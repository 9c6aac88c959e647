//! Keeps access tokens fresh: one refresh at a time per connection, in this process by a lock, among processes by a lease
//! in the connection's row.
//!
//! A refresh runs to its end though its caller hangs up: the provider may already have forgotten the old refresh token,
//! and the new one is nowhere but in the answer. It is written before anybody uses it. When the write fails it stays here,
//! is tried again and again, and is written before the provider is asked again.

mod flight;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use routemcp_runtime::LoadedConnector;
use routemcp_store::{Connection, RefreshLease, Store, StoreError};
use secrecy::SecretString;

use self::flight::{Flight, Flights};
use super::apps::{App, Apps};
use super::party::Party;
use super::refusal::TokenError;
use super::standing::{Standing, standing};
use super::tokens::{self, Granted, Tokens};
use crate::flow::credential::Credential;
use crate::flow::settings::checked;
use crate::work::Work;

/// How long a lease lasts: as long as a token URL may take and [`WRITING`] after it, so that nobody else begins while an
/// answer may still come. To extend it would help nothing: where that can be written, so can the credential.
const LEASE: Duration = Duration::from_secs(20);
/// How often to look whether another process is done.
const LOOK: Duration = Duration::from_millis(50);
/// How long to wait for another process: a lease that it died with has ended by then.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long to try to write a new credential while somebody waits; with a lease, until that ends.
const WRITING: Duration = Duration::from_secs(10);
/// How often to try in that time, and the pause between.
const WRITES: u32 = 5;
const WRITE_PAUSE: Duration = Duration::from_millis(200);
/// The pause between later tries, when nobody waits any more.
const LATER: Duration = Duration::from_secs(2);
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
    work: Work,
}

/// What a refresh needs.
struct Means {
    app: App,
    refresh_token: SecretString,
}

/// The right to refresh, as far as this process knows.
struct Lease {
    /// A name of its own for each try, so that a late one cannot give back the lease of the next.
    holder: String,
    /// It does not end before this.
    until: Instant,
}

/// A connection whose credential is to be renewed, as its caller saw it.
#[derive(Clone)]
pub(crate) struct Stale {
    pub(crate) connection: Connection,
    pub(crate) connector: Arc<LoadedConnector>,
}

impl Refresher {
    pub(crate) fn new(store: Store, tokens: Arc<Tokens>, apps: Arc<Apps>, work: Work) -> Self {
        Self {
            store,
            tokens,
            apps,
            flights: Flights::default(),
            work,
        }
    }

    /// A credential newer than the one that the caller has.
    pub(crate) async fn renew(self: &Arc<Self>, stale: Stale) -> Result<Credential, RefreshError> {
        let this = Arc::clone(self);
        let renewing = self.work.spawn(async move {
            let flight = this.flights.of(&stale.connection.id);
            let alone = flight.lock().await;
            let result = this.renew_alone(&stale, &flight).await;
            drop(alone);
            count(&stale, &result);
            if flight.begin_writing() {
                this.write_later(stale, flight);
            }
            result
        });
        renewing.await.unwrap_or_else(|error| Err(unavailable(error)))
    }

    /// Goes on trying to write what the provider gave, until it is written, somebody wrote another one, or the connection
    /// was deleted.
    fn write_later(self: &Arc<Self>, stale: Stale, flight: Arc<Flight>) {
        let this = Arc::clone(self);
        drop(self.work.spawn(async move {
            while flight.goes_on_writing() {
                tokio::time::sleep(LATER).await;
                let _alone = flight.lock().await;
                this.write_unsaved(&stale, &flight).await;
            }
        }));
    }

    /// Tries once more to write what the provider gave, and ends it where nobody can use it any more.
    async fn write_unsaved(&self, stale: &Stale, flight: &Flight) {
        match self.find(&stale.connection).await {
            Ok(Some(current)) => {
                if let Some(unsaved) = flight.unsaved(current.credential_version) {
                    let until = Instant::now() + WRITING;
                    // Its failure is logged there, and what was not written is kept again.
                    let _ = self
                        .save(&current, &stale.connector, unsaved, flight, until)
                        .await;
                }
            }
            Ok(None) => {
                if let Some(unsaved) = flight.left_over() {
                    let party = Party::of(&stale.connection, &stale.connector);
                    self.end(&party, &unsaved.credential).await;
                }
            }
            // The database is still in trouble.
            Err(_) => {}
        }
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
                let until = Instant::now() + WRITING;
                return self
                    .save(&current, &stale.connector, unsaved, flight, until)
                    .await;
            }
            let version = current.credential_version;
            flight.may_try(version)?;
            let party = Party::of(&current, &stale.connector);
            let means = match self.means(&party, &credential).await {
                Ok(means) => means,
                Err(error) => return Err(self.failed(&current, flight, error).await),
            };
            let lease = Lease {
                holder: uuid::Uuid::now_v7().simple().to_string(),
                until: Instant::now() + LEASE,
            };
            let taken = self
                .store
                .lease_refresh(&current.id, version, &lease.holder, LEASE);
            match taken.await.map_err(unavailable)? {
                RefreshLease::Taken => return self.ask(&current, &party, &means, &lease, flight).await,
                RefreshLease::Superseded => {}
                RefreshLease::Gone => return Err(removed()),
                RefreshLease::Busy { .. } if Instant::now() < deadline => tokio::time::sleep(LOOK).await,
                RefreshLease::Busy { .. } => return Err(unavailable("another process is at it")),
            }
        }
    }

    /// Asks the provider, under a lease.
    async fn ask(
        &self,
        current: &Connection,
        party: &Party,
        means: &Means,
        lease: &Lease,
        flight: &Flight,
    ) -> Result<Credential, RefreshError> {
        // A database that is slow to give a lease may give one that has almost ended.
        if lease.until.saturating_duration_since(Instant::now()) < tokens::PATIENCE {
            self.give_back(current, &lease.holder).await;
            return Err(unavailable("the database is slow"));
        }
        let asked = self.tokens.refresh(party, &means.app, &means.refresh_token).await;
        match asked {
            Ok(granted) => {
                self.save(current, &party.connector, granted, flight, lease.until)
                    .await
            }
            Err(error) => {
                self.give_back(current, &lease.holder).await;
                Err(self.failed(current, flight, error).await)
            }
        }
    }

    /// What a refresh needs.
    async fn means(&self, party: &Party, credential: &Credential) -> Result<Means, TokenError> {
        let renewal = credential.renewal.as_ref();
        let Some((renewal, refresh_token)) =
            renewal.and_then(|renewal| Some((renewal, renewal.refresh_token.clone()?)))
        else {
            return Err(TokenError::Refused("there is no refresh token".to_owned()));
        };
        let client_id = &renewal.client_id;
        let app = self
            .apps
            .for_renewing(
                &party.organisation,
                party.environment,
                &party.manifest().slug,
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
        Ok(Means { app, refresh_token })
    }

    /// What a failure means for the connection.
    async fn failed(&self, current: &Connection, flight: &Flight, error: TokenError) -> RefreshError {
        let version = current.credential_version;
        let TokenError::Refused(reason) = error else {
            return flight.failed(version, error.to_string(), error.retry_after());
        };
        let message = format!("The provider ended the authorisation: {reason}");
        match self.store.refuse_refresh(current, &message).await {
            Ok(_) => flight.ended(version, message),
            Err(error) => unavailable(error),
        }
    }

    async fn give_back(&self, current: &Connection, holder: &str) {
        if let Err(error) = self.store.release_refresh(&current.id, holder).await {
            tracing::warn!(%error, "a lease could not be given back; it ends by itself");
        }
    }

    /// Writes what the provider gave before anybody uses it. No try begins after `until`, but for the first.
    async fn save(
        &self,
        current: &Connection,
        connector: &Arc<LoadedConnector>,
        granted: Granted,
        flight: &Flight,
        until: Instant,
    ) -> Result<Credential, RefreshError> {
        let mut settings = current.settings.clone();
        settings.extend(granted.settings.clone());
        let settings = checked(connector, &settings).is_ok().then_some(&settings);
        let sealed = granted.credential.seal();
        let due = next_use(&Party::of(current, connector), &granted.credential);
        for attempt in 1..=WRITES {
            match self.store.store_refreshed(current, &sealed, settings, due).await {
                Ok(Some(_)) => {
                    flight.succeeded();
                    return Ok(granted.credential);
                }
                Ok(None) => return self.superseded(current, connector, granted, flight).await,
                Err(error) => {
                    tracing::error!(%error, attempt, connection = current.id.as_str(), "a new credential is not written yet");
                }
            }
            let pause = WRITE_PAUSE * attempt;
            if Instant::now() + pause >= until {
                break;
            }
            tokio::time::sleep(pause).await;
        }
        flight.keep(current.credential_version, granted);
        Err(unavailable("the new credential could not be written"))
    }

    /// Somebody stored a newer credential meanwhile, because the end user connected again, or deleted the connection.
    async fn superseded(
        &self,
        current: &Connection,
        connector: &Arc<LoadedConnector>,
        granted: Granted,
        flight: &Flight,
    ) -> Result<Credential, RefreshError> {
        match self.find(current).await {
            Ok(Some(newest)) => {
                flight.succeeded();
                self.open(&newest).await
            }
            Ok(None) => {
                flight.succeeded();
                self.end(&Party::of(current, connector), &granted.credential)
                    .await;
                Err(removed())
            }
            // Which of both it was is looked at later.
            Err(error) => {
                flight.keep(current.credential_version, granted);
                Err(error)
            }
        }
    }

    /// Ends a credential that came for a connection that is deleted.
    async fn end(&self, party: &Party, credential: &Credential) {
        let Ok(means) = self.means(party, credential).await else {
            return;
        };
        if let Err(error) = self.tokens.revoke(party, &means.app, &means.refresh_token).await {
            tracing::warn!(%error, "a credential that nobody needs could not be ended");
        }
    }

    /// The connection as it is now; none if it was deleted.
    async fn find(&self, connection: &Connection) -> Result<Option<Connection>, RefreshError> {
        let found = self.store.connection_by_id(&connection.id).await;
        found.map_err(unavailable)
    }

    async fn reload(&self, connection: &Connection) -> Result<Connection, RefreshError> {
        self.find(connection).await?.ok_or_else(removed)
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
