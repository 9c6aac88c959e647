//! Publishers' signatures: Ed25519 (RFC 8032) over the bytes of a connector file, kept beside it.
//!
//! The signature is over the file itself and not over a digest with decoration, so that ordinary tools make and check it:
//! `openssl pkeyutl -sign -rawin -inkey KEY.pem -in FILE`. Keys of publishers sign nothing else.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use secrecy::{ExposeSecret, SecretBox, SecretString};

/// The publishers whose connectors are taken.
#[derive(Clone, Debug)]
pub(crate) struct Publishers(Vec<Publisher>);

#[derive(Clone, Debug)]
struct Publisher {
    name: String,
    key: VerifyingKey,
}

/// Why a signature is not good enough.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureError {
    /// There is none.
    #[error(
        "it is not signed, and this server takes only connectors that are signed by: {0}. Send the signature in the header \
         `X-Signature` (`connector install --signature`), or put it beside the file as FILE.sig"
    )]
    Missing(String),
    /// It is not a signature at all.
    #[error("its signature is not one: it must be the 64 bytes of an Ed25519 signature in base64")]
    Malformed,
    /// Nobody who is known made it for this file.
    #[error("its signature was not made for this file by any of the known publishers: {0}")]
    Unknown(String),
}

/// Why a file of publishers' keys cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PublishersError {
    /// A line is not a name and a key.
    #[error(
        "line {0} must be `NAME KEY`, where KEY is an Ed25519 public key in base64: its 32 bytes, or what stands between the \
         first and last line of a PEM file"
    )]
    Line(usize),
    /// The file names nobody.
    #[error("it names no publisher, so no connector could be installed")]
    Empty,
}

impl Publishers {
    /// Reads lines of `NAME KEY`; empty lines and those that begin with `#` say nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, PublishersError> {
        let mut publishers = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            publishers.push(publisher(line).ok_or(PublishersError::Line(index + 1))?);
        }
        if publishers.is_empty() {
            return Err(PublishersError::Empty);
        }
        Ok(Self(publishers))
    }

    /// The name of the publisher whose signature this is.
    pub(crate) fn verify(&self, file: &[u8], signature: Option<&str>) -> Result<&str, SignatureError> {
        let names = || {
            let names: Vec<&str> = self.0.iter().map(|publisher| publisher.name.as_str()).collect();
            names.join(", ")
        };
        let text = signature.ok_or_else(|| SignatureError::Missing(names()))?;
        let bytes = STANDARD
            .decode(text.trim())
            .map_err(|_| SignatureError::Malformed)?;
        let signature = Signature::from_slice(&bytes).map_err(|_| SignatureError::Malformed)?;
        // Strict: no weak keys, and one signature has one form.
        let made_it = |publisher: &&Publisher| publisher.key.verify_strict(file, &signature).is_ok();
        let publisher = self.0.iter().find(made_it);
        publisher
            .map(|publisher| publisher.name.as_str())
            .ok_or_else(|| SignatureError::Unknown(names()))
    }
}

fn publisher(line: &str) -> Option<Publisher> {
    let (name, key) = line.rsplit_once(char::is_whitespace)?;
    let bytes = STANDARD.decode(key).ok()?;
    let key = match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(raw) => VerifyingKey::from_bytes(&raw).ok()?,
        Err(_) => VerifyingKey::from_public_key_der(&bytes).ok()?,
    };
    Some(Publisher {
        name: name.trim().to_owned(),
        key,
    })
}

/// A publisher's private key.
pub(crate) struct PublisherKey(SigningKey);

impl PublisherKey {
    /// Makes one.
    pub(crate) fn generate() -> Result<Self, getrandom::Error> {
        let mut filled = Ok(());
        let seed = SecretBox::<[u8; 32]>::init_with_mut(|seed| filled = getrandom::fill(seed));
        filled.map(|()| Self(SigningKey::from_bytes(seed.expose_secret())))
    }

    /// Reads a PKCS #8 PEM file, as `openssl genpkey -algorithm ed25519` writes it.
    pub(crate) fn from_pem(text: &SecretString) -> Option<Self> {
        SigningKey::from_pkcs8_pem(text.expose_secret()).ok().map(Self)
    }

    /// Writes what [`from_pem`](Self::from_pem) reads.
    pub(crate) fn to_pem(&self) -> Option<SecretString> {
        let pem = self
            .0
            .to_pkcs8_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF);
        Some(pem.ok()?.as_str().into())
    }

    /// The public key, as a file of publishers has it.
    pub(crate) fn public(&self) -> String {
        STANDARD.encode(self.0.verifying_key().as_bytes())
    }

    /// Signs a file; base64.
    pub(crate) fn sign(&self, file: &[u8]) -> String {
        STANDARD.encode(self.0.sign(file).to_bytes())
    }
}

/// Where the signature of a file is looked for.
pub(crate) fn signature_file(file: &Path) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{PublisherKey, Publishers, PublishersError, SignatureError};

    fn key(number: u8) -> PublisherKey {
        PublisherKey(ed25519_dalek::SigningKey::from_bytes(&[number; 32]))
    }

    fn publishers() -> Publishers {
        let text = format!(
            "# who may publish\n\nAcme Ltd {}\n  Other\t{}\n",
            key(1).public(),
            key(2).public()
        );
        Publishers::parse(&text).unwrap()
    }

    #[test]
    fn a_signature_is_put_down_to_its_publisher() {
        let publishers = publishers();
        assert_eq!(
            publishers.verify(b"file", Some(&key(1).sign(b"file"))),
            Ok("Acme Ltd")
        );
        let with_newline = format!("{}\n", key(2).sign(b"file"));
        assert_eq!(publishers.verify(b"file", Some(&with_newline)), Ok("Other"));
    }

    #[test]
    fn every_other_signature_is_refused_with_its_reason() {
        let publishers = publishers();
        let names = "Acme Ltd, Other".to_owned();
        for (signature, expected) in [
            (None, SignatureError::Missing(names.clone())),
            (Some("not base64!".to_owned()), SignatureError::Malformed),
            (Some("AAAA".to_owned()), SignatureError::Malformed),
            (
                Some(key(1).sign(b"another file")),
                SignatureError::Unknown(names.clone()),
            ),
            (Some(key(3).sign(b"file")), SignatureError::Unknown(names.clone())),
        ] {
            assert_eq!(publishers.verify(b"file", signature.as_deref()), Err(expected));
        }
    }

    #[test]
    fn a_key_file_is_checked_line_by_line() {
        for (text, expected) in [
            ("", PublishersError::Empty),
            ("# nobody\n", PublishersError::Empty),
            ("# one\nAcme", PublishersError::Line(2)),
            ("Acme AAAA", PublishersError::Line(1)),
        ] {
            assert_eq!(Publishers::parse(text).err(), Some(expected), "{text:?}");
        }
        // RFC 8410, section 10.1, between the lines of its PEM.
        let der = "Acme MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        assert!(Publishers::parse(der).is_ok());
    }

    #[test]
    fn a_private_key_survives_its_file() {
        let made = PublisherKey::generate().unwrap();
        let read = PublisherKey::from_pem(&made.to_pem().unwrap()).unwrap();
        assert_eq!(made.public(), read.public());
        assert!(
            made.to_pem()
                .unwrap()
                .expose_secret()
                .starts_with("-----BEGIN PRIVATE KEY-----")
        );
        assert!(PublisherKey::from_pem(&"nonsense".into()).is_none());
    }
}
