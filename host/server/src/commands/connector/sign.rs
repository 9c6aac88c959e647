//! `routemcp connector sign`: a publisher's signature beside a component.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use secrecy::SecretString;

use crate::commands::say;
use crate::connectors::publishers::{PublisherKey, signature_file};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The component.
    file: PathBuf,
    /// The publisher's private key, as `routemcp keys publisher` made it.
    #[arg(long)]
    key: PathBuf,
    /// Where to write the signature; FILE.sig if not given.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { file, key, output } = arguments;
    let text = std::fs::read_to_string(key).with_context(|| format!("cannot read {}", key.display()))?;
    let signing = PublisherKey::from_pem(&SecretString::from(text)).with_context(|| {
        format!(
            "{} is not an Ed25519 private key in PKCS #8 PEM; make one with `routemcp keys publisher`",
            key.display()
        )
    })?;
    let content = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let output = output.clone().unwrap_or_else(|| signature_file(file));
    std::fs::write(&output, format!("{}\n", signing.sign(&content)))
        .with_context(|| format!("cannot write {}", output.display()))?;
    say(format_args!(
        "{}  signed by {}",
        output.display(),
        signing.public()
    ));
    Ok(())
}
