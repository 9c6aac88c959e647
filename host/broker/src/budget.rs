//! What one call has spent so far, and whether it may spend more.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{Limits, SendError};

/// What the requests of one call have cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests sent, retries included.
    pub requests: u32,
    /// Bytes of all bodies, sent and received.
    pub bytes: usize,
    /// Time spent waiting for the provider, pauses before retries included.
    pub provider: Duration,
}

/// The quota of one call. Exact also when several requests are on their way at once.
#[derive(Debug)]
pub(crate) struct Budget {
    requests: u32,
    response_bytes: usize,
    total_bytes: usize,
    spent: Mutex<Spent>,
}

/// Bytes that one attempt may receive, taken out of the budget until [`Budget::settle`] gives back the rest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reserved {
    pub(crate) response_bytes: usize,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: limits.requests,
            response_bytes: limits.response_bytes,
            total_bytes: limits.total_bytes,
            spent: Mutex::default(),
        }
    }

    /// Counts one attempt that sends `body_bytes`, and reserves what its answer may have.
    pub(crate) fn begin(&self, body_bytes: usize) -> Result<Reserved, SendError> {
        let mut spent = self.lock();
        self.check(&spent, body_bytes)?;
        spent.requests += 1;
        spent.bytes += body_bytes;
        let response_bytes = self.response_bytes.min(self.total_bytes - spent.bytes);
        spent.bytes += response_bytes;
        Ok(Reserved { response_bytes })
    }

    /// Whether [`Budget::begin`] would say yes.
    pub(crate) fn has_room(&self, body_bytes: usize) -> bool {
        self.check(&self.lock(), body_bytes).is_ok()
    }

    /// Ends an attempt: gives back what its answer of `used` bytes did not need.
    pub(crate) fn settle(&self, reserved: &Reserved, used: usize) {
        let mut spent = self.lock();
        spent.bytes -= reserved.response_bytes.saturating_sub(used);
    }

    /// The refusal of an answer that is longer than what was reserved.
    pub(crate) fn too_large(&self, reserved: &Reserved) -> SendError {
        if reserved.response_bytes < self.response_bytes {
            SendError::TotalBytes {
                limit: self.total_bytes,
            }
        } else {
            SendError::ResponseTooLarge {
                limit: self.response_bytes,
            }
        }
    }

    pub(crate) fn add_provider_time(&self, elapsed: Duration) {
        self.lock().provider += elapsed;
    }

    pub(crate) fn spent(&self) -> Spent {
        *self.lock()
    }

    fn check(&self, spent: &Spent, body_bytes: usize) -> Result<(), SendError> {
        if spent.requests >= self.requests {
            return Err(SendError::RequestQuota { limit: self.requests });
        }
        // An answer needs at least one byte, so a budget that the request itself uses up is spent.
        if body_bytes >= self.total_bytes.saturating_sub(spent.bytes) {
            return Err(SendError::TotalBytes {
                limit: self.total_bytes,
            });
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(requests: u32, response_bytes: usize, total_bytes: usize) -> Budget {
        Budget::new(&Limits {
            requests,
            response_bytes,
            total_bytes,
            ..Limits::default()
        })
    }

    #[test]
    fn requests_are_counted() {
        let budget = budget(2, 10, 100);
        for _ in 0..2 {
            let reserved = budget.begin(0).unwrap();
            budget.settle(&reserved, 0);
        }
        assert!(!budget.has_room(0));
        assert_eq!(budget.begin(0), Err(SendError::RequestQuota { limit: 2 }));
        assert_eq!(budget.spent().requests, 2);
    }

    #[test]
    fn bodies_of_both_directions_count_and_unused_bytes_come_back() {
        let budget = budget(9, 10, 25);
        let first = budget.begin(4).unwrap();
        assert_eq!(first.response_bytes, 10);
        budget.settle(&first, 6);
        assert_eq!(budget.spent().bytes, 10);
        let second = budget.begin(6).unwrap();
        assert_eq!(second.response_bytes, 9, "what the total has left");
        assert_eq!(budget.too_large(&second), SendError::TotalBytes { limit: 25 });
        assert_eq!(
            budget.too_large(&first),
            SendError::ResponseTooLarge { limit: 10 }
        );
        budget.settle(&second, 9);
        assert_eq!(budget.begin(0), Err(SendError::TotalBytes { limit: 25 }));
    }

    #[test]
    fn two_requests_at_once_cannot_share_the_same_bytes() {
        let budget = budget(9, 10, 15);
        assert_eq!(budget.begin(0).unwrap().response_bytes, 10);
        assert_eq!(budget.begin(0).unwrap().response_bytes, 5);
        assert!(!budget.has_room(0));
    }
}
