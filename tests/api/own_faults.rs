//! Faults of our own: callers that keep us waiting, a database that is away, locked or full, the end of the process.

mod database;
mod drain;
mod front;
mod killed;
mod proxy;
