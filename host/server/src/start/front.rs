//! The HTTP front: accepts connections, bounds how many there are and how long each may keep us waiting, and lets go of
//! them when the server stops.
//!
//! Over the cap a connection is still accepted, answered with 503 and closed: left in the kernel's queue, its client
//! would only see that nothing happens. Short of the cap idle connections have to go, so that nobody holds all places
//! with a request a minute.

mod activity;
mod connection;
mod refusal;
mod sent;
mod stream;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Connections being refused at a time. More are closed without a word.
const REFUSALS: usize = 256;
/// The pause after the system could not give us another connection, for example because there are too many open files.
const BREATH: Duration = Duration::from_millis(100);
/// Files that are open beside the callers' connections: the database, connectors, and connections to providers.
const OTHER_FILES: u64 = 1_024;

/// The front while it serves.
pub(crate) struct Front {
    stop: watch::Sender<bool>,
    draining: Arc<AtomicBool>,
    places: Arc<Semaphore>,
    max_connections: u32,
}

/// What every connection needs.
#[derive(Clone)]
struct Common {
    router: Router,
    max_connections: usize,
    /// Changes when connections are to end.
    stop: watch::Receiver<bool>,
    /// Whether callers are to be told to use another connection for their next request.
    draining: Arc<AtomicBool>,
}

impl Front {
    /// Begins to accept.
    pub(crate) fn open(listener: TcpListener, router: Router, max_connections: u32) -> Self {
        allow_files(max_connections);
        let (stop, stopped) = watch::channel(false);
        let draining = Arc::new(AtomicBool::new(false));
        let places = Arc::new(Semaphore::new(max_connections as usize));
        let common = Common {
            router,
            max_connections: max_connections as usize,
            stop: stopped,
            draining: Arc::clone(&draining),
        };
        tokio::spawn(accept(listener, common, Arc::clone(&places)));
        Self {
            stop,
            draining,
            places,
            max_connections,
        }
    }

    /// Tells callers from now on not to use their connection again.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Accepts no more, and waits until every connection has ended its request, but no longer than this. Whether all have.
    pub(crate) async fn close(&self, within: Duration) -> bool {
        self.stop.send_replace(true);
        let all_gone = self.places.acquire_many(self.max_connections);
        tokio::time::timeout(within, all_gone).await.is_ok()
    }
}

async fn accept(listener: TcpListener, mut common: Common, places: Arc<Semaphore>) {
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = common.stop.changed() => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            // The caller gave up meanwhile, or the system is at its limit.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            tokio::spawn(connection::serve(stream, common.clone(), place));
            continue;
        }
        metrics::counter!("routemcp_connections_refused_total").increment(1);
        if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
            tokio::spawn(async move {
                refusal::refuse(stream).await;
                drop(permit);
            });
        }
    }
}

/// Asks the system for as many open files as the cap needs, and says so if it gives fewer.
fn allow_files(max_connections: u32) {
    let wanted = u64::from(max_connections) + OTHER_FILES;
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return;
    };
    if soft >= wanted {
        return;
    }
    let given = wanted.min(hard);
    if setrlimit(Resource::RLIMIT_NOFILE, given.max(soft), hard).is_err() || given < wanted {
        tracing::warn!(
            wanted,
            given,
            "the system allows fewer open files than --max-connections needs; raise its limit (LimitNOFILE=, ulimit -n)"
        );
    }
}
