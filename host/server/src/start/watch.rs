//! Watches a folder of connectors: a saved file is swapped in, without a restart.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};
use routemcp_runtime::Digest;
use tokio::sync::mpsc;

use super::connectors::{activate, files, load_file};
use crate::app::App;

/// Writing a file makes several events; wait until it has been quiet for this long.
const QUIET: Duration = Duration::from_millis(200);

/// Starts watching. It ends with the process.
pub(crate) fn start(app: Arc<App>, folder: PathBuf) -> anyhow::Result<()> {
    let (events, mut changed) = mpsc::channel(1);
    let mut watcher = notify::recommended_watcher(move |_event| {
        // A full channel already says that something changed.
        let _ = events.try_send(());
    })?;
    watcher.watch(&folder, RecursiveMode::NonRecursive)?;
    tokio::spawn(async move {
        // Dropping the watcher would end the watch.
        let _watcher = watcher;
        let mut seen = BTreeMap::new();
        while changed.recv().await.is_some() {
            tokio::time::sleep(QUIET).await;
            while changed.try_recv().is_ok() {}
            reload(&app, &folder, &mut seen).await;
        }
    });
    Ok(())
}

/// Loads what differs from the live version. A file that does not load leaves the live version in place.
async fn reload(app: &App, folder: &Path, refused: &mut BTreeMap<PathBuf, Digest>) {
    for file in files(folder).unwrap_or_default() {
        let Ok(bytes) = tokio::fs::read(&file).await else {
            continue;
        };
        let digest = Digest::of(&bytes);
        let live = app
            .registry
            .all()
            .iter()
            .any(|connector| connector.digest() == digest);
        if live || refused.get(&file) == Some(&digest) {
            continue;
        }
        match load_file(app, &file).await {
            Ok(connector) => drop(activate(app, connector)),
            Err(error) => {
                tracing::error!(file = %file.display(), "not swapped, the live version stays: {error:#}");
                refused.insert(file, digest);
            }
        }
    }
}
