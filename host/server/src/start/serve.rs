//! Serves until told to stop, then drains.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use routemcp_store::Store;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::http::router;

/// How long requests under way may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(35);

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
    let housekeeping = tokio::spawn(keep_house(app.store.clone()));
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
    housekeeping.abort();
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

/// Forgets idempotency keys that nobody can repeat any more.
async fn keep_house(store: Store) {
    let mut hourly = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        hourly.tick().await;
        match store.purge_expired_idempotency(jiff::Timestamp::now()).await {
            Ok(purged) => tracing::debug!(purged, "expired idempotency keys"),
            Err(error) => tracing::warn!(%error, "cannot purge expired idempotency keys"),
        }
    }
}
