//! `sandbox-store`: state of a sandbox, only within `sandbox.handle`.

use crate::bindings::routemcp::connector::sandbox_store::Host;
use crate::sandbox::SandboxTurn;
use crate::state::CallState;

impl CallState {
    fn turn(&mut self) -> wasmtime::Result<&mut SandboxTurn> {
        let outside = || wasmtime::Error::msg("sandbox-store can only be used by sandbox.handle");
        self.sandbox.as_mut().ok_or_else(outside)
    }
}

impl Host for CallState {
    async fn get(&mut self, collection: String, key: String) -> wasmtime::Result<Option<String>> {
        self.turn()?
            .get(collection, key)
            .await
            .map_err(wasmtime::Error::new)
    }

    fn put(&mut self, collection: String, key: String, value: String) -> wasmtime::Result<()> {
        self.turn()?
            .put(collection, key, value)
            .map_err(wasmtime::Error::new)
    }

    async fn delete(&mut self, collection: String, key: String) -> wasmtime::Result<bool> {
        self.turn()?
            .delete(collection, key)
            .await
            .map_err(wasmtime::Error::new)
    }

    async fn scan(
        &mut self,
        collection: String,
        after: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Vec<(String, String)>> {
        self.turn()?
            .scan(collection, after, limit)
            .await
            .map_err(wasmtime::Error::new)
    }
}
