//! OAuth 2.0 with a provider: codes and refresh tokens become access tokens, and access tokens stay fresh.
//!
//! The `oauth2` crate builds the requests and reads the answers (RFC 6749, 7636, 7009); the broker sends them, under the
//! same egress policy as everything else. What the crate does not know is how providers word a refusal, so
//! [`refusal`] looks at status and body itself.

pub(crate) mod apps;
pub(crate) mod keeper;
pub(crate) mod party;
pub(crate) mod refresh;
pub(crate) mod refusal;
pub(crate) mod revoke;
pub(crate) mod secret;
mod standing;
pub(crate) mod tokens;
