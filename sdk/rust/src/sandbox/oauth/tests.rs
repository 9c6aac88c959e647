//! Consent, codes, tokens and switches, as every sandbox has them.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::{MemoryState, Request, Response, Standing, form};

const SERVER: AuthServer = AuthServer {
    provider: "Acme & Sons",
    tokens: Tokens {
        prefix: "t-",
        lifetime_ms: 3_600_000,
        rotates: true,
        idle_ms: None,
    },
    code_lifetime_ms: 300_000,
    redirect_uri_is_optional: false,
};
const BACK: &str = "https://app.example/callback";
const PLACES: Choice<'_> = Choice {
    name: "place",
    label: "Place",
    options: &[("p1", "Zürich <HQ>"), ("p2", "Oslo")],
};
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn consent() -> Consent<'static> {
    Consent {
        without_scopes: "Nothing in particular.",
        choice: Some(PLACES),
        denied: "access_denied",
        with_code: vec![("location", "us".to_owned())],
    }
}

fn authorize(
    state: &mut MemoryState,
    method: &str,
    query: &[(&str, &str)],
    answer: &[(&str, &str)],
) -> Response {
    let request = Request {
        method: method.to_owned(),
        path: "/oauth/authorize".to_owned(),
        query: pairs(query),
        body: form(&pairs(answer)).into_bytes(),
        ..Request::default()
    };
    SERVER.authorize(&request, state, &consent(), 1_000)
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let found = response.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

fn text(response: &Response) -> &str {
    std::str::from_utf8(&response.body).unwrap()
}

/// A code for client `c`, with PKCE if asked for.
fn code(state: &mut MemoryState, challenge: Option<&str>) -> String {
    let mut query = vec![("client_id", "c"), ("redirect_uri", BACK), ("state", "s")];
    if let Some(challenge) = challenge {
        query.extend([("code_challenge", challenge), ("code_challenge_method", "S256")]);
    }
    let response = authorize(state, "POST", &query, &[("decision", "allow"), ("place", "p2")]);
    let location = header(&response, "location").unwrap();
    let query = location.strip_prefix(BACK).unwrap().strip_prefix('?').unwrap();
    query
        .split('&')
        .next()
        .unwrap()
        .strip_prefix("code=")
        .unwrap()
        .to_owned()
}

fn asked(code: &str) -> TokenRequest {
    TokenRequest {
        client_id: "c".to_owned(),
        client_secret: "s".to_owned(),
        grant_type: "authorization_code".to_owned(),
        code: code.to_owned(),
        redirect_uri: BACK.to_owned(),
        ..TokenRequest::default()
    }
}

fn refresh(token: &str) -> TokenRequest {
    TokenRequest {
        grant_type: "refresh_token".to_owned(),
        refresh_token: token.to_owned(),
        ..asked("")
    }
}

fn control(state: &mut MemoryState, method: &str, name: &str, body: &Value) -> (u16, Value) {
    let request = Request {
        method: method.to_owned(),
        body: body.to_string().into_bytes(),
        ..Request::default()
    };
    let response = SERVER.control(&request, state, &[name], 2_000).unwrap();
    (
        response.status,
        serde_json::from_slice(&response.body).unwrap_or_default(),
    )
}

#[test]
fn the_page_names_provider_client_and_scopes_and_posts_back_to_itself() {
    let mut state = MemoryState::default();
    let query = [
        ("client_id", "app-1"),
        ("redirect_uri", BACK),
        ("scope", "contacts.read deals.read,leads.read"),
        ("state", "a b&c"),
    ];
    let response = authorize(&mut state, "GET", &query, &[]);
    assert_eq!(
        (response.status, header(&response, "content-type")),
        (200, Some("text/html;charset=utf-8"))
    );
    let page = text(&response);
    for expected in [
        "Acme &amp; Sons",
        "<code>app-1</code>",
        "<code>contacts.read</code>",
        "<code>deals.read</code>",
        "<code>leads.read</code>",
        "Simulator.",
        "<html lang=\"en\">",
        "action=\"?client_id=app-1&amp;redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&amp;",
        "&amp;state=a%20b%26c\"",
        "name=\"decision\" value=\"allow\"",
        "name=\"decision\" value=\"deny\"",
        "<legend>Place</legend>",
        "value=\"p1\" required checked> Zürich &lt;HQ&gt;",
        "<code>https://app.example</code>",
    ] {
        assert!(page.contains(expected), "{expected} is not in {page}");
    }
    assert!(!page.contains("<script"));
    let policy = header(&response, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let response = authorize(&mut state, "GET", &query[..2], &[]);
    assert!(text(&response).contains("Nothing in particular."));
}

#[test]
fn what_came_with_the_request_is_never_markup() {
    let mut state = MemoryState::default();
    let evil = "\"><script>alert('1')</script>";
    let query = [
        ("client_id", evil),
        ("redirect_uri", BACK),
        ("scope", evil),
        ("state", evil),
        (evil, evil),
    ];
    let response = authorize(&mut state, "GET", &query, &[]);
    let page = text(&response);
    assert!(!page.contains("<script") && !page.contains("alert('"), "{page}");
    assert!(page.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
}

#[test]
fn what_cannot_lead_back_gets_a_page_and_no_redirect() {
    let mut state = MemoryState::default();
    let long = "x".repeat(2_001);
    for (client, redirect, more, expected) in [
        ("", BACK, ("", ""), "client_id is missing"),
        ("unknown", BACK, ("", ""), "no app with this client_id"),
        ("c", "", ("", ""), "redirect_uri is missing"),
        ("c", "/callback", ("", ""), "absolute http or https"),
        ("c", "javascript:alert(1)", ("", ""), "absolute http or https"),
        ("c", "https://", ("", ""), "absolute http or https"),
        ("c", "https://app.example/#x", ("", ""), "without a fragment"),
        ("c", "https://a@app.example/", ("", ""), "absolute http or https"),
        (
            "c",
            "https://app.example/\r\nset-cookie: x",
            ("", ""),
            "absolute http or https",
        ),
        (
            "c",
            BACK,
            ("response_type", "token"),
            "response_type must be code",
        ),
        ("c", BACK, ("code_challenge", CHALLENGE), "must be S256"),
        ("c", BACK, ("state", long.as_str()), "longer than 2,000"),
    ] {
        for method in ["GET", "POST"] {
            let query = [("client_id", client), ("redirect_uri", redirect), more];
            let response = authorize(
                &mut state,
                method,
                &query,
                &[("decision", "allow"), ("place", "p1")],
            );
            assert_eq!(
                (response.status, header(&response, "location")),
                (400, None),
                "{redirect}"
            );
            assert!(text(&response).contains(expected), "{}", text(&response));
        }
    }
}

#[test]
fn both_answers_lead_back_with_the_state() {
    let mut state = MemoryState::default();
    let query = [
        ("client_id", "c"),
        ("redirect_uri", "http://127.0.0.1:5001/cb?x=1"),
        ("state", "a b"),
    ];
    let allowed = authorize(
        &mut state,
        "POST",
        &query,
        &[("decision", "allow"), ("place", "p1")],
    );
    let location = header(&allowed, "location").unwrap();
    assert_eq!(allowed.status, 302);
    assert!(
        location.starts_with("http://127.0.0.1:5001/cb?x=1&code=t-code-"),
        "{location}"
    );
    assert!(location.ends_with("&location=us&state=a%20b"), "{location}");
    let denied = authorize(&mut state, "POST", &query, &[("decision", "deny")]);
    assert_eq!(
        header(&denied, "location"),
        Some("http://127.0.0.1:5001/cb?x=1&error=access_denied&state=a%20b")
    );
    for answer in [
        vec![],
        vec![("decision", "perhaps")],
        vec![("decision", "allow"), ("place", "p3")],
        vec![("decision", "allow")],
    ] {
        assert_eq!(
            authorize(&mut state, "POST", &query, &answer).status,
            400,
            "{answer:?}"
        );
    }
    assert_eq!(authorize(&mut state, "PUT", &query, &[]).status, 405);
}

#[test]
fn a_code_is_bound_to_its_client_address_and_challenge_and_good_once() {
    let mut state = MemoryState::default();
    let code = code(&mut state, Some(CHALLENGE));
    let good = TokenRequest {
        code_verifier: VERIFIER.to_owned(),
        ..asked(&code)
    };
    type Change = fn(&mut TokenRequest);
    let changes: [(Change, Refusal); 11] = [
        (|asked| asked.client_id.clear(), Refusal::Client),
        (|asked| "wrong".clone_into(&mut asked.client_id), Refusal::Client),
        (|asked| asked.client_secret.clear(), Refusal::Secret),
        (
            |asked| "wrong".clone_into(&mut asked.client_secret),
            Refusal::Secret,
        ),
        (|asked| "other".clone_into(&mut asked.client_id), Refusal::Code),
        (|asked| asked.code.push('x'), Refusal::Code),
        (|asked| asked.redirect_uri.clear(), Refusal::RedirectUri),
        (|asked| asked.redirect_uri.push('/'), Refusal::RedirectUri),
        (|asked| asked.code_verifier.clear(), Refusal::Verifier),
        (|asked| asked.code_verifier.push('x'), Refusal::Verifier),
        (
            |asked| "password".clone_into(&mut asked.grant_type),
            Refusal::GrantType,
        ),
    ];
    for (change, expected) in changes {
        let mut changed = good.clone();
        change(&mut changed);
        assert_eq!(SERVER.grant(&mut state, &changed, 2_000), Err(expected));
    }
    assert_eq!(
        SERVER.grant(&mut state, &good, 301_000),
        Err(Refusal::ExpiredCode)
    );
    let granted = SERVER.grant(&mut state, &good, 300_999).unwrap();
    assert_eq!(granted.choice.as_deref(), Some("p2"));
    assert_eq!(SERVER.grant(&mut state, &good, 300_999), Err(Refusal::Code));
    let (_, counts) = control(&mut state, "GET", "tokens", &Value::Null);
    assert_eq!(
        counts,
        json!({ "codes": 1, "refreshes": 0, "refused": 13, "live": 1 })
    );
}

#[test]
fn a_redirect_uri_may_be_left_out_where_the_provider_says_so() {
    let mut state = MemoryState::default();
    let code = code(&mut state, None);
    let server = AuthServer {
        redirect_uri_is_optional: true,
        ..SERVER
    };
    let with = |redirect_uri: &str| TokenRequest {
        redirect_uri: redirect_uri.to_owned(),
        ..asked(&code)
    };
    assert_eq!(
        server.grant(&mut state, &with("https://evil.example"), 2_000),
        Err(Refusal::RedirectUri)
    );
    assert!(server.grant(&mut state, &with(""), 2_000).is_ok());
}

#[test]
fn refreshes_are_counted_and_a_rotated_token_is_refused() {
    let mut state = MemoryState::default();
    let code = code(&mut state, None);
    let first = SERVER.grant(&mut state, &asked(&code), 2_000).unwrap();
    let second = SERVER
        .grant(&mut state, &refresh(&first.refresh_token), 2_000)
        .unwrap();
    assert_eq!(second.choice.as_deref(), Some("p2"));
    assert_eq!(
        SERVER.grant(&mut state, &refresh(&first.refresh_token), 2_000),
        Err(Refusal::RefreshToken)
    );
    let (_, counts) = control(&mut state, "GET", "tokens", &Value::Null);
    assert_eq!(
        counts,
        json!({ "codes": 1, "refreshes": 1, "refused": 1, "live": 2 })
    );
}

#[test]
fn the_token_url_fails_as_often_as_it_shall() {
    let mut state = MemoryState::default();
    let code = code(&mut state, None);
    let switch = json!({ "status": 503, "times": 2 });
    assert_eq!(control(&mut state, "PUT", "token-failure", &switch).0, 200);
    let outage = Refusal::Failure {
        status: 503,
        error: None,
    };
    for _ in 0..2 {
        assert_eq!(
            SERVER.grant(&mut state, &asked(&code), 2_000),
            Err(outage.clone())
        );
    }
    let granted = SERVER.grant(&mut state, &asked(&code), 2_000).unwrap();
    let switch = json!({ "status": 400, "error": "invalid_grant" });
    control(&mut state, "PUT", "token-failure", &switch);
    let refused = Refusal::Failure {
        status: 400,
        error: Some("invalid_grant".to_owned()),
    };
    assert_eq!(
        SERVER.grant(&mut state, &refresh(&granted.refresh_token), 2_000),
        Err(refused)
    );
    control(
        &mut state,
        "PUT",
        "token-failure",
        &json!({ "status": 500, "times": 9 }),
    );
    assert_eq!(
        control(&mut state, "DELETE", "token-failure", &Value::Null).0,
        204
    );
    assert!(
        SERVER
            .grant(&mut state, &refresh(&granted.refresh_token), 2_000)
            .is_ok()
    );
}

#[test]
fn tokens_can_be_made_to_expire() {
    let mut state = MemoryState::default();
    let code = code(&mut state, None);
    let granted = SERVER.grant(&mut state, &asked(&code), 2_000).unwrap();
    assert_eq!(
        control(&mut state, "PUT", "token-lifetime", &json!({ "seconds": 0 })).0,
        200
    );
    assert_eq!(
        SERVER.tokens.standing(&state, &granted.access_token, 2_000),
        Standing::Expired(0)
    );
    let (_, counts) = control(&mut state, "GET", "tokens", &Value::Null);
    assert_eq!(counts["live"], 0);
    assert_eq!(
        control(&mut state, "DELETE", "token-lifetime", &Value::Null).0,
        204
    );
    let next = SERVER
        .grant(&mut state, &refresh(&granted.refresh_token), 2_000)
        .unwrap();
    assert_eq!(next.lifetime_ms, 3_600_000);
}

#[test]
fn switches_that_make_no_sense_are_refused() {
    let mut state = MemoryState::default();
    for (name, body) in [
        ("token-lifetime", json!({})),
        ("token-lifetime", json!({ "seconds": -1 })),
        ("token-lifetime", json!({ "seconds": 1_000_000_000 })),
        ("token-failure", json!({ "times": 1 })),
        ("token-failure", json!({ "status": 200 })),
        ("token-failure", json!({ "status": 500, "times": 0 })),
        ("token-failure", json!({ "status": 400, "error": 1 })),
    ] {
        assert_eq!(control(&mut state, "PUT", name, &body).0, 400, "{name} {body}");
    }
    assert_eq!(control(&mut state, "POST", "tokens", &Value::Null).0, 405);
    let request = Request::default();
    assert_eq!(SERVER.control(&request, &mut state, &["rate-limit"], 0), None);
}
