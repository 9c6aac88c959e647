//! `sandbox-store`: state of a sandbox, only within `sandbox.handle`.

use std::sync::Arc;

use crate::bindings::routemcp::connector::sandbox_store::Host;
use crate::cpu::CpuMeter;
use crate::sandbox::{SandboxTurn, TurnError};
use crate::state::CallState;

impl CallState {
    fn turn(&mut self) -> wasmtime::Result<&mut SandboxTurn> {
        let outside = || wasmtime::Error::msg("sandbox-store can only be used by sandbox.handle");
        self.sandbox.as_mut().ok_or_else(outside)
    }
}

/// Waits for the state; that is not the guest's CPU time.
async fn off_the_meter<T>(
    cpu: &CpuMeter,
    work: impl Future<Output = Result<T, TurnError>>,
) -> wasmtime::Result<T> {
    cpu.pause();
    let done = work.await;
    cpu.resume();
    done.map_err(wasmtime::Error::new)
}

impl Host for CallState {
    async fn get(&mut self, collection: String, key: String) -> wasmtime::Result<Option<String>> {
        let cpu = Arc::clone(&self.cpu);
        off_the_meter(&cpu, self.turn()?.get(collection, key)).await
    }

    fn put(&mut self, collection: String, key: String, value: String) -> wasmtime::Result<()> {
        self.turn()?
            .put(collection, key, value)
            .map_err(wasmtime::Error::new)
    }

    async fn delete(&mut self, collection: String, key: String) -> wasmtime::Result<bool> {
        let cpu = Arc::clone(&self.cpu);
        off_the_meter(&cpu, self.turn()?.delete(collection, key)).await
    }

    async fn scan(
        &mut self,
        collection: String,
        after: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Vec<(String, String)>> {
        let cpu = Arc::clone(&self.cpu);
        off_the_meter(&cpu, self.turn()?.scan(collection, after, limit)).await
    }
}
