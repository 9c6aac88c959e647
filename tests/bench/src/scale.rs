//! `scale`: how far one server goes, with the connector as it is shipped.

mod connections;
mod connectors;
mod overload;
mod slow_calls;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use crate::folders;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Only these parts, separated by commas.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// How many connectors are loaded.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=9_999))]
    connectors: u32,
    /// How many organisations there are, with ten connections each.
    #[arg(long, default_value_t = 10_000)]
    organisations: u32,
    /// Length of each measurement.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    SlowCalls,
    Connections,
    Overload,
    Connectors,
}

/// What a part found: lines for people, and the same as JSON.
pub(crate) struct Findings {
    pub(crate) lines: Vec<String>,
    pub(crate) json: Value,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut results = Map::new();
    for part in Part::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(part) {
            continue;
        }
        let (name, found) = match part {
            Part::SlowCalls => ("slowCalls", slow_calls::measure().await?),
            Part::Connections => {
                let found = connections::measure(arguments.organisations, arguments.seconds).await?;
                ("connections", found)
            }
            Part::Overload => ("overload", overload::measure(arguments.seconds).await?),
            Part::Connectors => ("connectors", connectors::measure(arguments.connectors).await?),
        };
        for line in found.lines {
            crate::say(line);
        }
        crate::say("");
        results.insert(name.to_owned(), found.json);
    }
    let file = folders::bench()?.join("scale.json");
    std::fs::write(&file, serde_json::to_string_pretty(&results)?)?;
    crate::say(format_args!("written: {}", file.display()));
    Ok(())
}
