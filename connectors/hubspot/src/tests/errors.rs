//! HubSpot's refusals as they reach the host.

use routemcp_sdk::sandbox::{Response, Sandbox, State};
use serde_json::json;

use super::*;

#[test]
fn a_taken_email_is_a_conflict_that_names_field_and_id() {
    connect("2026-03");
    let (contacts, _) = walk(
        "contact",
        Query {
            limit: 100,
            ..Query::default()
        },
    );
    let taken = &contacts[3];
    let given = values(json!({ "email": taken["properties"]["email"] }));
    let failure = HubSpot::create("contact", given, &[]).unwrap_err();
    assert_eq!((failure.kind.as_str(), failure.status), ("conflict", Some(409)));
    assert_eq!(failure.fields[0].0, "email");
    assert!(failure.message.contains(id(taken)));
}

#[test]
fn every_wrong_value_is_named() {
    connect("2026-03");
    let given =
        values(json!({ "email": "nonsense", "lifecyclestage": "friend", "shoe_size": "42", "city": "fine" }));
    let failure = HubSpot::create("contact", given, &[]).unwrap_err();
    assert!(failure.is("rejected"));
    let mut names: Vec<&str> = failure.fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["email", "lifecyclestage", "shoe_size"]);
    assert_eq!(failure.message, "Property values were not valid");
}

#[test]
fn a_leads_person_is_named_by_the_leads_fields() {
    connect("2026-03");
    let given = values(json!({ "/contact/properties/email": "nonsense" }));
    let failure = HubSpot::create("lead", given, &[]).unwrap_err();
    assert_eq!(failure.fields[0].0, "/contact/properties/email");
}

#[test]
fn bad_tokens_and_missing_scopes_are_told_apart() {
    connect_with("2026-03", "Bearer wrong");
    assert!(get("contact", "1", &[]).unwrap_err().is("unauthorized"));
    connect_with("2026-03", "Bearer pat-sandbox-starter-5d0c8a1e");
    let failure = get("lead", "1", &[]).unwrap_err();
    assert!(failure.is("forbidden"));
    assert!(failure.message.contains("crm.objects.leads.read"));
    assert!(get("contact", "1", &[]).unwrap_err().is("not-found"));
}

#[test]
fn too_many_calls_say_how_long_to_wait() {
    for (retry_after, expected) in [(false, 10_000..=10_000), (true, 1_000..=10_000)] {
        let mut state = routemcp_sdk::sandbox::MemoryState::default();
        let body = json!({ "requests": 1, "retryAfter": retry_after })
            .to_string()
            .into_bytes();
        let set = Request {
            method: "PUT".to_owned(),
            path: "/_sandbox/rate-limit".to_owned(),
            body,
            ..Request::default()
        };
        assert_eq!(
            HubSpotSandbox::handle(&set, &mut state as &mut dyn State).status,
            200
        );
        let host = Host::new().clock(NOW_MS);
        host.provider(move |request| {
            let mut request = request.clone();
            request
                .headers
                .push(("authorization".to_owned(), TOKEN.to_owned()));
            HubSpotSandbox::handle(&request, &mut state)
        })
        .install();
        assert!(get("owner", "41234567", &[]).is_ok());
        let failure = get("owner", "41234567", &[]).unwrap_err();
        assert!(failure.is("rate-limited"));
        assert!(expected.contains(&failure.retry_after_ms.unwrap()));
        testing::set_clock(NOW_MS + 11_000);
        assert!(get("owner", "41234567", &[]).is_ok());
    }
}

#[test]
fn an_answer_that_is_not_hubspots_is_unexpected() {
    for body in [
        "<html>maintenance</html>",
        "{}",
        "[]",
        "{\"results\": {}}",
        "{\"results\": [{}]}",
    ] {
        Host::new().provider(move |_| Response::text(200, body)).install();
        let failure = HubSpot::list(
            "contact",
            &Query {
                limit: 5,
                ..Query::default()
            },
        )
        .unwrap_err();
        assert_eq!(
            (failure.kind.as_str(), failure.status),
            ("unexpected", Some(200)),
            "{body}"
        );
        assert!(get("contact", "7", &[]).unwrap_err().is("unexpected"));
    }
}

#[test]
fn a_list_that_goes_in_circles_is_stopped() {
    let body = json!({ "results": [{ "id": "1" }], "paging": { "next": { "after": "1" } } });
    Host::new()
        .provider(move |_| Response::json(200, &body))
        .install();
    let query = Query {
        limit: 5,
        cursor: Some("1".to_owned()),
        ..Query::default()
    };
    assert!(HubSpot::list("contact", &query).unwrap_err().is("unexpected"));
}

#[test]
fn an_unknown_version_or_resource_is_refused() {
    connect("v2");
    assert!(
        get("contact", "7", &[])
            .unwrap_err()
            .message
            .contains("apiVersion")
    );
    assert!(get("invoice", "7", &[]).unwrap_err().is("unsupported"));
    let failure = HubSpot::delete("owner", "7").unwrap_err();
    assert!(failure.is("unsupported"));
}
