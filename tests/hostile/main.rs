//! Hostile guests, one sin each, against the real binary: the caller gets a clear error, the log names the version of the
//! connector that did it, everybody else is served meanwhile, and nothing is left behind.
//!
//! [`sins`] is the list. Each sin is a few lines of WebAssembly text in `guests/`; what they share is
//! `harness/connector.wat`. Two listeners stand around the server: a provider that plays its part in some of the sins, and
//! a canary at a place that no guest may ever reach.

#[cfg(test)]
mod harness;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod rebinding;
#[cfg(test)]
mod sins;
#[cfg(test)]
mod table;
