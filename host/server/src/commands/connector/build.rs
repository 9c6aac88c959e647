//! `routemcp connector build`: a project, or a core module, becomes a component.

mod javascript;
mod project;
mod python;
mod rust;
mod tool;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use wit_component::ComponentEncoder;

use crate::commands::say;
use project::{Project, Tools};

#[derive(Args)]
pub(crate) struct Arguments {
    /// A project's folder, as `routemcp connector new` makes it, or a core module built with a RouteMCP SDK.
    path: PathBuf,
    /// Where to write the component; SLUG.wasm in the project's folder if not given.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let path = &arguments.path;
    if path.is_dir() {
        return build_project(&Project::find(path)?, arguments.output.as_deref());
    }
    let Some(output) = &arguments.output else {
        bail!(
            "where should the component of {} go? Say --output FILE",
            path.display()
        );
    };
    build_module(path, output)
}

fn build_project(project: &Project, output: Option<&Path>) -> anyhow::Result<()> {
    let output = match output {
        Some(output) => output.to_owned(),
        None => project.default_output()?,
    };
    // Tools run in the project's folder and not here.
    let output = std::path::absolute(&output).with_context(|| format!("cannot find {}", output.display()))?;
    if let Some(folder) = output.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    match project.tools {
        Tools::Rust => build_module(&rust::build(&project.folder)?, &output),
        Tools::JavaScript => javascript::build(&project.folder, &output),
        Tools::Python => python::build(&project.folder, &output),
    }
}

fn build_module(module: &Path, output: &Path) -> anyhow::Result<()> {
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
