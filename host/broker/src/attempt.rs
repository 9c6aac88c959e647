//! One request to a provider, as those see it who count.

use std::time::Duration;

use crate::{Response, SendError};

/// How one request to a provider ended. Retries are attempts of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What went wrong if there was none; a word of a closed set.
    pub failure: Option<&'static str>,
    /// How long it took, the wait for its turn excluded.
    pub took: Duration,
}

impl Attempt {
    pub(crate) fn of(result: &Result<Response, SendError>, took: Duration) -> Self {
        let (status, failure) = match result {
            Ok(response) => (Some(response.status), None),
            Err(error) => (None, Some(error.kind())),
        };
        Self {
            status,
            failure,
            took,
        }
    }
}

/// Learns how each request to the provider ended.
pub trait AttemptObserver: Send + Sync {
    /// Called once per attempt, in the call that made it: it must not block.
    fn ended(&self, attempt: &Attempt);
}
