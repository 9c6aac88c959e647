//! `/contact`

mod create;
mod delete;
mod get;
mod list;
mod merge;
mod replace;
