//! Random secrets that others hold, and the hashes that are kept of them.
//!
//! Plain SHA-256 is right here: slow, salted hashes protect what can be guessed, and 256 random bits cannot be.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::CtOutput;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::StoreError;

const BYTES: usize = 32;
/// Length of a secret's text.
pub(crate) const TEXT_LENGTH: usize = 43;

/// 32 random bytes in URL-safe base64, so that they fit anywhere.
pub(crate) fn generate() -> Result<SecretString, StoreError> {
    let bytes = Zeroizing::new(random::<BYTES>()?);
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

pub(crate) fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], StoreError> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|_| no_randomness())?;
    Ok(bytes)
}

pub(crate) fn no_randomness() -> StoreError {
    StoreError::Unavailable("the operating system gave no random bytes".to_owned())
}

/// What is kept of a secret: its SHA-256 in hexadecimal.
pub(crate) fn hash(secret: &SecretString) -> String {
    hex::encode(Sha256::digest(secret.expose_secret()))
}

/// Whether the hash is that of the secret, in a time that does not depend on where they differ.
pub(crate) fn matches(secret: &SecretString, hash: &str) -> bool {
    let mut kept = CtOutput::<Sha256>::new(Default::default()).into_bytes();
    let readable = hex::decode_to_slice(hash, &mut kept).is_ok();
    readable & (CtOutput::<Sha256>::new(kept) == CtOutput::new(Sha256::digest(secret.expose_secret())))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{TEXT_LENGTH, generate, hash, matches};

    #[test]
    fn secrets_never_repeat_and_fit_into_urls() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(one.expose_secret().len(), TEXT_LENGTH);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(one.expose_secret().bytes().all(fits));
    }

    #[test]
    fn only_the_hash_of_the_secret_matches() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(&"abc".into()), expected);
        for (secret, hash, same) in [
            ("abc", expected, true),
            ("abd", expected, false),
            ("", expected, false),
            ("abc", &expected.replace('b', "c"), false),
            ("abc", &expected[..62], false),
            ("abc", "", false),
            ("abc", &"x".repeat(64), false),
        ] {
            assert_eq!(matches(&secret.into(), hash), same, "{secret} {hash}");
        }
    }
}
