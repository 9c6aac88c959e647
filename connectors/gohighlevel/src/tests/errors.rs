//! HighLevel's refusals as they reach the host.

use routemcp_sdk::sandbox::Response;

use super::*;

const MISSING: &str = "zzzzzzzzzzzzzzzzzzzz";

#[test]
fn a_missing_record_is_not_found_whether_400_or_404() {
    for status in [400, 404] {
        connect_switched("v3", &[("switches", json!({ "missingStatus": status }))]);
        for resource in ["contact", "lead", "deal", "meeting", "owner"] {
            let failure = get(resource, MISSING).unwrap_err();
            assert_eq!(
                (failure.kind.as_str(), failure.status),
                ("not-found", Some(status)),
                "{resource}"
            );
        }
        for resource in ["contact", "lead", "deal", "meeting"] {
            assert!(
                update(resource, MISSING, json!({ "assignedTo": "x" }))
                    .unwrap_err()
                    .is("not-found")
            );
            assert!(
                GoHighLevel::delete(resource, MISSING)
                    .unwrap_err()
                    .is("not-found")
            );
        }
    }
}

#[test]
fn every_wrong_value_is_named() {
    connect("v3");
    let given = json!({ "email": "nonsense", "tags": "vip", "shoeSize": "42", "city": "fine" });
    let failure = create("contact", given).unwrap_err();
    assert_eq!((failure.kind.as_str(), failure.status), ("rejected", Some(422)));
    let names: BTreeSet<&str> = failure.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["email", "shoeSize", "tags"]));
    let failure = create("contact", json!({ "dateAdded": "2026-01-01" })).unwrap_err();
    assert_eq!(failure.fields[0].0, "dateAdded");
}

#[test]
fn a_taken_email_is_a_conflict_that_names_field_and_id() {
    connect("v3");
    let taken = first("contact");
    let failure = create("contact", json!({ "email": taken["email"] })).unwrap_err();
    assert_eq!((failure.kind.as_str(), failure.status), ("conflict", Some(400)));
    assert_eq!(failure.fields[0].0, "email");
    assert!(failure.message.contains(id(&taken)));
}

#[test]
fn bad_tokens_missing_scopes_and_other_locations_are_told_apart() {
    let connect_as = |token| {
        host("v3")
            .sandbox::<GoHighLevelSandbox>("authorization", token)
            .install()
    };
    connect_as("Bearer wrong");
    assert!(get("contact", MISSING).unwrap_err().is("unauthorized"));
    connect_as("Bearer pit-sandbox-readonly-5d0c8a1e");
    assert!(GoHighLevel::list("contact", &page_of(3)).is_ok());
    let failure = create("contact", json!({ "email": "a@example.com" })).unwrap_err();
    assert_eq!((failure.kind.as_str(), failure.status), ("forbidden", Some(401)));
    let elsewhere = Host::new()
        .setting("locationId", MISSING)
        .setting("companyId", "other");
    elsewhere
        .sandbox::<GoHighLevelSandbox>("authorization", TOKEN)
        .install();
    for resource in ["contact", "deal", "meeting", "owner"] {
        let failure = GoHighLevel::list(resource, &page_of(3)).unwrap_err();
        assert_eq!(
            (failure.kind.as_str(), failure.status),
            ("forbidden", Some(403)),
            "{resource}"
        );
    }
}

#[test]
fn too_many_calls_say_how_long_to_wait() {
    for (retry_after, expected) in [(false, 10_000..=10_000), (true, 1_000..=10_000)] {
        connect_switched(
            "v3",
            &[("rate-limit", json!({ "requests": 1, "retryAfter": retry_after }))],
        );
        let owner = "zmfo49tvur8hmaWnuSAP";
        assert!(get("owner", owner).is_ok());
        let failure = get("owner", owner).unwrap_err();
        assert_eq!(
            (failure.kind.as_str(), failure.status),
            ("rate-limited", Some(429))
        );
        assert!(expected.contains(&failure.retry_after_ms.unwrap()));
        testing::set_clock(NOW_MS + 11_000);
        assert!(get("owner", owner).is_ok());
    }
}

#[test]
fn an_answer_that_is_not_highlevels_is_unexpected() {
    for body in [
        "<html>maintenance</html>",
        "{}",
        "[]",
        "{\"contacts\": {}, \"opportunities\": {}, \"calendars\": {}, \"users\": {}}",
        "{\"contacts\": [{}], \"opportunities\": [{}], \"calendars\": [{}], \"users\": [{}]}",
    ] {
        host("v3").provider(move |_| Response::text(200, body)).install();
        for resource in ["contact", "lead", "deal", "meeting", "owner"] {
            let failure = GoHighLevel::list(resource, &page_of(5)).unwrap_err();
            assert_eq!(
                (failure.kind.as_str(), failure.status),
                ("unexpected", Some(200)),
                "{resource} {body}"
            );
            assert!(
                get(resource, MISSING).unwrap_err().is("unexpected"),
                "{resource} {body}"
            );
        }
        for resource in ["contact", "lead", "deal", "meeting"] {
            assert!(
                GoHighLevel::delete(resource, MISSING)
                    .unwrap_err()
                    .is("unexpected"),
                "{resource} {body}"
            );
        }
    }
}

#[test]
fn a_deletion_that_was_not_done_is_told() {
    for body in [
        json!({ "succeded": false }),
        json!({ "succeeded": false, "traceId": "x" }),
    ] {
        host("v3").provider(move |_| Response::json(200, &body)).install();
        assert!(GoHighLevel::delete("deal", MISSING).is_err());
    }
    for body in [
        json!({ "succeded": true }),
        json!({ "succeeded": true }),
        json!({ "success": true }),
    ] {
        host("v3").provider(move |_| Response::json(200, &body)).install();
        assert!(GoHighLevel::delete("deal", MISSING).is_ok());
    }
}

#[test]
fn a_list_that_goes_in_circles_is_stopped() {
    let page = json!({
        "contacts": [{ "id": "a", "searchAfter": [1, "a"] }],
        "opportunities": [{ "id": "a" }],
        "meta": { "nextPageUrl": "https://x", "startAfter": 1, "startAfterId": "a" },
    });
    host("v3").provider(move |_| Response::json(200, &page)).install();
    for (resource, cursor) in [("contact", "contacts:[1,\"a\"]"), ("deal", "deals:1:a")] {
        let query = Query {
            cursor: Some(cursor.to_owned()),
            ..page_of(1)
        };
        assert!(GoHighLevel::list(resource, &query).unwrap_err().is("unexpected"));
    }
}

#[test]
fn what_the_connection_lacks_is_named() {
    Host::new()
        .sandbox::<GoHighLevelSandbox>("authorization", TOKEN)
        .install();
    assert!(
        get("contact", MISSING)
            .unwrap_err()
            .message
            .contains("locationId")
    );
    host("v7")
        .sandbox::<GoHighLevelSandbox>("authorization", TOKEN)
        .install();
    assert!(
        get("contact", MISSING)
            .unwrap_err()
            .message
            .contains("apiVersion")
    );
    connect("v3");
    assert!(
        GoHighLevel::delete("owner", MISSING)
            .unwrap_err()
            .is("unsupported")
    );
    assert!(
        GoHighLevel::list("invoice", &page_of(5))
            .unwrap_err()
            .is("unsupported")
    );
}
