//! The data folder of `routemcp dev`.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use routemcp_store::MasterKey;
use secrecy::ExposeSecret;

use crate::commands::arguments::{MASTER_KEY_FILE, read_key_file, write_private};

/// Makes the folder, for its owner only.
pub(super) fn create(folder: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make the data folder {}", folder.display()))
}

pub(super) fn absolute(folder: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(folder).with_context(|| format!("cannot find {}", folder.display()))
}

/// The folder's master key, made on first use.
pub(super) fn master_key(folder: &Path) -> anyhow::Result<MasterKey> {
    let file = folder.join(MASTER_KEY_FILE);
    if file.exists() {
        return read_key_file(&file);
    }
    let (key, text) = MasterKey::generate();
    write_private(&file, &format!("{}\n", text.expose_secret()))?;
    Ok(key)
}
