//! Admission: a bounded number of calls run, a bounded number wait, the rest are told to come back. No tenant may take more
//! than half of the places, so that one that floods the host leaves room for the others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::CallError;

/// Lets calls in, before anything is instantiated for them.
#[derive(Debug)]
pub struct Admission {
    limit: usize,
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
    patience: Duration,
    tenants: Arc<Tenants>,
}

/// How many calls there are just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Calls that run.
    pub running: usize,
    /// Calls that wait for a place.
    pub waiting: usize,
    /// How many may run.
    pub limit: usize,
}

/// The right to run one call; given back when dropped.
#[derive(Debug)]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
    _share: Share,
}

impl Admission {
    /// `running` calls at a time, `queue` more may wait for up to `patience` each.
    #[must_use]
    pub fn new(running: usize, queue: usize, patience: Duration) -> Self {
        let tenants = Arc::new(Tenants {
            share: running.div_ceil(2),
            taken: Mutex::default(),
        });
        Self {
            limit: running,
            running: Arc::new(Semaphore::new(running)),
            waiting: AtomicUsize::new(0),
            queue,
            patience,
            tenants,
        }
    }

    /// How many places are taken.
    #[must_use]
    pub fn places(&self) -> Places {
        Places {
            running: self.limit.saturating_sub(self.running.available_permits()),
            waiting: self.waiting.load(Ordering::Relaxed),
            limit: self.limit,
        }
    }

    /// Waits for a place for a call of a tenant.
    ///
    /// # Errors
    /// [`CallError::Overloaded`] when the tenant has its share already, the queue is full, or the wait was too long.
    pub async fn enter(&self, tenant: &str) -> Result<Permit, CallError> {
        let share = Share::take(&self.tenants, tenant).ok_or_else(overloaded)?;
        if let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() {
            return Ok(Permit {
                _permit: permit,
                _share: share,
            });
        }
        let _place = Place::take(&self.waiting, self.queue).ok_or_else(overloaded)?;
        let waiting = Arc::clone(&self.running).acquire_owned();
        match tokio::time::timeout(self.patience, waiting).await {
            Ok(Ok(permit)) => Ok(Permit {
                _permit: permit,
                _share: share,
            }),
            _ => Err(overloaded()),
        }
    }
}

/// How many calls each tenant has, running or waiting.
#[derive(Debug)]
struct Tenants {
    share: usize,
    taken: Mutex<HashMap<String, usize>>,
}

impl Tenants {
    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        // No code runs under the lock that could leave the map half changed.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call out of a tenant's share.
#[derive(Debug)]
struct Share {
    tenants: Arc<Tenants>,
    tenant: String,
}

impl Share {
    fn take(tenants: &Arc<Tenants>, tenant: &str) -> Option<Self> {
        let mut taken = tenants.taken();
        let calls = taken.entry(tenant.to_owned()).or_default();
        if *calls >= tenants.share {
            return None;
        }
        *calls += 1;
        Some(Self {
            tenants: Arc::clone(tenants),
            tenant: tenant.to_owned(),
        })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.tenants.taken();
        if let Some(calls) = taken.get_mut(&self.tenant) {
            *calls -= 1;
            if *calls == 0 {
                taken.remove(&self.tenant);
            }
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
        let admission = Admission::new(2, 0, Duration::from_secs(60));
        let permits = (
            admission.enter("a").await.unwrap(),
            admission.enter("b").await.unwrap(),
        );
        assert!(matches!(
            admission.enter("c").await,
            Err(CallError::Overloaded { .. })
        ));
        assert_eq!(admission.places().running, 2);
        drop(permits);
        assert!(admission.enter("c").await.is_ok());
        let places = admission.places();
        assert_eq!((places.running, places.waiting, places.limit), (0, 0, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_a_place_or_after_the_patience() {
        let admission = Admission::new(1, 1, Duration::from_secs(5));
        let permit = admission.enter("a").await.unwrap();
        assert!(matches!(
            admission.enter("b").await,
            Err(CallError::Overloaded { .. })
        ));
        let (entered, ()) = tokio::join!(admission.enter("b"), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            drop(permit);
        });
        assert!(entered.is_ok());
    }

    #[tokio::test]
    async fn no_tenant_takes_more_than_half_of_the_places() {
        let admission = Admission::new(4, 4, Duration::from_secs(60));
        let flood = (
            admission.enter("a").await.unwrap(),
            admission.enter("a").await.unwrap(),
        );
        assert!(matches!(
            admission.enter("a").await,
            Err(CallError::Overloaded { .. })
        ));
        assert!(admission.enter("b").await.is_ok());
        drop(flood);
        assert!(admission.enter("a").await.is_ok());
    }
}
