//! `/api/v1/openapi.json` and `/docs`

use http::Method;
use serde_json::Value;

use crate::harness::{Client, Server, shared};

async fn document(client: &Client) -> Value {
    client.without_key().get("/openapi.json").await.expect(200).body
}

fn operations(document: &Value) -> Vec<(&str, Method)> {
    const METHODS: [Method; 5] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        let has = |method: &Method| item.get(method.as_str().to_lowercase()).is_some();
        METHODS
            .into_iter()
            .filter(has)
            .map(|method| (path.as_str(), method))
            .collect::<Vec<_>>()
    });
    all.collect()
}

/// The path with a value for each parameter.
fn filled(path: &str) -> String {
    let steps = path
        .split('/')
        .map(|step| if step.starts_with('{') { "1" } else { step });
    steps.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_document_is_served_to_anybody() {
    let document = document(&shared().client()).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let paths = document["paths"].as_object().unwrap();
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        assert!(paths.contains_key(&format!("/{resource}")), "{resource}");
        assert!(paths.contains_key(&format!("/{resource}/{{id}}")), "{resource}");
    }
    assert!(paths.contains_key("/connections"));
}

#[tokio::test]
async fn every_operation_of_the_document_is_there() {
    let server = Server::start();
    let client = server.client();
    let document = document(&client).await;
    let operations = operations(&document);
    assert!(operations.len() > 20, "{operations:?}");
    for (path, method) in operations {
        let answer = client.call(method.clone(), &filled(path)).text("").send().await;
        let missing =
            answer.message().starts_with("There is nothing at") || answer.code() == "METHOD_NOT_ALLOWED";
        assert!(!missing, "{method} {path}: {}", answer.text);
        let described = &document["paths"][path][method.as_str().to_lowercase()]["responses"];
        let status = answer.status.to_string();
        let described = described.get(&status).or(described.get("default"));
        assert!(
            described.is_some(),
            "{method} {path} answers {status}, which the document does not have"
        );
    }
}

#[tokio::test]
async fn operations_need_a_key() {
    let client = shared().client();
    let document = document(&client).await;
    let anonymous = client.without_key();
    for (path, method) in operations(&document) {
        let answer = anonymous.call(method, &filled(path)).text("").send().await;
        answer.refused(401, "INVALID_API_KEY");
    }
}

#[tokio::test]
async fn the_readable_page_works_without_a_key_and_without_other_hosts() {
    let client = shared().client().without_key();
    let moved = client.get("//docs").await;
    let page = match moved.header("location") {
        "" => moved.expect(200),
        place => client.get(&format!("/{place}")).await.expect(200),
    };
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    let links = page
        .text
        .split('"')
        .filter(|text| text.ends_with(".js") || text.ends_with(".css"));
    let links: Vec<&str> = links.collect();
    assert!(!links.is_empty(), "{}", page.text);
    for link in links {
        assert!(!link.contains("//"), "{link} is on another host");
        let file = format!("//docs/{}", link.trim_start_matches("./"));
        client.get(&file).await.expect(200);
    }
}
