//! WebAssembly: the engine, the registry of connectors, and one call into a connector.
//!
//! Three types carry the crate: [`Runtime`] compiles and links, [`LoadedConnector`] is one version of one connector that
//! is ready to be called, [`Registry`] says which version is live. A call takes an `Arc` of its connector once and keeps
//! it to the end, so that a swap never touches a call under way. Every call runs in a fresh store: nothing of one
//! tenant's call is reachable from the next.

mod admission;
mod advice;
mod bindings;
mod call;
mod cpu;
mod digest;
mod documents;
mod engine;
mod error;
mod imports;
mod invoke;
mod limits;
mod loader;
mod memory;
#[cfg(feature = "native-connectors")]
mod native;
mod records;
mod registry;
mod sandbox;
mod state;

pub use admission::{Admission, Permit, Places};
pub use call::{CallContext, Called, Page, Query, Usage};
pub use digest::Digest;
pub use engine::{CONTRACT_VERSION, EngineOptions, Runtime};
pub use error::{CallError, Failure, LimitExceeded, LoadError};
pub use limits::CallLimits;
pub use loader::{Inspection, LoadedConnector};
#[cfg(feature = "native-connectors")]
pub use native::NativeConnector;
pub use records::Records;
pub use registry::Registry;
pub use sandbox::{
    MemorySandboxState, SandboxChange, SandboxPlayer, SandboxReply, SandboxRequest, SandboxScope,
    SandboxState, SandboxStateError,
};
