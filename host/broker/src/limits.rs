//! How much one call of a connector may spend on HTTP.

use std::time::Duration;

/// Limits of one [`Session`](crate::Session), that is of one call of a connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Requests, retries included.
    pub requests: u32,
    /// Bytes of one answer's body.
    pub response_bytes: usize,
    /// Bytes of all bodies together, those sent and those received.
    pub total_bytes: usize,
    /// Time to resolve the name, connect and shake hands.
    pub connect: Duration,
    /// Time from the start of one attempt, connecting included, to the answer's status line.
    pub first_byte: Duration,
    /// Time from the start of one attempt to the last byte of the answer.
    pub total: Duration,
    /// How often one request is tried where trying again is safe; 1 means no retries.
    pub attempts: u32,
}

impl Default for Limits {
    /// 20 requests, 8 MiB per answer, 16 MiB in all, 5 s to connect, 20 s to the first byte, 30 s in all, 3 attempts.
    fn default() -> Self {
        Self {
            requests: 20,
            response_bytes: 8 * 1024 * 1024,
            total_bytes: 16 * 1024 * 1024,
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(20),
            total: Duration::from_secs(30),
            attempts: 3,
        }
    }
}
