//! What the tests stand on: processes, an HTTP client with typed answers, a provider that follows a script.

mod answer;
mod client;
mod command;
mod crud;
mod faulty;
mod places;
mod process;
mod production;
mod provider;
mod raw;
mod redact;
mod server;
mod walk;

pub(crate) use answer::Answer;
pub(crate) use client::{Client, http};
pub(crate) use command::routemcp;
pub(crate) use crud::LifeCycle;
pub(crate) use faulty::{Fault, FaultyProvider};
pub(crate) use places::{copy_atomically, hubspot, snoop, twin, twin_that_asks_for_more};
pub(crate) use process::{Process, status_of};
pub(crate) use production::{MASTER_KEY, Production, arguments, database};
pub(crate) use provider::{Provider, Received, Reply};
pub(crate) use raw::{raw, raw_half_closed};
pub(crate) use redact::redacted;
pub(crate) use server::{Server, shared};
pub(crate) use walk::{assert_walks_exactly_once, walk};
