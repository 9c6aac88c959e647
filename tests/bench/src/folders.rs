//! Where things are, from the folder of this binary: `target/release`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The folder of release binaries.
pub(crate) fn binaries() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find this binary")?;
    let folder = own.parent().context("this binary has no folder")?;
    Ok(folder.to_owned())
}

/// `target/bench`: built contestants, data of a run, and results.
pub(crate) fn bench() -> anyhow::Result<PathBuf> {
    let target = binaries()?;
    let target = target.parent().context("this binary is not in a target folder")?;
    Ok(target.join("bench"))
}

/// An empty folder for the data of one contestant.
pub(crate) fn fresh(name: &str) -> anyhow::Result<PathBuf> {
    let folder = bench()?.join("run").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    create(&folder)?;
    Ok(folder)
}

/// Makes a folder if it is not there.
pub(crate) fn create(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
