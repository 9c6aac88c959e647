//! Connect: an end user gives a product access to an account at a provider.
//!
//! The product's server asks for a session ([`session`]); the widget in the end user's browser asks what it offers
//! ([`offer`]) and hands over a token ([`token`]) or sends the browser to the provider and back ([`authorization`]). Both
//! end in a connection ([`establish`]). Which pages may hold the widget is up to the organisation ([`origins`]).

pub(crate) mod authorization;
pub(crate) mod callback;
pub(crate) mod establish;
pub(crate) mod offer;
pub(crate) mod origins;
mod probe;
pub(crate) mod session;
pub(crate) mod token;
