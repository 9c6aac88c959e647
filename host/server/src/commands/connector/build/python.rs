//! Projects in Python: a virtual environment in the project gets the pinned tool, and the SDK's module uses it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use super::tool;

/// What the SDK needs.
const PYTHON: (u32, u32) = (3, 11);
const ADVICE: &str = "Connectors in Python need Python 3.11 or newer, from https://www.python.org; on Debian: apt-get install \
                      python3 python3-venv";
const REQUIREMENTS: &str = "requirements.txt";
const INTERPRETER: &str = ".venv/bin/python";
/// A copy of the requirements that are installed.
const STAMP: &str = ".venv/routemcp-requirements.txt";

pub(super) fn build(folder: &Path, output: &Path) -> anyhow::Result<()> {
    if !folder.join(REQUIREMENTS).is_file() {
        bail!(
            "{} is missing: it names the packages to build with, as `routemcp connector new --lang python` writes it",
            folder.join(REQUIREMENTS).display()
        );
    }
    make_environment(folder)?;
    install(folder)?;
    let mut command = python(folder);
    command
        .args(["-m", "routemcp_connector.build", "--out"])
        .arg(output);
    tool::run(&mut command, ADVICE)
}

fn make_environment(folder: &Path) -> anyhow::Result<()> {
    let environment = folder.join(".venv");
    if environment.join("bin/python").exists() && environment.join("bin/pip").exists() {
        return Ok(());
    }
    let found = tool::version("python3", ADVICE)?;
    if found < PYTHON {
        bail!("`python3` is version {}.{}. {ADVICE}", found.0, found.1);
    }
    let mut command = Command::new("python3");
    command.current_dir(folder).args(["-m", "venv", ".venv"]);
    tool::run(&mut command, ADVICE)
        .context("no virtual environment can be made; on Debian it needs: apt-get install python3-venv")
}

fn install(folder: &Path) -> anyhow::Result<()> {
    let (requirements, stamp) = (folder.join(REQUIREMENTS), folder.join(STAMP));
    let wanted =
        std::fs::read(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted && is_fixed(&wanted)) {
        return Ok(());
    }
    let mut command = python(folder);
    command.args([
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "-r",
        REQUIREMENTS,
    ]);
    tool::run(&mut command, ADVICE)?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Whether requirements name packages only: what stands in other files and folders can change while they do not.
fn is_fixed(requirements: &[u8]) -> bool {
    let text = String::from_utf8_lossy(requirements);
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .into_iter()
        .all(|line| line.starts_with(|first: char| first.is_ascii_alphanumeric()) && !line.contains('/'))
}

/// The interpreter of the project's own environment.
fn python(folder: &Path) -> Command {
    let mut command = Command::new(folder.join(INTERPRETER));
    command.current_dir(folder);
    command
}

#[cfg(test)]
mod tests {
    use super::is_fixed;

    #[test]
    fn packages_are_fixed_and_files_are_not() {
        for (requirements, fixed) in [
            ("", true),
            ("# See ../README.md\ncomponentize-py==0.25.1\n", true),
            ("componentize-py==0.25.1\npython-dateutil>=2\n", true),
            ("../../sdk/python[build]\n", false),
            ("-r more.txt\n", false),
            ("shared @ file:///srv/shared\n", false),
        ] {
            assert_eq!(is_fixed(requirements.as_bytes()), fixed, "{requirements}");
        }
    }
}
