//! What a request spent where, whose it is, and who served it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use routemcp_runtime::Usage;
use routemcp_store::ApiKey;

/// A connector version that served a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Served {
    /// The provider's slug.
    pub(crate) provider: String,
    /// The beginning of the version's digest.
    pub(crate) digest: String,
}

/// What a request spent where, in microseconds, whose it is, and which connectors served it.
#[derive(Debug, Default)]
pub(crate) struct Timings {
    provider: AtomicU64,
    connector: AtomicU64,
    memory_bytes: AtomicUsize,
    cpu: AtomicU64,
    served: Mutex<BTreeSet<Served>>,
    caller: OnceLock<Arc<ApiKey>>,
    admitted: AtomicBool,
}

impl Timings {
    /// Adds a step that followed the steps before.
    pub(crate) fn add(&self, usage: Usage) {
        self.provider.fetch_add(micros(usage.provider), Ordering::Relaxed);
        self.connector.fetch_add(
            micros(usage.total.saturating_sub(usage.provider)),
            Ordering::Relaxed,
        );
        self.memory_bytes.fetch_max(usage.memory_bytes, Ordering::Relaxed);
        self.cpu.fetch_add(micros(usage.cpu), Ordering::Relaxed);
    }

    /// Remembers whose it is.
    pub(crate) fn belongs_to(&self, caller: &Arc<ApiKey>) {
        self.caller.get_or_init(|| Arc::clone(caller));
    }

    /// Whose it is, where a key was needed and good.
    pub(crate) fn caller(&self) -> Option<&ApiKey> {
        self.caller.get().map(|caller| &**caller)
    }

    /// Remembers that our own rate limit let it pass.
    pub(crate) fn admit(&self) {
        self.admitted.store(true, Ordering::Relaxed);
    }

    /// Whether our own rate limit let it pass.
    pub(crate) fn is_admitted(&self) -> bool {
        self.admitted.load(Ordering::Relaxed)
    }

    /// Remembers who serves it.
    pub(crate) fn serve(&self, served: Served) {
        self.lock().insert(served);
    }

    /// Who served it, in the order of their slugs.
    pub(crate) fn served(&self) -> Vec<Served> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Served>> {
        // A set of texts is whole whatever happened.
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it waited for providers.
    pub(crate) fn provider(&self) -> Duration {
        Duration::from_micros(self.provider.load(Ordering::Relaxed))
    }

    /// What its connectors took.
    pub(crate) fn connector(&self) -> Duration {
        Duration::from_micros(self.connector.load(Ordering::Relaxed))
    }

    /// CPU time of the connectors' own code, over all calls.
    pub(crate) fn cpu(&self) -> Duration {
        Duration::from_micros(self.cpu.load(Ordering::Relaxed))
    }

    /// The most linear memory that a call of a connector had, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.memory_bytes.load(Ordering::Relaxed)
    }

    /// Adds steps that ran side by side: the one that took longest.
    pub(crate) fn add_longest(&self, steps: &[Self]) {
        for step in steps {
            self.lock().extend(step.served());
            self.memory_bytes
                .fetch_max(step.memory_bytes(), Ordering::Relaxed);
            self.cpu
                .fetch_add(step.cpu.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        let spent = |step: &Self| {
            (
                step.provider.load(Ordering::Relaxed),
                step.connector.load(Ordering::Relaxed),
            )
        };
        let longest = steps
            .iter()
            .map(spent)
            .max_by_key(|(provider, connector)| provider + connector);
        let (provider, connector) = longest.unwrap_or_default();
        self.provider.fetch_add(provider, Ordering::Relaxed);
        self.connector.fetch_add(connector, Ordering::Relaxed);
    }

    /// Adds a wait for the provider without a connector.
    pub(crate) fn add_provider(&self, waited: Duration) {
        self.provider.fetch_add(micros(waited), Ordering::Relaxed);
    }

    /// The value of `Server-Timing`.
    pub(super) fn header(&self, total: Duration) -> String {
        let provider = self.provider.load(Ordering::Relaxed);
        let connector = self.connector.load(Ordering::Relaxed);
        let host = micros(total).saturating_sub(provider + connector);
        let milliseconds = |micros: u64| micros as f64 / 1000.0;
        format!(
            "total;dur={:.3}, provider;dur={:.3}, connector;dur={:.3}, host;dur={:.3}",
            milliseconds(micros(total)),
            milliseconds(provider),
            milliseconds(connector),
            milliseconds(host)
        )
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use routemcp_runtime::Usage;

    use super::{Served, Timings};

    #[test]
    fn what_provider_and_connector_did_not_take_is_ours() {
        let timings = Timings::default();
        let milliseconds = Duration::from_millis;
        timings.add(Usage {
            total: milliseconds(30),
            provider: milliseconds(20),
            ..Usage::default()
        });
        timings.add(Usage {
            total: milliseconds(5),
            provider: milliseconds(5),
            ..Usage::default()
        });
        let header = timings.header(milliseconds(50));
        assert_eq!(
            header,
            "total;dur=50.000, provider;dur=25.000, connector;dur=10.000, host;dur=15.000"
        );
    }

    #[test]
    fn whoever_served_a_part_served_the_whole() {
        let (timings, part) = (Timings::default(), Timings::default());
        let served = |digest: &str| Served {
            provider: "acme".to_owned(),
            digest: digest.to_owned(),
        };
        timings.serve(served("b"));
        part.serve(served("a"));
        part.serve(served("b"));
        timings.add_longest(&[part]);
        assert_eq!(timings.served(), [served("a"), served("b")]);
    }
}
