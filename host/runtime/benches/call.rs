//! One call into the HubSpot connector, with a provider that answers at once. `make micro` runs it; it needs
//! `make connectors` first.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run may stop")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use divan::{Bencher, black_box};
use http::HeaderMap;
use routemcp_broker::{Grant, Limits, Prepared, Response, SendError, Session, Transport};
use routemcp_runtime::{CallContext, EngineOptions, LoadedConnector, Query, Runtime};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

/// Answers at once with a page.
struct Canned(Bytes);

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _: Prepared) -> Result<Response, SendError> {
        Ok(Response {
            status: 200,
            headers: HeaderMap::new(),
            body: self.0.clone(),
        })
    }
}

fn page(records: u32) -> Bytes {
    let contact = |number: u32| {
        json!({
            "id": (2_010_037_000 + number).to_string(),
            "properties": {
                "firstname": "Mara", "lastname": "Lindqvist", "email": "mara@example.com", "phone": "+41 79 555 0002",
                "company": "Kite & Sons", "jobtitle": "Head of Purchasing", "address": "Seestrasse 1", "city": "Zürich",
                "state": "ZH", "zip": "8002", "country": "Switzerland", "lifecyclestage": "opportunity",
                "hubspot_owner_id": "41234567", "hs_analytics_source": "OFFLINE",
            },
            "createdAt": "2025-03-01T09:00:11.402Z", "updatedAt": "2026-10-01T16:00:45.017Z", "archived": false,
        })
    };
    let results: Vec<Value> = (0..records).map(contact).collect();
    let page = json!({ "results": results, "paging": { "next": { "after": "2010037025" } } });
    page.to_string().into()
}

struct Loaded {
    tokio: tokio::runtime::Runtime,
    connector: LoadedConnector,
    grant: Arc<Grant>,
    transport: Arc<dyn Transport>,
}

impl Loaded {
    fn new(records: u32) -> Self {
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/connectors/hubspot.wasm");
        let file = std::fs::read(file).unwrap();
        let runtime = Runtime::new(EngineOptions::default()).unwrap();
        let mut connector = tokio.block_on(runtime.load(file)).unwrap();
        connector.grant_hosts(|_| true);
        let grant = connector.grant("https://api.hubapi.com").unwrap();
        Self {
            tokio,
            connector,
            grant: Arc::new(grant),
            transport: Arc::new(Canned(page(records))),
        }
    }

    fn context(&self) -> CallContext {
        let deadline = Instant::now() + Duration::from_secs(30);
        let (grant, transport) = (Arc::clone(&self.grant), Arc::clone(&self.transport));
        CallContext {
            session: Arc::new(Session::new(grant, None, transport, Limits::default(), deadline)),
            tenant: "org_1".into(),
            settings: Arc::new(BTreeMap::new()),
        }
    }
}

#[divan::bench]
fn instantiate(bencher: Bencher<'_, '_>) {
    let loaded = Loaded::new(1);
    bencher.bench_local(|| {
        let made = loaded.connector.time_instantiation(1);
        loaded.tokio.block_on(made).unwrap()
    });
}

#[divan::bench(args = [25, 100])]
fn list(bencher: Bencher<'_, '_>, records: u32) {
    let loaded = Loaded::new(records);
    let fields = [
        "firstname",
        "lastname",
        "email",
        "phone",
        "company",
        "jobtitle",
        "hubspot_owner_id",
    ];
    let query = Query {
        limit: records,
        fields: fields.map(str::to_owned).into(),
        ..Query::default()
    };
    bencher.bench_local(|| {
        let called = loaded
            .connector
            .list(loaded.context(), "contact", black_box(query.clone()));
        loaded.tokio.block_on(called).result.unwrap()
    });
}
