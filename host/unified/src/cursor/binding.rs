//! What a cursor belongs to.

use sha2::{Digest, Sha256};

pub(super) const DIGEST_LENGTH: usize = 16;

/// The query that a cursor belongs to, as labelled parts in a fixed order.
///
/// Every label and value goes in with its length, so that no two different lists of parts look the same:
/// `("a", "bc")` is not `("ab", "c")`. Only a digest of it ends up in the cursor.
#[derive(Clone, Debug, Default)]
pub struct Binding {
    hash: Sha256,
}

impl Binding {
    /// A binding without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part. Leave it out where there is no value: an empty one is another thing.
    #[must_use]
    pub fn with(mut self, label: &str, value: impl AsRef<str>) -> Self {
        for text in [label, value.as_ref()] {
            // A text in memory is shorter than 2^64 bytes on every machine.
            self.hash.update((text.len() as u64).to_be_bytes());
            self.hash.update(text.as_bytes());
        }
        self
    }

    pub(super) fn digest(&self) -> [u8; DIGEST_LENGTH] {
        let mut digest = [0; DIGEST_LENGTH];
        for (to, from) in digest.iter_mut().zip(self.hash.clone().finalize()) {
            *to = from;
        }
        digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_be_shifted_into_each_other() {
        let bindings = [
            Binding::new(),
            Binding::new().with("", ""),
            Binding::new().with("a", ""),
            Binding::new().with("", "a"),
            Binding::new().with("a", "bc"),
            Binding::new().with("ab", "c"),
            Binding::new().with("a", "b").with("c", ""),
            Binding::new().with("a", "b").with("", "c"),
            Binding::new().with("c", "").with("a", "b"),
        ];
        for (index, one) in bindings.iter().enumerate() {
            for other in bindings.iter().skip(index + 1) {
                assert_ne!(one.digest(), other.digest(), "{index}");
            }
        }
    }

    #[test]
    fn the_same_parts_make_the_same_binding() {
        let binding = || {
            Binding::new()
                .with("resource", "contact")
                .with("filter", "email=a@b.co")
        };
        assert_eq!(binding().digest(), binding().digest());
    }
}
