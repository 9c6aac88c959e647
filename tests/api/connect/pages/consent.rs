//! The consent page of a test connection, which the connector's own sandbox plays on our origin.

use super::super::{END_USER, PROVIDERS, all_providers, set_app};
use super::policy;
use crate::harness::{Browser, Widget};

#[tokio::test]
async fn a_sandboxs_page_on_our_origin_has_no_power() {
    let server = all_providers().start();
    let widget = Widget::open(&server.client(), END_USER).await;
    for provider in PROVIDERS {
        let browser = Browser::new();
        let consent = widget.begin(provider).await.consent_page(&browser).await;
        assert!(
            consent
                .url
                .as_str()
                .starts_with(&format!("{}/connect/sandbox/", server.url)),
            "{}",
            consent.url
        );
        assert_eq!(
            policy(&consent, "sandbox").as_deref(),
            Some("allow-forms"),
            "{consent:?}"
        );
        assert_eq!(policy(&consent, "default-src").as_deref(), Some("'none'"));
        assert_eq!(policy(&consent, "script-src"), None);
        assert_eq!(policy(&consent, "frame-ancestors").as_deref(), Some("'none'"));
        assert_eq!(policy(&consent, "form-action"), Some(server.url.clone()));
        assert_eq!(consent.header("x-content-type-options"), "nosniff");
        assert_eq!(consent.header("content-type"), "text/html; charset=utf-8");
    }
}

#[tokio::test]
async fn a_sandbox_plays_nothing_but_the_consent_page_of_a_round_trip_under_way() {
    let server = all_providers().start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    let browser = Browser::new();
    let attempt = widget.begin("hubspot").await;
    let base = format!("{}/connect/sandbox/{}", server.url, attempt.id);
    browser
        .get(&format!("{base}/hubspot/oauth/authorize"))
        .await
        .expect(404);
    let consent = attempt.consent_page(&browser).await;
    for path in [
        "hubspot/",
        "hubspot/oauth/2026-03/token",
        "hubspot/crm/objects/2026-03/contacts",
        "hubspot/_sandbox/tokens",
        "hubspot/oauth/authorize/",
        "hubspot/oauth/authorize/../../_sandbox/tokens",
        "hubspot/oauth//authorize",
        "pipedrive/oauth/authorize",
        "nope/oauth/authorize",
    ] {
        browser.get(&format!("{base}/{path}")).await.expect(404);
    }
    let elsewhere = base.replace(&attempt.id, "aut_0");
    browser
        .get(&format!("{elsewhere}/hubspot/oauth/authorize"))
        .await
        .expect(404);
    // A redirect to another place than back to us is not passed on.
    let evil = consent
        .url
        .as_str()
        .replace("redirect_uri=", "redirect_uri=https%3A%2F%2Fevil.example%2F&was=");
    let fields = [("decision".to_owned(), "allow".to_owned())];
    let refused = browser.post(&evil, &fields).await;
    assert_eq!(
        (refused.status, refused.header("location")),
        (502, ""),
        "{refused:?}"
    );
    let redirect = browser.press(&consent, "allow").await;
    browser.follow(&redirect).await.expect(200);
    browser.get(consent.url.as_str()).await.expect(404);
    // A live round trip has no such page at all.
    set_app(&server.live_client(), "hubspot", "c", "s").await;
    let live = Widget::open(&server.live_client(), END_USER).await;
    let attempt = live.begin("hubspot").await;
    let launched = browser.get(&attempt.launch).await.expect(302);
    assert!(
        launched
            .header("location")
            .starts_with("https://app.hubspot.com/oauth/authorize?"),
        "{launched:?}"
    );
    browser
        .get(&format!(
            "{}/connect/sandbox/{}/hubspot/oauth/authorize",
            server.url, attempt.id
        ))
        .await
        .expect(404);
}
