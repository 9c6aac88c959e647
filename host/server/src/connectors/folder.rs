//! The folder of connector files: what is in it at the start, and what is saved into it later.
//!
//! A saved file goes the same way as an upload. What differs is what the folder's owner has granted by putting it there:
//! see [`Trust`]. The store remembers what an operator switched since, so at the start a file that the store knows is no news.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use routemcp_runtime::{Digest, LoadedConnector};

use super::error::ConnectorError;
use super::grants::Grants;
use super::install::{Candidate, install};
use super::publishers::signature_file;
use super::switch;
use crate::app::App;

/// What files in the folder are granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Production: the first file of a connector gets what it asks for, because the operator has put it there. A later one
    /// that asks for more is refused until that is granted.
    Operator,
    /// Development: every file gets what it asks for, and the folder is always right.
    Development,
}

/// What a file was when it was last looked at.
pub(crate) type Seen = BTreeMap<PathBuf, Digest>;

/// Loads what the store has as active and then what is new in the folder. One file that does not load does not stop the
/// others: it is reported, and its provider is not served, or stays as it was. Gives back what the folder held.
pub(crate) async fn load(app: &App, folder: &Path, trust: Trust) -> anyhow::Result<Seen> {
    let files = files(folder)?;
    let failed = switch::follow_store(app)
        .await
        .context("cannot read the active connectors from the database")?;
    for (slug, error) in failed {
        tracing::error!(connector = slug, "its active version is not live: {error}");
    }
    let progress = progress(files.len() as u64);
    let mut seen = Seen::new();
    for file in &files {
        progress.set_message(name(file));
        match take_at_start(app, file, trust).await {
            Ok(digest) => drop(seen.insert(file.clone(), digest)),
            Err(error) => {
                progress.suspend(|| tracing::error!(file = %file.display(), "not loaded: {error:#}"));
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(seen)
}

async fn take_at_start(app: &App, file: &Path, trust: Trust) -> anyhow::Result<Digest> {
    let (candidate, fingerprint) = read(file).await?;
    let digest = Digest::of(&candidate.content);
    if !is_news(app, digest, trust).await? {
        return Ok(fingerprint);
    }
    if let Err(error) = take(app, candidate, trust).await {
        tracing::error!(file = %file.display(), %digest, "not loaded: {error}");
    }
    Ok(fingerprint)
}

/// In development the folder decides. In production it was asked once: what the operator activated since then stands.
async fn is_news(app: &App, digest: Digest, trust: Trust) -> Result<bool, ConnectorError> {
    match trust {
        Trust::Development => Ok(app.registry.all().iter().all(|live| live.digest() != digest)),
        Trust::Operator => {
            let sha256 = digest.to_string();
            let known = app.store.connector_versions(None).await?;
            let states = app.store.connector_states().await?;
            Ok(!known.iter().any(|version| {
                version.sha256 == sha256 && states.iter().any(|state| state.slug == version.slug)
            }))
        }
    }
}

/// Looks at the folder again and takes what differs from what was seen. A file that is refused leaves the live version in
/// place, and is not looked at again until it changes.
pub(crate) async fn look_again(app: &App, folder: &Path, trust: Trust, seen: &mut Seen) {
    for file in files(folder).unwrap_or_default() {
        let Ok((candidate, fingerprint)) = read(&file).await else {
            continue;
        };
        if seen.insert(file.clone(), fingerprint) == Some(fingerprint) {
            continue;
        }
        let digest = Digest::of(&candidate.content);
        if app.registry.all().iter().any(|live| live.digest() == digest) {
            continue;
        }
        if let Err(error) = take(app, candidate, trust).await {
            tracing::error!(file = %file.display(), %digest, "not swapped, the live version stays: {error}");
        }
    }
}

async fn take(app: &App, candidate: Candidate, trust: Trust) -> Result<(), ConnectorError> {
    let grants = match trust {
        Trust::Operator => Grants::First,
        Trust::Development => Grants::All,
    };
    let installed = install(app, candidate, &grants, true).await?;
    if !installed.granted.is_empty() {
        tracing::info!(
            connector = installed.slug,
            hosts = installed.granted.join(" "),
            "granted what it asks for, because the file is in the connectors folder"
        );
    }
    for line in installed.changes.lines() {
        tracing::info!(connector = installed.slug, "changed {line}");
    }
    Ok(())
}

/// Loads one file without making it live or keeping it, with every host that it asks for: for tools on the author's machine.
pub(crate) async fn load_file(app: &App, file: &Path) -> anyhow::Result<LoadedConnector> {
    let (candidate, _) = read(file).await?;
    let mut connector = app.runtime.load(candidate.content).await?;
    connector.grant_hosts(|_| true);
    Ok(connector)
}

/// A file with the signature beside it, and what tells it apart from another.
async fn read(file: &Path) -> anyhow::Result<(Candidate, Digest)> {
    let content = tokio::fs::read(file)
        .await
        .with_context(|| format!("cannot read {}", file.display()))?;
    let signature = tokio::fs::read_to_string(signature_file(file)).await.ok();
    let mut both = Digest::of(&content).to_string();
    both.push_str(signature.as_deref().unwrap_or_default());
    Ok((Candidate { content, signature }, Digest::of(both.as_bytes())))
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

/// Starts watching: what is saved is swapped in, without a restart. It ends with the process.
pub(crate) fn watch(app: Arc<App>, folder: PathBuf, trust: Trust, mut seen: Seen) -> anyhow::Result<()> {
    let mut changes = crate::start::watch::changes(&folder)?;
    tokio::spawn(async move {
        while changes.next().await {
            look_again(&app, &folder, trust, &mut seen).await;
        }
    });
    Ok(())
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
