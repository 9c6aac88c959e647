//! Leads: paging by offset, the person behind a lead, and its value.

use routemcp_sdk::sandbox::Response;
use serde_json::json;

use super::*;

#[test]
fn the_paging_is_found_in_both_places() {
    for direct in [false, true] {
        connect_switched("lead-paging", &json!({ "direct": direct }));
        let (leads, pages) = walk("lead", page_of(25));
        assert_eq!((leads.len(), pages), (60, 3), "direct: {direct}");
        let starts: Vec<String> = testing::take_requests()
            .iter()
            .map(|request| request.parameter("start").unwrap().to_owned())
            .collect();
        assert_eq!(starts, ["0", "25", "50"]);
    }
}

#[test]
fn an_empty_page_in_between_does_not_end_the_walk() {
    let answer = |request: &Request| {
        let start: u64 = request.parameter("start").unwrap().parse().unwrap();
        let data = if start == 10 {
            json!([])
        } else {
            json!([{ "id": start.to_string() }])
        };
        let more = start < 20;
        Response::json(
            200,
            &json!({ "success": true, "data": data, "additional_data": { "more_items_in_collection": more } }),
        )
    };
    Host::new().provider(answer).install();
    let query = Query {
        cursor: Some("10".to_owned()),
        ..page_of(10)
    };
    assert_eq!(Pipedrive::list("lead", &query).unwrap().next(), Some("20"));
}

#[test]
fn a_lead_carries_its_person_and_organisation() {
    connect();
    let page = Pipedrive::list(
        "lead",
        &Query {
            fields: mapped("lead"),
            ..page_of(40)
        },
    )
    .unwrap();
    assert_eq!(
        sent(),
        [
            "GET /api/v1/leads",
            "GET /api/v2/persons",
            "GET /api/v2/organizations"
        ]
    );
    for lead in page.resolve() {
        assert_eq!(lead["person"]["id"], lead["person_id"]);
        assert_eq!(lead["organization"]["id"], lead["organization_id"]);
        let emails = &lead["person"]["emails"];
        assert!(emails[0].is_null() || emails[0]["primary"] == true);
    }
}

#[test]
fn a_lead_makes_its_person_or_takes_the_one_that_is_there() {
    connect();
    let given = |first: &str| {
        json!({ "/person/first_name": first, "/person/last_name": "Vega", "/person/emails": [{ "value": "nova@example.com" }],
                "/person/phones": [{ "value": "+1 555" }], "/value/amount": 12.5, "/value/currency": "PLN",
                "label_ids": ["f08b42a0-4e75-41ea-9643-03698ef1cfd6"], "owner_id": "20000102", "is_archived": "false" })
    };
    let one = create("lead", given("Nova")).unwrap();
    assert_eq!(one["person"]["emails"][0]["value"], "nova@example.com");
    assert_eq!(
        (&one["title"], &one["owner_id"]),
        (&json!("Nova Vega"), &json!(20_000_102))
    );
    assert_eq!(one["value"], json!({ "amount": 12.5, "currency": "PLN" }));
    assert_eq!(one["label_ids"], json!(["f08b42a0-4e75-41ea-9643-03698ef1cfd6"]));
    let two = create("lead", given("Stella")).unwrap();
    assert_eq!(one["person"]["id"], two["person"]["id"]);
    assert_eq!(two["person"]["first_name"], "Stella");
    assert_ne!(id(&one), id(&two));
    assert_eq!(get("lead", &id(&two)).unwrap(), two);
}

#[test]
fn a_lead_without_a_person_is_rejected_before_anything_is_made() {
    connect();
    let failure = create("lead", json!({ "/value/amount": 5, "/value/currency": "EUR" })).unwrap_err();
    assert_eq!(
        (failure.kind.as_str(), failure.fields[0].0.as_str()),
        ("rejected", "/person/first_name")
    );
    assert!(sent().is_empty());
    let of_organisation = create("lead", json!({ "title": "Kite", "organization_id": "503" })).unwrap();
    assert_eq!(of_organisation["organization"]["id"], 503);
}

#[test]
fn a_refused_lead_leaves_no_person_behind() {
    connect();
    let emails = json!([{ "value": "gone@example.com" }]);
    let given = json!({ "/person/first_name": "Gone", "/person/emails": emails, "/value/amount": 5, "/value/currency": "XXX" });
    let failure = create("lead", given).unwrap_err();
    assert_eq!(failure.fields[0].0, "/value/amount");
    let query = Query {
        filters: vec![filter("emails", "gone@example.com")],
        ..page_of(10)
    };
    assert!(walk("contact", query).0.is_empty());
    assert!(
        sent()
            .iter()
            .any(|request| request.starts_with("DELETE /api/v2/persons/"))
    );
}

#[test]
fn an_updated_lead_changes_its_person_and_its_value() {
    connect();
    let lead = create(
        "lead",
        json!({ "/person/first_name": "Ada", "/person/last_name": "Roth" }),
    )
    .unwrap();
    let changed = update(
        "lead",
        &id(&lead),
        json!({ "/person/last_name": "Lind", "/person/phones": [{ "value": "+49 1" }], "/value/amount": 7 }),
    )
    .unwrap();
    assert_eq!(
        (
            &changed["person"]["name"],
            &changed["person"]["phones"][0]["value"]
        ),
        (&json!("Ada Lind"), &json!("+49 1"))
    );
    // The currency of the account.
    assert_eq!(changed["value"], json!({ "amount": 7, "currency": "EUR" }));
    let dearer = update(
        "lead",
        &id(&lead),
        json!({ "/value/currency": "SEK", "is_archived": "true" }),
    )
    .unwrap();
    assert_eq!(
        (&dearer["value"], &dearer["is_archived"]),
        (&json!({ "amount": 7, "currency": "SEK" }), &json!(true))
    );
    let cleared = update(
        "lead",
        &id(&lead),
        json!({ "/value/amount": null, "/value/currency": null, "label_ids": null }),
    );
    assert_eq!(cleared.unwrap()["value"], Value::Null);
    let alone = update("lead", &id(&lead), json!({ "/value/currency": "SEK" })).unwrap_err();
    assert_eq!(alone.fields[0].0, "/value/currency");
    let odd = update("lead", &id(&lead), json!({ "is_archived": "lukewarm" })).unwrap_err();
    assert_eq!(odd.fields[0].0, "is_archived");
    assert!(
        create(
            "lead",
            json!({ "/person/first_name": "A", "is_archived": "true" })
        )
        .unwrap_err()
        .is("rejected")
    );
}

#[test]
fn a_replaced_lead_needs_an_owner_and_is_open_again() {
    connect();
    let lead = create(
        "lead",
        json!({ "/person/first_name": "Ada", "owner_id": "20000103" }),
    )
    .unwrap();
    update("lead", &id(&lead), json!({ "is_archived": "true" })).unwrap();
    let replace = |owner: Value| {
        let given = json!({ "/person/first_name": "Eda", "/person/last_name": null, "/person/emails": null,
                            "/person/phones": null, "owner_id": owner, "label_ids": null, "is_archived": null,
                            "/value/amount": null, "/value/currency": null });
        update("lead", &id(&lead), given)
    };
    assert_eq!(replace(Value::Null).unwrap_err().fields[0].0, "owner_id");
    assert_eq!(get("lead", &id(&lead)).unwrap()["person"]["name"], "Ada");
    let replaced = replace(json!("20000104")).unwrap();
    assert_eq!(
        (&replaced["person"]["name"], &replaced["owner_id"]),
        (&json!("Eda"), &json!(20_000_104))
    );
    assert_eq!(replaced["is_archived"], false);
}

#[test]
fn a_lead_of_an_organisation_has_no_person_to_change() {
    connect();
    let (leads, _) = walk("lead", page_of(100));
    let lead = leads.iter().find(|lead| lead["person_id"].is_null()).unwrap();
    let failure = update("lead", &id(lead), json!({ "/person/first_name": "A" })).unwrap_err();
    assert_eq!(
        (failure.kind.as_str(), failure.fields[0].0.as_str()),
        ("rejected", "/person/first_name")
    );
}

#[test]
fn custom_fields_of_leads_stand_among_the_others() {
    connect();
    let key = "77e0a91b5c2d4f83960b1d3e5f7a8c904b2d6e1f";
    let (leads, _) = walk("lead", page_of(10));
    assert_eq!(leads[0][key], "2027-01-31");
    let changed = update("lead", &id(&leads[0]), json!({ key: "2028-02-29" })).unwrap();
    assert_eq!(changed[key], "2028-02-29");
    assert!(
        update("lead", &id(&leads[0]), json!({ key: null }))
            .unwrap()
            .get(key)
            .is_none()
    );
    let unknown = "0".repeat(40);
    let failure = update("lead", &id(&leads[0]), json!({ &unknown: 1 })).unwrap_err();
    assert_eq!(failure.fields[0].0, unknown);
}

#[test]
fn a_deleted_lead_is_gone() {
    connect();
    let lead = create("lead", json!({ "/person/first_name": "Ada" })).unwrap();
    Pipedrive::delete("lead", &id(&lead)).unwrap();
    assert!(get("lead", &id(&lead)).unwrap_err().is("not-found"));
    assert!(Pipedrive::delete("lead", &id(&lead)).unwrap_err().is("not-found"));
    assert!(get("contact", &lead["person_id"].to_string()).is_ok());
}
