//! The life cycle of connectors: install, activate, roll back, disable, and the rules that decide what becomes live.
//!
//! A file comes from an upload, from the command line, or from a watched folder, and goes the same way each time: signature
//! ([`publishers`]) -> compile, where it cannot hurt ([`apart`]) -> link and probe (the runtime) -> what changes
//! ([`capabilities`]) and what the operator has granted ([`grants`]) -> the store keeps it -> one `Arc` is swapped. Any
//! failure leaves the live version in place. Changes run one at a time.

pub(crate) mod apart;
pub(crate) mod capabilities;
mod error;
pub(crate) mod folder;
pub(crate) mod grants;
pub(crate) mod install;
pub(crate) mod kept;
#[cfg(feature = "native-connectors")]
mod native;
pub(crate) mod publishers;
pub(crate) mod switch;

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use apart::Apart;
pub(crate) use error::ConnectorError;
use publishers::Publishers;

/// What the operator decided about connectors.
#[derive(Default)]
pub(crate) struct Policy {
    /// Whose signatures are taken; none: files need no signature.
    pub(crate) publishers: Option<Publishers>,
    /// How files are compiled that come from outside; none: in this process.
    pub(crate) apart: Option<Apart>,
}

/// The life cycle's own state. What lasts is in the store.
#[derive(Default)]
pub(crate) struct Connectors {
    pub(crate) policy: Policy,
    changing: tokio::sync::Mutex<()>,
    disabled: RwLock<BTreeSet<String>>,
}

impl Connectors {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy,
            ..Self::default()
        }
    }

    /// Whether the operator has switched a provider off.
    pub(crate) fn is_disabled(&self, slug: &str) -> bool {
        self.disabled
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(slug)
    }

    fn set_disabled(&self, slug: &str, disabled: bool) {
        let mut all = self.disabled.write().unwrap_or_else(PoisonError::into_inner);
        if disabled {
            all.insert(slug.to_owned());
        } else {
            all.remove(slug);
        }
    }
}
