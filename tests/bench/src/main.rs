//! `routemcp-bench`: measures RouteMCP side by side with what people would use instead.
//!
//! [`run`] starts every contestant on one fake provider and measures them in turn, round by round; [`scale`] asks how far one
//! server goes. Provider, plain proxy and load generator are subcommands of this binary, each a process of its own, so that
//! the CPU time of the contestant is told apart from theirs.

mod chart;
mod client;
mod contestant;
mod contestants;
mod folders;
mod instructions;
mod load;
mod names;
mod process;
mod provider;
mod proxy;
mod renamed;
mod report;
mod run;
mod scale;
mod server;
mod statistics;
mod usage;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "routemcp-bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure all contestants side by side.
    Run(run::Arguments),
    /// Measure how far one server goes.
    Scale(scale::Arguments),
    /// Count the instructions of a request with callgrind.
    Instructions(instructions::Arguments),
    /// Be the fake provider.
    Provider(provider::Arguments),
    /// Be a plain proxy, made with axum and reqwest.
    Proxy(proxy::Arguments),
    /// Make load on one URL and print what came of it as JSON.
    Load(load::Arguments),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Run(arguments) => run::run(arguments).await,
        Command::Scale(arguments) => scale::run(arguments).await,
        Command::Instructions(arguments) => instructions::run(arguments).await,
        Command::Provider(arguments) => provider::run(arguments).await,
        Command::Proxy(arguments) => proxy::run(arguments).await,
        Command::Load(arguments) => load::run(arguments).await,
    }
}

/// Writes a line for whoever reads: a person, or the process that started this one.
#[expect(clippy::print_stdout, reason = "this is what a command line program does")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
