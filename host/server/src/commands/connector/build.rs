//! `routemcp connector build`: a core module becomes a component.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use wit_component::ComponentEncoder;

use crate::commands::say;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The core module, for example target/wasm32-unknown-unknown/release/my_connector.wasm
    module: PathBuf,
    /// Where to write the component.
    #[arg(long, short)]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { module, output } = arguments;
    let core = std::fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut encoder = ComponentEncoder::default();
    let component = encoder
        .validate(true)
        .module(&core)
        .and_then(|encoder| encoder.encode());
    let component = component.with_context(|| {
        format!(
            "{} cannot become a component; is it built with a RouteMCP SDK?",
            module.display()
        )
    })?;
    write_whole(output, &component)?;
    say(format_args!("{}  {} bytes", output.display(), component.len()));
    Ok(())
}

/// Writes beside the target and renames, so that a watching server never reads half a file. An unchanged file is left
/// alone, so that it is not swapped for itself.
fn write_whole(output: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", output.display());
    if std::fs::read(output).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    let beside = output.with_extension("wasm.new");
    std::fs::write(&beside, bytes).with_context(cannot)?;
    std::fs::rename(&beside, output).with_context(cannot)
}
