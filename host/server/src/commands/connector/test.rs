//! `routemcp connector test`: the conformance suite.

use std::path::PathBuf;

use clap::Args;
use url::Url;

use crate::commands::say;
use crate::conformance::{self, Options};
use crate::start::logging;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The component.
    file: PathBuf,
    /// Run only this case, resource or RESOURCE/CASE, for example walk, contact or contact/walk.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Run against a simulator of the provider that listens at this URL, for example one that `routemcp sandbox serve`
    /// started, instead of the connector's own sandbox in this process.
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    logging::start(logging::Format::Text, "error", None);
    let Arguments { file, only, base_url } = arguments;
    let options = Options { file, base_url, only };
    let report = conformance::run(&options, &|line| say(line)).await?;
    match report.failed() {
        0 => Ok(()),
        1 => anyhow::bail!("1 case failed"),
        failed => anyhow::bail!("{failed} cases failed"),
    }
}
