//! Projects in JavaScript: npm gets the tools that the project pins, and the SDK's script uses them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use super::tool;

/// What the SDK needs.
const NODE: (u32, u32) = (20, 10);
const NODE_ADVICE: &str = "Connectors in JavaScript need Node.js 20.10 or newer, from https://nodejs.org";
const NPM_ADVICE: &str = "It comes with Node.js from https://nodejs.org; on Debian: apt-get install npm";
const BUILD: &str = "node_modules/@routemcp/connector/build.mjs";
const LOCK: &str = "package-lock.json";
/// A copy of the lock file that the installed tools are of. npm takes it away with everything else.
const STAMP: &str = "node_modules/.routemcp-package-lock.json";

pub(super) fn build(folder: &Path, output: &Path) -> anyhow::Result<()> {
    let found = tool::version("node", NODE_ADVICE)?;
    if found < NODE {
        bail!("`node` is version {}.{}. {NODE_ADVICE}", found.0, found.1);
    }
    install(folder)?;
    if !folder.join(BUILD).is_file() {
        bail!(
            "{BUILD} is missing: package.json must depend on @routemcp/connector, as `routemcp connector new --lang javascript` \
             writes it"
        );
    }
    let mut command = Command::new("node");
    command.current_dir(folder).args([BUILD, "--out"]).arg(output);
    tool::run(&mut command, NODE_ADVICE)
}

fn install(folder: &Path) -> anyhow::Result<()> {
    let (lock, stamp) = (folder.join(LOCK), folder.join(STAMP));
    let wanted = std::fs::read(&lock).ok();
    if wanted.is_some() && std::fs::read(&stamp).ok() == wanted {
        return Ok(());
    }
    // Without a lock file there is nothing to install exactly; npm then writes one.
    let verb = if wanted.is_some() { "ci" } else { "install" };
    let mut command = Command::new("npm");
    command
        .current_dir(folder)
        .args([verb, "--no-audit", "--no-fund"]);
    tool::run(&mut command, NPM_ADVICE)?;
    std::fs::copy(&lock, &stamp)
        .map(drop)
        .with_context(|| format!("cannot copy {} to {}", lock.display(), stamp.display()))
}
