//! `routemcp connector`: for people who write connectors.

mod build;
mod check;
mod test;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Turn a core WebAssembly module into a component.
    Build(build::Arguments),
    /// Load a component as the host would, and print what it is and what it asks for.
    Check(check::Arguments),
    /// Run the conformance suite: everything that the connector declares, through the whole host.
    Test(test::Arguments),
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Build(arguments) => build::run(&arguments),
        Command::Check(arguments) => check::run(&arguments).await,
        Command::Test(arguments) => test::run(arguments).await,
    }
}
