//! Creating, updating and deleting.

use routemcp_sdk::Sandbox;
use routemcp_sdk::sandbox::{MemoryState, Response as SandboxResponse};
use serde_json::json;

use super::*;

fn create(resource: &str, given: Value) -> Result<Value, Failure> {
    let names = mapped(resource);
    HubSpot::create(resource, values(given), &names).map(|document| document.resolve().unwrap())
}

fn update(resource: &str, id: &str, given: Value) -> Result<Value, Failure> {
    let names = mapped(resource);
    HubSpot::update(resource, id, values(given), &names).map(|document| document.resolve().unwrap())
}

fn first_contacts(count: u32) -> Vec<Value> {
    HubSpot::list(
        "contact",
        &Query {
            limit: count,
            ..Query::default()
        },
    )
    .unwrap()
    .resolve()
}

#[test]
fn a_contact_lives_through_create_update_clear_and_delete() {
    for version in ["2026-03", "2026-09", "v3"] {
        connect(version);
        let made = create(
            "contact",
            json!({ "firstname": "Zoë", "email": "ZOE@example.com", "phone": null, "city": "Köln" }),
        )
        .unwrap();
        assert_eq!(made["properties"]["email"], "zoe@example.com");
        assert_eq!(made["properties"]["phone"], Value::Null);
        let changed = update("contact", id(&made), json!({ "city": null, "phone": "+49 1" })).unwrap();
        assert_eq!(changed["properties"]["city"], Value::Null);
        assert_eq!(changed["properties"]["phone"], "+49 1");
        assert_eq!(changed["properties"]["firstname"], "Zoë");
        HubSpot::delete("contact", id(&made)).unwrap();
        assert!(get("contact", id(&made), &[]).unwrap_err().is("not-found"));
        assert!(
            update("contact", id(&made), json!({ "city": "x" }))
                .unwrap_err()
                .is("not-found")
        );
    }
}

#[test]
fn a_new_record_lasts_and_comes_last_in_the_list() {
    connect("2026-03");
    let made = create(
        "deal",
        json!({ "dealname": "New", "amount": "12.50", "dealstage": "closedwon" }),
    )
    .unwrap();
    assert_eq!(made["properties"]["hs_deal_stage_probability"], "1");
    let (all, _) = walk(
        "deal",
        Query {
            limit: 100,
            ..Query::default()
        },
    );
    assert_eq!(id(all.last().unwrap()), id(&made));
}

#[test]
fn a_deals_contact_is_linked_changed_and_taken_away() {
    for version in ["2026-03", "2026-09", "v3"] {
        connect(version);
        let contacts = first_contacts(2);
        let linked = |deal: &Value| {
            deal["associations"]["contacts"]["results"]
                .as_array()
                .map(|links| links.iter().map(|link| id(link).to_owned()).collect::<Vec<_>>())
        };
        let to = |contact: &Value| json!({ "dealname": "Linked", "/associations/contacts/results": [{ "id": id(contact) }] });
        let made = create("deal", to(&contacts[0])).unwrap();
        assert_eq!(
            linked(&made),
            Some(vec![id(&contacts[0]).to_owned()]),
            "{version}"
        );
        let moved = update("deal", id(&made), to(&contacts[1])).unwrap();
        assert_eq!(linked(&moved), Some(vec![id(&contacts[1]).to_owned()]));
        let again = update("deal", id(&made), to(&contacts[1])).unwrap();
        assert_eq!(linked(&again), linked(&moved));
        let alone = update(
            "deal",
            id(&made),
            json!({ "/associations/contacts/results": null }),
        )
        .unwrap();
        assert_eq!(linked(&alone), None);
    }
}

#[test]
fn a_link_to_nothing_is_rejected_and_costs_no_link() {
    connect("2026-03");
    let contacts = first_contacts(1);
    let links = json!({ "/associations/contacts/results": [{ "id": id(&contacts[0]) }] });
    let deal = create("deal", links).unwrap();
    let failure = update(
        "deal",
        id(&deal),
        json!({ "/associations/contacts/results": [{ "id": "1" }] }),
    )
    .unwrap_err();
    assert!(failure.is("rejected"));
    assert_eq!(failure.fields[0].0, "/associations/contacts/results");
    let after = get("deal", id(&deal), &["/associations/contacts/results"]).unwrap();
    assert_eq!(after["associations"], deal["associations"]);
}

#[test]
fn a_meeting_is_made_with_its_contact_and_deal() {
    connect("2026-03");
    let contact = &first_contacts(1)[0];
    let deal = create("deal", json!({ "dealname": "D" })).unwrap();
    let made = create(
        "meeting",
        json!({ "hs_meeting_title": "Kick-off", "hs_meeting_start_time": "2026-09-01T09:00:00.000Z",
                "/associations/contacts/results": [{ "id": id(contact) }], "/associations/deals/results": [{ "id": id(&deal) }] }),
    )
    .unwrap();
    assert_eq!(made["associations"]["deals"]["results"][0]["id"], deal["id"]);
    assert_eq!(made["attendees"][0]["email"], contact["properties"]["email"]);
}

#[test]
fn a_lead_makes_its_contact_or_takes_the_one_that_is_there() {
    connect("2026-03");
    let person = |first: &str| {
        json!({ "/contact/properties/firstname": first, "/contact/properties/lastname": "Vega",
        "/contact/properties/email": "nova@example.com", "hs_pipeline_stage": "connected-stage-id" })
    };
    let one = create("lead", person("Nova")).unwrap();
    assert_eq!(one["contact"]["properties"]["email"], "nova@example.com");
    assert_eq!(one["properties"]["hs_pipeline_stage"], "connected-stage-id");
    let two = create("lead", person("Stella")).unwrap();
    assert_eq!(one["contact"]["id"], two["contact"]["id"]);
    assert_eq!(two["contact"]["properties"]["firstname"], "Stella");
    assert_ne!(id(&one), id(&two));
}

#[test]
fn an_updated_lead_changes_its_contact_and_its_name() {
    connect("2026-09");
    let lead = create(
        "lead",
        json!({ "/contact/properties/email": "first@example.com" }),
    )
    .unwrap();
    let name = |id: &str| get("lead", id, &["hs_lead_name"]).unwrap()["properties"]["hs_lead_name"].clone();
    assert_eq!(name(id(&lead)), "first@example.com");
    let changed = update(
        "lead",
        id(&lead),
        json!({ "/contact/properties/firstname": "Ada", "hs_lead_label": "HOT" }),
    )
    .unwrap();
    assert_eq!(changed["contact"]["properties"]["firstname"], "Ada");
    assert_eq!(changed["contact"]["properties"]["email"], "first@example.com");
    assert_eq!(name(id(&lead)), "Ada");
}

#[test]
fn a_lead_without_a_person_is_rejected_before_anything_is_made() {
    connect("2026-03");
    let failure = create("lead", json!({ "hs_pipeline_stage": "new-stage-id" })).unwrap_err();
    assert!(failure.is("rejected"));
    assert!(sent().is_empty());
}

#[test]
fn a_refused_lead_leaves_no_contact_behind() {
    connect("2026-03");
    let given =
        json!({ "/contact/properties/email": "gone@example.com", "hs_pipeline_stage": "no-such-stage" });
    let failure = create("lead", given).unwrap_err();
    assert_eq!(failure.fields[0].0, "hs_pipeline_stage");
    let email = Filter {
        field: "email".to_owned(),
        operator: "eq".to_owned(),
        value: json!("gone@example.com"),
    };
    let (found, _) = walk(
        "contact",
        Query {
            limit: 10,
            filters: vec![email],
            ..Query::default()
        },
    );
    assert!(found.is_empty());
}

#[test]
fn a_new_record_that_is_to_be_linked_to_nothing_names_the_link() {
    let contacts = "/associations/contacts/results";
    let deals = "/associations/deals/results";
    for (resource, links, expected) in [
        ("deal", json!({ contacts: [{ "id": "1" }] }), vec![contacts]),
        ("meeting", json!({ deals: [{ "id": "1" }] }), vec![deals]),
        (
            "meeting",
            json!({ contacts: [{ "id": "2" }], deals: [{ "id": "1" }] }),
            vec![contacts, deals],
        ),
    ] {
        connect("2026-03");
        let mut given = json!({ "dealname": "D", "dealstage": "closedwon" });
        if resource == "meeting" {
            given = json!({ "hs_meeting_title": "M", "hs_meeting_start_time": "2026-09-01T09:00:00.000Z" });
        }
        given.as_object_mut().unwrap().extend(values(links));
        let failure = create(resource, given).unwrap_err();
        let mut named: Vec<&str> = failure.fields.iter().map(|(name, _)| name.as_str()).collect();
        named.sort_unstable();
        assert_eq!((failure.kind.as_str(), named), ("rejected", expected));
    }
}

#[test]
fn a_refusal_that_is_not_about_links_looks_for_none() {
    connect("2026-03");
    let contact = &first_contacts(1)[0];
    sent();
    let given = json!({ "dealname": "D", "amount": "much", "/associations/contacts/results": [{ "id": id(contact) }] });
    let failure = create("deal", given).unwrap_err();
    assert_eq!(failure.fields[0].0, "amount");
    assert_eq!(sent().len(), 1);
}

/// How many deals there are.
fn deals() -> usize {
    let query = Query {
        limit: 100,
        ..Query::default()
    };
    walk("deal", query).0.len()
}

#[test]
fn a_record_whose_link_is_refused_afterwards_is_taken_back() {
    connect("2026-03");
    let before = deals();
    let given = json!({ "dealname": "D", "/associations/tickets/results": [{ "id": "8" }] });
    let failure = create("deal", given).unwrap_err();
    assert_eq!(
        (failure.kind.as_str(), failure.fields[0].0.as_str()),
        ("rejected", "/associations/tickets/results")
    );
    assert_eq!(deals(), before);
}

#[test]
fn a_record_that_cannot_be_taken_back_is_not_called_refused() {
    let mut state = MemoryState::default();
    let provider = move |request: &Request| {
        let mut request = request.clone();
        if request.method == "DELETE" {
            return SandboxResponse::text(503, "later");
        }
        request
            .headers
            .push(("authorization".to_owned(), TOKEN.to_owned()));
        HubSpotSandbox::handle(&request, &mut state)
    };
    let host = Host::new().setting("apiVersion", "2026-03").clock(NOW_MS);
    host.provider(provider).install();
    let before = deals();
    let given = json!({ "dealname": "D", "/associations/tickets/results": [{ "id": "8" }] });
    let failure = create("deal", given).unwrap_err();
    assert_eq!(failure.kind, "unexpected");
    assert!(failure.message.contains("did not take it back"), "{failure}");
    assert_eq!(deals(), before + 1);
}

#[test]
fn a_lead_whose_link_is_refused_is_taken_back_with_its_contact() {
    connect("2026-03");
    let given = json!({ "/contact/properties/email": "gone@example.com", "/associations/tickets/results": [{ "id": "8" }] });
    let failure = create("lead", given).unwrap_err();
    assert!(failure.is("rejected"), "{failure}");
    let deleted = sent().into_iter().filter(|line| line.starts_with("DELETE"));
    let objects: Vec<String> = deleted
        .map(|line| line.rsplit('/').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(objects, ["leads", "contacts"]);
}
