//! RouteMCP itself, with the HubSpot connector in each way that there is.

use super::Start;
use crate::contestant::Contestant;
use crate::folders;
use crate::server::{Launch, Server};

/// One way to run the HubSpot connector.
#[derive(Clone, Copy)]
pub(crate) struct Variant {
    name: &'static str,
    /// Below `target`.
    binary: &'static str,
    /// Folder of the connector file, below `target/bench/connectors`.
    connector: &'static str,
}

/// Compiled into the server, which is the price of everything but WebAssembly.
pub(crate) const NATIVE: Variant = Variant {
    name: "ours-native",
    binary: "bench/routemcp-native",
    connector: "rust",
};
/// As it is shipped.
pub(crate) const WASM: Variant = Variant {
    name: "ours-wasm",
    binary: "release/routemcp",
    connector: "rust",
};
/// The same lists, written in JavaScript.
pub(crate) const JAVASCRIPT: Variant = Variant {
    name: "ours-javascript",
    binary: "release/routemcp",
    connector: "javascript",
};
/// The same lists, written in Python.
pub(crate) const PYTHON: Variant = Variant {
    name: "ours-python",
    binary: "release/routemcp",
    connector: "python",
};

pub(super) async fn start(variant: Variant, provider: &str) -> anyhow::Result<Start> {
    let bench = folders::bench()?;
    let base_urls = [("hubspot", provider)];
    let launch = Launch {
        binary: bench.join("..").join(variant.binary),
        connectors: bench.join("connectors").join(variant.connector),
        ..Launch::shipped(variant.name, &base_urls)?
    };
    for needed in [&launch.binary, &launch.connectors.join("hubspot.wasm")] {
        if !needed.exists() {
            let why = format!("{} was not built (`make bench` says why)", needed.display());
            return Ok(Start::Skipped(why));
        }
    }
    let server = launch.start().await?;
    server.connect("hubspot").await?;
    server.override_mapping("hubspot").await?;
    let Server {
        base, key, process, ..
    } = server;
    let contestant = Contestant::unified(variant.name, base, &key, process);
    Ok(Start::Running(contestant))
}
