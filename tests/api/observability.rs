//! What an operator can see: log lines, metrics, spans and the request log.

mod collector;
mod log;
mod metrics;
mod requests;
mod traces;
