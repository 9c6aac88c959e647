//! Reading: lists, pages, single records, users and what clients ask about the account.

use serde_json::json;

use super::*;

#[test]
fn a_list_has_zohos_shape() {
    let mut zoho = Simulator::new();
    let (status, page) = zoho.get("/Contacts?fields=Last_Name,Account_Name,No_Such_Field&per_page=2");
    assert_eq!(status, 200);
    let record = page["data"][0].as_object().unwrap();
    assert_eq!(
        record.keys().collect::<Vec<_>>(),
        ["Last_Name", "Account_Name", "id"]
    );
    let info = &page["info"];
    assert_eq!(
        (&info["per_page"], &info["count"], &info["page"]),
        (&json!(2), &json!(2), &json!(1))
    );
    assert_eq!(
        (&info["sort_by"], &info["sort_order"]),
        (&json!("id"), &json!("desc"))
    );
    assert_eq!(info["more_records"], true);
    assert!(info["next_page_token"].as_str().unwrap().len() <= 100);
    assert!(info["page_token_expiry"].as_str().unwrap().ends_with("+03:00"));
    let (_, all) = zoho.get("/Leads?fields=Email&sort_order=asc");
    assert_eq!(
        (&all["info"]["more_records"], &all["info"]["count"]),
        (&json!(false), &json!(60))
    );
    assert!(all["info"].get("next_page_token").is_none());
}

#[test]
fn fields_are_required_and_at_most_fifty() {
    let mut zoho = Simulator::new();
    let (status, error) = zoho.get("/Contacts");
    assert_eq!(
        (status, &error["code"], &error["status"]),
        (400, &json!("REQUIRED_PARAM_MISSING"), &json!("error"))
    );
    assert_eq!(error["details"]["param_name"], "fields");
    let names: Vec<String> = (1..=51).map(|number| format!("Metric_{number:03}")).collect();
    assert_eq!(
        zoho.get(&format!("/Contacts?fields={}", names.join(","))).1["code"],
        "LIMIT_EXCEEDED"
    );
    assert_eq!(
        zoho.get(&format!("/Contacts?fields={}", names[1..].join(","))).0,
        200
    );
}

#[test]
fn page_numbers_end_at_record_two_thousand_and_tokens_do_not() {
    let mut zoho = Simulator::new();
    let (status, page) = zoho.get("/Contacts?fields=id&page=10");
    assert_eq!(
        (status, &page["info"]["page"], &page["info"]["more_records"]),
        (200, &json!(10), &json!(true))
    );
    let (status, error) = zoho.get("/Contacts?fields=id&page=11");
    assert_eq!(
        (status, &error["code"]),
        (400, &json!("DISCRETE_PAGINATION_LIMIT_EXCEEDED"))
    );
    assert_eq!(error["details"]["limit"], 2_000);
    let token = page["info"]["next_page_token"].as_str().unwrap();
    let (status, next) = zoho.get(&format!("/Contacts?fields=id&page_token={token}"));
    assert_eq!((status, &next["info"]["page"]), (200, &json!(11)));
    assert!(next["info"]["previous_page_token"].is_string());
    let both = format!("/Contacts?fields=id&page=11&page_token={token}");
    assert_eq!(zoho.get(&both).1["code"], "AMBIGUITY_DURING_PROCESSING");
}

#[test]
fn a_token_is_bound_to_its_request_and_a_day() {
    let mut zoho = Simulator::new();
    let (_, page) = zoho.get("/Contacts?fields=id,Email&per_page=10");
    let token = page["info"]["next_page_token"].as_str().unwrap();
    for other in [
        "fields=id&per_page=10",
        "fields=id,Email&per_page=11",
        "fields=id,Email&per_page=10&sort_order=asc",
    ] {
        let (status, error) = zoho.get(&format!("/Contacts?{other}&page_token={token}"));
        assert_eq!(
            (status, &error["code"]),
            (400, &json!("TOKEN_BOUND_DATA_MISMATCH")),
            "{other}"
        );
    }
    let same = format!("/Contacts?fields=id,Email&per_page=10&page_token={token}");
    assert_eq!(zoho.get(&same), zoho.get(&same));
    zoho.wait(24 * 3_600_000);
    assert_eq!(zoho.get(&same).1["code"], "EXPIRED_VALUE");
}

#[test]
fn nothing_found_has_no_body() {
    let mut zoho = Simulator::new();
    for target in [
        "/Contacts/1",
        "/Contacts/none",
        "/users/1",
        "/users?type=DeletedUsers",
        "/Leads?fields=id&page=2",
        "/Leads?fields=id&ids=1",
        "/Leads?fields=id&converted=true",
    ] {
        let response = zoho.call("GET", &format!("/crm/v8{target}"), &[]);
        assert_eq!((response.status, response.body.len()), (204, 0), "{target}");
    }
    let mut zoho = Simulator::new().with_header("If-Modified-Since", "2030-01-01T00:00:00+00:00");
    assert_eq!(zoho.get("/Leads?fields=id").0, 304);
    let mut zoho = Simulator::new().with_header("If-Modified-Since", "2025-06-20T00:00:00+03:00");
    let (_, page) = zoho.get("/Leads?fields=Modified_Time&sort_by=Modified_Time");
    let times: Vec<&str> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lead| lead["Modified_Time"].as_str().unwrap())
        .collect();
    assert!(!times.is_empty() && times.len() < 60 && times.iter().all(|time| *time >= "2025-06-20"));
    assert!(times.is_sorted_by(|one, two| one >= two));
}

#[test]
fn a_single_record_is_whole_unless_fields_are_named() {
    let mut zoho = Simulator::new();
    let (_, page) = zoho.get("/Deals?fields=id&per_page=1&sort_order=asc");
    let id = page["data"][0]["id"].as_str().unwrap().to_owned();
    let (_, whole) = zoho.get(&format!("/Deals/{id}"));
    let deal = &whole["data"][0];
    assert_eq!(deal["$approval_state"], "approved");
    assert_eq!(
        deal["Owner"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["name", "id", "email"]
    );
    assert_eq!(
        deal["Created_By"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["name", "id"]
    );
    assert!(deal["Amount"].is_number() && deal["Closing_Date"].as_str().unwrap().len() == 10);
    assert_eq!(
        zoho.get(&format!("/Deals/{id}?fields=Stage")).1["data"][0],
        json!({ "Stage": deal["Stage"], "id": id })
    );
}

#[test]
fn lookups_lead_to_records_of_that_name() {
    let mut zoho = Simulator::new();
    let (_, page) = zoho.get("/Deals?fields=Contact_Name,Account_Name");
    for deal in page["data"].as_array().unwrap() {
        for (module, lookup, name) in [
            ("Contacts", "Contact_Name", "Full_Name"),
            ("Accounts", "Account_Name", "Account_Name"),
        ] {
            if let Some(id) = deal[lookup]["id"].as_str() {
                let (_, found) = zoho.get(&format!("/{module}/{id}"));
                assert_eq!(found["data"][0][name], deal[lookup]["name"]);
            }
        }
    }
}

#[test]
fn what_zoho_does_not_have_has_its_code() {
    let mut zoho = Simulator::new();
    for (target, status, code) in [
        ("/crm/v8/Unicorns?fields=id", 400, "INVALID_MODULE"),
        ("/crm/v8/contacts?fields=id", 400, "INVALID_MODULE"),
        ("/crm/v8/Contacts/1/Notes", 404, "INVALID_URL_PATTERN"),
        ("/crm/v1/Contacts", 404, "INVALID_URL_PATTERN"),
        ("/elsewhere", 404, "INVALID_URL_PATTERN"),
        ("/crm/v8/Contacts?fields=id&per_page=201", 400, "INVALID_DATA"),
        ("/crm/v8/Contacts?fields=id&sort_by=Email", 400, "INVALID_DATA"),
        ("/crm/v8/users?type=Nobody", 400, "INVALID_DATA"),
        ("/crm/v8/settings/fields", 400, "REQUIRED_PARAM_MISSING"),
    ] {
        let (found, error) = zoho.json("GET", target, Value::Null);
        assert_eq!((found, &error["code"]), (status, &json!(code)), "{target}");
    }
    assert_eq!(
        zoho.json("PATCH", "/crm/v8/Contacts", Value::Null).1["code"],
        "INVALID_REQUEST_METHOD"
    );
}

#[test]
fn clients_find_what_they_ask_before_their_first_call() {
    let mut zoho = Simulator::new();
    let (_, current) = zoho.get("/users?type=CurrentUser");
    assert_eq!(current["users"].as_array().unwrap().len(), 1);
    assert_eq!(current["users"][0]["profile"]["name"], "Administrator");
    let (_, organisation) = zoho.get("/org");
    assert_eq!(
        (
            &organisation["org"][0]["iso_code"],
            &organisation["org"][0]["type"]
        ),
        (&json!("EUR"), &json!("sandbox"))
    );
    let (_, fields) = zoho.get("/settings/fields?module=Contacts");
    let field = |name: &str| {
        fields["fields"]
            .as_array()
            .unwrap()
            .iter()
            .find(|field| field["api_name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (
            &field("Favourite_Colour")["custom_field"],
            &field("Email")["custom_field"]
        ),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (
            &field("Last_Name")["system_mandatory"],
            &field("Full_Name")["read_only"]
        ),
        (&json!(true), &json!(true))
    );
    assert_eq!(field("Account_Name")["lookup"]["module"]["api_name"], "Accounts");
    let (_, page) = zoho.get("/users?per_page=4&page=2");
    assert_eq!(
        page["info"],
        json!({ "per_page": 4, "count": 3, "page": 2, "more_records": false })
    );
}

#[test]
fn coql_answers_with_columns_and_a_count() {
    let mut zoho = Simulator::new();
    let mut query = |text: &str| zoho.json("POST", "/crm/v8/coql", json!({ "select_query": text }));
    let (status, found) = query(
        "select Deal_Name, Amount from Deals where (Stage = 'closed won' and Amount > 1000) order by Amount desc limit 2",
    );
    assert_eq!(
        (status, &found["info"]),
        (200, &json!({ "count": 2, "more_records": true }))
    );
    assert!(found["data"][0]["Amount"].as_f64() >= found["data"][1]["Amount"].as_f64());
    assert_eq!(
        query("select id from Deals where Deal_Name = 'none of these'").0,
        204
    );
    assert_eq!(
        query("select id from Deals limit 75, 10").1["info"],
        json!({ "count": 5, "more_records": false })
    );
    for (text, code) in [
        ("select id from Deals where", "SYNTAX_ERROR"),
        ("select Unicorn from Deals", "INVALID_QUERY"),
        ("select id from Deals where Unicorn = '1'", "INVALID_QUERY"),
        ("select id from Unicorns", "INVALID_MODULE"),
    ] {
        let (status, error) = query(text);
        assert_eq!((status, &error["code"]), (400, &json!(code)), "{text}");
    }
    let nested = format!("select id from Deals where {}id > '1'", "(".repeat(100_000));
    assert_eq!(query(&nested).1["code"], "SYNTAX_ERROR");
}

#[test]
fn seeds_have_gaps_tags_and_fields_of_the_accounts_own() {
    let mut zoho = Simulator::new();
    let (_, page) =
        zoho.get("/Contacts?fields=Phone,Email,Favourite_Colour,Contract_Number,Tag,Languages,Metric_007");
    let contacts = page["data"].as_array().unwrap();
    for name in [
        "Phone",
        "Email",
        "Favourite_Colour",
        "Contract_Number",
        "Languages",
    ] {
        let empty = contacts.iter().filter(|contact| contact[name].is_null()).count();
        assert!(empty > 0 && empty < contacts.len(), "{name}");
    }
    assert!(
        contacts
            .iter()
            .any(|contact| contact["Tag"][2]["name"] == "déjà vu")
    );
    assert!(contacts.iter().all(|contact| contact["Metric_007"].is_number()));
}
