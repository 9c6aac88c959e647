//! Serves until told to stop, then drains: readiness goes first, then the door is shut, then what runs ends, then what nobody
//! waits for.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use routemcp_store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::http::router;
use crate::oauth::keeper;
use crate::start::front::Front;
use crate::start::pulse;

/// How long requests under way may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(35);

/// How long what nobody waits for may take after that, tokens and writes whose callers hung up: longer than a token URL may.
const UNATTENDED: Duration = Duration::from_secs(15);

/// How long writing the last lines of the request log may take.
const REQUEST_LOG: Duration = Duration::from_secs(5);

/// How long closing the database may take: connections that are lost in the network never answer.
const STORE: Duration = Duration::from_secs(3);

/// How a server takes its callers.
#[derive(Args)]
pub(crate) struct ServeArguments {
    /// The most HTTP connections open at a time; more are answered with 503.
    #[arg(long, env = "ROUTEMCP_MAX_CONNECTIONS", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_connections: u32,
}

/// Serves on a listener. SIGTERM and Ctrl-C end it: `/readyz` says so for `drain_delay` while requests are still served, so
/// that a load balancer can look and go elsewhere; then requests under way finish. A second signal ends it at once.
pub(crate) async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    arguments: ServeArguments,
    drain_delay: Duration,
) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let background = [
        tokio::spawn(watch(app.store.clone())),
        tokio::spawn(keep_house(Arc::clone(&app))),
        tokio::spawn(forget_requests(Arc::clone(&app))),
        tokio::spawn(keeper::keep(Arc::clone(&app))),
        tokio::spawn(pulse::keep(Arc::clone(&app))),
    ];
    let front = Front::open(listener, router(Arc::clone(&app)), arguments.max_connections);
    app.ready.store(true, Ordering::Relaxed);
    signals.next().await;
    app.ready.store(false, Ordering::Relaxed);
    front.drain();
    tracing::info!(
        drain_seconds = drain_delay.as_secs(),
        "stopping; requests under way may finish"
    );
    tokio::select! {
        () = stop(&app, &front, drain_delay, &background) => Ok(()),
        () = signals.next() => {
            tracing::warn!("told to stop a second time; ending at once");
            std::process::exit(1);
        }
    }
}

async fn stop(app: &App, front: &Front, drain_delay: Duration, background: &[JoinHandle<()>]) {
    tokio::time::sleep(drain_delay).await;
    if !front.close(DRAIN).await {
        tracing::warn!("stopped with requests still under way");
    }
    for task in background {
        task.abort();
    }
    if !app.work.finish(UNATTENDED).await {
        tracing::error!("stopped while a write or a token was on its way; its outcome is unknown");
    }
    app.request_log.finish(REQUEST_LOG).await;
    if tokio::time::timeout(STORE, app.store.close()).await.is_err() {
        tracing::warn!("stopped without closing all connections to the database");
    }
}

/// The signals that ask a server to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Follows what other processes change in the database, until it is aborted.
async fn watch(store: Store) {
    match store.watch().await {}
}

/// What must be done from time to time: metrics are condensed, and forgotten is what nobody can use any more: idempotency
/// keys, sessions and authorisations.
async fn keep_house(app: Arc<App>) {
    let mut every_minute = tokio::time::interval(Duration::from_secs(60));
    let mut minute = 0_u64;
    loop {
        every_minute.tick().await;
        app.metrics.run_upkeep();
        if minute.is_multiple_of(60)
            && let Err(error) = forget(&app.store).await
        {
            tracing::warn!(%error, "what has expired could not be forgotten");
        }
        minute += 1;
    }
}

/// Forgets old requests. Apart from the rest, which is not to wait while a long log is made short.
async fn forget_requests(app: Arc<App>) {
    let mut every_minute = tokio::time::interval(Duration::from_secs(60));
    every_minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every_minute.tick().await;
        if let Err(error) = app.request_log.forget(&app.store).await {
            tracing::warn!(%error, "old requests could not be forgotten");
        }
    }
}

async fn forget(store: &Store) -> Result<(), StoreError> {
    let now = jiff::Timestamp::now();
    store.purge_expired_idempotency(now).await?;
    store.purge_expired_authorizations(now).await?;
    store.purge_expired_connect_sessions(now).await?;
    Ok(())
}
