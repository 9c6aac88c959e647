//! Loads connector files from a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use routemcp_runtime::LoadedConnector;

use crate::app::App;

/// Loads every `*.wasm` file of a folder and shows progress on a terminal. One file that does not load does not stop the
/// others: it is reported, and its provider is not served.
pub(crate) async fn load_folder(app: &App, folder: &Path) -> anyhow::Result<()> {
    let files = files(folder)?;
    let progress = progress(files.len() as u64);
    for file in &files {
        progress.set_message(name(file));
        match load_file(app, file).await {
            Ok(connector) => drop(activate(app, connector)),
            Err(error) => {
                progress.suspend(|| tracing::error!(file = %file.display(), "not loaded: {error:#}"))
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

/// Loads one file without making it live.
pub(crate) async fn load_file(app: &App, file: &Path) -> anyhow::Result<LoadedConnector> {
    let bytes = tokio::fs::read(file)
        .await
        .with_context(|| format!("cannot read {}", file.display()))?;
    Ok(app.runtime.load(bytes).await?)
}

/// Makes a connector live.
pub(crate) fn activate(app: &App, connector: LoadedConnector) -> Option<Arc<LoadedConnector>> {
    let manifest = connector.manifest();
    let (digest, compile) = (connector.digest().short(), connector.inspection().compile);
    tracing::info!(
        connector = manifest.slug,
        version = manifest.version,
        digest,
        ?compile,
        "connector is live"
    );
    app.registry.activate(Arc::new(connector))
}

/// The connector files of a folder, in order.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| {
        format!(
            "cannot read the connector folder {} (`make connectors` builds it)",
            folder.display()
        )
    })?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "wasm"))
        .collect();
    files.sort();
    Ok(files)
}

fn name(file: &Path) -> String {
    file.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn progress(files: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("compiling connectors {bar:20} {pos}/{len} {msg}");
    ProgressBar::new(files).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
