//! The text of an API key: `sk_live_` or `sk_test_`, and 32 random characters.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::names::Environment;
use crate::secret::no_randomness;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^32 is about 2^190.
const RANDOM_CHARACTERS: usize = 32;
/// What is shown of a key. Four of its random characters (24 bits), so 166 bits stay unknown.
const PREFIX_CHARACTERS: usize = 12;

/// A new key.
pub(super) fn generate(environment: Environment) -> Result<SecretString, StoreError> {
    let mut random = Zeroizing::new(String::with_capacity(RANDOM_CHARACTERS));
    let mut bytes = Zeroizing::new([0; 64]);
    while random.len() < RANDOM_CHARACTERS {
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| no_randomness())?;
        let missing = RANDOM_CHARACTERS - random.len();
        random.extend(bytes.iter().copied().filter_map(character).take(missing));
    }
    Ok(format!("{}{}", lead(environment), *random).into())
}

/// Bytes of 248 and more would make the first eight characters likelier than the others.
fn character(byte: u8) -> Option<char> {
    let index = usize::from(byte);
    if index >= 4 * ALPHABET.len() {
        return None;
    }
    ALPHABET.get(index % ALPHABET.len()).copied().map(char::from)
}

const fn lead(environment: Environment) -> &'static str {
    match environment {
        Environment::Live => "sk_live_",
        Environment::Test => "sk_test_",
    }
}

/// Whether it could be a key, which saves asking the database about noise.
pub(super) fn is_well_formed(text: &SecretString) -> bool {
    let text = text.expose_secret();
    let random = Environment::ALL
        .iter()
        .find_map(|environment| text.strip_prefix(lead(*environment)));
    random.is_some_and(|random| {
        random.len() == RANDOM_CHARACTERS && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// What is stored of a key. Plain SHA-256 is right here: slow, salted hashes protect passwords that can be guessed, and
/// 190 random bits cannot be. It also allows a lookup by index, whose timing tells nothing, since nobody can choose the
/// hash of a text.
pub(super) fn hash(text: &SecretString) -> String {
    hex::encode(Sha256::digest(text.expose_secret()))
}

/// What is shown of a key.
pub(super) fn prefix(text: &SecretString) -> String {
    text.expose_secret().chars().take(PREFIX_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use secrecy::ExposeSecret as _;

    use super::{character, generate, hash, is_well_formed, prefix};
    use crate::names::Environment;

    #[test]
    fn keys_are_well_formed_and_say_their_environment() {
        for (environment, lead) in [(Environment::Live, "sk_live_"), (Environment::Test, "sk_test_")] {
            let text = generate(environment).unwrap();
            assert!(is_well_formed(&text));
            assert!(text.expose_secret().starts_with(lead) && text.expose_secret().len() == 40);
            assert!(text.expose_secret().starts_with(&prefix(&text)) && prefix(&text).len() == 12);
        }
    }

    #[test]
    fn keys_never_repeat_and_use_the_whole_alphabet() {
        let keys: Vec<_> = (0..1_000).map(|_| generate(Environment::Live).unwrap()).collect();
        let hashes: BTreeSet<String> = keys.iter().map(hash).collect();
        assert_eq!(hashes.len(), 1_000);
        let used: BTreeSet<char> = keys
            .iter()
            .flat_map(|key| key.expose_secret()[8..].chars())
            .collect();
        assert_eq!(used.len(), 62);
    }

    #[test]
    fn every_character_is_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for character in (0..=u8::MAX).filter_map(character) {
            *counts.entry(character).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 62);
        assert!(counts.values().all(|count| *count == 4), "{counts:?}");
    }

    #[test]
    fn noise_is_not_well_formed() {
        let good = "sk_test_0123456789abcdefghijABCDEFGHIJ01";
        assert!(is_well_formed(&good.into()));
        for text in [
            "",
            "sk_test_",
            &good[1..],
            &good[..39],
            &format!("{good}x"),
            &good.replace("01", "é"),
            "SK_TEST_",
        ] {
            assert!(!is_well_formed(&text.into()), "{text}");
        }
        assert!(!is_well_formed(&good.replace("test", "prod").into()));
    }

    #[test]
    fn the_hash_is_sha_256() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(&"abc".into()), expected);
    }
}
