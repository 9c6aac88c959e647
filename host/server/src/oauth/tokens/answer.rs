//! A token answer, read as leniently as can be: RFC 6749 section 5.1, with lifetimes that may be text.

use jiff::SignedDuration;
use routemcp_unified::json;
use secrecy::SecretString;
use serde_json::Value;

/// What a token URL gave.
pub(super) struct Answer {
    pub(super) access_token: SecretString,
    pub(super) refresh_token: Option<SecretString>,
    pub(super) lifetime: Option<SignedDuration>,
    /// All of it, for settings.
    pub(super) body: Value,
}

/// Longer lives are no lives: a hundred years, in seconds.
const LONGEST: i64 = 100 * 365 * 24 * 3_600;

/// The tokens in a body; none if it holds none.
pub(super) fn read(status: u16, body: &[u8]) -> Option<Answer> {
    if !(200..300).contains(&status) {
        return None;
    }
    let body = json::parse(body).ok()?;
    let text = |name: &str| body.get(name)?.as_str().filter(|text| !text.is_empty());
    let access_token = text("access_token")?.into();
    let refresh_token = text("refresh_token").map(Into::into);
    let lifetime = body.get("expires_in").and_then(seconds);
    Some(Answer {
        access_token,
        refresh_token,
        lifetime,
        body,
    })
}

fn seconds(value: &Value) -> Option<SignedDuration> {
    let seconds = match value {
        Value::Number(number) => number.as_i64().or(number.as_f64().map(|seconds| seconds as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let seconds = seconds.filter(|seconds| (0..=LONGEST).contains(seconds));
    seconds.map(SignedDuration::from_secs)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::read;

    #[test]
    fn tokens_are_read_however_they_are_dressed() {
        for (status, body, lifetime) in [
            (
                200,
                r#"{"access_token":"a","token_type":"bearer","expires_in":1800}"#,
                Some(1_800),
            ),
            (201, r#"{"access_token":"a","expires_in":"1800"}"#, Some(1_800)),
            (200, r#"{"access_token":"a","expires_in":3599.5}"#, Some(3_599)),
            (200, r#"{"access_token":"a","expires_in":null}"#, None),
            (200, r#"{"access_token":"a","expires_in":-1}"#, None),
            (
                200,
                r#"{"access_token":"a","expires_in":9223372036854775807}"#,
                None,
            ),
        ] {
            let answer = read(status, body.as_bytes()).unwrap();
            assert_eq!(answer.access_token.expose_secret(), "a");
            assert_eq!(
                answer.lifetime.map(|lifetime| lifetime.as_secs()),
                lifetime,
                "{body}"
            );
            assert!(answer.refresh_token.is_none());
        }
        let both = read(200, br#"{"access_token":"a","refresh_token":"r"}"#).unwrap();
        assert_eq!(both.refresh_token.unwrap().expose_secret(), "r");
    }

    #[test]
    fn what_holds_no_token_is_no_answer() {
        for (status, body) in [
            (400, r#"{"access_token":"a"}"#),
            (302, r#"{"access_token":"a"}"#),
            (200, r#"{"access_token":""}"#),
            (200, r#"{"access_token":7}"#),
            (200, r#"{"error":"invalid_code"}"#),
            (200, "<html>"),
            (200, "[]"),
        ] {
            assert!(read(status, body.as_bytes()).is_none(), "{status} {body}");
        }
    }
}
