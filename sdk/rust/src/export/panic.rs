//! Says in the operator's log why a connector panicked: to the host a panic is just a crash.

/// To be called first in every export. Setting the same hook again costs next to nothing, and a fresh instance has none.
pub(super) fn report() {
    std::panic::set_hook(Box::new(|panic| crate::log::error(panic.to_string())));
}
