//! Many connectors at once: start with nothing compiled, start with everything in the cache, and memory.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use super::Findings;
use crate::folders;
use crate::renamed::renamed;
use crate::server::Launch;
use crate::usage;

pub(super) async fn measure(count: u32) -> anyhow::Result<Findings> {
    let connectors = folders::fresh("many-connectors")?;
    write(&connectors, count)?;
    let cache = folders::fresh("many-connectors-cache")?;
    let launch = Launch {
        connectors,
        cache,
        ..Launch::shipped("many-connectors-server", &[])?
    };
    let database = folders::fresh(launch.name)?;
    // The first start compiles and keeps everything; the second is what a restart is like.
    let (first, _) = start(&launch, &database).await?;
    let (second, memory) = start(&launch, &database).await?;
    let lines = vec![
        format!("{count} connectors"),
        format!("  first start, compiling: {:.1} s", first.as_secs_f64()),
        format!("  second start, from the cache: {:.2} s", second.as_secs_f64()),
        format!("  resident after the second start: {} MiB", memory >> 20),
    ];
    let json = json!({
        "connectors": count, "firstStartSeconds": first.as_secs_f64(),
        "secondStartSeconds": second.as_secs_f64(), "resident": memory,
    });
    Ok(Findings { lines, json })
}

async fn start(launch: &Launch<'_>, database: &Path) -> anyhow::Result<(Duration, u64)> {
    let started = Instant::now();
    let (_, process) = launch.serve(database).await?;
    let took = started.elapsed();
    Ok((took, usage::resident_memory(process.pid()?)?))
}

/// Copies of one connector, each under a name of its own, so that each is compiled by itself.
fn write(folder: &Path, count: u32) -> anyhow::Result<()> {
    let original = folders::bench()?.join("connectors/rust/hubspot.wasm");
    let original = std::fs::read(&original).with_context(|| format!("cannot read {}", original.display()))?;
    for number in 0..count {
        let slug = format!("hub{number:04}");
        std::fs::write(folder.join(format!("{slug}.wasm")), renamed(&original, &slug)?)?;
    }
    Ok(())
}
