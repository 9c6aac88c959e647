//! Sees on SQLite that other processes have written.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use super::{Change, Feed};
use crate::database::{Database, WriterVersion};

/// How often to look.
const BEAT: Duration = Duration::from_millis(200);

/// Looks for good. What others have written is not told, so everything may have changed then.
///
/// The number is asked of the connection that writes, where commits of this process do not count.
pub(crate) async fn watch(database: &Database, feed: &Feed) -> Infallible {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen: Option<WriterVersion> = None;
    loop {
        beat.tick().await;
        let asked = Instant::now();
        match database.writer_version().await {
            Ok(version) => {
                if seen != Some(version) {
                    feed.announce(Change::Everything);
                    seen = Some(version);
                }
                feed.heard(asked);
            }
            // Whoever needs the database next is told why it does not answer.
            Err(_) => feed.lost(),
        }
    }
}
