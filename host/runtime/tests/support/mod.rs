//! What tests of whole connectors share.

#![allow(dead_code, reason = "not every test binary uses everything")]

use std::path::Path;

use async_trait::async_trait;
use routemcp_broker::{Prepared, Response, SendError, Transport};
use serde_json::Value;
use tokio::sync::Semaphore;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A component that was built for a released contract.
pub(crate) fn golden(file: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    std::fs::read(folder.join(file)).unwrap()
}

/// The module of `tests/golden/0.1.0/minimal.wat`, changed by `change`, as a component of a contract.
pub(crate) fn component(contract: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let source = String::from_utf8(golden("0.1.0/minimal.wat")).unwrap();
    let mut module = wat::parse_str(change(source)).unwrap();
    let mut resolve = Resolve::default();
    let package = resolve.push_str("contract.wit", contract).unwrap();
    let world = resolve.select_world(&[package], Some("provider")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let component = ComponentEncoder::default().module(&module).unwrap().encode();
    component.unwrap()
}

/// The same component with a custom section more, which changes its digest and nothing else.
pub(crate) fn with_section(component: &[u8], name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    let mut longer = component.to_vec();
    longer.extend([0, length + 1, length]);
    longer.extend(name.bytes());
    longer
}

/// A provider that always answers the same, each time that it is let.
pub(crate) struct Canned {
    body: String,
    turns: Semaphore,
}

impl Canned {
    /// One that answers at once.
    pub(crate) fn new(body: &Value) -> Self {
        Self {
            body: body.to_string(),
            turns: Semaphore::new(Semaphore::MAX_PERMITS),
        }
    }

    /// One that waits for [`let_one_through`](Self::let_one_through).
    pub(crate) fn waiting(body: &Value) -> Self {
        Self {
            body: body.to_string(),
            turns: Semaphore::new(0),
        }
    }

    pub(crate) fn let_one_through(&self) {
        self.turns.add_permits(1);
    }
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _request: Prepared) -> Result<Response, SendError> {
        self.turns.acquire().await.unwrap().forget();
        Ok(Response {
            status: 200,
            headers: http::HeaderMap::new(),
            body: self.body.clone().into(),
        })
    }
}
