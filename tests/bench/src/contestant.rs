//! Who is measured: something that answers a list of contacts over HTTP.

use crate::names::{CONTACTS, PROPERTIES, PROVIDER_TOKEN};
use crate::process::Process;

/// A running contestant.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    /// `http://127.0.0.1:7001`
    pub(crate) base: String,
    pub(crate) speaks: Speaks,
    /// Of each request, as `name: value`.
    pub(crate) headers: Vec<String>,
    /// None for the provider itself, which is not measured.
    pub(crate) process: Option<Process>,
}

/// Which API a contestant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// The provider's own: whoever passes requests on.
    Provider,
    /// The unified one.
    Unified,
}

impl Contestant {
    /// One that passes requests on to the provider.
    pub(crate) fn passing_on(name: &'static str, base: String, process: Option<Process>) -> Self {
        Self {
            name,
            base,
            speaks: Speaks::Provider,
            headers: vec![format!("authorization: Bearer {PROVIDER_TOKEN}")],
            process,
        }
    }

    /// One with the unified API.
    pub(crate) fn unified(name: &'static str, base: String, key: &str, process: Process) -> Self {
        Self {
            name,
            base,
            speaks: Speaks::Unified,
            headers: vec![format!("authorization: Bearer {key}")],
            process: Some(process),
        }
    }

    /// Where it lists so many contacts.
    pub(crate) fn url(&self, limit: u32) -> String {
        let base = &self.base;
        match self.speaks {
            Speaks::Provider => {
                let properties = PROPERTIES.replace(',', "%2C");
                format!("{base}{CONTACTS}?properties={properties}&limit={limit}")
            }
            Speaks::Unified => format!("{base}/api/v1/contact?provider=hubspot&limit={limit}"),
        }
    }
}
