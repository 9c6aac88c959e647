//! The files of a project: the template with its names filled in, and the SDK as it is.

use std::path::Path;

use anyhow::Context as _;

use super::Language;
use super::names::Names;

/// A file that the binary carries.
struct File {
    /// In the project.
    path: &'static str,
    text: &'static str,
    /// Whether `{{name}}` and `{{slug}}` stand for the names.
    filled: bool,
}

// RUST, JAVASCRIPT and PYTHON, put together by build.rs.
include!(concat!(env!("OUT_DIR"), "/project_files.rs"));

fn of(language: Language) -> &'static [File] {
    match language {
        Language::Rust => RUST,
        Language::Javascript => JAVASCRIPT,
        Language::Python => PYTHON,
    }
}

/// Writes a project, and says how many files it has.
pub(super) fn write(language: Language, names: &Names, directory: &Path) -> anyhow::Result<usize> {
    let files = of(language);
    for file in files {
        let path = directory.join(file.path);
        let cannot = || format!("cannot write {}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(cannot)?;
        }
        if file.filled {
            std::fs::write(&path, names.fill(file.text)).with_context(cannot)?;
        } else {
            std::fs::write(&path, file.text).with_context(cannot)?;
        }
        if file.text.starts_with("#!") {
            make_executable(&path).with_context(cannot)?;
        }
    }
    Ok(files.len())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Language, of};

    #[test]
    fn what_tools_leave_behind_is_not_carried() {
        for language in [Language::Rust, Language::Javascript, Language::Python] {
            let files = of(language);
            for part in ["__pycache__", "node_modules", ".venv", "target/", ".wasm"] {
                assert!(files.iter().all(|file| !file.path.contains(part)), "{part}");
            }
            assert!(files.iter().any(|file| file.path == ".gitignore"));
        }
    }

    /// A version that only one of the two has would be compiled and tested by nobody.
    #[test]
    fn a_rust_project_stands_on_the_versions_of_the_workspace() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let ours = std::fs::read_to_string(format!("{root}/Cargo.lock")).unwrap();
        let ours: Vec<&str> = ours.split("[[package]]").collect();
        let locked = text_of("Cargo.lock");
        let theirs = locked.split("[[package]]").skip(1);
        let theirs: Vec<&str> = theirs.filter(|package| package.contains("\nsource = ")).collect();
        assert!(theirs.len() > 10);
        let identity = |package: &str| package.lines().skip(1).take(4).collect::<Vec<_>>().join("\n");
        for package in theirs {
            let wanted = identity(package);
            assert!(ours.iter().any(|known| identity(known) == wanted), "{wanted}");
        }
    }

    #[test]
    fn the_copy_of_the_rust_sdk_depends_on_what_the_sdk_depends_on() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).unwrap();
        let workspace = read("Cargo.toml");
        let names = |manifest: &str| -> Vec<String> {
            let section = manifest.split("[dependencies]\n").nth(1).unwrap();
            let lines = section.lines().take_while(|line| !line.is_empty());
            lines
                .map(|line| line.split([' ', '.']).next().unwrap().to_owned())
                .collect()
        };
        let copy = text_of("sdk/Cargo.toml");
        assert_eq!(names(copy), names(&read("sdk/rust/Cargo.toml")));
        for name in names(copy) {
            let line = |manifest: &str| {
                let mut lines = manifest.lines();
                lines
                    .find(|line| line.starts_with(&format!("{name} = ")))
                    .map(str::to_owned)
            };
            assert_eq!(line(copy), line(&workspace), "{name}");
        }
    }

    fn text_of(path: &str) -> &'static str {
        of(Language::Rust)
            .iter()
            .find(|file| file.path == path)
            .unwrap()
            .text
    }
}
