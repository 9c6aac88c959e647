//! What the tests stand on: processes, an HTTP client with typed answers, a provider that follows a script.

mod answer;
mod browser;
mod client;
mod command;
mod crud;
mod database;
mod faulty;
mod places;
mod process;
mod production;
mod provider;
mod raw;
mod redact;
mod redis;
mod sandbox;
mod self_signed;
mod server;
mod site;
mod soon;
mod walk;
mod widget;

#[allow(
    dead_code,
    reason = "shared with the store's tests, which use what is not used here"
)]
#[path = "../support/postgres.rs"]
pub(crate) mod postgres;

pub(crate) use answer::Answer;
pub(crate) use browser::{Browser, Page};
pub(crate) use client::{Call, Client, http};
pub(crate) use command::routemcp;
pub(crate) use crud::LifeCycle;
pub(crate) use database::{MASTER_KEY, TestDatabase};
pub(crate) use faulty::{Fault, FaultyProvider};
pub(crate) use places::{connector, copy_atomically, hubspot, snoop, twin, twin_that_asks_for_more};
pub(crate) use process::{Process, status_of};
pub(crate) use production::{ADMIN_TOKEN, Production, arguments};
pub(crate) use provider::{Provider, Received, Reply};
pub(crate) use raw::{raw, raw_half_closed};
pub(crate) use redact::redacted;
pub(crate) use redis::Redis;
pub(crate) use sandbox::Sandbox;
pub(crate) use self_signed::SelfSigned;
pub(crate) use server::{Server, Setup, shared};
pub(crate) use site::{Replica, Site};
pub(crate) use soon::within_a_second;
pub(crate) use walk::{assert_walks_exactly_once, walk};
pub(crate) use widget::{Attempt, Widget};
