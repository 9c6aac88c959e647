//! `/connect/token` and `/connect/session`

mod doors;

use std::time::{Duration, Instant};

use serde_json::json;

use super::{END_USER, all_providers};
use crate::harness::{Browser, Server, Widget};

#[tokio::test]
async fn a_session_shows_what_it_offers() {
    let server = all_providers().start();
    let body = json!({ "endUserId": END_USER, "endUserDisplayName": "Žofie <b>", "providers": ["zoho-crm", "gohighlevel"] });
    let widget = Widget::open_with(&server.client(), &body).await;
    let session = widget.session().await;
    assert_eq!(
        (
            &session["endUserId"],
            &session["endUserDisplayName"],
            &session["environment"],
            &session["organisation"]
        ),
        (
            &json!(END_USER),
            &json!("Žofie <b>"),
            &json!("test"),
            &json!("Development")
        )
    );
    let providers = session["providers"].as_array().unwrap();
    let slugs: Vec<_> = providers
        .iter()
        .map(|provider| provider["slug"].as_str().unwrap())
        .collect();
    assert_eq!(slugs, ["gohighlevel", "zoho-crm"]);
    for provider in providers {
        assert_eq!(
            (&provider["connection"], &provider["used"]),
            (&json!(null), &json!(false))
        );
        let kinds: Vec<_> = provider["authMethods"]
            .as_array()
            .unwrap()
            .iter()
            .map(|method| &method["kind"])
            .collect();
        assert_eq!(kinds, ["oauth2", "token"]);
    }
    let settings = |method: usize| {
        let settings = providers[0]["authMethods"][method]["settings"]
            .as_array()
            .unwrap();
        settings
            .iter()
            .any(|setting| setting["name"] == "locationId" && setting["required"] == true)
    };
    assert!(!settings(0), "the location comes with OAuth: {session}");
    assert!(settings(1), "and is asked for beside a token: {session}");
}

#[tokio::test]
async fn bad_wishes_are_refused_by_field() {
    let server = Server::start();
    let product = server.client();
    for (name, value) in [
        ("endUserId", json!(" ")),
        ("providers", json!([])),
        ("expiresInSeconds", json!(0)),
        ("expiresInSeconds", json!(601)),
    ] {
        let mut body = json!({ "endUserId": END_USER });
        body[name] = value;
        product.post("/connect/token", &body).await.invalid(&[name]);
    }
    let unknown = json!({ "endUserId": END_USER, "providers": ["nope"] });
    product
        .post("/connect/token", &unknown)
        .await
        .refused(400, "UNKNOWN_PROVIDER");
    for body in [
        json!({}),
        json!([]),
        json!({ "endUserId": END_USER, "colour": "red" }),
    ] {
        product
            .post("/connect/token", &body)
            .await
            .refused(400, "VALIDATION_ERROR");
    }
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    let server = Server::start();
    let body = json!({ "endUserId": END_USER, "expiresInSeconds": 4 });
    let widget = Widget::open_with(&server.client(), &body).await;
    let browser = Browser::new();
    let attempt = widget.begin("hubspot").await;
    let redirect = attempt.decide(&browser, "allow").await;
    let deadline = Instant::now() + Duration::from_secs(10);
    while widget.frame.get("//connect/session").await.status == 200 {
        assert!(Instant::now() < deadline, "it does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for path in ["//connect/session", "//connect/session/check"] {
        widget
            .frame
            .get(path)
            .await
            .refused(401, "CONNECT_SESSION_EXPIRED");
    }
    widget
        .authorize("hubspot")
        .await
        .refused(401, "CONNECT_SESSION_EXPIRED");
    widget
        .submit("hubspot", "privateApp", "pat-sandbox-5d0c8a1e", json!({}))
        .await
        .refused(401, "CONNECT_SESSION_EXPIRED");
    // An end user who is slower at the provider than the session lasts comes back too late, and is told so or connected;
    // what counts is that page and connection agree.
    let end = browser.follow(&redirect).await;
    let listed = server
        .client()
        .get(&format!("/connections?endUserId={END_USER}"))
        .await;
    assert_eq!(
        listed.records().len(),
        usize::from(end.status == 200),
        "{end:?} {}",
        listed.text
    );
}

#[tokio::test]
async fn a_session_connects_only_what_it_offers_and_that_once() {
    let server = all_providers().start();
    let body = json!({ "endUserId": END_USER, "providers": ["hubspot"] });
    let widget = Widget::open_with(&server.client(), &body).await;
    widget
        .authorize("pipedrive")
        .await
        .refused(400, "UNKNOWN_PROVIDER");
    widget
        .submit("pipedrive", "apiToken", "x", json!({}))
        .await
        .refused(400, "UNKNOWN_PROVIDER");
    // Two windows are open, and the end user goes through both.
    let browsers = [Browser::new(), Browser::new()];
    let (first, second) = (widget.begin("hubspot").await, widget.begin("hubspot").await);
    let redirects = [
        first.decide(&browsers[0], "allow").await,
        second.decide(&browsers[1], "allow").await,
    ];
    browsers[0].follow(&redirects[0]).await.expect(200);
    browsers[1].follow(&redirects[1]).await.expect(400);
    assert_eq!(widget.outcome(&first).await["status"], "succeeded");
    assert_eq!(widget.outcome(&second).await["status"], "failed");
    widget
        .authorize("hubspot")
        .await
        .refused(409, "CONNECT_SESSION_USED");
    let again = widget
        .submit("hubspot", "privateApp", "pat-sandbox-5d0c8a1e", json!({}))
        .await;
    again.refused(409, "CONNECT_SESSION_USED");
    assert_eq!(widget.session().await["providers"][0]["used"], true);
    // Another session of the same end user renews the same connection.
    let once_more = Widget::open_with(&server.client(), &body)
        .await
        .connect("hubspot")
        .await;
    assert_eq!(once_more["id"], widget.outcome(&first).await["connection"]["id"]);
}

#[tokio::test]
async fn bad_authorisations_are_refused_by_field() {
    let server = all_providers().start();
    let widget = Widget::open(&server.client(), END_USER).await;
    let begin = |body| {
        let frame = widget.frame.clone();
        async move { frame.post("//connect/session/authorizations", &body).await }
    };
    begin(json!({ "provider": "hubspot", "authMethod": "privateApp" }))
        .await
        .invalid(&["authMethod"]);
    let settings =
        json!({ "provider": "hubspot", "authMethod": "oauth2", "settings": { "apiVersion": "v1" } });
    begin(settings).await.invalid(&["settings.apiVersion"]);
    let settings = json!({ "provider": "hubspot", "authMethod": "oauth2", "settings": { "colour": "red" } });
    begin(settings).await.invalid(&["settings.colour"]);
    for body in [
        json!({}),
        json!({ "provider": "hubspot" }),
        json!({ "provider": 7, "authMethod": "oauth2" }),
    ] {
        begin(body).await.refused(400, "VALIDATION_ERROR");
    }
    begin(json!({ "provider": "nope", "authMethod": "oauth2" }))
        .await
        .refused(400, "UNKNOWN_PROVIDER");
    // Where a code would be sent is not for the end user to say.
    let settings = json!({ "provider": "zoho-crm", "authMethod": "oauth2", "settings": { "accountsServer": "https://evil.example" } });
    begin(settings).await.invalid(&["settings.accountsServer"]);
}

/// Nor where the access token is sent from then on.
#[tokio::test]
async fn a_place_outside_the_connectors_hosts_is_refused_at_once() {
    let server = all_providers().start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    for provider in ["zoho-crm", "pipedrive"] {
        let body = json!({ "provider": provider, "authMethod": "oauth2", "settings": { "apiDomain": "https://evil.example" } });
        let begun = widget.frame.post("//connect/session/authorizations", &body).await;
        begun.invalid(&["settings.apiDomain"]);
    }
}
