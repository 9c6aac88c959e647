//! The text of a connect token: `ct_`, the digits of its session's id, `_`, and a random secret.
//!
//! The id finds the row, so that the secret needs no index and its hash is compared in constant time.

use secrecy::{ExposeSecret as _, SecretString};

use crate::ids::ConnectSessionId;
use crate::secret::TEXT_LENGTH;

const LEAD: &str = "ct_";
const ID_LEAD: &str = "cs_";
const ID_DIGITS: usize = 32;

/// The two parts of a token.
pub(super) struct Token {
    pub(super) session_id: String,
    pub(super) secret: SecretString,
}

pub(super) fn text(session_id: &ConnectSessionId, secret: &SecretString) -> SecretString {
    let digits = session_id.as_str().trim_start_matches(ID_LEAD);
    format!("{LEAD}{digits}_{}", secret.expose_secret()).into()
}

/// None if it cannot be a token.
pub(super) fn parse(text: &SecretString) -> Option<Token> {
    let (digits, secret) = text.expose_secret().strip_prefix(LEAD)?.split_once('_')?;
    let well_formed = digits.len() == ID_DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && secret.len() == TEXT_LENGTH;
    well_formed.then(|| Token {
        session_id: format!("{ID_LEAD}{digits}"),
        secret: secret.into(),
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{parse, text};
    use crate::ids::ConnectSessionId;
    use crate::secret;

    #[test]
    fn a_token_reads_back() {
        for _ in 0..50 {
            let (id, secret) = (ConnectSessionId::generate(), secret::generate().unwrap());
            let token = parse(&text(&id, &secret)).unwrap();
            assert_eq!(token.session_id, id.as_str());
            assert_eq!(token.secret.expose_secret(), secret.expose_secret());
        }
    }

    #[test]
    fn noise_is_no_token() {
        let good = text(&ConnectSessionId::generate(), &secret::generate().unwrap());
        let good = good.expose_secret();
        for noise in [
            "",
            "ct_",
            "ct__",
            &good[1..],
            &good[..good.len() - 1],
            &format!("{good}x"),
            &good.replace("ct_", "cs_"),
            &good.replacen(|digit: char| digit.is_ascii_digit(), "\0", 1),
            "sk_live_0123456789abcdefghijABCDEFGHIJ01",
        ] {
            assert!(parse(&noise.into()).is_none(), "{noise}");
        }
    }
}
