//! Admission: a bounded number of calls run, a bounded number wait, the rest are told to come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::CallError;

/// Lets calls in, before anything is instantiated for them.
#[derive(Debug)]
pub struct Admission {
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
    patience: Duration,
}

/// The right to run one call; given back when dropped.
#[derive(Debug)]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
}

impl Admission {
    /// `running` calls at a time, `queue` more may wait for up to `patience` each.
    #[must_use]
    pub fn new(running: usize, queue: usize, patience: Duration) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running)),
            waiting: AtomicUsize::new(0),
            queue,
            patience,
        }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// [`CallError::Overloaded`] when the queue is full or the wait was too long.
    pub async fn enter(&self) -> Result<Permit, CallError> {
        if let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() {
            return Ok(Permit { _permit: permit });
        }
        let _place = Place::take(&self.waiting, self.queue).ok_or_else(overloaded)?;
        let waiting = Arc::clone(&self.running).acquire_owned();
        match tokio::time::timeout(self.patience, waiting).await {
            Ok(Ok(permit)) => Ok(Permit { _permit: permit }),
            _ => Err(overloaded()),
        }
    }
}

fn overloaded() -> CallError {
    CallError::Overloaded {
        retry_after: Duration::from_secs(1),
    }
}

/// A place in the queue, given back even when the waiting future is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, queue: usize) -> Option<Self> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(waiting);
        (before < queue).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Admission;
    use crate::error::CallError;

    #[tokio::test]
    async fn a_full_house_and_a_full_queue_turn_calls_away_at_once() {
        let admission = Admission::new(1, 0, Duration::from_secs(60));
        let permit = admission.enter().await.unwrap();
        assert!(matches!(
            admission.enter().await,
            Err(CallError::Overloaded { .. })
        ));
        drop(permit);
        assert!(admission.enter().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_a_place_or_after_the_patience() {
        let admission = Admission::new(1, 1, Duration::from_secs(5));
        let permit = admission.enter().await.unwrap();
        assert!(matches!(
            admission.enter().await,
            Err(CallError::Overloaded { .. })
        ));
        let (entered, ()) = tokio::join!(admission.enter(), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            drop(permit);
        });
        assert!(entered.is_ok());
    }
}
