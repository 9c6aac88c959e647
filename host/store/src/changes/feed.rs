//! The feed: changes on their way to those who follow them, and whether all of them arrive.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::Change;
use super::generations::{Generations, Stamp, Topic};

/// Changes that a slow follower may be behind by, before it is told that everything may have changed.
const BEHIND: usize = 256;
/// How long the feed counts as heard after the database was last seen to answer. It bounds how long a process that is cut off
/// without noticing may go on with what it has kept.
const TRUST: Duration = Duration::from_secs(1);

/// Changes of this process and of the others.
pub(crate) struct Feed {
    sender: broadcast::Sender<Change>,
    generations: Generations,
    started: Instant,
    /// Until when changes of other processes count as heard, in milliseconds since `started`.
    heard_until: AtomicU64,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(BEHIND),
            generations: Generations::default(),
            started: Instant::now(),
            heard_until: AtomicU64::new(0),
        }
    }
}

impl Feed {
    /// Tells a change. What was kept from before it is not used again once this returns.
    pub(crate) fn announce(&self, change: Change) {
        self.generations.advance(&change);
        // An error says that nobody follows.
        let _ = self.sender.send(change);
    }

    /// The stamp for what is read from now on; none while changes of other processes may be missed, so that nothing is kept
    /// then and nothing that was kept is used.
    pub(crate) fn stamp(&self, topic: Topic<'_>) -> Option<Stamp> {
        self.is_heard().then(|| self.generations.stamp(topic))
    }

    /// Whether changes of other processes are heard.
    pub(crate) fn is_heard(&self) -> bool {
        self.milliseconds(Instant::now()) < self.heard_until.load(Ordering::SeqCst)
    }

    /// All changes that were made up to this time have been announced.
    pub(super) fn heard(&self, at: Instant) {
        self.heard_until
            .store(self.milliseconds(at + TRUST), Ordering::SeqCst);
    }

    /// Changes may be missed from now on.
    pub(super) fn lost(&self) {
        self.heard_until.store(0, Ordering::SeqCst);
    }

    /// What is announced from now on.
    pub(crate) fn follow(&self) -> ChangeStream {
        ChangeStream(self.sender.subscribe())
    }

    fn milliseconds(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.started);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Changes as they happen.
pub struct ChangeStream(broadcast::Receiver<Change>);

impl ChangeStream {
    /// The next change. Whoever is too slow for them gets [`Change::Everything`] instead of what was missed. Never comes once
    /// the store is gone.
    pub async fn next(&mut self) -> Change {
        match self.0.recv().await {
            Ok(change) => change,
            Err(RecvError::Lagged(_)) => Change::Everything,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{BEHIND, Change, Feed, TRUST, Topic};

    #[test]
    fn nothing_is_kept_while_changes_of_others_may_be_missed() {
        let feed = Feed::default();
        assert_eq!(feed.stamp(Topic::ApiKeys), None, "nobody has listened yet");
        feed.heard(Instant::now());
        let before = feed.stamp(Topic::ApiKeys).unwrap();
        feed.announce(Change::ApiKeys);
        assert_ne!(feed.stamp(Topic::ApiKeys), Some(before));
        feed.lost();
        assert_eq!(feed.stamp(Topic::ApiKeys), None);
        // An answer that the database gave too long ago says nothing about now.
        let Some(long_ago) = Instant::now().checked_sub(TRUST) else {
            return;
        };
        feed.heard(long_ago);
        assert!(!feed.is_heard());
    }

    #[tokio::test]
    async fn who_falls_behind_is_told_that_everything_may_have_changed() {
        let feed = Feed::default();
        let mut changes = feed.follow();
        feed.announce(Change::ApiKeys);
        assert_eq!(changes.next().await, Change::ApiKeys);
        for _ in 0..=BEHIND {
            feed.announce(Change::ApiKeys);
        }
        assert_eq!(changes.next().await, Change::Everything);
        assert_eq!(changes.next().await, Change::ApiKeys);
    }
}
