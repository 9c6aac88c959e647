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
/// How many old requests are deleted at once, and the pause after them, so that others get at the database.
const PORTION: u32 = 500;
const BREATH: Duration = Duration::from_millis(50);

/// The request log of this process.
pub(crate) struct RequestLog {
    /// None when it is switched off.
    sender: Option<Sender<RequestLogEntry>>,
    stop: Arc<Notify>,
    writing: Mutex<Option<JoinHandle<()>>>,
    /// How long requests are kept.
    keep: SignedDuration,
}

impl RequestLog {
    /// Starts writing; `days` of zero switches it off.
    pub(crate) fn start(store: Store, days: u16) -> Self {
        let (stop, keep) = (
            Arc::new(Notify::new()),
            SignedDuration::from_hours(i64::from(days) * 24),
        );
        if days == 0 {
            return Self {
                sender: None,
                stop,
                writing: Mutex::new(None),
                keep,
            };
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        let writing = tokio::spawn(write_all(store, receiver, Arc::clone(&stop)));
        Self {
            sender: Some(sender),
            stop,
            writing: Mutex::new(Some(writing)),
            keep,
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
        let before = Timestamp::now().checked_sub(self.keep).unwrap_or(Timestamp::MIN);
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

/// Writes a batch, again and again until it is written or there is no more time for it.
async fn write(
    store: &Store,
    batch: &[RequestLogEntry],
    entries: &mut Receiver<RequestLogEntry>,
    stop: &Notify,
) {
    let mut told = false;
    while let Err(error) = store.log_requests(batch).await {
        if entries.is_closed() || matches!(error, StoreError::Invalid { .. }) {
            tracing::warn!(%error, requests = batch.len(), "the request log lost requests");
            dropped(batch.len());
            return;
        }
        if !told {
            tracing::warn!(%error, "the request log cannot be written; trying again");
            told = true;
        }
        wait(AGAIN, entries, stop).await;
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
