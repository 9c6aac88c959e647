//! OAuth 2.0 with a provider: codes and refresh tokens become access tokens, and access tokens stay fresh.
//!
//! The `oauth2` crate builds addresses and requests (RFC 6749, 7636); the broker sends them, under the same egress policy as
//! everything else. Answers are read here, more leniently than the crate does, and [`refusal`] tells what one without a
//! token means, because providers word it in their own ways.

pub(crate) mod apps;
pub(crate) mod keeper;
pub(crate) mod party;
pub(crate) mod refresh;
pub(crate) mod refusal;
pub(crate) mod revoke;
pub(crate) mod secret;
mod standing;
pub(crate) mod tokens;
