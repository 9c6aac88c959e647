//! Contract tests: what connectors send to their providers, and what the sandboxes answer, held against the providers'
//! own API descriptions.
//!
//! The descriptions are reference material that is not part of this project; where they are not at hand the test says
//! so and passes. Deliberate deviations stand in `deviations.json`.

#[cfg(test)]
mod deviations;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod parameter;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod recorder;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod specification;
#[cfg(test)]
mod tour;
#[cfg(test)]
mod traffic;
#[cfg(test)]
mod translate;
