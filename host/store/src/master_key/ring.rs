//! The master key in use and the ones before it.

use super::MasterKey;

/// The key ring. What is encrypted from now on is encrypted under `primary`; what stands under one of `previous` is still
/// read, until [`crate::Store::rotate_master`] has encrypted it anew.
///
/// With several processes on one database, give all of them the new key as a previous one first, then make it primary:
/// otherwise those that do not know it yet cannot read what the others write.
#[derive(Debug)]
pub struct MasterKeys {
    /// The key that encrypts.
    pub primary: MasterKey,
    /// Keys that only decrypt.
    pub previous: Vec<MasterKey>,
}

impl MasterKeys {
    /// All keys, the primary first.
    pub fn all(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.primary).chain(&self.previous)
    }
}

impl From<MasterKey> for MasterKeys {
    fn from(primary: MasterKey) -> Self {
        Self {
            primary,
            previous: Vec::new(),
        }
    }
}
