//! Tokens and limits.

use serde_json::json;

use super::*;

const CLIENT: [(&str, &str); 2] = [("client_id", "c"), ("client_secret", "s")];

fn exchange(simulator: &mut Simulator, more: &[(&str, &str)]) -> (u16, Value) {
    simulator.form("/oauth/token", &[CLIENT.as_slice(), more].concat())
}

fn first_tokens(simulator: &mut Simulator) -> (String, String) {
    let (status, granted) = exchange(
        simulator,
        &[("grant_type", "authorization_code"), ("code", "code-1")],
    );
    assert_eq!(status, 200);
    let token = |name: &str| granted[name].as_str().unwrap().to_owned();
    (token("access_token"), token("refresh_token"))
}

#[test]
fn a_token_comes_with_its_location_and_expires() {
    let mut simulator = Simulator::new("2021-07-28");
    simulator.version = None;
    let (_, granted) = exchange(
        &mut simulator,
        &[
            ("grant_type", "authorization_code"),
            ("code", "code-0"),
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
    let given =
        json!({ "clientId": "c", "clientSecret": "s", "grantType": "authorization_code", "code": "code-1" });
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
    first_tokens(&mut simulator);
    assert_eq!(
        exchange(
            &mut simulator,
            &[("grant_type", "authorization_code"), ("code", "code-1")]
        )
        .0,
        400
    );
    assert_eq!(exchange(&mut simulator, &[("grant_type", "password")]).0, 422);
    assert_eq!(
        simulator
            .form(
                "/oauth/token",
                &[("grant_type", "authorization_code"), ("code", "code-2")]
            )
            .0,
        422
    );
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
