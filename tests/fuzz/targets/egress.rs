//! Targets come from hostile guests: whatever leaves goes to a host that was granted, and carries the credential only there.
#![no_main]

use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use routemcp_broker::{
    Body, Credential, Grant, Limits, Placement, Prepared, Request, Response, SendError, Session,
    StaticSecret, Transport,
};
use url::Url;

const SECRET: &str = "s3cr3t-s3cr3t";

/// Notes where a request would have gone.
#[derive(Default)]
struct Note(Mutex<Option<(Url, bool)>>);

#[async_trait]
impl Transport for Note {
    async fn send(&self, request: Prepared) -> Result<Response, SendError> {
        let carries = request.headers.values().any(|value| {
            value
                .as_bytes()
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes())
        });
        *self.0.lock().expect("no panic while locked") = Some((request.url, carries));
        Ok(Response {
            status: 200,
            headers: Default::default(),
            body: Bytes::new(),
        })
    }
}

static GRANT: LazyLock<Arc<Grant>> = LazyLock::new(|| {
    let further = ["*.files.example.net".to_owned()];
    Arc::new(Grant::new("https://api.example.com/crm/v2", &further).expect("the grant is one"))
});

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime without I/O can be made")
});

fuzz_target!(|input: (&str, &str, Vec<(&str, &str)>, Vec<(&str, &str)>)| {
    let (method, target, query, headers) = input;
    let owned = |pairs: Vec<(&str, &str)>| {
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    let note = Arc::new(Note::default());
    let credential = Credential {
        placement: Placement::from_header("authorization", "Bearer ").expect("the placement is one"),
        source: Arc::new(StaticSecret(SECRET.into())),
    };
    let session = Session::new(
        Arc::clone(&GRANT),
        Some(credential),
        Arc::clone(&note) as Arc<dyn Transport>,
        Limits::default(),
        Instant::now() + Duration::from_secs(5),
    );
    let request = Request {
        method: if method.is_empty() {
            "GET".to_owned()
        } else {
            method.to_owned()
        },
        target: target.to_owned(),
        query: owned(query),
        headers: owned(headers),
        body: Body::None,
        repeatable: false,
    };
    let sent = RUNTIME.block_on(session.send(request));
    let went = note.0.lock().expect("no panic while locked").take();
    assert_eq!(sent.is_ok(), went.is_some(), "{target:?}: {sent:?}");
    let Some((url, carries)) = went else { return };
    let host = url.host_str().unwrap_or_default();
    let own = host == "api.example.com";
    assert!(own || host.ends_with(".files.example.net"), "{target:?} -> {url}");
    assert!(
        url.scheme() == "https" && url.port().is_none() && url.username().is_empty(),
        "{target:?} -> {url}"
    );
    assert!(carries, "what leaves is authorised by us");
    assert!(
        !own || !target.starts_with('/') || url.path().starts_with("/crm/v2/"),
        "{target:?} -> {url}"
    );
});
