//! Why something could not be done, in the contract's words.

/// Why a call failed. The host turns `kind` into a status and code of its own API, and the names in `fields` into unified
/// fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// One of the kinds in `wit/connector.wit`; an unknown kind counts as "unexpected".
    pub kind: String,
    /// What was wrong, for people; in the provider's words where it has any.
    pub message: String,
    /// The provider's HTTP status, when it answered.
    pub status: Option<u16>,
    /// How long the provider asked us to wait, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// Provider field -> what is wrong with it.
    pub fields: Vec<(String, String)>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $kind:literal),* $(,)?) => {
        impl Failure {
            $($(#[$doc])*
            pub fn $name(message: impl Into<String>) -> Self {
                Self::new($kind, message)
            })*
        }
    };
}

kinds! {
    /// The record does not exist.
    not_found = "not-found",
    /// The provider (or the connector in its place) refuses the values; see [`Failure::field`].
    rejected = "rejected",
    /// The values clash with another record.
    conflict = "conflict",
    /// The credential is missing, wrong or expired.
    unauthorized = "unauthorized",
    /// The credential does not reach this far.
    forbidden = "forbidden",
    /// Too many calls; see [`Failure::retry_after_ms`].
    rate_limited = "rate-limited",
    /// The provider cannot do this at all.
    unsupported = "unsupported",
    /// The cursor is not one of ours, or no longer valid.
    invalid_cursor = "invalid-cursor",
    /// The provider does not work just now.
    unavailable = "unavailable",
    /// The provider took too long.
    timeout = "timeout",
    /// The provider answered something that its documentation does not allow for.
    unexpected = "unexpected",
}

impl Failure {
    /// A failure of any kind, also one that this SDK has no constructor for.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            message: message.into(),
            status: None,
            retry_after_ms: None,
            fields: Vec::new(),
        }
    }

    /// What an HTTP status means where nothing else is known.
    pub fn of_status(status: u16) -> Self {
        let message = format!("the provider answered with status {status}");
        let failure = match status {
            401 => Self::unauthorized(message),
            403 => Self::forbidden(message),
            404 | 410 => Self::not_found(message),
            408 | 504 => Self::timeout(message),
            409 => Self::conflict(message),
            429 => Self::rate_limited(message),
            400..=499 => Self::rejected(message),
            500.. => Self::unavailable(message),
            _ => Self::unexpected(message),
        };
        failure.status(status)
    }

    /// Adds the provider's HTTP status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds how long to wait, in milliseconds.
    #[must_use]
    pub fn retry_after_ms(mut self, milliseconds: u64) -> Self {
        self.retry_after_ms = Some(milliseconds);
        self
    }

    /// Adds what is wrong with one provider field. Give the name as the mapping has it ("firstname", "/contact/id").
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, why: impl Into<String>) -> Self {
        self.fields.push((name.into(), why.into()));
        self
    }

    /// Whether this failure is of a kind.
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for Failure {}
