//! Records, lists, batches, links and limits.

use serde_json::json;

use super::*;

#[test]
fn a_list_has_hubspots_shape_and_its_last_page_no_paging() {
    let mut hubspot = Simulator::new();
    let (status, page) =
        hubspot.get("/crm/objects/2026-03/contacts?limit=2&properties=email,phone,no_such_thing");
    assert_eq!(status, 200);
    let record = &page["results"][0];
    let names: Vec<&String> = record["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["createdate", "email", "hs_object_id", "lastmodifieddate", "phone"]
    );
    assert_eq!(record["properties"]["phone"], Value::Null);
    assert_eq!(record["id"], record["properties"]["hs_object_id"]);
    assert_eq!(record["archived"], false);
    let last = page["results"][1]["id"].as_str().unwrap().parse::<u64>().unwrap();
    let after = page["paging"]["next"]["after"].as_str().unwrap();
    assert_eq!(after, (last + 1).to_string());
    assert!(
        page["paging"]["next"]["link"]
            .as_str()
            .unwrap()
            .starts_with("https://api.hubapi.com/crm/objects/2026-03/contacts?after=")
    );
    let (_, owners) = hubspot.get("/crm/v3/owners/");
    assert_eq!(owners["results"].as_array().unwrap().len(), 6);
    assert!(owners.get("paging").is_none());
}

#[test]
fn without_names_the_default_properties_come() {
    let mut hubspot = Simulator::new();
    let mut keys = |target: &str| {
        let (_, page) = hubspot.get(target);
        assert_eq!(page["results"].as_array().unwrap().len(), 10);
        page["results"][0]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        keys("/crm/v3/objects/contacts"),
        "createdate email firstname hs_object_id lastmodifieddate lastname"
    );
    assert_eq!(
        keys("/crm/v3/objects/0-3"),
        "amount closedate createdate dealname dealstage hs_lastmodifieddate hs_object_id pipeline"
    );
    assert_eq!(
        keys("/crm/objects/2026-09/leads"),
        "hs_createdate hs_lastmodifieddate hs_object_id"
    );
}

#[test]
fn limits_and_cursors_are_checked() {
    let mut hubspot = Simulator::new();
    for query in ["limit=101", "limit=0", "limit=x", "after=nonsense"] {
        let (status, error) = hubspot.get(&format!("/crm/objects/2026-03/deals?{query}"));
        assert_eq!(
            (status, &error["category"]),
            (400, &json!("VALIDATION_ERROR")),
            "{query}"
        );
        assert_eq!(error["correlationId"].as_str().unwrap().len(), 36);
    }
}

#[test]
fn a_deleted_record_is_found_among_the_archived_only() {
    let mut hubspot = Simulator::new();
    let (_, page) = hubspot.get("/crm/objects/2026-03/contacts?limit=1");
    let id = page["results"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/crm/objects/2026-03/contacts/{id}");
    let email = page["results"][0]["properties"]["email"].as_str().unwrap();
    let by_email = format!(
        "/crm/v3/objects/contacts/{}?idProperty=email",
        email.replace('@', "%40")
    );
    assert_eq!(hubspot.get(&by_email).1["id"], id);
    assert_eq!(hubspot.call("DELETE", &path, &[]).status, 204);
    assert_eq!(hubspot.call("DELETE", &path, &[]).status, 204);
    assert_eq!(hubspot.get(&path).0, 404);
    assert_eq!(hubspot.get(&by_email).0, 404);
    let (status, record) = hubspot.get(&format!("{path}?archived=true"));
    assert_eq!((status, &record["archived"]), (200, &json!(true)));
    assert!(record["archivedAt"].is_string());
    let (_, archived) = hubspot.get("/crm/objects/2026-03/contacts?archived=true");
    assert_eq!(archived["results"].as_array().unwrap().len(), 1);
}

#[test]
fn a_create_answers_201_with_texts_and_without_links() {
    let mut hubspot = Simulator::new();
    let (_, page) = hubspot.get("/crm/v3/objects/contacts?limit=1");
    let contact = page["results"][0]["id"].clone();
    let links = json!([{ "to": { "id": contact }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3 }] }]);
    let body = json!({ "properties": { "dealname": "A", "amount": 12 }, "associations": links });
    let (status, deal) = hubspot.json("POST", "/crm/v3/objects/deals", body);
    assert_eq!((status, &deal["properties"]["amount"]), (201, &json!("12")));
    assert!(deal.get("associations").is_none());
    let target = format!(
        "/crm/v3/objects/deals/{}?associations=contacts,companies",
        deal["id"].as_str().unwrap()
    );
    let (_, read) = hubspot.get(&target);
    let expected = json!({ "contacts": { "results": [{ "id": contact, "type": "deal_to_contact" }] } });
    assert_eq!(read["associations"], expected);
}

#[test]
fn a_lead_needs_a_name_and_a_primary_contact() {
    let mut hubspot = Simulator::new();
    let (_, page) = hubspot.get("/crm/v3/objects/contacts?limit=1");
    let links = |type_id: u32| {
        json!([{ "to": { "id": page["results"][0]["id"] },
        "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id }] }])
    };
    for (properties, associations, status) in [
        (json!({ "hs_lead_name": "L" }), json!([]), 400),
        (json!({ "hs_lead_name": "L" }), links(608), 400),
        (json!({}), links(578), 400),
        (json!({ "hs_lead_name": "L" }), links(578), 201),
    ] {
        let body = json!({ "properties": properties, "associations": associations });
        assert_eq!(hubspot.json("POST", "/crm/objects/2026-03/leads", body).0, status);
    }
}

#[test]
fn a_batch_with_gaps_is_207() {
    let mut hubspot = Simulator::new();
    let (_, page) = hubspot.get("/crm/v3/objects/contacts?limit=2");
    let ids = [
        page["results"][1]["id"].clone(),
        json!("1"),
        page["results"][0]["id"].clone(),
    ];
    let body = json!({ "inputs": ids.map(|id| json!({ "id": id })), "properties": ["metric_007"] });
    let (status, answer) = hubspot.json("POST", "/crm/v3/objects/contacts/batch/read", body);
    assert_eq!((status, &answer["numErrors"]), (207, &json!(1)));
    assert!(answer["results"][1]["properties"]["metric_007"].is_string());
    let many: Vec<Value> = (0..101).map(|id| json!({ "id": id.to_string() })).collect();
    assert_eq!(
        hubspot
            .json(
                "POST",
                "/crm/v3/objects/contacts/batch/read",
                json!({ "inputs": many })
            )
            .0,
        400
    );
}

#[test]
fn links_can_be_put_listed_and_deleted() {
    let mut hubspot = Simulator::new();
    let mut first = |of: &str| {
        let (_, page) = hubspot.get(&format!("/crm/v3/objects/{of}?limit=1"));
        page["results"][0]["id"].as_str().unwrap().to_owned()
    };
    let (company, meeting) = (first("companies"), first("meetings"));
    let base = format!("/crm/objects/2026-03/meetings/{meeting}/associations");
    assert_eq!(
        hubspot
            .json("PUT", &format!("{base}/default/companies/{company}"), Value::Null)
            .0,
        200
    );
    let (_, listed) = hubspot.get(&format!("{base}/companies"));
    let expected = json!([{ "toObjectId": company, "associationTypes": [{ "category": "HUBSPOT_DEFINED", "typeId": 188, "label": null }] }]);
    assert_eq!(listed["results"], expected);
    let (_, old) = hubspot.get(&format!(
        "/crm/v3/objects/companies/{company}/associations/meetings"
    ));
    assert_eq!(
        old["results"][0],
        json!({ "id": meeting, "type": "company_to_meeting" })
    );
    assert_eq!(
        hubspot
            .get(&format!(
                "/crm/objects/2026-09/meetings/{meeting}/associations/companies"
            ))
            .0,
        404
    );
    assert_eq!(
        hubspot
            .json("DELETE", &format!("{base}/companies/{company}"), Value::Null)
            .0,
        204
    );
    let spec = json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 188 }]);
    assert_eq!(
        hubspot
            .json("PUT", &format!("{base}/companies/{company}"), spec)
            .0,
        201
    );
}

#[test]
fn a_search_counts_pages_and_sorts() {
    let mut hubspot = Simulator::new();
    let body = json!({ "filterGroups": [{ "filters": [{ "propertyName": "dealstage", "operator": "IN", "values": ["closedwon", "closedlost"] }] }],
        "sorts": [{ "propertyName": "amount", "direction": "DESCENDING" }], "properties": ["amount"], "limit": 20, "after": "0" });
    let (status, found) = hubspot.json("POST", "/crm/objects/2026-03/0-3/search", body);
    assert_eq!((status, &found["total"]), (200, &json!(22)));
    assert_eq!(found["paging"], json!({ "next": { "after": "20" } }));
    let amounts = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|deal| deal["properties"]["amount"].as_str()?.parse::<f64>().ok());
    assert!(amounts.is_sorted_by(|one, two| one >= two));
    let (_, words) = hubspot.json(
        "POST",
        "/crm/v3/objects/contacts/search",
        json!({ "query": "zoë" }),
    );
    assert!(words["total"].as_u64().unwrap() > 0);
}

#[test]
fn account_defined_properties_are_among_the_definitions() {
    let mut hubspot = Simulator::new();
    let (_, definitions) = hubspot.get("/crm/properties/2026-03/contacts");
    let of = |name: &str| {
        definitions["results"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name)
            .cloned()
    };
    assert_eq!(of("favourite_colour").unwrap()["hubspotDefined"], false);
    assert_eq!(of("email").unwrap()["hubspotDefined"], true);
    assert!(of("metric_200").is_some() && of("metric_201").is_none());
    let (_, pipelines) = hubspot.get("/crm/v3/pipelines/deals");
    assert_eq!(pipelines["results"][0]["stages"].as_array().unwrap().len(), 7);
}

#[test]
fn long_urls_are_refused() {
    let mut hubspot = Simulator::new();
    let target = format!("/crm/v3/objects/contacts?properties={}", "x".repeat(8_200));
    assert_eq!(hubspot.call("GET", &target, &[]).status, 414);
}

#[test]
fn calls_are_counted_in_headers_except_for_searches() {
    let mut hubspot = Simulator::new();
    let response = hubspot.call("GET", "/crm/v3/owners", &[]);
    assert_eq!(header(&response, "X-HubSpot-RateLimit-Max"), Some("1000"));
    assert_eq!(header(&response, "X-HubSpot-RateLimit-Remaining"), Some("999"));
    assert_eq!(
        header(&response, "X-HubSpot-RateLimit-Interval-Milliseconds"),
        Some("10000")
    );
    let response = hubspot.call("POST", "/crm/v3/objects/deals/search", b"{}");
    assert_eq!(
        (response.status, header(&response, "X-HubSpot-RateLimit-Max")),
        (200, None)
    );
}

#[test]
fn unknown_things_have_hubspots_errors() {
    let mut hubspot = Simulator::new();
    assert_eq!(hubspot.get("/crm/v3/objects/unicorns").0, 400);
    let (status, error) = hubspot.get("/crm/v3/nothing");
    assert_eq!((status, &error["message"]), (404, &json!("resource not found")));
    let (status, error) = hubspot.get("/crm/v3/objects/deals/1");
    assert_eq!((status, &error["category"]), (404, &json!("OBJECT_NOT_FOUND")));
    assert_eq!(hubspot.call("DELETE", "/crm/v3/owners", &[]).status, 405);
    assert_eq!(
        hubspot.call("POST", "/crm/v3/objects/deals", b"not json").status,
        400
    );
}
