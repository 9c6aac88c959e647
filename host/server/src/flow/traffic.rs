//! One governor for each connection: its provider's rate limit and circuit breaker, shared by all requests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use routemcp_broker::{Allowance, BreakerObserver, BreakerState, Governor, Rate};
use routemcp_unified::manifest::Manifest;

/// A connection that was silent for longer than any provider may hold it off has nothing to remember.
const IDLE: Duration = Duration::from_secs(3_660);
/// The most connections whose traffic is remembered. The least used one goes first.
const REMEMBERED: u64 = 50_000;

/// Requests of one connection that are under way at once, where neither operator nor manifest says. Zoho allows 5 to 25 by
/// edition (its API limits page) and the others do not say; a provider that wants fewer answers 429.
const CONCURRENT: u32 = 10;

/// What providers allow each connection where the operator knows better than the manifest, by slug.
pub(crate) type Allowances = BTreeMap<String, Allowance>;

/// The governors of all live connections.
pub(crate) struct Traffic {
    allowances: Allowances,
    governors: Cache<String, Arc<Governor>>,
}

impl Traffic {
    pub(crate) fn new(allowances: Allowances) -> Self {
        Self {
            allowances,
            governors: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_idle(IDLE)
                .build(),
        }
    }

    /// The governor of a connection, by the name of its HTTP client: one that was made again starts afresh.
    pub(crate) fn of(&self, client: &str, manifest: &Manifest) -> Arc<Governor> {
        self.governors.get_with_by_ref(client, || {
            let observer = Told {
                connection: client.to_owned(),
                provider: manifest.slug.clone(),
            };
            let given = self.allowances.get(&manifest.slug).copied();
            Arc::new(Governor::new(allowance(given, manifest), Box::new(observer)))
        })
    }
}

/// What the operator says stands. One who says no more than another rate leaves the requests at a time as they are.
fn allowance(given: Option<Allowance>, manifest: &Manifest) -> Allowance {
    let published = published(manifest);
    match given {
        None => published,
        Some(given) if given.rate.is_none() => given,
        Some(given) => Allowance {
            concurrent: given.concurrent.or(published.concurrent),
            ..given
        },
    }
}

fn published(manifest: &Manifest) -> Allowance {
    let limit = manifest.rate_limit;
    Allowance {
        rate: limit.map(|limit| Rate {
            requests: limit.requests,
            per: Duration::from_millis(limit.per_milliseconds),
        }),
        concurrent: limit.and_then(|limit| limit.concurrent).or(Some(CONCURRENT)),
    }
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
