//! `routemcp connector`: for people who write connectors, and for operators who switch them.

mod bench;
mod build;
mod check;
mod compile_for_cache;
mod install;
mod new;
mod remote;
mod sign;
mod switch;
mod test;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Begin a connector: a project that builds, has a sandbox and passes the suite.
    New(new::Arguments),
    /// Build a project's component, or turn a core WebAssembly module into one.
    Build(build::Arguments),
    /// Load a component as the host would, and print what it is and what it asks for.
    Check(check::Arguments),
    /// Run the conformance suite: everything that the connector declares, through the whole host.
    Test(test::Arguments),
    /// Measure requests through the whole host: time by part, CPU, memory.
    Bench(bench::Arguments),
    /// Sign a component with a publisher's key.
    Sign(sign::Arguments),
    /// Install a component on a running server.
    Install(install::Arguments),
    /// List the connectors of a running server, with their versions and grants.
    List(switch::List),
    /// Make an installed version the active one.
    Activate(switch::Activate),
    /// Return to the version that was active before.
    Rollback(switch::Named),
    /// Stop serving a provider. Its versions and connections stay.
    Disable(switch::Named),
    /// Serve a disabled provider again.
    Enable(switch::Named),
    /// Delete a version that is not active.
    Delete(switch::Version),
    /// Take a host back that was granted.
    Revoke(switch::Revoke),
    /// Compile a component from standard input into a cache, under limits. For the server.
    #[command(hide = true)]
    CompileForCache(compile_for_cache::Arguments),
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::New(arguments) => new::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Check(arguments) => check::run(arguments).await,
        Command::Test(arguments) => test::run(arguments).await,
        Command::Bench(arguments) => bench::run(arguments).await,
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Install(arguments) => install::run(arguments).await,
        Command::List(arguments) => switch::list(arguments).await,
        Command::Activate(arguments) => switch::activate(arguments).await,
        Command::Rollback(arguments) => switch::named(arguments, "rollback").await,
        Command::Disable(arguments) => switch::named(arguments, "disable").await,
        Command::Enable(arguments) => switch::named(arguments, "enable").await,
        Command::Delete(arguments) => switch::delete(arguments).await,
        Command::Revoke(arguments) => switch::revoke(arguments).await,
        Command::CompileForCache(arguments) => compile_for_cache::run(&arguments).await,
    }
}
