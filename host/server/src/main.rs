//! `routemcp`: one REST API in front of many CRMs, every provider a sandboxed WebAssembly connector.
//!
//! The folders follow a request: [`http`] takes it in, [`flow`] finds the connection, the mapping and the connector, and
//! turns what the provider said into unified records. [`connect`] makes connections, [`oauth`] keeps their tokens fresh,
//! [`connectors`] is the life cycle of connectors. [`start`] puts the parts together, [`commands`] is the command line.

mod app;
mod commands;
mod conformance;
mod connect;
mod connectors;
mod flow;
mod http;
mod measures;
mod oauth;
mod rate_limit;
mod request_log;
mod start;
mod work;

use std::process::ExitCode;

use clap::Parser;

/// A request makes and drops some thousand small values; glibc's allocator took a third of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match commands::run(commands::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::print_error(&error);
            ExitCode::FAILURE
        }
    }
}
