//! Pipedrive's refusals as they reach the host.

use routemcp_sdk::sandbox::Response;
use serde_json::json;

use super::*;

#[test]
fn every_wrong_value_is_named() {
    connect();
    let key = "0123456789abcdef0123456789abcdef01234567";
    let unknown = format!("/custom_fields/{key}");
    let given = json!({ "first_name": "A", "owner_id": "x", "label_ids": ["99"], "birthday": "soon", "shoe_size": 42,
                        "job_title": "fine", &unknown: "x" });
    let failure = create("contact", given).unwrap_err();
    assert_eq!((failure.kind.as_str(), failure.status), ("rejected", Some(400)));
    let mut names: Vec<&str> = failure.fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [unknown.as_str(), "birthday", "label_ids", "owner_id", "shoe_size"]
    );
}

#[test]
fn a_custom_field_takes_only_what_fits() {
    connect();
    let segment = "/custom_fields/c45de01f9a3b48d7b6f20e8194a7c3d5e1f06b92";
    let failure = update("contact", "1001", json!({ segment: "Small" })).unwrap_err();
    assert_eq!(failure.fields[0].0, segment);
    let changed = update("contact", "1001", json!({ segment: 42 })).unwrap();
    assert_eq!(changed.pointer(segment), Some(&json!(42)));
}

#[test]
fn a_missing_name_is_the_first_name_of_contacts_and_of_leads() {
    connect();
    assert_eq!(
        create("contact", json!({ "job_title": "x" })).unwrap_err().fields[0].0,
        "first_name"
    );
    let failure = create("lead", json!({ "/person/job_title": "x" })).unwrap_err();
    assert_eq!(failure.fields[0].0, "/person/first_name");
    assert_eq!(
        create("deal", json!({ "value": 1 })).unwrap_err().fields[0].0,
        "title"
    );
}

#[test]
fn a_wrong_token_is_unauthorized_everywhere() {
    connect_with("wrong");
    for (resource, id) in [
        ("contact", "1001"),
        ("lead", "00000000-0000-4000-9000-000000000000"),
        ("deal", "3001"),
        ("meeting", "7001"),
        ("owner", "20000101"),
    ] {
        let failure = get(resource, id).unwrap_err();
        assert_eq!(
            (failure.kind.as_str(), failure.message.as_str()),
            ("unauthorized", "unauthorized access")
        );
    }
}

#[test]
fn too_many_calls_say_how_long_to_wait() {
    for retry_after in [false, true] {
        connect_switched("rate-limit", &json!({ "requests": 1, "retryAfter": retry_after }));
        assert!(get("owner", "20000101").is_ok());
        let failure = get("owner", "20000101").unwrap_err();
        assert_eq!(
            (failure.kind.as_str(), failure.retry_after_ms),
            ("rate-limited", Some(2_000))
        );
        testing::set_clock(NOW_MS + 2_200);
        assert!(get("owner", "20000101").is_ok());
    }
}

#[test]
fn a_day_without_tokens_does_not_end_with_the_burst_window() {
    connect_switched("rate-limit", &json!({ "dailyTokens": 25 }));
    assert!(Pipedrive::list("deal", &page_of(5)).is_ok());
    assert!(Pipedrive::list("deal", &page_of(5)).is_ok());
    let failure = Pipedrive::list("deal", &page_of(5)).unwrap_err();
    assert_eq!(
        (failure.kind.as_str(), failure.retry_after_ms),
        ("rate-limited", None)
    );
    testing::set_clock(NOW_MS + 86_400_000);
    assert!(Pipedrive::list("deal", &page_of(5)).is_ok());
}

#[test]
fn each_status_has_its_kind() {
    for (status, kind) in [
        (400, "rejected"),
        (402, "forbidden"),
        (403, "forbidden"),
        (404, "not-found"),
        (405, "unexpected"),
        (409, "conflict"),
        (410, "unexpected"),
        (422, "rejected"),
        (429, "rate-limited"),
        (500, "unavailable"),
        (504, "timeout"),
    ] {
        let body = json!({ "success": false, "error": "in Pipedrive's words" });
        Host::new()
            .provider(move |_| Response::json(status, &body))
            .install();
        let failure = get("deal", "7").unwrap_err();
        let told = (failure.kind.as_str(), failure.status, failure.message.as_str());
        assert_eq!(told, (kind, Some(status), "in Pipedrive's words"));
    }
}

#[test]
fn a_page_of_the_proxy_before_pipedrive_is_about_too_many_calls() {
    Host::new()
        .provider(|_| Response::text(403, "<html>blocked</html>"))
        .install();
    assert!(get("deal", "7").unwrap_err().is("rate-limited"));
}

#[test]
fn an_answer_that_is_not_pipedrives_is_unexpected() {
    for body in [
        "<html>maintenance</html>",
        "{}",
        "[]",
        "{\"success\": false}",
        "{\"success\": true}",
        "{\"success\": true, \"data\": {}}",
        "{\"success\": true, \"data\": [{}]}",
    ] {
        Host::new().provider(move |_| Response::text(200, body)).install();
        for resource in ["contact", "lead", "deal", "meeting", "owner"] {
            let failure = Pipedrive::list(resource, &page_of(5)).unwrap_err();
            assert_eq!(
                (failure.kind.as_str(), failure.status),
                ("unexpected", Some(200)),
                "{resource} {body}"
            );
        }
        assert!(get("contact", "7").unwrap_err().is("unexpected"));
    }
}

#[test]
fn an_empty_list_may_be_null() {
    for data in [json!(null), json!([])] {
        let body = json!({ "success": true, "data": data });
        Host::new()
            .provider(move |_| Response::json(200, &body))
            .install();
        for resource in ["contact", "lead", "deal", "meeting", "owner"] {
            let page = Pipedrive::list(resource, &page_of(5)).unwrap();
            assert_eq!((page.resolve(), page.next()), (Vec::new(), None), "{resource}");
        }
    }
}

#[test]
fn a_list_that_goes_in_circles_is_stopped() {
    let data = json!([{ "id": 1, "type": "meeting" }]);
    let body = json!({ "success": true, "data": data, "additional_data": { "next_cursor": "a", "pagination":
                       { "more_items_in_collection": true, "next_start": 1 } } });
    Host::new()
        .provider(move |_| Response::json(200, &body))
        .install();
    for (resource, cursor) in [("contact", "a"), ("deal", "a"), ("meeting", "a"), ("lead", "1")] {
        let query = Query {
            cursor: Some(cursor.to_owned()),
            ..page_of(5)
        };
        assert!(
            Pipedrive::list(resource, &query).unwrap_err().is("unexpected"),
            "{resource}"
        );
    }
}

#[test]
fn what_the_manifest_does_not_offer_is_refused() {
    connect();
    let with = |filters: Vec<Filter>, sort: Option<&str>| {
        let sort = sort.map(|field| Sort {
            field: field.to_owned(),
            descending: false,
        });
        Query {
            filters,
            sort,
            ..page_of(5)
        }
    };
    assert!(
        Pipedrive::list("deal", &with(vec![filter("title", "x")], None))
            .unwrap_err()
            .is("unsupported")
    );
    assert!(
        Pipedrive::list("deal", &with(Vec::new(), Some("title")))
            .unwrap_err()
            .is("unsupported")
    );
    let failure = Pipedrive::list("deal", &with(vec![filter("stage_id", "Won")], None)).unwrap_err();
    assert_eq!(
        (failure.kind.as_str(), failure.fields[0].0.as_str()),
        ("rejected", "stage_id")
    );
    assert!(Pipedrive::get("invoice", "7", &[]).unwrap_err().is("unsupported"));
    assert!(Pipedrive::delete("owner", "7").unwrap_err().is("unsupported"));
    assert_eq!(sent(), ["GET /api/v2/deals"]);
}
