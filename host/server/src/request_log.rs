//! Keeps finished requests in the store, beside the requests themselves: they are handed over and written in batches.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use routemcp_store::{RequestLogEntry, Store, StoreError};
use tokio::sync::Notify;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

/// Requests that wait to be written. Beyond that they are dropped and counted: the log never holds a request up.
const WAITING: usize = 8_192;
/// The most that are written in one transaction.
const BATCH: usize = 512;
/// How long to gather a batch.
const GATHER: Duration = Duration::from_millis(200);
/// When to try again what could not be written.
const AGAIN: Duration = Duration::from_secs(2);
/// How often what fails for another reason than a database that is away, busy or full is tried.
const TRIES: u32 = 3;
/// How many old requests are deleted at once, and the pause after them, so that others get at the database.
const PORTION: u32 = 500;
const BREATH: Duration = Duration::from_millis(50);

/// The request log of this process.
pub(crate) struct RequestLog {
    /// None when it is switched off.
    sender: Option<Sender<RequestLogEntry>>,
    stop: Arc<Notify>,
    writing: Mutex<Option<JoinHandle<()>>>,
    /// How long requests are kept; none leaves that to other servers on the same database.
    keep: Option<SignedDuration>,
}

impl RequestLog {
    /// Starts writing; `days` of zero switches it off. What there is already then stays: it may be other servers'.
    pub(crate) fn start(store: Store, days: u16) -> Self {
        let stop = Arc::new(Notify::new());
        if days == 0 {
            return Self {
                sender: None,
                stop,
                writing: Mutex::new(None),
                keep: None,
            };
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        let writing = tokio::spawn(write_all(store, receiver, Arc::clone(&stop)));
        Self {
            sender: Some(sender),
            stop,
            writing: Mutex::new(Some(writing)),
            keep: Some(SignedDuration::from_hours(i64::from(days) * 24)),
        }
    }

    /// Hands a request over. Waits for nothing.
    pub(crate) fn keep(&self, entry: RequestLogEntry) {
        if let Some(sender) = &self.sender
            && sender.try_send(entry).is_err()
        {
            dropped(1);
        }
    }

    /// Writes what is waiting, but takes no longer than this.
    pub(crate) async fn finish(&self, within: Duration) {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(writing) = writing else { return };
        self.stop.notify_one();
        if tokio::time::timeout(within, writing).await.is_err() {
            tracing::warn!("stopped before the request log was written");
        }
    }

    /// Deletes what is older than it may become, in portions.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn forget(&self, store: &Store) -> Result<(), StoreError> {
        let Some(keep) = self.keep else { return Ok(()) };
        let before = Timestamp::now().checked_sub(keep).unwrap_or(Timestamp::MIN);
        while store.purge_requests(before, PORTION).await? == u64::from(PORTION) {
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }
}

fn dropped(requests: usize) {
    metrics::counter!("routemcp_request_log_dropped_total").increment(requests as u64);
}

/// Runs until it is told to stop and everything is written.
async fn write_all(store: Store, mut entries: Receiver<RequestLogEntry>, stop: Arc<Notify>) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let received = tokio::select! {
            received = entries.recv_many(&mut batch, BATCH) => received,
            () = stop.notified() => {
                entries.close();
                continue;
            }
        };
        if received == 0 {
            return;
        }
        wait(GATHER, &mut entries, &stop).await;
        while batch.len() < BATCH
            && let Ok(entry) = entries.try_recv()
        {
            batch.push(entry);
        }
        write(&store, &batch, &mut entries, &stop).await;
        batch.clear();
    }
}

/// Writes a batch. One that cannot be kept is halved until what is at fault is alone, so that the others are not lost with it.
async fn write(
    store: &Store,
    batch: &[RequestLogEntry],
    entries: &mut Receiver<RequestLogEntry>,
    stop: &Notify,
) {
    let (mut parts, mut lost, mut reason) = (vec![batch], 0, None);
    while let Some(part) = parts.pop() {
        match persist(store, part, entries, stop).await {
            Ok(()) => {}
            Err(StoreError::Invalid { .. }) if part.len() > 1 => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
            Err(error) => {
                lost += part.len();
                reason = Some(error);
            }
        }
    }
    if let Some(error) = reason {
        tracing::warn!(%error, requests = lost, "the request log lost requests");
        dropped(lost);
    }
}

/// Writes requests in one transaction, again and again while that may help and there is time for it.
async fn persist(
    store: &Store,
    part: &[RequestLogEntry],
    entries: &mut Receiver<RequestLogEntry>,
    stop: &Notify,
) -> Result<(), StoreError> {
    let mut tries = 0;
    while let Err(error) = store.log_requests(part).await {
        tries += 1;
        if entries.is_closed() || !may_still_succeed(&error, tries) {
            return Err(error);
        }
        if tries == 1 {
            tracing::warn!(%error, "the request log cannot be written; trying again");
        }
        wait(AGAIN, entries, stop).await;
    }
    Ok(())
}

/// Whether what failed so often is worth another try. A database that is away, busy or full fails all batches alike, so that
/// nothing is gained by giving one up.
fn may_still_succeed(error: &StoreError, tries: u32) -> bool {
    match error {
        StoreError::Unavailable(_) | StoreError::Busy | StoreError::NoConnection | StoreError::Full => true,
        StoreError::Invalid { .. } => false,
        _ => tries < TRIES,
    }
}

/// Waits, unless it is or was told to stop.
async fn wait(time: Duration, entries: &mut Receiver<RequestLogEntry>, stop: &Notify) {
    if entries.is_closed() {
        return;
    }
    if tokio::time::timeout(time, stop.notified()).await.is_ok() {
        entries.close();
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;
    use routemcp_store::{Environment, MasterKey, RequestLogQuery, sqlite_url};
    use tempfile::TempDir;

    use super::*;

    async fn store() -> (Store, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = sqlite_url(&folder.path().join("routemcp.db"));
        (Store::open(&url, MasterKey::generate().0).await.unwrap(), folder)
    }

    /// A request of 1970. Its path is what may be wrong with it.
    fn entry(number: usize, path: &str) -> RequestLogEntry {
        RequestLogEntry {
            id: format!("req_{number:032x}"),
            started_at: Timestamp::UNIX_EPOCH,
            organisation_id: "org_1".into(),
            environment: Environment::Live,
            api_key_id: "key_1".into(),
            method: "GET".to_owned(),
            route: "/api/v1/{resource}".to_owned(),
            path: path.to_owned(),
            providers: Vec::new(),
            connectors: Vec::new(),
            status: 200,
            code: None,
            total: Duration::ZERO,
            provider: Duration::ZERO,
            connector: Duration::ZERO,
        }
    }

    async fn kept(store: &Store) -> usize {
        let (found, _) = store
            .list_requests(RequestLogQuery::default(), 1_000)
            .await
            .unwrap();
        found.len()
    }

    #[tokio::test]
    async fn requests_that_cannot_be_kept_take_no_others_along() {
        let (store, _folder) = store().await;
        let bad = [0, 3, 4, 99];
        let batch: Vec<RequestLogEntry> = (0..100)
            .map(|number| entry(number, if bad.contains(&number) { "/\0" } else { "/" }))
            .collect();
        let (_sender, mut entries) = mpsc::channel(1);
        write(&store, &batch, &mut entries, &Notify::new()).await;
        assert_eq!(kept(&store).await, batch.len() - bad.len());
    }

    #[tokio::test]
    async fn a_server_without_a_log_leaves_that_of_others_alone() {
        let (store, _folder) = store().await;
        store.log_requests(&[entry(1, "/")]).await.unwrap();
        for (days, left) in [(0, 1), (1, 0)] {
            let log = RequestLog::start(store.clone(), days);
            log.forget(&store).await.unwrap();
            assert_eq!(kept(&store).await, left, "{days} days");
        }
    }

    #[test]
    fn what_the_database_cannot_keep_up_with_is_dropped_and_counted() {
        let (sender, _receiver) = mpsc::channel(1);
        let log = RequestLog {
            sender: Some(sender),
            stop: Arc::default(),
            writing: Mutex::new(None),
            keep: None,
        };
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            (0..3).for_each(|number| log.keep(entry(number, "/")))
        });
        let counted = recorder.handle().render();
        assert!(
            counted.contains("routemcp_request_log_dropped_total 2"),
            "{counted}"
        );
    }

    #[test]
    fn only_what_may_pass_is_tried_for_ever() {
        let invalid = StoreError::Invalid {
            field: "path",
            problem: "is none",
        };
        for (error, tries, again) in [
            (StoreError::Busy, 1_000, true),
            (StoreError::NoConnection, 1_000, true),
            (StoreError::Full, 1_000, true),
            (StoreError::Unavailable(String::new()), 1_000, true),
            (invalid, 1, false),
            (StoreError::Corrupt(String::new()), TRIES - 1, true),
            (StoreError::Corrupt(String::new()), TRIES, false),
            (StoreError::Conflict(String::new()), TRIES, false),
        ] {
            assert_eq!(may_still_succeed(&error, tries), again, "{error:?}, {tries}");
        }
    }
}
