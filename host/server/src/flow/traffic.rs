//! One governor for each connection: its provider's rate limit and circuit breaker, shared by all requests.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use routemcp_broker::{BreakerObserver, BreakerState, Governor, Rate};
use routemcp_unified::manifest::Manifest;

/// A connection that was silent for longer than any provider may hold it off has nothing to remember.
const IDLE: Duration = Duration::from_secs(3_660);
/// The most connections whose traffic is remembered. The least used one goes first.
const REMEMBERED: u64 = 50_000;

/// The governors of all live connections.
pub(crate) struct Traffic {
    governors: Cache<String, Arc<Governor>>,
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            governors: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_idle(IDLE)
                .build(),
        }
    }
}

impl Traffic {
    /// The governor of a connection, by the name of its HTTP client: one that was made again starts afresh.
    pub(crate) fn of(&self, client: &str, manifest: &Manifest) -> Arc<Governor> {
        self.governors.get_with_by_ref(client, || {
            let observer = Told {
                connection: client.to_owned(),
                provider: manifest.slug.clone(),
            };
            Arc::new(Governor::new(rate(manifest), Box::new(observer)))
        })
    }
}

fn rate(manifest: &Manifest) -> Option<Rate> {
    manifest.rate_limit.map(|limit| Rate {
        requests: limit.requests,
        per: Duration::from_millis(limit.per_milliseconds),
    })
}

/// Writes a breaker's changes to log and metrics: each once.
struct Told {
    connection: String,
    provider: String,
}

impl BreakerObserver for Told {
    fn changed(&self, from: BreakerState, to: BreakerState) {
        let labels = [("provider", self.provider.clone()), ("to", name(to).to_owned())];
        metrics::counter!("routemcp_breaker_changes_total", &labels).increment(1);
        let shut = |state| u8::from(state != BreakerState::Closed);
        let provider = self.provider.clone();
        let open = metrics::gauge!("routemcp_breakers_open", "provider" => provider);
        open.increment(f64::from(shut(to)) - f64::from(shut(from)));
        let (connection, provider) = (self.connection.as_str(), self.provider.as_str());
        match to {
            BreakerState::Open => {
                tracing::warn!(connection, provider, "circuit open: the provider keeps failing");
            }
            BreakerState::HalfOpen => {
                tracing::info!(
                    connection,
                    provider,
                    "circuit half open: one request tries the provider"
                );
            }
            BreakerState::Closed => {
                tracing::info!(
                    connection,
                    provider,
                    "circuit closed: the provider is asked again"
                );
            }
        }
    }
}

fn name(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "closed",
        BreakerState::Open => "open",
        BreakerState::HalfOpen => "half_open",
    }
}
