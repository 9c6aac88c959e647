//! `run`: all contestants in turn on one provider, round by round, so that a machine that slows down slows all of them.

mod fan_out;
mod verify;

use std::io::IsTerminal as _;

use anyhow::bail;
use clap::Args;

use crate::contestant::Contestant;
use crate::contestants::{self, Start};
use crate::folders;
use crate::load::{self, Asked, Measured};
use crate::process::{self, Process};
use crate::report::Report;
use crate::usage;
pub(crate) use fan_out::FanOut;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Fewer and shorter rounds: about two minutes.
    #[arg(long)]
    quick: bool,
    /// Only these contestants, separated by commas.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Connections at a time.
    #[arg(long, value_delimiter = ',')]
    connections: Vec<usize>,
    /// Records of a page: 1 to 100.
    #[arg(long, value_delimiter = ',')]
    limits: Vec<u32>,
    /// Length of each measurement.
    #[arg(long)]
    seconds: Option<f64>,
    /// How often each is measured.
    #[arg(long)]
    rounds: Option<usize>,
    /// How long the provider thinks before it answers, in milliseconds.
    #[arg(long, default_value_t = 0)]
    provider_delay_ms: u64,
    /// Leave the lists over four providers out.
    #[arg(long)]
    no_fan_out: bool,
}

/// One thing to measure of every contestant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) limit: u32,
    pub(crate) connections: usize,
}

/// How long and how often.
#[derive(Clone, Copy)]
struct Pace {
    rounds: usize,
    seconds: f64,
    warm_up: f64,
}

impl Arguments {
    fn pace(&self) -> Pace {
        let (rounds, seconds, warm_up) = if self.quick { (2, 1.2, 0.3) } else { (5, 4.0, 0.7) };
        Pace {
            rounds: self.rounds.unwrap_or(rounds),
            seconds: self.seconds.unwrap_or(seconds),
            warm_up,
        }
    }

    /// Pages of 25 at every width, and pages of 100 in the middle, unless something else is asked for.
    fn settings(&self) -> Vec<Setting> {
        let connections = or_else(&self.connections, &[1, 16, 128]);
        let all = |limit| {
            connections
                .iter()
                .map(move |&connections| Setting { limit, connections })
        };
        if !self.limits.is_empty() || !self.connections.is_empty() {
            return or_else(&self.limits, &[25])
                .iter()
                .flat_map(|&limit| all(limit))
                .collect();
        }
        let large = Setting {
            limit: 100,
            connections: 16,
        };
        all(25).chain([large]).collect()
    }

    fn contestants(&self) -> Vec<&str> {
        if self.only.is_empty() {
            return contestants::ALL.to_vec();
        }
        self.only.iter().map(String::as_str).collect()
    }
}

fn or_else<T: Copy>(given: &[T], default: &[T]) -> Vec<T> {
    if given.is_empty() {
        default.to_vec()
    } else {
        given.to_vec()
    }
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let provider = provider("provider", arguments.provider_delay_ms).await?;
    let mut report = Report::default();
    let mut contestants = Vec::new();
    for name in arguments.contestants() {
        match contestants::start(name, &provider.url).await? {
            Start::Running(contestant) => contestants.push(contestant),
            Start::Skipped(why) => {
                crate::say(format_args!("not measured: {name}: {why}"));
                report.skipped.push((name.to_owned(), why));
            }
        }
    }
    verify::same_answers(&contestants).await?;
    let (settings, pace) = (arguments.settings(), arguments.pace());
    for round in 0..pace.rounds {
        for setting in &settings {
            for contestant in &contestants {
                progress(&format!(
                    "round {} of {}: {} {setting:?}",
                    round + 1,
                    pace.rounds,
                    contestant.name
                ));
                let measured = measure(contestant, *setting, pace).await?;
                report.add(contestant.name, *setting, measured);
            }
        }
    }
    for contestant in &contestants {
        if let Some(process) = &contestant.process {
            report
                .memory
                .insert(contestant.name, usage::peak_memory(process.pid()?)?);
        }
    }
    drop(contestants);
    if !arguments.no_fan_out {
        report.fan_out = fan_out::measure(&arguments.contestants(), pace.rounds, pace.seconds).await?;
    }
    progress("");
    finish(&report)
}

async fn measure(contestant: &Contestant, setting: Setting, pace: Pace) -> anyhow::Result<Measured> {
    let pid = contestant.process.as_ref().map(Process::pid).transpose()?;
    let asked = Asked {
        urls: &[contestant.url(setting.limit)],
        headers: &contestant.headers,
        connections: setting.connections,
        rate: None,
        seconds: pace.seconds,
        warm_up: pace.warm_up,
        pid,
    };
    let measured = load::apart(&asked).await?;
    if !measured.failures.is_empty() {
        // A fast refusal is no answer.
        bail!(
            "{} with {setting:?} answered otherwise than with 200: {:?}",
            contestant.name,
            measured.failures
        );
    }
    Ok(measured)
}

/// A fake provider in a process of its own.
pub(crate) struct Provider {
    pub(crate) url: String,
    _process: Process,
}

pub(crate) async fn provider(name: &str, delay_ms: u64) -> anyhow::Result<Provider> {
    let folder = folders::fresh(name)?;
    let mut process = process::own(&folder, &["provider", "--delay-ms", &delay_ms.to_string()])?;
    let url = process.url().await?;
    Ok(Provider {
        url,
        _process: process,
    })
}

/// Shows what is going on, where somebody is watching.
#[expect(clippy::print_stderr, reason = "progress is not part of the result")]
fn progress(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
    }
}

fn finish(report: &Report) -> anyhow::Result<()> {
    for line in report.lines() {
        crate::say(line);
    }
    let folder = folders::bench()?;
    report.write(&folder)?;
    crate::say(format_args!(
        "\nwritten: {}",
        folder.join("results.json").display()
    ));
    crate::say(format_args!(
        "written: {}",
        folder.join("throughput.svg").display()
    ));
    Ok(())
}
