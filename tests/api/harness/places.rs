//! Where built files are.

use std::path::{Path, PathBuf};

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target")
}

/// The HubSpot connector's file.
pub(crate) fn hubspot() -> PathBuf {
    connector("hubspot")
}

/// The file of one of our connectors.
pub(crate) fn connector(slug: &str) -> PathBuf {
    existing(target().join(format!("connectors/{slug}.wasm")))
}

/// The connector that reports everything within its reach.
pub(crate) fn snoop() -> PathBuf {
    existing(target().join("test-guests/snoop.wasm"))
}

/// The connector whose answers show which version made them. `mark` is of nine letters.
pub(crate) fn twin(mark: &str) -> Vec<u8> {
    let bytes = std::fs::read(existing(target().join("test-guests/twin.wasm"))).unwrap();
    replaced(&bytes, "TWINMARKA", mark)
}

/// The same connector asking for one host more.
pub(crate) fn twin_that_asks_for_more(mark: &str) -> Vec<u8> {
    let asked = "\"https://twin.example\"";
    replaced(
        &twin(mark),
        &format!("{asked}{:24}]", ""),
        &format!("{asked}{:24}]", ", \"https://more.example\""),
    )
}

/// Bytes with a text replaced by another one of the same length, wherever it is.
fn replaced(bytes: &[u8], text: &str, by: &str) -> Vec<u8> {
    assert_eq!(text.len(), by.len(), "offsets in the file must stay");
    let mut replaced = bytes.to_vec();
    let mut found = 0;
    for at in 0..bytes.len() - text.len() {
        if bytes[at..].starts_with(text.as_bytes()) {
            replaced[at..at + text.len()].copy_from_slice(by.as_bytes());
            found += 1;
        }
    }
    assert!(found > 0, "`{text}` is not in the file");
    replaced
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
