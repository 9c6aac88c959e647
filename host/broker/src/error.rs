//! Every reason why a request got no answer.

use std::time::Duration;

use thiserror::Error;

/// A typed refusal or failure. Its text is for people and never holds a credential; strings that a guest or a
/// provider chose are cut and escaped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// This session sends nothing.
    #[error("HTTP is not available here: describing a connector must work without it")]
    Closed,
    /// Not one of the six methods.
    #[error("method \"{method}\" is refused: use GET, HEAD, POST, PUT, PATCH or DELETE, in capitals")]
    BadMethod {
        /// What was asked for.
        method: String,
    },
    /// The target cannot be used.
    #[error("target \"{target}\" is refused: {problem}")]
    BadTarget {
        /// What was asked for.
        target: String,
        /// What is wrong with it and what would be right.
        problem: &'static str,
    },
    /// User name or password in a URL.
    #[error("target is refused: a URL must not hold a user name or password; the host adds the credential")]
    UserInfo,
    /// Neither http nor https.
    #[error("scheme \"{scheme}\" is refused: use https (or http where it was granted)")]
    Scheme {
        /// The scheme of the URL.
        scheme: String,
    },
    /// No entry of the allow list fits.
    #[error(
        "\"{origin}\" is not granted: add \"{origin}\" to \"allowedHosts\" in the connector's manifest and grant it \
         when installing"
    )]
    HostNotGranted {
        /// Scheme, host and port in the form that the manifest wants.
        origin: String,
    },
    /// The host is, or resolves only to, addresses that are never or not now connected to.
    #[error("\"{host}\" is refused: its address is {range}{}", private_hint(range))]
    AddressNotAllowed {
        /// The host of the URL.
        host: String,
        /// What kind of address it is, such as `loopback`.
        range: &'static str,
    },
    /// A header that belongs to the host.
    #[error("header \"{name}\" is refused: the host sets it")]
    HeaderRefused {
        /// The header's name.
        name: String,
    },
    /// A header that is no valid header.
    #[error("header \"{name}\" is refused: {problem}")]
    HeaderMalformed {
        /// The header's name, escaped.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// More or longer headers than anybody needs.
    #[error("headers are refused: at most {count} headers and {bytes} bytes of names and values")]
    HeadersTooLarge {
        /// How many there may be.
        count: usize,
        /// How long they may be together.
        bytes: usize,
    },
    /// A query parameter that carries the credential.
    #[error("query parameter \"{name}\" is refused: the host sets it")]
    ParameterRefused {
        /// The parameter's name.
        name: String,
    },
    /// A body where the method has none.
    #[error("a body is refused: {method} has none")]
    BodyNotAllowed {
        /// GET or HEAD.
        method: String,
    },
    /// The call has used up its requests.
    #[error("too many requests: one call may send {limit}, retries included")]
    RequestQuota {
        /// How many a call may send.
        limit: u32,
    },
    /// One answer is too long.
    #[error("the answer is too large: at most {limit} bytes")]
    ResponseTooLarge {
        /// How long one answer may be.
        limit: usize,
    },
    /// All bodies of the call together are too long.
    #[error("too much data: one call may send and receive {limit} bytes in all")]
    TotalBytes {
        /// How many bytes a call may move.
        limit: usize,
    },
    /// The stored credential cannot be put where it belongs.
    #[error("the connection's credential cannot be sent as a header: reconnect it")]
    BadCredential,
    /// The provider took the credential back, and nothing but connecting again will help.
    #[error("the connection's credential has ended: {reason}")]
    CredentialEnded {
        /// What the provider said, cut and escaped.
        reason: String,
    },
    /// The credential has to be renewed and cannot be right now.
    #[error("the connection's credential could not be renewed: {reason}")]
    CredentialUnavailable {
        /// What was in the way.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// The name has no address.
    #[error("\"{host}\" could not be resolved")]
    Resolve {
        /// The host of the URL.
        host: String,
    },
    /// No connection, so nothing was sent.
    #[error("could not connect to \"{host}\": {detail}")]
    Connect {
        /// The host of the URL.
        host: String,
        /// What the network said.
        detail: String,
    },
    /// No secure connection, so nothing was sent.
    #[error("no secure connection to \"{host}\": {detail}")]
    Tls {
        /// The host of the URL.
        host: String,
        /// What was wrong, such as an expired certificate.
        detail: String,
    },
    /// No connection in time, so nothing was sent.
    #[error("\"{host}\" took longer than {} ms to connect", after.as_millis())]
    ConnectTimeout {
        /// The host of the URL.
        host: String,
        /// How long we waited.
        after: Duration,
    },
    /// No status line in time.
    #[error("\"{host}\" did not begin to answer within {} ms", after.as_millis())]
    FirstByteTimeout {
        /// The host of the URL.
        host: String,
        /// How long we waited.
        after: Duration,
    },
    /// The answer did not end in time.
    #[error("\"{host}\" did not finish its answer within {} ms", after.as_millis())]
    TotalTimeout {
        /// The host of the URL.
        host: String,
        /// How long we waited.
        after: Duration,
    },
    /// The provider has failed again and again, so it is left alone for now. Nothing was sent.
    #[error("the provider has failed several times in a row and is left alone for now")]
    CircuitOpen {
        /// When it is asked again.
        retry_after: Duration,
    },
    /// The connection has used up its provider's rate limit. Nothing was sent.
    #[error("the connection has used up what its provider allows for now")]
    Paced {
        /// When there is room again.
        retry_after: Duration,
    },
    /// Other requests of the connection held all places until the call had no more time. Nothing was sent.
    #[error("none of the connection's requests under way ended in time to make room for another")]
    Crowded,
    /// The call as a whole has run out of time.
    #[error("the call ran out of time")]
    Deadline,
    /// The connection broke, or what came is not HTTP.
    #[error("\"{host}\" gave no usable answer: {detail}")]
    BrokenAnswer {
        /// The host of the URL.
        host: String,
        /// What was wrong.
        detail: String,
    },
    /// A transport other than the network could not answer.
    #[error("{message}")]
    Transport {
        /// A failure kind of the contract.
        kind: &'static str,
        /// For people.
        message: String,
        /// When to try again, if that is known.
        retry_after: Option<Duration>,
    },
}

impl SendError {
    /// The contract's failure kind: `refused`, `unavailable`, `timeout`, `rate-limited`, `unauthorized` or `unexpected`, or
    /// what another transport chose.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Resolve { .. } | Self::Connect { .. } | Self::Tls { .. } | Self::BrokenAnswer { .. } => {
                "unavailable"
            }
            Self::ConnectTimeout { .. }
            | Self::FirstByteTimeout { .. }
            | Self::TotalTimeout { .. }
            | Self::Crowded
            | Self::Deadline => "timeout",
            Self::BadCredential | Self::CredentialEnded { .. } => "unauthorized",
            Self::CredentialUnavailable { .. } | Self::CircuitOpen { .. } => "unavailable",
            Self::Paced { .. } => "rate-limited",
            Self::Transport { kind, .. } => kind,
            _ => "refused",
        }
    }

    /// What to tell people. The same as the `Display` text.
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// When to try again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transport { retry_after, .. } => *retry_after,
            Self::CredentialUnavailable { retry_after, .. }
            | Self::CircuitOpen { retry_after }
            | Self::Paced { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

fn private_hint(range: &str) -> &'static str {
    if crate::policy::address::is_opened_by_switch(range) {
        " (for development, start the host with --allow-private-networks)"
    } else {
        ""
    }
}

/// Characters of a foreign string that a message shows.
const SHOWN: usize = 120;

/// A string from outside, cut and escaped so that it can stand in a message or a log line.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_strings_are_cut_and_escaped() {
        assert_eq!(shown("a\r\n\"b\u{1b}[0m"), "a\\r\\n\\\"b\\u{1b}[0m");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), SHOWN + 1);
    }

    #[test]
    fn only_ranges_that_the_switch_opens_mention_the_switch() {
        let message = |range| {
            SendError::AddressNotAllowed {
                host: "h".into(),
                range,
            }
            .message()
        };
        assert!(message("loopback").contains("--allow-private-networks"));
        assert!(!message("link-local").contains("--allow-private-networks"));
    }
}
