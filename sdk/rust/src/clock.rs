//! The time. A plain WebAssembly guest has no other clock.

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> u64 {
    crate::host::now_ms()
}
