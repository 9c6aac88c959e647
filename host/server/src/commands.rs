//! The command line. One file per command; names and flags are those of the API description.

mod arguments;
mod connector;
mod dev;
mod keys;
mod organisations;
mod sandbox;
mod serve;

use clap::{Parser, Subcommand};

/// One REST API in front of many CRMs; every provider is a sandboxed WebAssembly connector.
#[derive(Parser)]
#[command(name = "routemcp", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start with everything embedded: SQLite, sandbox connections for every provider, connectors watched.
    Dev(dev::Arguments),
    /// Start for production.
    Serve(serve::Arguments),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Create and list organisations.
    #[command(subcommand)]
    Org(organisations::Command),
    /// Build and check connectors.
    #[command(subcommand)]
    Connector(connector::Command),
    /// Put a connector's sandbox on a socket.
    #[command(subcommand)]
    Sandbox(sandbox::Command),
}

/// Runs a command to its end.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Dev(arguments) => dev::run(arguments).await,
        Command::Serve(arguments) => serve::run(arguments).await,
        Command::Keys(command) => keys::run(command).await,
        Command::Org(command) => organisations::run(command).await,
        Command::Connector(command) => connector::run(command).await,
        Command::Sandbox(command) => sandbox::run(command).await,
    }
}

/// Writes an error and its causes for people.
#[expect(clippy::print_stderr, reason = "this is what a command line program does")]
pub(crate) fn print_error(error: &anyhow::Error) {
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because {cause}");
    }
}

/// Writes a line of a command's result.
#[expect(clippy::print_stdout, reason = "this is what a command line program does")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
