//! `types` holds shapes only, so there is nothing to do.

use crate::bindings::routemcp::connector::types::Host;
use crate::state::CallState;

impl Host for CallState {}
