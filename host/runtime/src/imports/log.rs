//! `log`: a connector's log lines, capped per call and cleaned of control characters.

use crate::bindings::routemcp::connector::log::Host;
use crate::documents::clean_text;
use crate::state::CallState;

/// The longest single line, in characters.
const LINE_LENGTH: usize = 2_000;
/// What each line costs beside its text, in bytes: the host writes time, connector and digest with it.
const LINE_COST: usize = 64;

impl Host for CallState {
    fn write(&mut self, level: String, message: String) -> wasmtime::Result<()> {
        if self.log_bytes_left == 0 {
            return Ok(());
        }
        self.log_bytes_left = self.log_bytes_left.saturating_sub(message.len() + LINE_COST);
        let message = clean_text(&message, LINE_LENGTH);
        let (connector, digest) = (&*self.label.slug, &*self.label.digest);
        match level.as_str() {
            "error" => tracing::error!(target: "connector", connector, digest, "{message}"),
            "warn" => tracing::warn!(target: "connector", connector, digest, "{message}"),
            "debug" => tracing::debug!(target: "connector", connector, digest, "{message}"),
            _ => tracing::info!(target: "connector", connector, digest, "{message}"),
        }
        if self.log_bytes_left == 0 {
            tracing::warn!(connector, digest, "the rest of this call's log is dropped");
        }
        Ok(())
    }
}
