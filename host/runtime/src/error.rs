//! What can go wrong when a connector is loaded or called.

use std::time::Duration;

/// A failure that a connector reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One of the kinds of `wit/connector.wit`; unknown kinds count as `unexpected`.
    pub kind: String,
    /// For people; cut to a sane length, control characters removed.
    pub message: String,
    /// The provider's HTTP status, when it answered.
    pub status: Option<u16>,
    /// How long the provider asked us to wait.
    pub retry_after: Option<Duration>,
    /// Provider field -> what is wrong with it.
    pub fields: Vec<(String, String)>,
}

/// A limit of [`crate::CallLimits`] that a connector ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitExceeded {
    /// It executed for longer than its CPU allowance.
    Cpu,
    /// It had no answer within the wall-clock time.
    WallClock,
    /// It wanted more memory or table elements, and gave up when refused.
    Memory,
    /// It recursed too deeply.
    Stack,
    /// It passed more bytes or handles to the host than a call may.
    HostCall,
    /// It had more JSON parsed than a call may hold.
    JsonValues,
}

impl std::fmt::Display for LimitExceeded {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Cpu => "its CPU time",
            Self::WallClock => "its time",
            Self::Memory => "its memory",
            Self::Stack => "its stack",
            Self::HostCall => "what may be passed to the host",
            Self::JsonValues => "its JSON values",
        })
    }
}

/// Why a call gave no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The connector answered with a failure.
    #[error("{}: {}", .0.kind, .0.message)]
    Failure(Failure),
    /// The connector used up a limit.
    #[error("the connector used up {0}")]
    Limit(LimitExceeded),
    /// The connector crashed. The text is for the log, not for the caller.
    #[error("the connector crashed: {0}")]
    Trap(String),
    /// The connector broke the contract: pointers that lead nowhere, records that are not JSON, too many records.
    #[error("the connector broke the contract: {0}")]
    Contract(String),
    /// Too many calls are under way; nothing was started.
    #[error("too many calls are under way")]
    Overloaded {
        /// When it makes sense to come back.
        retry_after: Duration,
    },
    /// The host could not keep its own side, such as the sandbox's state.
    #[error("the host failed: {0}")]
    Host(String),
}

impl CallError {
    /// A word of a closed set, for metrics and traces: a failure's own kind is the connector's free text.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Failure(_) => "failure",
            Self::Trap(_) => "trap",
            Self::Contract(_) => "contract",
            Self::Overloaded { .. } => "overloaded",
            Self::Host(_) => "host",
            Self::Limit(limit) => match limit {
                LimitExceeded::Cpu => "limit_cpu",
                LimitExceeded::WallClock => "limit_time",
                LimitExceeded::Memory => "limit_memory",
                LimitExceeded::Stack => "limit_stack",
                LimitExceeded::HostCall => "limit_host_call",
                LimitExceeded::JsonValues => "limit_json_values",
            },
        }
    }
}

/// Why a file could not become a live connector. The text says what its author can do about it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file is larger than the host accepts.
    #[error("the file has {bytes} bytes; at most {limit} are accepted")]
    TooLarge {
        /// The size of the file.
        bytes: usize,
        /// The largest size accepted.
        limit: usize,
    },
    /// Not a WebAssembly component.
    #[error("{0}")]
    NotAComponent(String),
    /// The component imports something that the host does not offer.
    #[error("{0}")]
    Import(String),
    /// The component does not export the connector interface as this contract has it.
    #[error("{0}")]
    Export(String),
    /// wasmtime could not compile it.
    #[error("the component does not compile: {0}")]
    Compile(String),
    /// `describe` did not give a manifest.
    #[error("describe() failed: {0}")]
    Describe(CallError),
    /// The manifest is not valid.
    #[error("the manifest is not valid: {0}")]
    Manifest(#[from] routemcp_unified::manifest::ManifestError),
    /// The engine could not be set up.
    #[error("the WebAssembly engine could not be set up: {0}")]
    Engine(String),
}
