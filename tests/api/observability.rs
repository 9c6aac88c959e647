//! What an operator can see: log lines, metrics, spans and the request log.

mod requests;
