//! `connection`: non-secret settings of the connection that this call runs for.

use crate::bindings::routemcp::connector::connection::Host;
use crate::state::CallState;

impl Host for CallState {
    fn setting(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        Ok(self.settings.get(&name).cloned())
    }
}
