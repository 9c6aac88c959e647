//! Writing: outcomes per record, ids only, and the order of errors.

use serde_json::json;

use super::*;

fn codes(answer: &Value) -> Vec<&str> {
    let items = answer["data"].as_array().unwrap().iter();
    items.map(|item| item["code"].as_str().unwrap()).collect()
}

#[test]
fn a_create_answers_ids_and_times_only() {
    let mut zoho = Simulator::new();
    let body =
        json!({ "data": [{ "Last_Name": "Lind", "Unknown_Field": 1, "Created_Time": "x" }], "trigger": [] });
    let (status, answer) = zoho.json("POST", "/crm/v8/Contacts", body);
    let item = &answer["data"][0];
    assert_eq!(
        (status, &item["code"], &item["message"]),
        (201, &json!("SUCCESS"), &json!("record added"))
    );
    let details: Vec<&String> = item["details"].as_object().unwrap().keys().collect();
    assert_eq!(
        details,
        [
            "id",
            "Created_Time",
            "Modified_Time",
            "Created_By",
            "Modified_By",
            "$approval_state"
        ]
    );
    let id = item["details"]["id"].as_str().unwrap();
    assert_eq!(
        zoho.get(&format!("/Contacts/{id}")).1["data"][0]["Last_Name"],
        "Lind"
    );
}

#[test]
fn several_records_have_several_outcomes() {
    let mut zoho = Simulator::new();
    let mut post = |records: Value| zoho.json("POST", "/crm/v8/Leads", json!({ "data": records }));
    let (status, mixed) = post(json!([{ "Last_Name": "A" }, { "Email": "a@example.com" }]));
    assert_eq!(
        (status, codes(&mixed)),
        (207, vec!["SUCCESS", "MANDATORY_NOT_FOUND"])
    );
    assert_eq!(mixed["data"][1]["details"]["json_path"], "$.data[1].Last_Name");
    let (status, bad) = post(json!([{}, { "Last_Name": "B", "Email": "b" }]));
    assert_eq!(
        (status, codes(&bad)),
        (400, vec!["MANDATORY_NOT_FOUND", "INVALID_DATA"])
    );
    assert_eq!(post(json!([])).1["code"], "MANDATORY_NOT_FOUND");
    assert_eq!(
        post(json!(vec![json!({ "Last_Name": "C" }); 101])).1["code"],
        "LIMIT_EXCEEDED"
    );
}

#[test]
fn a_put_changes_what_it_names_and_the_time() {
    let mut zoho = Simulator::new();
    let (_, page) = zoho.get("/Deals?fields=id&per_page=2&sort_order=asc");
    let ids = [0, 1].map(|index| page["data"][index]["id"].as_str().unwrap().to_owned());
    let (_, before) = zoho.get(&format!("/Deals/{}", ids[0]));
    let (status, answer) = zoho.json(
        "PUT",
        &format!("/crm/v8/Deals/{}", ids[0]),
        json!({ "data": [{ "Amount": 7, "Next_Step": "call" }] }),
    );
    assert_eq!(
        (status, &answer["data"][0]["message"]),
        (200, &json!("record updated"))
    );
    let (_, after) = zoho.get(&format!("/Deals/{}", ids[0]));
    let [before, after] = [before, after].map(|answer| answer["data"][0].clone());
    assert_eq!(
        (&after["Amount"], &after["Deal_Name"]),
        (&json!(7), &before["Deal_Name"])
    );
    assert!(after["Modified_Time"].as_str() > before["Modified_Time"].as_str());
    let many = json!({ "data": [{ "id": ids[0], "Stage": "Closed Won" }, { "id": "1", "Stage": "Closed Won" }, { "Amount": 1 }] });
    let (status, answer) = zoho.json("PUT", "/crm/v8/Deals", many);
    assert_eq!(
        (status, codes(&answer)),
        (207, vec!["SUCCESS", "INVALID_DATA", "MANDATORY_NOT_FOUND"])
    );
    let mut zoho = Simulator::new().with_header("If-Unmodified-Since", "2020-01-01T00:00:00+00:00");
    let (status, answer) = zoho.json(
        "PUT",
        &format!("/crm/v8/Deals/{}", ids[1]),
        json!({ "data": [{ "Amount": 7 }] }),
    );
    assert_eq!((status, codes(&answer)), (412, vec!["ALREADY_MODIFIED"]));
}

#[test]
fn a_deleted_record_is_gone_and_its_email_free() {
    let mut zoho = Simulator::new();
    let (_, page) = zoho.get("/Contacts?fields=Email&per_page=3&sort_order=asc");
    let ids = [0, 1].map(|index| page["data"][index]["id"].as_str().unwrap().to_owned());
    let twin = json!({ "data": [{ "Last_Name": "Twin", "Email": page["data"][0]["Email"] }] });
    let (status, refused) = zoho.json("POST", "/crm/v8/Contacts", twin.clone());
    assert_eq!((status, codes(&refused)), (400, vec!["DUPLICATE_DATA"]));
    assert_eq!(refused["data"][0]["details"]["duplicate_record"]["id"], ids[0]);
    let (status, gone) = zoho.json("DELETE", &format!("/crm/v8/Contacts/{}", ids[0]), Value::Null);
    assert_eq!(
        (status, &gone["data"][0]["details"]),
        (200, &json!({ "id": ids[0] }))
    );
    assert_eq!(zoho.get(&format!("/Contacts/{}", ids[0])).0, 204);
    let (status, again) = zoho.json("DELETE", &format!("/crm/v8/Contacts/{}", ids[0]), Value::Null);
    assert_eq!((status, &again["code"]), (400, &json!("INVALID_DATA")));
    assert_eq!(zoho.json("POST", "/crm/v8/Contacts", twin).0, 201);
    let (status, many) = zoho.json(
        "DELETE",
        &format!("/crm/v8/Contacts?ids={},1", ids[1]),
        Value::Null,
    );
    assert_eq!((status, codes(&many)), (207, vec!["SUCCESS", "INVALID_DATA"]));
    let (_, all) = zoho.get("/Contacts?fields=id&page=1&sort_order=asc");
    assert_eq!(all["data"][0]["id"], page["data"][2]["id"]);
}
