//! `routemcp connector bench`: what requests cost.

use std::path::PathBuf;

use clap::Args;
use url::Url;

use crate::commands::say;
use crate::conformance::{Measured, Options, measure};
use crate::start::logging;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The component.
    file: PathBuf,
    /// Measure only this operation, resource or RESOURCE/OPERATION, for example list, contact or contact/list.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Calls of each operation.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    calls: u32,
    /// Measure against a simulator of the provider that listens at this URL, instead of the connector's own sandbox.
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    logging::start(logging::Format::Text, "error", None);
    let options = Options {
        file: arguments.file,
        base_url: arguments.base_url,
        only: arguments.only,
    };
    let measured = measure(&options, arguments.calls as usize).await?;
    if measured.is_empty() {
        anyhow::bail!(
            "there is nothing to measure: no operation fits, or the manifest has no examples for writes"
        );
    }
    for line in Measured::table(&measured) {
        say(line);
    }
    say(
        "\nmedian and p99 are of whole requests; connector + provider + host are their parts (medians). The connector's part \
         has its instantiation in it; CPU is that of its own code. Its own sandbox plays the provider unless --base-url is given",
    );
    Ok(())
}
