//! Encryption of single values at rest: XChaCha20-Poly1305 under a key derived from the master key.
//!
//! The text is `v1.<master key id>.<base64 of nonce and ciphertext>`. A nonce of 24 bytes may be drawn at random for any
//! number of values. The associated data say which row a value belongs to, so that a copy in another row does not open.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::SecretString;
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::StoreError;
use crate::master_key::{MasterKey, MasterKeys};
use crate::secret::random;

const VERSION: &str = "v1";
const NONCE_LENGTH: usize = 24;

/// An encrypted value as it stands in its column.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed(pub(crate) String);

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealed(…)")
    }
}

/// Encrypts under the primary master key, and decrypts under any of the ring.
pub(crate) struct Sealer {
    primary: Key,
    previous: Vec<Key>,
}

struct Key {
    cipher: XChaCha20Poly1305,
    id: String,
}

impl Key {
    fn new(master_key: &MasterKey) -> Self {
        let key = Zeroizing::new(master_key.derive("store"));
        Self {
            cipher: XChaCha20Poly1305::new((&*key).into()),
            id: master_key.id(),
        }
    }
}

impl Sealer {
    pub(crate) fn new(master_keys: &MasterKeys) -> Self {
        Self {
            primary: Key::new(&master_keys.primary),
            previous: master_keys.previous.iter().map(Key::new).collect(),
        }
    }

    /// Id of the master key that encrypts.
    pub(crate) fn primary_id(&self) -> &str {
        &self.primary.id
    }

    /// Whether values under the master key of this id can be decrypted.
    pub(crate) fn knows(&self, key_id: &str) -> bool {
        self.key(key_id).is_some()
    }

    fn key(&self, id: &str) -> Option<&Key> {
        std::iter::once(&self.primary)
            .chain(&self.previous)
            .find(|key| key.id == id)
    }

    /// Encrypts for one place. `place` names the column and the row, and must be the same for [`Sealer::open`].
    pub(crate) fn seal(&self, plain: &str, place: &[&str]) -> Result<Sealed, StoreError> {
        let nonce = random::<NONCE_LENGTH>()?;
        let payload = Payload {
            msg: plain.as_bytes(),
            aad: &associated_data(place),
        };
        let encrypted = self.primary.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let encrypted = encrypted.map_err(|_| StoreError::Invalid {
            field: "value",
            problem: "is too long",
        })?;
        let text = STANDARD.encode([nonce.as_slice(), &encrypted].concat());
        Ok(Sealed(format!("{VERSION}.{}.{text}", self.primary.id)))
    }

    /// Decrypts what was sealed for this place.
    pub(crate) fn open(&self, sealed: &Sealed, place: &[&str]) -> Result<SecretString, StoreError> {
        let (key_id, bytes) = parse(&sealed.0)?;
        let Some(key) = self.key(key_id) else {
            let message = format!(
                "encrypted under master key {key_id}, but the one in use is {}",
                self.primary.id
            );
            return Err(StoreError::Corrupt(message));
        };
        let damaged = || StoreError::Corrupt(format!("it does not decrypt under master key {key_id}"));
        let (nonce, encrypted) = bytes.split_first_chunk::<NONCE_LENGTH>().ok_or_else(damaged)?;
        let payload = Payload {
            msg: encrypted,
            aad: &associated_data(place),
        };
        let plain = key
            .cipher
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| damaged())?;
        String::from_utf8(plain).map(SecretString::from).map_err(|error| {
            error.into_bytes().zeroize();
            damaged()
        })
    }
}

fn parse(text: &str) -> Result<(&str, Vec<u8>), StoreError> {
    let mut parts = text.splitn(3, '.');
    let unknown = || StoreError::Corrupt("an encrypted value is in no known form".to_owned());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(VERSION), Some(key_id), Some(text)) => {
            Ok((key_id, STANDARD.decode(text).map_err(|_| unknown())?))
        }
        _ => Err(unknown()),
    }
}

/// Each part with its length before it, so that no two places give the same bytes.
fn associated_data(place: &[&str]) -> Vec<u8> {
    let part = |part: &&str| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat();
    place.iter().flat_map(part).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{Sealed, Sealer};
    use crate::error::StoreError;
    use crate::master_key::{MasterKey, MasterKeys};

    fn sealer() -> Sealer {
        Sealer::new(&MasterKey::generate().0.into())
    }

    fn message(result: Result<secrecy::SecretString, StoreError>) -> String {
        match result {
            Err(StoreError::Corrupt(message)) => message,
            other => panic!("not corrupt: {other:?}"),
        }
    }

    #[test]
    fn a_value_opens_in_its_own_place_only() {
        let sealer = sealer();
        let sealed = sealer
            .seal("secret ✓", &["credential", "con_1", "org_1"])
            .unwrap();
        let open = |place: &[&str]| sealer.open(&sealed, place);
        assert_eq!(
            open(&["credential", "con_1", "org_1"]).unwrap().expose_secret(),
            "secret ✓"
        );
        for place in [
            ["credential", "con_2", "org_1"].as_slice(),
            &["credential", "con_1", "org_2"],
            &["body", "con_1", "org_1"],
            &["credential", "con_1o", "rg_1"],
            &["credentialcon_1org_1"],
        ] {
            assert!(message(open(place)).contains("does not decrypt"), "{place:?}");
        }
    }

    #[test]
    fn the_text_names_version_and_key_and_never_repeats() {
        let sealer = sealer();
        let seal = || sealer.seal("secret", &["place"]).unwrap().0;
        assert!(seal().starts_with(&format!("v1.{}.", sealer.primary.id)));
        assert_ne!(seal(), seal());
        assert!(!seal().contains("secret"));
    }

    #[test]
    fn another_master_key_is_named() {
        let (first, second) = (sealer(), sealer());
        let sealed = first.seal("secret", &["place"]).unwrap();
        let message = message(second.open(&sealed, &["place"]));
        assert!(
            message.contains(&first.primary.id) && message.contains(&second.primary.id),
            "{message}"
        );
    }

    #[test]
    fn a_previous_key_opens_but_does_not_seal() {
        let ((old, text), new) = (MasterKey::generate(), MasterKey::generate().0);
        let sealed = Sealer::new(&old.into()).seal("secret", &["place"]).unwrap();
        let (old, new_id) = (MasterKey::parse(&text).unwrap(), new.id());
        let ring = Sealer::new(&MasterKeys {
            primary: new,
            previous: vec![old],
        });
        assert_eq!(ring.open(&sealed, &["place"]).unwrap().expose_secret(), "secret");
        let sealed_anew = ring.seal("secret", &["place"]).unwrap().0;
        assert!(sealed_anew.starts_with(&format!("v1.{new_id}.")));
        assert!(ring.knows(&new_id) && !ring.knows("00000000"));
    }

    #[test]
    fn damaged_values_are_refused_without_being_quoted() {
        let sealer = sealer();
        let good = sealer.seal("secret", &["place"]).unwrap().0;
        let key_id = &sealer.primary.id;
        let mut flipped = good.clone().into_bytes();
        flipped[50] = if flipped[50] == b'A' { b'B' } else { b'A' };
        for text in [
            String::new(),
            good.replace("v1.", "v2."),
            format!("v1.{key_id}"),
            format!("v1.{key_id}.%%%"),
            format!("v1.{key_id}.QUJD"),
            String::from_utf8(flipped).unwrap(),
        ] {
            let error = message(sealer.open(&Sealed(text.clone()), &["place"]));
            assert!(text.is_empty() || !error.contains(&text), "{error}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Sealed("v1.x.y".to_owned())), "Sealed(…)");
    }
}
