//! Page tokens. What one stands for is inside it, so that none has to be stored.

use crate::sandbox::error::ApiError;

/// A token lives this long.
const LIFETIME_MS: u64 = 24 * 3_600_000;
/// Tokens reach up to this record.
const MAX_RECORDS: usize = 100_000;

/// Where a page begins, and the request that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageToken {
    pub(crate) offset: usize,
    pub(crate) expires_ms: u64,
    /// Of every parameter that must not change.
    pub(crate) bound_to: u64,
}

impl PageToken {
    pub(crate) fn new(offset: usize, bound_to: u64, now_ms: u64) -> Self {
        Self {
            offset,
            expires_ms: now_ms + LIFETIME_MS,
            bound_to,
        }
    }

    pub(crate) fn to_text(self) -> String {
        format!("c{:x}xx{:x}x{:016x}", self.offset, self.expires_ms, self.bound_to)
    }

    fn parse(text: &str) -> Option<Self> {
        let (offset, rest) = text.strip_prefix('c')?.split_once("xx")?;
        let (expires_ms, bound_to) = rest.split_once('x')?;
        Some(Self {
            offset: usize::from_str_radix(offset, 16).ok()?,
            expires_ms: u64::from_str_radix(expires_ms, 16).ok()?,
            bound_to: u64::from_str_radix(bound_to, 16).ok()?,
        })
    }

    /// The offset of a token that came with a request.
    pub(crate) fn check(text: &str, bound_to: u64, now_ms: u64) -> Result<usize, ApiError> {
        let token = Self::parse(text).ok_or_else(|| ApiError::bad_parameter("page_token"))?;
        let refuse = |code, message: &str| {
            let details = serde_json::json!({ "param_name": "page_token", "resource_path_index": 0 });
            Err(ApiError::new(400, code, message, details))
        };
        if token.bound_to != bound_to {
            return refuse(
                "TOKEN_BOUND_DATA_MISMATCH",
                "a parameter is not what it was when the token was given",
            );
        }
        if token.expires_ms <= now_ms {
            return refuse("EXPIRED_VALUE", "the page token has expired");
        }
        if token.offset >= MAX_RECORDS {
            return refuse("PAGINATION_LIMIT_EXCEEDED", "the pagination limit is exceeded");
        }
        Ok(token.offset)
    }
}

/// FNV-1a, which does for telling requests apart.
pub(crate) fn fingerprint(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_request_and_a_day() {
        let bound_to = fingerprint(&["Contacts", "Last_Name"]);
        let text = PageToken::new(200, bound_to, 1_000).to_text();
        assert!(text.len() <= 100);
        let code = |bound_to, now_ms| PageToken::check(&text, bound_to, now_ms).map_err(|error| error.code);
        assert_eq!(code(bound_to, 1_000 + LIFETIME_MS - 1), Ok(200));
        assert_eq!(code(bound_to, 1_000 + LIFETIME_MS), Err("EXPIRED_VALUE"));
        assert_eq!(
            code(fingerprint(&["Contacts", "Email"]), 1_000),
            Err("TOKEN_BOUND_DATA_MISMATCH")
        );
        assert_eq!(
            PageToken::check("made-up", bound_to, 0).unwrap_err().code,
            "INVALID_DATA"
        );
        let far = PageToken::new(100_000, bound_to, 0).to_text();
        assert_eq!(
            PageToken::check(&far, bound_to, 0).unwrap_err().code,
            "PAGINATION_LIMIT_EXCEEDED"
        );
    }
}
