//! What an answer of a token URL means when it is not a token. A wrong guess here costs an end user's connection, so only
//! an answer that plainly speaks of the grant counts as definite; everything else may be tried again.

use std::time::Duration;

use routemcp_unified::json;
use serde_json::Value;

/// Why a token URL gave no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// The provider refuses the code or refresh token for good.
    #[error("{0}")]
    Refused(String),
    /// The provider refuses the OAuth app: its id or secret is wrong. Not the end user's fault, and mendable.
    #[error("the provider refuses the OAuth app: {0}")]
    App(String),
    /// No answer, or none that makes sense.
    #[error("{reason}")]
    Unavailable {
        /// What happened.
        reason: String,
        /// When the provider wants to be asked again.
        retry_after: Option<Duration>,
    },
}

impl TokenError {
    /// When the provider wants to be asked again, if it said.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            Self::App(_) | Self::Refused(_) => None,
        }
    }
}

/// Words for a refused app: RFC 6749 section 5.2; Zoho (providers.md 2.8); HubSpot (1.8).
const APP: [&str; 6] = [
    "invalid_client",
    "unauthorized_client",
    "invalid_client_secret",
    "invalid_client_id",
    "bad_client_id",
    "bad_client_secret",
];

/// Words for a refused code or refresh token beside those that the manifest names: RFC 6749 section 5.2, and HubSpot's
/// `status` (providers.md 1.8).
const GRANT: [&str; 3] = ["invalid_grant", "bad_refresh_token", "bad_auth_code"];

/// What an answer without a token means. `is_invalid_grant` knows the provider's own words for a grant that has ended.
pub(crate) fn refusal(
    status: u16,
    body: &[u8],
    retry_after: Option<Duration>,
    is_invalid_grant: impl Fn(&str) -> bool,
) -> TokenError {
    let body: Option<Value> = json::parse(body).ok().filter(Value::is_object);
    let words = body.as_ref().map(Words::of).unwrap_or_default();
    let reason = words.reason(status);
    if status >= 500 || status == 429 {
        return TokenError::Unavailable { reason, retry_after };
    }
    if words.any_of(&APP) {
        return TokenError::App(reason);
    }
    if words.any_of(&GRANT) || words.code.iter().any(|code| is_invalid_grant(code)) {
        return TokenError::Refused(reason);
    }
    TokenError::Unavailable { reason, retry_after }
}

/// The words in which a provider refuses.
#[derive(Default)]
struct Words {
    /// `error` (RFC 6749) and `status` (HubSpot).
    code: Vec<String>,
    text: Option<String>,
}

impl Words {
    fn of(body: &Value) -> Self {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            code: ["error", "status"].into_iter().filter_map(text).collect(),
            text: text("error_description").or(text("message")).or(text("error")),
        }
    }

    fn any_of(&self, known: &[&str]) -> bool {
        self.code
            .iter()
            .any(|code| known.iter().any(|known| known.eq_ignore_ascii_case(code)))
    }

    /// For people: the provider's words, cut and escaped.
    fn reason(&self, status: u16) -> String {
        match &self.text {
            Some(text) => {
                let shown: String = text.chars().take(200).flat_map(char::escape_debug).collect();
                format!("{shown} (status {status})")
            }
            None => format!("the token URL answered with status {status} and no reason"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{TokenError, refusal};

    fn kind(status: u16, body: &str) -> &'static str {
        match refusal(status, body.as_bytes(), None, |code| code == "invalid_code") {
            TokenError::Refused(_) => "refused",
            TokenError::App(_) => "app",
            TokenError::Unavailable { .. } => "unavailable",
        }
    }

    #[test]
    fn only_what_speaks_of_the_grant_is_definite() {
        for (status, body, expected) in [
            // RFC 6749, and as each provider says it.
            (400, r#"{"error":"invalid_grant"}"#, "refused"),
            (
                400,
                r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token"}"#,
                "refused",
            ),
            (200, r#"{"error":"invalid_code"}"#, "refused"),
            (
                400,
                r#"{"success":false,"error":"invalid_grant","message":"already exchanged"}"#,
                "refused",
            ),
            (
                401,
                r#"{"error":"invalid_grant","error_description":"This refresh token is invalid"}"#,
                "refused",
            ),
            // The app is wrong: connecting again would not help.
            (401, r#"{"error":"invalid_client"}"#, "app"),
            (200, r#"{"error":"invalid_client_secret"}"#, "app"),
            (400, r#"{"status":"BAD_CLIENT_ID","message":"x"}"#, "app"),
            // Anything that may pass.
            (200, r#"{"error":"Access Denied"}"#, "unavailable"),
            (500, r#"{"error":"invalid_grant"}"#, "unavailable"),
            (429, r#"{"error":"invalid_grant"}"#, "unavailable"),
            (400, "<html>Bad Request</html>", "unavailable"),
            (400, "{}", "unavailable"),
            (400, r#"{"error":"temporarily_unavailable"}"#, "unavailable"),
            (400, r#"{"statusCode":400,"error":"Bad Request"}"#, "unavailable"),
            (400, r#"{"error":"something_new"}"#, "unavailable"),
            (401, r#"{"message":"who are you?"}"#, "unavailable"),
            (403, r#"{"error":"blocked by a firewall"}"#, "unavailable"),
            (404, "", "unavailable"),
            (302, "", "unavailable"),
            (200, "[]", "unavailable"),
        ] {
            assert_eq!(kind(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn the_reason_is_the_providers_cut_and_escaped() {
        let long = format!(
            r#"{{"error":"invalid_grant","message":"a\r\n{}"}}"#,
            "x".repeat(500)
        );
        let TokenError::Refused(reason) = refusal(400, long.as_bytes(), None, |_| false) else {
            panic!("not refused");
        };
        assert!(reason.starts_with("a\\r\\nxxx") && reason.len() < 250, "{reason}");
    }

    #[test]
    fn the_wish_to_wait_is_kept() {
        let wait = Some(Duration::from_secs(7));
        let TokenError::Unavailable { retry_after, .. } = refusal(429, b"", wait, |_| false) else {
            panic!("not unavailable");
        };
        assert_eq!(retry_after, wait);
    }
}
