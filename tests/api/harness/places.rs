//! Where built files are.

use std::path::{Path, PathBuf};

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target")
}

/// The HubSpot connector's file.
pub(crate) fn hubspot() -> PathBuf {
    existing(target().join("connectors/hubspot.wasm"))
}

/// The connector that reports everything within its reach.
pub(crate) fn snoop() -> PathBuf {
    existing(target().join("test-guests/snoop.wasm"))
}

fn existing(path: PathBuf) -> PathBuf {
    let found = path.canonicalize();
    found.unwrap_or_else(|error| panic!("{}: {error}; `make connectors` builds it", path.display()))
}

/// Copies so that a watching server never reads half a file.
pub(crate) fn copy_atomically(from: &Path, to: &Path) {
    let beside = to.with_extension("new");
    std::fs::copy(from, &beside).unwrap();
    std::fs::rename(&beside, to).unwrap();
}

/// Compiled connectors, shared by all servers of all runs.
pub(crate) fn compile_cache() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("api-compile-cache");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
