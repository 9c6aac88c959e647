//! What the tests stand on: guests made into components, the places round the server, and the server itself. The client
//! and the process are those of the API tests.

#[path = "../api/harness/answer.rs"]
#[allow(dead_code, reason = "shared with the API tests, which use all of it")]
mod answer;
mod canary;
#[path = "../api/harness/client.rs"]
#[allow(dead_code, reason = "shared with the API tests, which use all of it")]
mod client;
#[path = "../api/harness/command.rs"]
#[allow(dead_code, reason = "shared with the API tests, which use all of it")]
mod command;
#[path = "../api/harness/database.rs"]
#[allow(dead_code, reason = "shared with the API tests, which use all of it")]
mod database;
mod guests;
mod memory;
#[path = "../api/harness/places.rs"]
#[allow(dead_code, reason = "shared with the API tests, which use all of it")]
mod places;
#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "shared with the store's tests, which use all of it")]
mod postgres;
#[path = "../api/harness/process.rs"]
#[allow(dead_code, reason = "shared with the API tests, which use all of it")]
mod process;
mod provider;
mod scene;
#[path = "../api/harness/server.rs"]
#[allow(dead_code, reason = "shared with the API tests, which use all of it")]
mod server;

pub(crate) use answer::Answer;
pub(crate) use canary::Canary;
pub(crate) use client::Client;
use command::routemcp;
use database::TestDatabase;
pub(crate) use guests::Guests;
pub(crate) use memory::Memory;
use process::Process;
use provider::Provider;
pub(crate) use scene::Scene;
use server::Server;
