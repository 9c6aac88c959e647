//! What the broker's checks cost before a request may leave. `make micro` runs it.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run may stop")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use divan::{Bencher, black_box};
use http::HeaderMap;
use routemcp_broker::{
    Body, Credential, Grant, Limits, Placement, Prepared, Request, Response, SendError, Session, Transport,
};

fn main() {
    divan::main();
}

/// Answers at once, so that only the session's own work is measured.
struct Immediate;

#[async_trait]
impl Transport for Immediate {
    async fn send(&self, _: Prepared) -> Result<Response, SendError> {
        Ok(Response {
            status: 200,
            headers: HeaderMap::new(),
            body: Bytes::from_static(b"{}"),
        })
    }
}

fn session(grant: &Arc<Grant>) -> Session {
    let placement = Placement::from_header("Authorization", "Bearer ").unwrap();
    let credential = Credential::fixed(placement, "pat-1".into());
    let limits = Limits {
        // As many as are measured.
        requests: u32::MAX,
        total_bytes: usize::MAX,
        ..Limits::default()
    };
    let deadline = Instant::now() + Duration::from_secs(3_600);
    Session::new(
        Arc::clone(grant),
        Some(credential),
        Arc::new(Immediate),
        limits,
        deadline,
    )
}

fn grant() -> Arc<Grant> {
    Arc::new(Grant::new("https://api.hubapi.com", &["https://api.hubapi.com".to_owned()]).unwrap())
}

fn request() -> Request {
    let properties =
        "firstname,lastname,email,phone,company,jobtitle,address,city,state,zip,country,lifecyclestage";
    Request {
        method: "GET".to_owned(),
        target: "/crm/objects/2026-03/contacts".to_owned(),
        query: vec![
            ("properties".to_owned(), properties.to_owned()),
            ("limit".to_owned(), "25".to_owned()),
        ],
        headers: Vec::new(),
        body: Body::None,
        repeatable: false,
    }
}

#[divan::bench]
fn make_a_session(bencher: Bencher<'_, '_>) {
    let grant = grant();
    bencher.bench(|| session(black_box(&grant)));
}

#[divan::bench]
fn check_a_request(bencher: Bencher<'_, '_>) {
    let session = session(&grant());
    bencher
        .with_inputs(request)
        .bench_values(|request| session.check(request).unwrap());
}

#[divan::bench]
fn send_a_request_to_nobody(bencher: Bencher<'_, '_>) {
    let session = session(&grant());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    bencher
        .with_inputs(request)
        .bench_values(|request| runtime.block_on(session.send(request)).unwrap());
}
