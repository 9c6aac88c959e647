//! `routemcp` on the command line.

mod connector;
mod keys;
mod serve;
