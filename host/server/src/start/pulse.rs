//! Looks at the database once a second, for `/readyz`, the metrics and the log.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::app::App;

const EVERY: Duration = Duration::from_secs(1);
/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs until it is aborted. A change is told once, with its reason.
pub(crate) async fn keep(app: Arc<App>) {
    let mut looks = tokio::time::interval(EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pulse = app.store.pulse();
    loop {
        looks.tick().await;
        let answered = pulse.beat(PATIENCE).await;
        metrics::gauge!("routemcp_database_up").set(f64::from(u8::from(answered.is_ok())));
        let before = app.store_answers.swap(answered.is_ok(), Ordering::Relaxed);
        match answered {
            Err(error) if before => tracing::error!(%error, "the database does not answer; not ready"),
            Ok(()) if !before => tracing::info!("the database answers again"),
            _ => {}
        }
    }
}
