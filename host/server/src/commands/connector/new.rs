//! `routemcp connector new`: a project that builds, has a sandbox and passes the suite.

mod files;
mod names;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

use crate::commands::say;
use names::Names;

#[derive(Args)]
pub(crate) struct Arguments {
    /// What people call the provider, for example "Acme CRM".
    name: String,
    /// The language to write the connector in.
    #[arg(long, short)]
    lang: Language,
    /// What the API calls the provider, for example acme-crm; made of the name if not given.
    #[arg(long)]
    slug: Option<String>,
    /// The folder to write; a new one with the name of the slug if not given.
    #[arg(long, short)]
    directory: Option<PathBuf>,
}

/// A language with an SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Small and fast: a fifth of a megabyte.
    Rust,
    /// JavaScript or TypeScript, for Node 20.10 or newer.
    Javascript,
    /// Python 3.11 or newer.
    Python,
}

impl Language {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Javascript => "JavaScript",
            Self::Python => "Python",
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let names = Names::new(&arguments.name, arguments.slug.as_deref())?;
    let beside = PathBuf::from(&names.slug);
    let directory = arguments.directory.as_deref().unwrap_or(&beside);
    check_free(directory)?;
    let written = files::write(arguments.lang, &names, directory)?;
    say(format_args!(
        "{}  {written} files: a connector for {} in {}, with a sandbox. It works as it is:\n",
        directory.display(),
        names.name,
        arguments.lang.name(),
    ));
    say(format_args!("  cd {}", shell_word(directory)));
    say("  routemcp connector build .");
    say(format_args!("  routemcp connector test {}.wasm\n", names.slug));
    say("Then make it yours: README.md says where to begin");
    Ok(())
}

/// Nothing is ever written over.
fn check_free(directory: &Path) -> anyhow::Result<()> {
    if !directory.exists() {
        return Ok(());
    }
    let shown = directory.display();
    let mut entries = std::fs::read_dir(directory)
        .with_context(|| format!("{shown} is no folder; give another one with --directory"))?;
    if entries.next().is_some() {
        bail!("{shown} has files in it; give another folder with --directory");
    }
    Ok(())
}

/// A path as one types it in a shell.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |character: char| character.is_alphanumeric() || "/._-+@%".contains(character);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::shell_word;

    #[test]
    fn paths_are_quoted_where_a_shell_needs_it() {
        for (path, expected) in [
            ("acme-crm", "acme-crm"),
            ("/home/zoë/acme", "/home/zoë/acme"),
            ("my connectors/acme", "'my connectors/acme'"),
            ("it's", r"'it'\''s'"),
        ] {
            assert_eq!(shell_word(Path::new(path)), expected);
        }
    }
}
