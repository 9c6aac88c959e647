//! `clock`: the time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::bindings::routemcp::connector::clock::Host;
use crate::state::CallState;

impl Host for CallState {
    fn now_ms(&mut self) -> wasmtime::Result<u64> {
        // A clock before 1970 is a broken machine; zero is as good an answer as any.
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
    }
}
