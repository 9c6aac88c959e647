//! Requests to a small API that fit its description or do not.

mod pets;

use http::StatusCode;
use serde_json::{Value, json};

use super::Specification;
use crate::exchange::Exchange;
use pets::{create, document, exchange, headers, with_body};

/// The places of everything wrong.
#[track_caller]
fn check(exchange: &Exchange, operation: &str, places: &[&str]) {
    let mut specification = Specification::default();
    specification.add(&document());
    let (name, faults) = specification.check(exchange);
    let found: Vec<&str> = faults.iter().map(|fault| fault.at.as_str()).collect();
    assert_eq!(
        (name.as_str(), found.as_slice()),
        (operation, places),
        "{faults:?}"
    );
}

#[test]
fn what_fits_is_not_complained_about() {
    let pet = json!({ "id": 1, "name": "Mia", "born": null, "owner": { "email": "a@b.example" }, "more": 1 });
    check(
        &exchange(
            "GET",
            "/pets?limit=5&fields=id,name&ids=1&ids=2",
            200,
            &json!([pet]),
        ),
        "GET /pets",
        &[],
    );
    check(&exchange("GET", "/pets/1", 200, &pet), "GET /pets/{id}", &[]);
    check(
        &exchange("GET", "/pets/1", 404, &Value::Null),
        "GET /pets/{id}",
        &[],
    );
    check(
        &exchange("DELETE", "/pets/1", 204, &Value::Null),
        "DELETE /pets/{id}",
        &[],
    );
    check(&create(&json!({ "name": "Mia" })), "POST /pets", &[]);
    let counted = exchange("POST", "/pets/count", 200, &Value::Null);
    check(
        &with_body(counted, "application/x-www-form-urlencoded", "count=3"),
        "POST /pets/count",
        &[],
    );
}

#[test]
fn the_more_exact_template_is_meant() {
    check(
        &exchange("GET", "/pets/count", 200, &Value::Null),
        "GET /pets/count",
        &[],
    );
    check(
        &exchange("GET", "/pets/mia", 200, &json!({ "id": 1, "name": "Mia" })),
        "GET /pets/{id}",
        &["request path id"],
    );
}

#[test]
fn a_path_or_method_that_does_not_exist_is_told() {
    check(
        &exchange("PUT", "/pets", 200, &Value::Null),
        "PUT /shop/v7/pets",
        &["request path"],
    );
    check(
        &exchange("GET", "/pets/", 200, &Value::Null),
        "GET /shop/v7/pets/",
        &["request path"],
    );
}

#[test]
fn query_and_header_parameters_are_checked() {
    let places = [
        "request query fields /*",
        "request query ids /*",
        "request query limit",
        "request query page",
    ];
    let list = exchange(
        "GET",
        "/pets?limit=101&fields=id,age&ids=x&page=2",
        200,
        &json!([]),
    );
    let mut specification = Specification::default();
    specification.add(&document());
    let mut found: Vec<String> = specification
        .check(&list)
        .1
        .into_iter()
        .map(|fault| fault.at)
        .collect();
    found.sort();
    assert_eq!(found, places);
    let mut bare = exchange("GET", "/pets", 200, &json!([]));
    bare.headers.clear();
    check(
        &bare,
        "GET /pets",
        &["request query limit", "request header Version"],
    );
    let twice = exchange("GET", "/pets?limit=1&limit=2", 200, &json!([]));
    check(&twice, "GET /pets", &["request query limit"]);
}

#[test]
fn request_bodies_are_checked() {
    check(&create(&json!({})), "POST /pets", &["request body /name"]);
    check(
        &create(&json!({ "name": 1, "colour": "red" })),
        "POST /pets",
        &["request body /name"],
    );
    check(
        &create(&json!({ "name": "Mia", "colour": "red" })),
        "POST /pets",
        &["request body /colour"],
    );
    check(
        &create(&json!({ "name": "Mia", "id": 1 })),
        "POST /pets",
        &["request body /id"],
    );
    let born = json!({ "name": "Mia", "born": "yesterday", "owner": { "age": 1 } });
    check(
        &create(&born),
        "POST /pets",
        &["request body /born", "request body /owner/age"],
    );
    check(
        &with_body(create(&json!({})), "text/plain", "Mia"),
        "POST /pets",
        &["request body"],
    );
    let counted = exchange("POST", "/pets/count", 200, &Value::Null);
    check(&counted, "POST /pets/count", &["request body"]);
    let words = with_body(counted, "application/x-www-form-urlencoded", "count=three");
    check(&words, "POST /pets/count", &["request body /count"]);
}

#[test]
fn a_refused_request_is_not_judged_but_its_answer_is() {
    let mut refused = create(&json!({ "name": 1 }));
    refused.status = StatusCode::BAD_REQUEST;
    check(&refused, "POST /pets", &["response 400"]);
}

#[test]
fn a_null_that_may_not_be_one_is_marked() {
    let pet = json!({ "id": 1, "name": null, "born": null });
    check(
        &exchange("GET", "/pets/1", 200, &pet),
        "GET /pets/{id}",
        &["response 200 /name = null"],
    );
    let ours = json!({ "name": "Mia", "owner": null });
    check(&create(&ours), "POST /pets", &["request body /owner = null"]);
}

#[test]
fn a_body_of_which_nothing_is_declared_may_have_anything() {
    let mut open = document();
    open["components"]["schemas"]["Pet"] = json!({ "type": "object", "properties": {} });
    let mut specification = Specification::default();
    specification.add(&open);
    assert_eq!(specification.check(&create(&json!({ "colour": "red" }))).1, []);
}

#[test]
fn answers_are_checked() {
    let list = exchange(
        "GET",
        "/pets?limit=5",
        200,
        &json!([{ "id": "1", "name": "a" }, { "id": 2 }]),
    );
    check(
        &list,
        "GET /pets",
        &["response 200 /*/id", "response 200 /*/name"],
    );
    check(
        &exchange("GET", "/pets?limit=5", 500, &Value::Null),
        "GET /pets",
        &["response 500"],
    );
    check(
        &exchange("DELETE", "/pets/1", 204, &json!({})),
        "DELETE /pets/{id}",
        &["response 204"],
    );
    check(
        &exchange("GET", "/pets/1", 200, &Value::Null),
        "GET /pets/{id}",
        &["response 200"],
    );
    let mut page = exchange("GET", "/pets/1", 200, &json!({ "id": 1, "name": "Mia" }));
    page.answer_headers = headers(&[("content-type", "text/html")]);
    check(&page, "GET /pets/{id}", &["response 200"]);
}

#[test]
fn documents_of_several_versions_are_told_apart_by_their_header() {
    let mut newer = document();
    newer["paths"]["/pets"]["get"]["parameters"] =
        json!([{ "name": "Version", "in": "header", "required": true, "schema": { "enum": ["2"] } }]);
    let mut specification = Specification::default();
    specification.add(&document());
    specification.add(&newer);
    let mut list = exchange("GET", "/pets", 200, &json!([]));
    assert_eq!(specification.check(&list).1.len(), 1, "version 1 wants a limit");
    list.headers = headers(&[("version", "2")]);
    assert_eq!(specification.check(&list).1, []);
}
