//! Waiting for what another process has to learn first.

use std::time::{Duration, Instant};

/// How soon a change is in force on every server.
const SOON: Duration = Duration::from_secs(1);

/// Waits until something holds, which must be within a second. How long it took. What began in time counts, because a busy
/// machine may take long to answer.
pub(crate) async fn within_a_second(mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let start = Instant::now();
    loop {
        let asked = start.elapsed();
        if holds().await {
            return asked;
        }
        assert!(asked < SOON, "it does not hold after {asked:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
