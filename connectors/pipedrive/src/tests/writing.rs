//! Creating, updating and deleting contacts and deals.

use serde_json::json;

use super::*;

const COLOUR: &str = "/custom_fields/9f1c2ad04b7e5c33a1d08e6f7b9c4d2e5a6b7c80";

fn custom(record: &Value, field: &str) -> Value {
    record.pointer(field).cloned().unwrap_or_default()
}

#[test]
fn a_contact_lives_through_create_update_clear_and_delete() {
    connect();
    let made = create(
        "contact",
        json!({ "first_name": "Zoë", "last_name": "van den Berg", "emails": [{ "value": "zoe@example.com" }],
                "phones": [{ "value": "+31 1" }], "job_title": "CTO", "owner_id": "20000103", "label_ids": ["11", "12"],
                "/postal_address/route": "Keizersgracht 1", "/postal_address/locality": "Köln", COLOUR: "blå" }),
    )
    .unwrap();
    assert_eq!(
        (&made["first_name"], &made["last_name"]),
        (&json!("Zoë"), &json!("van den Berg"))
    );
    assert_eq!(
        made["emails"],
        json!([{ "value": "zoe@example.com", "primary": true, "label": "work" }])
    );
    assert_eq!(
        (&made["owner_id"], &made["label_ids"]),
        (&json!(20_000_103), &json!([11, 12]))
    );
    assert_eq!(custom(&made, COLOUR), "blå");
    let changed = update(
        "contact",
        &id(&made),
        json!({ "last_name": "Lind", "phones": null, "job_title": null, "/postal_address/locality": "Bonn", COLOUR: null }),
    )
    .unwrap();
    assert_eq!(
        (&changed["name"], &changed["phones"], &changed["job_title"]),
        (&json!("Zoë Lind"), &json!([]), &Value::Null)
    );
    assert_eq!(
        (
            &changed["postal_address"]["route"],
            &changed["postal_address"]["locality"]
        ),
        (&json!("Keizersgracht 1"), &json!("Bonn"))
    );
    assert_eq!(
        (&changed["emails"], custom(&changed, COLOUR)),
        (&made["emails"], Value::Null)
    );
    let homeless = json!({ "/postal_address/route": null, "/postal_address/locality": null });
    assert_eq!(
        update("contact", &id(&made), homeless).unwrap()["postal_address"],
        Value::Null
    );
    Pipedrive::delete("contact", &id(&made)).unwrap();
    assert!(get("contact", &id(&made)).unwrap_err().is("not-found"));
    for failure in [
        update("contact", &id(&made), json!({ "job_title": "x" })).unwrap_err(),
        update("contact", &id(&made), json!({ "first_name": "x" })).unwrap_err(),
        Pipedrive::delete("contact", &id(&made)).unwrap_err(),
    ] {
        assert!(failure.is("not-found"));
    }
    assert!(
        walk("contact", page_of(100))
            .0
            .iter()
            .all(|contact| id(contact) != id(&made))
    );
}

#[test]
fn a_deal_lives_through_create_update_clear_and_delete() {
    connect();
    let made = create(
        "deal",
        json!({ "title": "Größer 大阪", "value": 12.5, "currency": "PLN", "stage_id": "7", "probability": 60,
                "person_id": "1001", "org_id": "501", "expected_close_date": "2026-12-01", "label_ids": ["21"] }),
    )
    .unwrap();
    assert_eq!(
        (&made["pipeline_id"], &made["person_id"], &made["value"]),
        (&json!(2), &json!(1001), &json!(12.5))
    );
    let (all, _) = walk("deal", page_of(100));
    assert_eq!(id(all.last().unwrap()), id(&made));
    let nulls = json!({ "title": "Smaller", "value": null, "probability": null, "person_id": null, "org_id": null,
                        "expected_close_date": null, "label_ids": null });
    let cleared = update("deal", &id(&made), nulls).unwrap();
    for field in [
        "value",
        "probability",
        "person_id",
        "org_id",
        "expected_close_date",
    ] {
        assert_eq!(cleared[field], Value::Null, "{field}");
    }
    let always = json!({ "currency": null, "stage_id": null, "pipeline_id": null, "owner_id": null });
    let failure = update("deal", &id(&made), always).unwrap_err();
    assert_eq!((failure.kind.as_str(), failure.fields.len()), ("rejected", 4));
    assert_eq!(update("deal", &id(&made), json!({})).unwrap(), cleared);
    let moved = update("deal", &id(&made), json!({ "stage_id": "2" })).unwrap();
    assert_eq!(moved["pipeline_id"], 1);
    Pipedrive::delete("deal", &id(&made)).unwrap();
    assert!(get("deal", &id(&made)).unwrap_err().is("not-found"));
}

#[test]
fn a_write_is_one_request_where_pipedrive_needs_no_more() {
    connect();
    create("deal", json!({ "title": "x" })).unwrap();
    create("contact", json!({ "first_name": "x" })).unwrap();
    update("contact", "1001", json!({ "first_name": "A", "last_name": "B" })).unwrap();
    assert_eq!(
        sent(),
        [
            "POST /api/v2/deals",
            "POST /api/v2/persons",
            "PATCH /api/v2/persons/1001",
            "GET /api/v2/organizations"
        ]
    );
    update("contact", "1001", json!({ "first_name": "C" })).unwrap();
    assert_eq!(
        sent()[..2],
        ["GET /api/v2/persons/1001", "PATCH /api/v2/persons/1001"]
    );
}

#[test]
fn an_update_of_one_field_leaves_the_others() {
    connect();
    for (resource, record, given) in [
        ("contact", "1006", json!({ "job_title": "Rådgivare" })),
        ("deal", "3005", json!({ "title": "Neu" })),
        ("meeting", "7003", json!({ "note": "Neu" })),
    ] {
        let mut before = get(resource, record).unwrap();
        let after = update(resource, record, given.clone()).unwrap();
        for (field, value) in given.as_object().unwrap() {
            before[field] = value.clone();
        }
        before["update_time"] = after["update_time"].clone();
        assert_eq!(after, before, "{resource}");
    }
}

#[test]
fn long_and_odd_texts_come_back_as_they_went() {
    connect();
    for text in [
        "🦊".repeat(3_000),
        "a\"b\\c\n\u{0}\u{202e}".to_owned(),
        "x".repeat(60_000),
    ] {
        let made = create("contact", json!({ "first_name": "A", "job_title": text })).unwrap();
        assert_eq!(get("contact", &id(&made)).unwrap()["job_title"], text);
    }
}

/// What the manifest's examples say goes in, through the same conversions as the host's.
#[test]
fn the_examples_of_the_manifest_point_at_seeded_records() {
    connect();
    let examples = &manifest()["sandbox"]["examples"];
    for (resource, field) in [("contact", "contactId"), ("deal", "dealId")] {
        for example in examples.as_object().unwrap().values() {
            if let Some(id) = example[field].as_str() {
                assert!(get(resource, id).is_ok());
            }
        }
    }
    for example in examples.as_object().unwrap().values() {
        assert!(get("owner", example["ownerId"].as_str().unwrap()).is_ok());
    }
}
