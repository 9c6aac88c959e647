//! A connector against a provider, without WebAssembly.

use routemcp_sdk::prelude::*;
use routemcp_sdk::sandbox::{Request, Response};
use routemcp_sdk::testing::{self, Host};
use serde_json::{Map, Value, json};

#[path = "../examples/acme.rs"]
#[allow(unreachable_pub, reason = "the example is a crate of its own")]
mod acme;

use acme::Acme;

fn provider(request: &Request) -> Response {
    match request.parameter("after") {
        None => Response::json(
            200,
            &json!({ "people": [{ "id": 1 }, { "id": 2 }], "next": "n2" }),
        ),
        Some("n2") => Response::json(200, &json!({ "people": [{ "id": 3 }], "next": null })),
        Some(_) => Response::empty(503),
    }
}

#[test]
fn the_example_pages_until_there_is_no_next() {
    Host::new().provider(provider).install();
    let first = Acme::list(
        "contact",
        &Query {
            limit: 2,
            ..Query::default()
        },
    )
    .unwrap();
    assert_eq!(first.resolve(), [json!({ "id": 1 }), json!({ "id": 2 })]);
    let cursor = first.next().map(str::to_owned);
    let last = Acme::list(
        "contact",
        &Query {
            limit: 2,
            cursor,
            ..Query::default()
        },
    )
    .unwrap();
    assert_eq!((last.resolve(), last.next()), (vec![json!({ "id": 3 })], None));
    let requests = testing::take_requests();
    assert_eq!(
        requests[1].query,
        [("limit", "2"), ("after", "n2")].map(|(name, value)| (name.into(), value.into()))
    );
}

#[test]
fn a_status_becomes_a_failure() {
    Host::new().provider(provider).install();
    let failure = Acme::list(
        "contact",
        &Query {
            cursor: Some("x".to_owned()),
            ..Query::default()
        },
    )
    .unwrap_err();
    assert_eq!(
        (failure.kind.as_str(), failure.status),
        ("unavailable", Some(503))
    );
}

#[test]
fn what_a_connector_does_not_write_is_unsupported() {
    let outcomes = [
        Acme::get("contact", "1", &[]).map(drop),
        Acme::create("contact", Map::new(), &[]).map(drop),
        Acme::update("contact", "1", Map::new(), &[]).map(drop),
        Acme::delete("contact", "1"),
    ];
    assert!(
        outcomes
            .into_iter()
            .all(|outcome| outcome.unwrap_err().is("unsupported"))
    );
}

#[test]
fn an_answer_gives_values_without_copies_of_the_rest() {
    Host::new().provider(provider).setting("region", "eu").install();
    assert_eq!(connection::setting("region").as_deref(), Some("eu"));
    let answer = http::get("/people").send().unwrap();
    assert_eq!(answer.pluck::<u32>("/people", "/id"), [Some(1), Some(2)]);
    assert_eq!(answer.pluck::<u32>("/people", "/name"), [None, None]);
    assert_eq!(answer.at::<Map<String, Value>>("/next"), None);
    assert!(answer.has("/people/1") && !answer.has("/people/2"));
    assert_eq!(
        Document::at(answer, "/people/1").resolve(),
        Some(json!({ "id": 2 }))
    );
}

#[test]
fn bodies_arrive_as_they_were_meant() {
    Host::new()
        .provider(|request| Response::json(200, &json!({ "form": request.form(), "json": request.json() })))
        .install();
    let sent = http::post("/x").form([("a b", "1&2")]).send().unwrap();
    assert_eq!(
        sent.at::<Vec<(String, String)>>("/form"),
        Some(vec![("a b".to_owned(), "1&2".to_owned())])
    );
    let sent = http::post("/x").json(&json!({ "a": [1] })).send().unwrap();
    assert_eq!(sent.at::<Value>("/json"), Some(json!({ "a": [1] })));
}

#[test]
fn without_a_provider_a_request_fails() {
    Host::new().install();
    assert!(http::get("/x").send().unwrap_err().is("unavailable"));
    log::warn("noted");
    assert_eq!(testing::take_log(), [("warn".to_owned(), "noted".to_owned())]);
}
