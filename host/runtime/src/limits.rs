//! What one call of a connector may use.

use std::time::Duration;

/// The limits of one call. Outbound HTTP has its own limits in the broker's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// From instantiation to the answer, waiting for the provider included.
    pub wall_clock: Duration,
    /// CPU time of the connector's own code, looked at every 10 ms.
    pub cpu: Duration,
    /// Bytes, summed over all memories of all modules in the component.
    pub memory_bytes: usize,
    /// Elements, summed over all tables.
    pub table_elements: usize,
    /// Bytes that one host call may lift out of the guest; also the cap on what a connector returns.
    pub host_call_bytes: usize,
    /// JSON values parsed, summed over all answers and records: a value can take a hundred times its text.
    pub json_values: usize,
    /// Handles (responses, streams) alive at a time.
    pub handles: usize,
    /// Bytes of log text per call; what is beyond is dropped.
    pub log_bytes: usize,
}

/// How often running guest code is looked at. Short enough that a second of CPU is measured to a percent, long enough
/// that the look costs nothing.
pub(crate) const TICK: Duration = Duration::from_millis(10);

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            wall_clock: Duration::from_secs(30),
            cpu: Duration::from_secs(1),
            memory_bytes: 64 << 20,
            table_elements: 100_000,
            host_call_bytes: 8 << 20,
            // Twice what one document may hold: 40 MB at the worst, usually a hundredth of that.
            json_values: 2 * routemcp_unified::json::MAX_VALUES,
            handles: 1_000,
            log_bytes: 16 << 10,
        }
    }
}
