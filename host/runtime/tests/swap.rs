//! Swapping: a call finishes on the version that it began with, and that version is gone with its last call.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use routemcp_broker::{Limits, Session};
use routemcp_runtime::{CallContext, EngineOptions, LoadedConnector, Query, Registry, Runtime};
use routemcp_unified::json::Node;
use serde_json::json;
use support::{Canned, golden, with_section};

fn runtime() -> Runtime {
    let options = EngineOptions {
        concurrent_calls: 4,
        ..EngineOptions::default()
    };
    Runtime::new(options).unwrap()
}

fn context(connector: &LoadedConnector, transport: &Arc<Canned>) -> CallContext {
    let manifest = connector.manifest();
    let grant = connector.grant(&manifest.base_url).unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    let transport = Arc::clone(transport);
    let session = Session::new(Arc::new(grant), None, transport, Limits::default(), deadline);
    CallContext {
        session: Arc::new(session),
        tenant: "tenant".into(),
        settings: Arc::new(BTreeMap::new()),
    }
}

async fn load(runtime: &Runtime, section: &str) -> LoadedConnector {
    let bytes = with_section(&golden("0.1.0/acme.wasm"), section);
    let mut connector = runtime.load(bytes).await.unwrap();
    connector.grant_hosts(|_| true);
    connector
}

#[tokio::test]
async fn the_old_version_lives_as_long_as_its_last_call() {
    let (runtime, registry) = (runtime(), Registry::default());
    registry.activate(Arc::new(load(&runtime, "first").await));
    let first = Arc::downgrade(&registry.get("acme").unwrap());

    let provider = Arc::new(Canned::waiting(&json!({ "people": [{ "id": 1 }] })));
    let under_way = tokio::spawn({
        let connector = registry.get("acme").unwrap();
        let context = context(&connector, &provider);
        async move {
            connector
                .list(
                    context,
                    "contact",
                    Query {
                        limit: 1,
                        ..Query::default()
                    },
                )
                .await
        }
    });
    tokio::task::yield_now().await;
    let before = registry
        .activate(Arc::new(load(&runtime, "second").await))
        .unwrap();
    let digest = before.digest();
    drop(before);
    assert_ne!(registry.get("acme").unwrap().digest(), digest);
    assert!(first.upgrade().is_some(), "a call still runs on it");

    provider.let_one_through();
    let page = under_way.await.unwrap().result.unwrap();
    let records: Vec<_> = page.records.iter().map(Node::to_value).collect();
    assert_eq!(records, [json!({ "id": 1 })]);
    assert!(first.upgrade().is_none(), "it is given back with its last call");
}

#[tokio::test]
async fn a_connector_that_is_taken_out_is_gone_and_others_stay() {
    let (runtime, registry) = (runtime(), Registry::default());
    registry.activate(Arc::new(load(&runtime, "first").await));
    let taken = Arc::downgrade(&registry.deactivate("acme").unwrap());
    assert!(registry.get("acme").is_none() && registry.all().is_empty());
    assert!(taken.upgrade().is_none());
    assert!(registry.deactivate("acme").is_none());
}

#[tokio::test]
async fn a_connector_reaches_nothing_until_hosts_are_granted() {
    let runtime = runtime();
    let mut connector = runtime.load(golden("0.1.0/acme.wasm")).await.unwrap();
    let base_url = connector.manifest().base_url.clone();
    assert!(connector.allowed_hosts().is_empty() && connector.grant(&base_url).is_err());
    connector.grant_hosts(|host| host.ends_with("elsewhere.example"));
    assert!(
        connector.allowed_hosts().is_empty(),
        "only hosts of the manifest can be granted"
    );
    connector.grant_hosts(|_| true);
    assert_eq!(connector.allowed_hosts(), ["https://api.acme.example"]);
    assert!(connector.grant(&base_url).is_ok() && connector.grant("https://elsewhere.example").is_err());
    connector.grant_hosts(|_| false);
    assert!(
        connector.grant(&base_url).is_err(),
        "what is taken back counts at once"
    );
}
