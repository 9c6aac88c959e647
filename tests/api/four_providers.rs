//! One list over four providers on real sockets, one of which answers 500 for three seconds in the middle.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::harness::{Client, Process, Server, http, hubspot};

/// Contacts that each sandbox is seeded with.
const SEEDED: [(&str, usize); 4] = [
    ("gohighlevel", 260),
    ("hubspot", 250),
    ("pipedrive", 250),
    ("zoho-crm", 2_300),
];
const FAILING: &str = "zoho-crm";
const OUTAGE: Duration = Duration::from_secs(3);

#[tokio::test]
async fn every_contact_of_four_providers_comes_once_though_one_fails_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let sandboxes = SEEDED.map(|(slug, _)| sandbox(slug, &folder));
    let outage = Arc::new(AtomicBool::new(false));
    let mut setup = Server::setup().connectors(&SEEDED.map(|(slug, _)| connector(slug)));
    for ((slug, _), (url, _)) in SEEDED.iter().zip(&sandboxes) {
        let url = if *slug == FAILING {
            flaky(url, &outage).await
        } else {
            url.clone()
        };
        setup = setup.provider(slug, &url);
    }
    let server = setup.start();
    let (seen, reported) = walk(&server.live_client(), &outage).await;
    for (slug, expected) in SEEDED {
        assert_eq!(seen.get(slug).map(BTreeSet::len), Some(expected), "{slug}");
    }
    assert!(
        reported > 0,
        "the failing provider was never named in data.errors"
    );
}

/// Walks to the end, with the outage from the fifth page on; gives the ids by provider, and how often the failing provider
/// was named. No id may come twice.
async fn walk(client: &Client, outage: &AtomicBool) -> (BTreeMap<String, BTreeSet<String>>, usize) {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut reported, mut pages, mut began, mut cursor) = (0, 0, None, String::new());
    let started = Instant::now();
    loop {
        assert!(
            started.elapsed() < Duration::from_secs(90),
            "the walk does not end"
        );
        if pages == 5 && began.is_none() {
            began = Some(Instant::now());
            outage.store(true, Ordering::Relaxed);
        }
        if began.is_some_and(|began: Instant| began.elapsed() > OUTAGE) {
            outage.store(false, Ordering::Relaxed);
        }
        let page = client.get(&format!("/contact?limit=60{cursor}")).await;
        if page.status != 200 {
            // Only the failing provider is left: the cursor holds its place.
            assert_eq!(
                (page.status, page.code()),
                (502, "PROVIDER_ERROR"),
                "{}",
                page.text
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        }
        pages += 1;
        assert!(page.records().len() <= 60);
        for error in page.data()["errors"].as_array().into_iter().flatten() {
            assert_eq!(
                (error["provider"].as_str(), error["code"].as_str()),
                (Some(FAILING), Some("PROVIDER_ERROR"))
            );
            reported += 1;
        }
        for record in page.records() {
            let text = |field: &str| record[field].as_str().unwrap().to_owned();
            assert!(
                seen.entry(text("provider")).or_default().insert(text("id")),
                "twice: {record}"
            );
        }
        match page.cursor() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (seen, reported),
        }
    }
}

fn connector(slug: &str) -> std::path::PathBuf {
    hubspot().with_file_name(format!("{slug}.wasm"))
}

/// A provider's sandbox on a socket of its own.
fn sandbox(slug: &str, folder: &TempDir) -> (String, Process) {
    let file = connector(slug).to_str().unwrap().to_owned();
    let arguments = ["sandbox", "serve", &file, "--port", "0"].map(str::to_owned);
    let mut process = Process::start(folder.path(), &arguments, &[]);
    let url = process.wait_for("its address", |process| {
        let stdout = process.stdout();
        stdout
            .split("sandbox at ")
            .nth(1)?
            .split_whitespace()
            .next()
            .map(str::to_owned)
    });
    (url, process)
}

/// Passes everything on, except while there is an outage.
async fn flaky(url: &str, outage: &Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let state = (url.to_owned(), Arc::clone(outage), http());
    let router = axum::Router::new().fallback(pass).with_state(state);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

type Upstream = (String, Arc<AtomicBool>, reqwest::Client);

async fn pass(State((url, outage, client)): State<Upstream>, request: Request) -> Response {
    if outage.load(Ordering::Relaxed) {
        return (StatusCode::INTERNAL_SERVER_ERROR, "out of order").into_response();
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let target = format!("{url}{}", parts.uri.path_and_query().unwrap());
    let answer = client
        .request(parts.method, target)
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .unwrap();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}
