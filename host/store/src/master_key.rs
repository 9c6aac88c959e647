//! The master key: the one secret that the operator keeps, from which all keys of the host are derived.

mod ring;
mod strength;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_PAD_INDIFFERENT, URL_SAFE_PAD_INDIFFERENT};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{KeyInit as _, OsRng};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

pub use ring::MasterKeys;

const LENGTH: usize = 32;

/// 32 random bytes, wiped from memory when dropped.
pub struct MasterKey {
    bytes: Zeroizing<[u8; LENGTH]>,
}

/// Why a text is not a master key. Says how to make one, and never quotes the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MasterKeyError {
    /// Neither base64 nor hexadecimal.
    #[error(
        "the master key is neither base64 nor 64 hexadecimal digits; make one with: openssl rand -base64 32"
    )]
    Encoding,
    /// Not 32 bytes.
    #[error("the master key has {0} bytes instead of 32; make one with: openssl rand -base64 32")]
    Length(usize),
    /// Not random.
    #[error("the master key is too weak: {0}; make one with: openssl rand -base64 32")]
    Weak(&'static str),
}

impl MasterKey {
    /// Reads base64 (standard or URL-safe, padded or not) or 64 hexadecimal digits; white space around it is ignored.
    ///
    /// # Errors
    /// If it is not 32 bytes in one of these encodings, or if the bytes are plainly not random.
    pub fn parse(text: &SecretString) -> Result<Self, MasterKeyError> {
        let decoded = decode(text.expose_secret().trim())?;
        let bytes = <[u8; LENGTH]>::try_from(decoded.as_slice())
            .map_err(|_| MasterKeyError::Length(decoded.len()))?;
        let bytes = Zeroizing::new(bytes);
        match strength::weakness(&bytes) {
            Some(weakness) => Err(MasterKeyError::Weak(weakness)),
            None => Ok(Self { bytes }),
        }
    }

    /// A new key, and its text in base64 for the operator to keep.
    #[must_use]
    pub fn generate() -> (Self, SecretString) {
        let bytes = Zeroizing::new(<[u8; LENGTH]>::from(XChaCha20Poly1305::generate_key(&mut OsRng)));
        let text = SecretString::from(STANDARD.encode(bytes.as_slice()));
        (Self { bytes }, text)
    }

    /// Names the key without giving it away: the first 8 hexadecimal digits of its SHA-256.
    #[must_use]
    pub fn id(&self) -> String {
        let mut id = hex::encode(Sha256::digest(self.bytes.as_slice()));
        id.truncate(8);
        id
    }

    /// A key of its own for each purpose, so that no key is used for two things: HKDF-Expand with SHA-256 (RFC 5869) and
    /// the purpose as `info`. Its extract step is for keys that are not uniformly random, so it is left out (section 3.3).
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; LENGTH] {
        // HMAC pads keys with zeros to its block; a whole block is the form that cannot fail.
        let mut block = Zeroizing::new([0_u8; 64]);
        block
            .iter_mut()
            .zip(self.bytes.iter())
            .for_each(|(to, from)| *to = *from);
        let mut hmac = <Hmac<Sha256> as hmac::Mac>::new((&*block).into());
        hmac.update(purpose.as_bytes());
        hmac.update(&[1]);
        hmac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MasterKey")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, MasterKeyError> {
    let decoded = if text.len() == 2 * LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        hex::decode(text).ok()
    } else if text.contains(['-', '_']) {
        URL_SAFE_PAD_INDIFFERENT.decode(text).ok()
    } else {
        STANDARD_PAD_INDIFFERENT.decode(text).ok()
    };
    decoded.map(Zeroizing::new).ok_or(MasterKeyError::Encoding)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{MasterKey, MasterKeyError};

    const HEX: &str = "8f3a1cd92b7e64f05519c8a2e7046bd13c9e75f2a80b4d6116fe83c7295ad04b";
    const BASE64: &str = "jzoc2St+ZPBVGcii5wRr0TyedfKoC01hFv6Dxyla0Es=";

    fn parse(text: &str) -> Result<MasterKey, MasterKeyError> {
        MasterKey::parse(&text.into())
    }

    #[test]
    fn base64_and_hexadecimal_are_read_with_white_space_around() {
        let url_safe = BASE64.replace('+', "-");
        for text in [
            BASE64,
            &format!(" {BASE64}\n"),
            BASE64.trim_end_matches('='),
            &url_safe,
        ] {
            assert_eq!(parse(text).unwrap().id(), parse(BASE64).unwrap().id(), "{text}");
        }
        assert_eq!(parse(HEX).unwrap().id(), parse(&HEX.to_uppercase()).unwrap().id());
    }

    #[test]
    fn other_text_is_refused_with_the_way_to_make_a_key() {
        for (text, expected) in [
            ("", MasterKeyError::Length(0)),
            ("not base64 at all!", MasterKeyError::Encoding),
            ("c2hvcnQ=", MasterKeyError::Length(5)),
            (&HEX[..62], MasterKeyError::Encoding),
            (&HEX[..60], MasterKeyError::Length(45)),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(error.to_string().contains("openssl rand -base64 32"));
        }
        assert!(matches!(parse(&"00".repeat(32)), Err(MasterKeyError::Weak(_))));
    }

    #[test]
    fn a_generated_key_reads_back() {
        let (key, text) = MasterKey::generate();
        assert_eq!(MasterKey::parse(&text).unwrap().id(), key.id());
        assert_ne!(MasterKey::generate().0.id(), key.id());
    }

    #[test]
    fn derived_keys_are_those_of_hkdf_and_differ_by_purpose() {
        let key = parse(HEX).unwrap();
        assert_eq!(
            hex::encode(key.derive("cursor")),
            "32b2cb231d2bff853ee81b48bfd786d7162753e992c28b5c4668b21f2aa096ce"
        );
        assert_ne!(key.derive("cursor"), key.derive("credential"));
        assert_ne!(key.derive("cursor"), MasterKey::generate().0.derive("cursor"));
    }

    #[test]
    fn debug_shows_the_id_only() {
        let (key, text) = MasterKey::generate();
        let debug = format!("{key:?}");
        assert!(
            debug.contains(&key.id()) && !debug.contains(text.expose_secret()),
            "{debug}"
        );
        assert_eq!(key.id().len(), 8);
    }
}
