//! Lists the files that `routemcp connector new` writes, so that the binary carries them: templates, SDKs and the contract.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What of the repository goes where in a project: a file or folder, its place there, and whether names are filled in.
type Part = (&'static str, &'static str, bool);

const RUST: &[Part] = &[
    ("sdk/rust/template", "", true),
    ("sdk/rust/src", "sdk/src", false),
    ("wit/connector.wit", "sdk/wit/connector.wit", false),
    ("wit/manifest.schema.json", "manifest.schema.json", false),
    ("rustfmt.toml", "rustfmt.toml", false),
    ("LICENSE", "sdk/LICENSE", false),
];

const JAVASCRIPT: &[Part] = &[
    ("sdk/javascript/template", "", true),
    ("sdk/javascript/package.json", "sdk/package.json", false),
    ("sdk/javascript/build.mjs", "sdk/build.mjs", false),
    ("sdk/javascript/src", "sdk/src", false),
    ("sdk/javascript/types", "sdk/types", false),
    ("wit/connector.wit", "sdk/wit/connector.wit", false),
    ("wit/manifest.schema.json", "manifest.schema.json", false),
    ("LICENSE", "sdk/LICENSE", false),
];

const PYTHON: &[Part] = &[
    ("sdk/python/template", "", true),
    ("sdk/python/routemcp_connector", "routemcp_connector", false),
    ("wit/manifest.schema.json", "manifest.schema.json", false),
    ("LICENSE", "routemcp_connector/LICENSE", false),
];

/// What tools leave behind, and tests of the SDKs themselves.
const SKIPPED: [&str; 5] = ["node_modules", "__pycache__", ".venv", "target", "tests"];

/// The Rust SDK finds the contract at the top of the repository; in a project it has a copy.
const BINDINGS: (&str, &str, &str) = ("sdk/src/bindings.rs", "path: \"../../wit\"", "path: \"wit\"");

fn main() -> Outcome<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?)
        .join("../..")
        .canonicalize()?;
    let mut code = String::new();
    for (name, parts) in [("RUST", RUST), ("JAVASCRIPT", JAVASCRIPT), ("PYTHON", PYTHON)] {
        writeln!(code, "static {name}: &[File] = &[")?;
        for &(from, to, filled) in parts {
            add(&mut code, &root.join(from), to, filled)?;
        }
        writeln!(code, "];")?;
    }
    fs::write(out("project_files.rs")?, code)?;
    Ok(())
}

fn out(name: &str) -> Outcome<PathBuf> {
    Ok(Path::new(&env::var("OUT_DIR")?).join(name))
}

/// Files are watched one by one, not their folders: what tools leave in those would compile the server again. A file that is
/// added to an SDK or template is found because another one changes to use it.
fn add(code: &mut String, from: &Path, to: &str, filled: bool) -> Outcome<()> {
    if !from.is_dir() {
        println!("cargo::rerun-if-changed={}", from.display());
        let from = adapted(from, to)?;
        writeln!(
            code,
            "File {{ path: {to:?}, text: include_str!({from:?}), filled: {filled} }},"
        )?;
        return Ok(());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        names.push(
            name.into_string()
                .map_err(|name| format!("{} is no UTF-8", name.display()))?,
        );
    }
    names.sort();
    for name in names.iter().filter(|name| !is_skipped(name)) {
        // A template's own rules would hide its files from the repository.
        let shown = if name == "gitignore" { ".gitignore" } else { name };
        let to = if to.is_empty() {
            shown.to_owned()
        } else {
            format!("{to}/{shown}")
        };
        add(code, &from.join(name), &to, filled)?;
    }
    Ok(())
}

fn is_skipped(name: &str) -> bool {
    SKIPPED.contains(&name)
        || [".egg-info", ".wasm", ".pyc"]
            .iter()
            .any(|end| name.ends_with(end))
}

fn adapted(from: &Path, to: &str) -> Outcome<PathBuf> {
    let (file, here, there) = BINDINGS;
    if to != file {
        return Ok(from.to_owned());
    }
    let text = fs::read_to_string(from)?;
    if !text.contains(here) {
        return Err(format!("{} has no `{here}`", from.display()).into());
    }
    let adapted = out("bindings.rs")?;
    fs::write(&adapted, text.replace(here, there))?;
    Ok(adapted)
}
