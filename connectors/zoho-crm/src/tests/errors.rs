//! Zoho's refusals as they reach the host.

use routemcp_sdk::sandbox::{Response, Sandbox};
use serde_json::json;

use super::*;

#[test]
fn a_taken_email_is_a_conflict_that_names_field_and_record() {
    connect();
    let taken = &first("contact", 4)[3];
    let failure = create("contact", json!({ "Last_Name": "Twin", "Email": taken["Email"] })).unwrap_err();
    assert_eq!((failure.kind.as_str(), failure.status), ("conflict", Some(400)));
    assert_eq!(failure.fields[0].0, "Email");
    assert!(failure.message.contains(id(taken)));
    let other = &first("contact", 3)[2];
    assert!(
        update("contact", id(other), json!({ "Email": taken["Email"] }))
            .unwrap_err()
            .is("conflict")
    );
    assert!(update("contact", id(taken), json!({ "Email": taken["Email"] })).is_ok());
}

#[test]
fn wrong_values_are_named() {
    connect();
    for (resource, given, field) in [
        ("contact", json!({ "First_Name": "No last name" }), "Last_Name"),
        (
            "contact",
            json!({ "Last_Name": "L", "Email": "nonsense" }),
            "Email",
        ),
        ("contact", json!({ "Last_Name": "x".repeat(5_000) }), "Last_Name"),
        (
            "contact",
            json!({ "Last_Name": "L", "Owner": { "id": "1" } }),
            "Owner",
        ),
        (
            "contact",
            json!({ "Last_Name": "L", "Renewal_Date": "soon" }),
            "Renewal_Date",
        ),
        (
            "lead",
            json!({ "Last_Name": "L", "Lead_Status": "Friend" }),
            "Lead_Status",
        ),
        ("deal", json!({ "Deal_Name": "D" }), "Stage"),
        (
            "deal",
            json!({ "Deal_Name": "D", "Stage": "Won", "Amount": 1 }),
            "Stage",
        ),
        (
            "deal",
            json!({ "Deal_Name": "D", "Stage": "Closed Won", "Contact_Name": { "id": "7" } }),
            "Contact_Name",
        ),
        ("meeting", json!({ "Event_Title": "E" }), "Start_DateTime"),
        (
            "meeting",
            json!({ "Event_Title": "E", "Start_DateTime": "2027-01-12T09:00:00.000Z", "End_DateTime": "2027-01-12T09:00:00+00:00" }),
            "Start_DateTime",
        ),
        (
            "meeting",
            json!({ "Event_Title": "E", "Start_DateTime": "2027-01-12T09:00:00+00:00", "End_DateTime": "2027-01-12T09:00:00+00:00",
                    "/$deal": { "id": "7" } }),
            "/$deal",
        ),
    ] {
        let failure = create(resource, given.clone()).unwrap_err();
        assert_eq!(failure.kind, "rejected", "{given}");
        let names: Vec<&str> = failure.fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [field], "{given}");
    }
    let failure = create(
        "contact",
        json!({ "Last_Name": "L", "Email": "x", "Renewal_Date": "y" }),
    )
    .unwrap_err();
    assert_eq!(failure.fields.len(), 2);
    assert!(failure.fields[0].1.contains("expected data type: email"));
}

#[test]
fn what_a_record_must_have_cannot_be_cleared() {
    connect();
    let lead = &first("lead", 1)[0];
    let failure = update("lead", id(lead), json!({ "Last_Name": null })).unwrap_err();
    assert_eq!(
        (failure.kind.as_str(), failure.fields[0].0.as_str()),
        ("rejected", "Last_Name")
    );
}

#[test]
fn bad_tokens_and_missing_scopes_are_told_apart() {
    connect_with("Zoho-oauthtoken wrong");
    assert!(get("contact", "1").unwrap_err().is("unauthorized"));
    // Zoho does not take the scheme that its own token answer names.
    connect_with("Bearer 1000.sandbox-7c41e09b");
    assert!(get("contact", "1").unwrap_err().is("unauthorized"));
    connect_with("Zoho-oauthtoken 1000.sandbox-no-leads-7c41e09b");
    assert!(ZohoCrm::list("lead", &page_of(5)).unwrap_err().is("forbidden"));
    assert!(ZohoCrm::list("contact", &page_of(5)).is_ok());
}

#[test]
fn too_many_calls_say_how_long_to_wait() {
    for (details, expected) in [(true, 1_000..=60_000), (false, 10_000..=10_000)] {
        connect_to(TOKEN, |state| {
            let body = json!({ "requests": 1, "perMilliseconds": 60_000, "details": details });
            let set = Request {
                method: "PUT".to_owned(),
                path: "/_sandbox/rate-limit".to_owned(),
                body: body.to_string().into_bytes(),
                ..Request::default()
            };
            assert_eq!(ZohoCrmSandbox::handle(&set, state).status, 200);
        });
        let owner = "5512340000000285001";
        assert!(get("owner", owner).is_ok());
        let failure = get("owner", owner).unwrap_err();
        assert!(failure.is("rate-limited"));
        assert!(expected.contains(&failure.retry_after_ms.unwrap()), "{failure:?}");
        testing::set_clock(NOW_MS + 70_000);
        assert!(get("owner", owner).is_ok());
    }
}

#[test]
fn an_answer_that_is_not_zohos_is_unexpected() {
    for body in [
        "<html>maintenance</html>",
        "{}",
        "[]",
        "",
        "{\"data\": {}}",
        "{\"data\": [{}]}",
        "{\"users\": [{}]}",
        "{\"data\": [{\"id\": \"1\"}], \"info\": {\"more_records\": true}}",
    ] {
        Host::new().provider(move |_| Response::text(200, body)).install();
        for resource in ["contact", "owner"] {
            let failure = ZohoCrm::list(resource, &page_of(5)).unwrap_err();
            assert_eq!(
                (failure.kind.as_str(), failure.status),
                ("unexpected", Some(200)),
                "{body}"
            );
        }
        if !body.contains("\"1\"") {
            assert!(get("contact", "7").unwrap_err().is("unexpected"), "{body}");
            assert!(get("owner", "7").unwrap_err().is("unexpected"), "{body}");
        }
        assert!(
            create("lead", json!({ "Last_Name": "L" }))
                .unwrap_err()
                .is("unexpected"),
            "{body}"
        );
        assert!(
            ZohoCrm::delete("lead", "7").unwrap_err().is("unexpected"),
            "{body}"
        );
    }
}

#[test]
fn a_write_can_fail_inside_an_answer_of_success() {
    let item = json!({ "code": "INVALID_DATA", "status": "error", "message": "invalid data",
                       "details": { "api_name": "Email", "json_path": "$.data[0].Email", "expected_data_type": "email" } });
    let body = json!({ "data": [item] });
    Host::new()
        .provider(move |_| Response::json(202, &body))
        .install();
    let failure = create("contact", json!({ "Last_Name": "L", "Email": "x" })).unwrap_err();
    assert!(failure.is("rejected"));
    assert_eq!(
        failure.fields,
        [(
            "Email".to_owned(),
            "invalid data (expected data type: email)".to_owned()
        )]
    );
}

#[test]
fn a_list_that_goes_in_circles_is_stopped() {
    let body = json!({ "data": [{ "id": "1" }], "info": { "more_records": true, "next_page_token": "abc" } });
    Host::new()
        .provider(move |_| Response::json(200, &body))
        .install();
    let query = Query {
        cursor: Some("5.0.tabc".to_owned()),
        ..page_of(5)
    };
    assert!(ZohoCrm::list("contact", &query).unwrap_err().is("unexpected"));
}

#[test]
fn what_there_is_not_is_unsupported() {
    connect();
    assert!(ZohoCrm::get("invoice", "7", &[]).unwrap_err().is("unsupported"));
    assert!(ZohoCrm::delete("owner", "7").unwrap_err().is("unsupported"));
    let query = Query {
        sort: Some(Sort {
            field: "Email".to_owned(),
            descending: false,
        }),
        ..page_of(5)
    };
    assert!(ZohoCrm::list("contact", &query).unwrap_err().is("unsupported"));
}
