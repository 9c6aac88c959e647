//! Watches a folder for changes.

use std::path::Path;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

/// Writing a file makes several events; wait until it has been quiet for this long.
const QUIET: Duration = Duration::from_millis(200);

/// Changes of a folder, one for each burst of events.
pub(crate) struct Changes {
    events: mpsc::Receiver<()>,
    // Dropping the watcher would end the watch.
    _watcher: RecommendedWatcher,
}

/// Starts watching.
pub(crate) fn changes(folder: &Path) -> anyhow::Result<Changes> {
    let (sender, events) = mpsc::channel(1);
    let mut watcher = notify::recommended_watcher(move |_event| {
        // A full channel already says that something changed.
        let _ = sender.try_send(());
    })?;
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok(Changes {
        events,
        _watcher: watcher,
    })
}

impl Changes {
    /// Waits for a change; false when there will be none any more.
    pub(crate) async fn next(&mut self) -> bool {
        if self.events.recv().await.is_none() {
            return false;
        }
        tokio::time::sleep(QUIET).await;
        while self.events.try_recv().is_ok() {}
        true
    }
}
