//! Serves until told to stop, then drains.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use routemcp_store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::http::router;
use crate::oauth::keeper;

/// How long requests under way may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(35);

/// How long what nobody waits for may take after that: longer than a token URL may.
const TOKENS: Duration = Duration::from_secs(15);

/// Serves on a listener. SIGTERM and Ctrl-C end it: readiness goes first, requests under way finish.
pub(crate) async fn serve(app: Arc<App>, listener: TcpListener) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let (draining, drained) = tokio::sync::oneshot::channel();
    let shutdown = {
        let app = Arc::clone(&app);
        async move {
            stop.await;
            app.ready.store(false, Ordering::Relaxed);
            tracing::info!("stopping; requests under way may finish");
            // Nobody waits any more when serving has ended already.
            let _ = draining.send(());
        }
    };
    let watching = tokio::spawn(watch(app.store.clone()));
    let housekeeping = tokio::spawn(keep_house(Arc::clone(&app)));
    let keeper = tokio::spawn(keeper::keep(Arc::clone(&app)));
    app.ready.store(true, Ordering::Relaxed);
    let serving = axum::serve(listener, router(Arc::clone(&app))).with_graceful_shutdown(shutdown);
    let too_long = async {
        let _ = drained.await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        served = serving.into_future() => served.context("serving failed")?,
        () = too_long => tracing::warn!("stopped with requests still under way"),
    }
    watching.abort();
    housekeeping.abort();
    keeper.abort();
    if !app.work.finish(TOKENS).await {
        tracing::error!("stopped while a token was on its way; its connection may have to be made again");
    }
    app.store.close().await;
    Ok(())
}

fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
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

async fn forget(store: &Store) -> Result<(), StoreError> {
    let now = jiff::Timestamp::now();
    store.purge_expired_idempotency(now).await?;
    store.purge_expired_authorizations(now).await?;
    store.purge_expired_connect_sessions(now).await?;
    Ok(())
}
