//! Name resolution that hands out only addresses that may be connected to.
//!
//! The client connects to the very addresses returned here, so a name server cannot change its mind in between.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use crate::policy::address::{self, Openness};

/// Why there is no address. Found again in the chain of causes of the client's error.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum ResolveError {
    /// There are addresses, and every one is denied.
    #[error("address is {0}")]
    Denied(&'static str),
    /// The name has no address, or nobody could say.
    #[error("the name could not be resolved")]
    Failed,
}

pub(super) struct FilteringResolver {
    openness: Openness,
}

impl FilteringResolver {
    pub(super) fn new(openness: Openness) -> Self {
        Self { openness }
    }
}

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let openness = self.openness;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| ResolveError::Failed)?;
            let kept: Addrs = Box::new(filter(found, openness)?.into_iter());
            Ok(kept)
        })
    }
}

fn filter(
    found: impl Iterator<Item = SocketAddr>,
    openness: Openness,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let mut kept = Vec::new();
    let mut reason = ResolveError::Failed;
    for address in found {
        match address::check(address.ip(), openness) {
            Ok(()) => kept.push(address),
            Err(range) => reason = ResolveError::Denied(range),
        }
    }
    if kept.is_empty() { Err(reason) } else { Ok(kept) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(addresses: &[&str], openness: Openness) -> Result<Vec<String>, ResolveError> {
        let found = addresses
            .iter()
            .map(|address| SocketAddr::new(address.parse().unwrap(), 0));
        filter(found, openness).map(|kept| kept.iter().map(|address| address.ip().to_string()).collect())
    }

    #[test]
    fn denied_addresses_are_left_out_and_the_others_kept() {
        let mixed = ["169.254.169.254", "8.8.8.8", "10.0.0.1"];
        assert_eq!(filtered(&mixed, Openness::Public).unwrap(), ["8.8.8.8"]);
        assert_eq!(
            filtered(&mixed, Openness::Private).unwrap(),
            ["8.8.8.8", "10.0.0.1"]
        );
    }

    #[test]
    fn no_address_left_is_another_error_than_no_address_found() {
        assert_eq!(
            filtered(&["127.0.0.1", "::1"], Openness::Public),
            Err(ResolveError::Denied("loopback"))
        );
        assert_eq!(filtered(&[], Openness::Public), Err(ResolveError::Failed));
    }
}
