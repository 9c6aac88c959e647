//! Projects in Rust: cargo with a tool chain for WebAssembly, as the SDK's script finds it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::tool;

/// Also what the Makefile builds our own connectors with.
const SCRIPT: &str = include_str!("../../../../../../sdk/rust/build-guest.sh");
const ADVICE: &str = "It belongs to every Unix system.";

/// Builds the core module, and says where it is.
pub(super) fn build(folder: &Path) -> anyhow::Result<PathBuf> {
    let mut command = Command::new("sh");
    command
        .args(["-c", SCRIPT, "build-guest.sh", "--project"])
        .arg(folder)
        // Says which files there are on stdout, and shows people what it always does on stderr.
        .arg("--message-format=json-render-diagnostics")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| tool::missing(&command, error, ADVICE))?;
    let mut module = None;
    if let Some(messages) = child.stdout.take() {
        for line in BufReader::new(messages).lines() {
            let line = line.context("what cargo says cannot be read")?;
            module = module_of(&line, &folder.join("Cargo.toml")).or(module);
        }
    }
    let status = child.wait().context("cargo cannot be waited for")?;
    if !status.success() {
        bail!("the project cannot be built; the reason stands above");
    }
    module.with_context(|| {
        format!(
            "{} makes no module: it needs `[lib]` with `crate-type = [\"cdylib\", \"rlib\"]`",
            folder.join("Cargo.toml").display()
        )
    })
}

/// The module that one of cargo's messages tells of, if it is that of this package.
/// <https://doc.rust-lang.org/cargo/reference/external-tools.html#artifact-messages>
fn module_of(line: &str, manifest: &Path) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
    let is_ours = text("/reason") == Some("compiler-artifact")
        && Path::new(text("/manifest_path")?) == manifest
        && message
            .pointer("/target/crate_types")?
            .as_array()?
            .contains(&"cdylib".into());
    let mut files = message
        .get("filenames")?
        .as_array()?
        .iter()
        .filter_map(Value::as_str);
    files
        .find(|file| is_ours && file.ends_with(".wasm"))
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::module_of;

    #[test]
    fn the_module_is_the_one_of_this_package() {
        let message = |reason: &str, manifest: &str, kind: &str| {
            format!(
                r#"{{"reason":"{reason}","manifest_path":"{manifest}","target":{{"crate_types":["{kind}","rlib"]}},
                    "filenames":["/p/target/libacme.rlib","/p/target/acme.wasm"]}}"#
            )
        };
        let module = Some(PathBuf::from("/p/target/acme.wasm"));
        for (line, expected) in [
            (message("compiler-artifact", "/p/Cargo.toml", "cdylib"), module),
            (message("compiler-artifact", "/p/Cargo.toml", "lib"), None),
            (message("compiler-artifact", "/p/sdk/Cargo.toml", "cdylib"), None),
            (message("build-script-executed", "/p/Cargo.toml", "cdylib"), None),
            ("Compiling acme".to_owned(), None),
        ] {
            assert_eq!(module_of(&line, Path::new("/p/Cargo.toml")), expected, "{line}");
        }
    }
}
