//! Where an SQLite database is: from URL to path and back.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::StoreError;

/// What may stand in a path as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');

/// The database URL of a file, whatever characters its path has.
#[must_use]
pub fn sqlite_url(path: &Path) -> String {
    format!("sqlite:{}", utf8_percent_encode(&path.to_string_lossy(), PATH))
}

/// The path in what follows `sqlite:`, with or without `//`. The only parameter is `mode=rwc`, which others need in order
/// to create a missing file; here it changes nothing.
pub(super) fn path(location: &str) -> Result<PathBuf, StoreError> {
    let unusable = |why: &str| Err(StoreError::Url(why.to_owned()));
    let (path, parameters) = location.split_once('?').unwrap_or((location, "mode=rwc"));
    if path == ":memory:" || parameters.contains("mode=memory") {
        return unusable("a database in memory cannot be shared by connections; give a file");
    }
    if parameters != "mode=rwc" {
        return unusable("sqlite: takes no parameters; a `?` in the path is written %3F");
    }
    let path = percent_decode_str(path.strip_prefix("//").unwrap_or(path)).decode_utf8();
    match path {
        Ok(path) if path.is_empty() => {
            unusable("give a file, for example sqlite:///var/lib/routemcp/routemcp.db")
        }
        Ok(path) if path.contains('\0') => unusable("a path cannot contain U+0000"),
        Ok(path) => Ok(PathBuf::from(&*path)),
        Err(_) => unusable("the path is not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{path, sqlite_url};

    #[test]
    fn paths_are_read_as_other_tools_read_them() {
        for (location, expected) in [
            ("a.db", "a.db"),
            ("//a.db", "a.db"),
            ("///var/a.db", "/var/a.db"),
            ("/var/a.db", "/var/a.db"),
            ("///var/a.db?mode=rwc", "/var/a.db"),
            (".routemcp/my%20data%3F.db", ".routemcp/my data?.db"),
        ] {
            assert_eq!(path(location).unwrap(), Path::new(expected), "{location}");
        }
    }

    #[test]
    fn what_would_not_be_a_shared_file_is_refused() {
        for location in [
            "",
            "//",
            ":memory:",
            "a.db?mode=memory",
            "a.db?mode=ro",
            "a.db?cache=shared",
            "%00",
            "%ff",
        ] {
            assert!(path(location).is_err(), "{location}");
        }
    }

    #[test]
    fn every_path_survives_its_url() {
        for text in [
            "/var/lib/a.db",
            "a.db",
            "/a%20b/c?d#e [f]/ü ✓.db",
            "C:\\x|y^z@`{}<>\"\t\n",
        ] {
            let url = sqlite_url(Path::new(text));
            assert_eq!(
                path(url.strip_prefix("sqlite:").unwrap()).unwrap(),
                Path::new(text),
                "{url}"
            );
        }
    }
}
