//! Black-box tests of the real binary. Files mirror the URL tree; `harness` starts servers and providers and speaks HTTP.
//!
//! Tests that only read share one server ([`harness::shared`]); those that write or configure start their own, which
//! takes some 60 ms because compiled connectors are cached.

#[cfg(test)]
mod chaos;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod connectors;
#[cfg(test)]
mod contact;
#[cfg(test)]
mod deal;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod fan_out;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod field_mappings;
#[cfg(test)]
mod four_providers;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod lead;
#[cfg(test)]
mod live;
#[cfg(test)]
mod meeting;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod owner;
#[cfg(test)]
mod rate_limit;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod sandbox_serve;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod swap;
#[cfg(test)]
mod tenants;
