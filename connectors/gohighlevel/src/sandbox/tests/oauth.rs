//! Tokens and limits.

use serde_json::json;

use super::*;

const CALLBACK: &str = "https://app.example/cb";
const CLIENT: [(&str, &str); 2] = [("client_id", "c"), ("client_secret", "s")];

fn exchange(simulator: &mut Simulator, more: &[(&str, &str)]) -> (u16, Value) {
    simulator.form("/oauth/token", &[CLIENT.as_slice(), more].concat())
}

/// Where the consent page's form leads.
fn consent(simulator: &mut Simulator, answer: &str) -> String {
    let target = format!("/v2/oauth/chooselocation?client_id=c&redirect_uri={CALLBACK}&state=s");
    let of_form = "application/x-www-form-urlencoded";
    let response = simulator.call("POST", &target, of_form, answer.as_bytes());
    assert_eq!(response.status, 302);
    header(&response, "location").unwrap().to_owned()
}

/// Agrees on the consent page, and answers the code that comes back.
fn code(simulator: &mut Simulator) -> String {
    let answer = format!("locationId={}&decision=allow", ids::LOCATION);
    let location = consent(simulator, &answer);
    let code = location.strip_prefix(CALLBACK).unwrap().strip_prefix("?code=");
    code.unwrap().strip_suffix("&state=s").unwrap().to_owned()
}

fn first_tokens(simulator: &mut Simulator) -> (String, String) {
    let code = code(simulator);
    let (status, granted) = exchange(
        simulator,
        &[("grant_type", "authorization_code"), ("code", &code)],
    );
    assert_eq!(status, 200);
    let token = |name: &str| granted[name].as_str().unwrap().to_owned();
    (token("access_token"), token("refresh_token"))
}

#[test]
fn a_token_comes_with_its_location_and_expires() {
    let mut simulator = Simulator::new("2021-07-28");
    simulator.version = None;
    let code = code(&mut simulator);
    let (_, granted) = exchange(
        &mut simulator,
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("user_type", "Location"),
        ],
    );
    assert_eq!(
        (&granted["locationId"], &granted["companyId"]),
        (&json!(ids::LOCATION), &json!(ids::COMPANY))
    );
    assert_eq!(
        (&granted["expires_in"], &granted["userType"]),
        (&json!(86_399), &json!("Location"))
    );
    simulator.token = granted["access_token"].as_str().unwrap().to_owned();
    simulator.version = Some("v3");
    assert_eq!(simulator.get(&format!("/locations/{}", ids::LOCATION)).0, 200);
    simulator.wait(86_399_000);
    let (status, error) = simulator.get(&format!("/locations/{}", ids::LOCATION));
    assert_eq!(
        (status, &error["message"]),
        (401, &json!("The access token has expired"))
    );
}

#[test]
fn a_refresh_token_dies_on_use() {
    let mut simulator = Simulator::new("2021-07-28");
    let (_, old) = first_tokens(&mut simulator);
    let refresh = |token: &str| {
        vec![
            ("grant_type".to_owned(), "refresh_token".to_owned()),
            ("refresh_token".to_owned(), token.to_owned()),
        ]
    };
    let mut send = |token: &str| {
        let pairs = refresh(token);
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        exchange(&mut simulator, &pairs)
    };
    let (status, granted) = send(&old);
    let new = granted["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(status, 200);
    assert_ne!(new, old);
    let (status, error) = send(&old);
    assert_eq!((status, &error["error"]), (400, &json!("invalid_grant")));
    assert_eq!(send(&new).0, 200);
}

#[test]
fn v3_spells_everything_in_camel_case() {
    let mut simulator = Simulator::new("v3");
    let code = code(&mut simulator);
    let given =
        json!({ "clientId": "c", "clientSecret": "s", "grantType": "authorization_code", "code": code });
    let (status, granted) = simulator.json("POST", "/oauth/token", given);
    assert_eq!((status, &granted["expiresIn"]), (200, &json!(86_399)));
    assert!(granted["accessToken"].is_string() && granted.get("access_token").is_none());
    let (status, error) = exchange(
        &mut simulator,
        &[("grant_type", "authorization_code"), ("code", "code-2")],
    );
    assert_eq!(status, 422);
    assert!(
        error["message"]
            .as_array()
            .unwrap()
            .contains(&json!("clientId should not be empty"))
    );
    let pairs = [("companyId", ids::COMPANY), ("locationId", ids::LOCATION)];
    let (status, granted) = simulator.form("/oauth/location-token", &pairs);
    assert_eq!((status, granted["refreshToken"].is_string()), (200, true));
    assert_eq!(simulator.form("/oauth/locationToken", &pairs).0, 404);
    simulator.version = Some("2021-07-28");
    let (status, granted) = simulator.form("/oauth/locationToken", &pairs);
    assert_eq!((status, granted.get("refresh_token")), (200, None));
}

#[test]
fn a_code_is_good_once_and_a_client_has_to_say_who_it_is() {
    let mut simulator = Simulator::new("2021-07-28");
    let code = code(&mut simulator);
    let grant = [("grant_type", "authorization_code"), ("code", code.as_str())];
    for (client, status) in [("", 422), ("wrong", 401), ("other", 400), ("c", 200), ("c", 400)] {
        let pairs = [&[("client_id", client), ("client_secret", "s")], grant.as_slice()].concat();
        assert_eq!(simulator.form("/oauth/token", &pairs).0, status, "{client}");
    }
    assert_eq!(exchange(&mut simulator, &[("grant_type", "password")]).0, 422);
    assert_eq!(
        exchange(&mut simulator, &[("grant_type", "client_credentials")]).0,
        400
    );
}

#[test]
fn a_location_is_chosen_with_the_consent() {
    let mut simulator = Simulator::new("2021-07-28");
    let target = format!("/v2/oauth/chooselocation?client_id=c&redirect_uri={CALLBACK}&scope=users.readonly");
    let page = simulator.call("GET", &target, "", &[]);
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains(&format!("value=\"{}\"", ids::LOCATION)), "{text}");
    assert!(text.contains("Sandbox Studio") && text.contains("<code>users.readonly</code>"));
    let of_form = "application/x-www-form-urlencoded";
    let response = simulator.call("POST", &target, of_form, b"decision=allow&locationId=elsewhere");
    assert_eq!((response.status, header(&response, "location")), (400, None));
    assert_eq!(
        consent(&mut simulator, "decision=deny"),
        format!("{CALLBACK}?error=access_denied&state=s")
    );
}

#[test]
fn tokens_expire_and_the_token_url_fails_as_a_test_wants_it() {
    let mut simulator = Simulator::new("v3");
    simulator.version = None;
    let (access, refresh) = first_tokens(&mut simulator);
    assert_eq!(
        simulator
            .json("PUT", "/_sandbox/token-lifetime", json!({ "seconds": 0 }))
            .0,
        200
    );
    let switch = json!({ "status": 502, "times": 1 });
    assert_eq!(simulator.json("PUT", "/_sandbox/token-failure", switch).0, 200);
    let pairs = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    assert_eq!(exchange(&mut simulator, &pairs).0, 502);
    let (status, granted) = exchange(&mut simulator, &pairs);
    assert_eq!((status, &granted["expires_in"]), (200, &json!(0)));
    assert_eq!(granted["locationId"], ids::LOCATION);
    simulator.token = access;
    simulator.version = Some("v3");
    let (status, error) = simulator.get(&format!("/locations/{}", ids::LOCATION));
    assert_eq!(
        (status, &error["message"]),
        (401, &json!("The access token has expired"))
    );
    let counts = json!({ "codes": 1, "refreshes": 1, "refused": 1, "live": 0 });
    assert_eq!(simulator.get("/_sandbox/tokens"), (200, counts));
}

#[test]
fn every_call_needs_a_version_and_a_token() {
    let mut simulator = Simulator::new("v3");
    let target = of_location("/calendars/", "locationId");
    for (version, status, message) in [
        (None, 401, json!("version header was not found")),
        (Some("v9"), 401, json!("version header is invalid")),
        (Some("2023-02-21"), 200, Value::Null),
    ] {
        simulator.version = version;
        let (got, body) = simulator.get(&target);
        assert_eq!(
            (got, body.get("message").cloned().unwrap_or_default()),
            (status, message)
        );
    }
    simulator.token = "made-up".to_owned();
    let (status, error) = simulator.get(&target);
    assert_eq!(
        (status, &error["message"], &error["error"]),
        (401, &json!("Invalid JWT"), &json!("Unauthorized"))
    );
}

#[test]
fn the_101st_call_in_ten_seconds_is_refused() {
    let mut simulator = Simulator::new("2021-07-28");
    simulator.token = first_tokens(&mut simulator).0;
    let target = of_location("/calendars/", "locationId");
    for _ in 0..100 {
        assert_eq!(simulator.get(&target).0, 200);
    }
    let response = simulator.call("GET", &target, "", &[]);
    assert_eq!((response.status, header(&response, "retry-after")), (429, None));
    assert_eq!(header(&response, "x-ratelimit-remaining"), Some("0"));
    assert_eq!(
        header(&response, "x-ratelimit-interval-milliseconds"),
        Some("10000")
    );
    simulator.wait(11_000);
    let response = simulator.call("GET", &target, "", &[]);
    assert_eq!(
        (response.status, header(&response, "x-ratelimit-max")),
        (200, Some("100"))
    );
    assert_eq!(header(&response, "x-ratelimit-limit-daily"), Some("200000"));
    assert_eq!(header(&response, "x-ratelimit-daily-remaining"), Some("199898"));
}
