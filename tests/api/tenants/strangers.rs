//! Every id of one organisation, tried by a stranger: the answer is the one that an id gets which never was. Strangers are
//! another organisation's test and live keys, and the live key of the same organisation.

use http::Method;
use serde_json::{Value, json};

use super::ALL;
use crate::harness::{Answer, Client, Server};

const OWNER: &str = "Development";
const OTHER: &str = "Other";

/// The development organisation, whose test key owns everything, and everybody who must not get at it.
struct Walls {
    server: Server,
    owner: Client,
    strangers: Vec<(&'static str, Client)>,
}

impl Walls {
    fn new() -> Self {
        let server = Server::start();
        server.create_organisation(OTHER);
        let client = |organisation: &str, environment: &str| {
            server.client_with(&server.create_key(organisation, environment, &["--scopes", ALL]))
        };
        let strangers = vec![
            ("another organisation's test key", client(OTHER, "test")),
            ("another organisation's live key", client(OTHER, "live")),
            ("the live key of the same organisation", client(OWNER, "live")),
        ];
        Self {
            owner: server.client(),
            server,
            strangers,
        }
    }

    /// The first stranger, with a sandbox connection of its own for the same end user.
    async fn connected_stranger(&self) -> &Client {
        let stranger = &self.strangers[0].1;
        stranger.connect("hubspot", "user-001", None).await;
        stranger
    }

    /// A session's token, as the widget has it, and a client that speaks with it.
    async fn session(&self, of: &Client) -> Client {
        let made = of
            .post("/connect/token", &json!({ "endUserId": "user-009" }))
            .await;
        self.server
            .client_with(made.expect(201).data()["token"].as_str().unwrap())
    }
}

/// What an answer says, without what differs between any two: ids, times and sizes.
fn said(answer: &Answer, id: &str) -> (u16, Value) {
    let mut body = answer.body.clone();
    for member in ["timestamp", "requestId"] {
        body.as_object_mut().unwrap().remove(member);
    }
    let text = body.to_string().replace(id, "ID");
    (answer.status, serde_json::from_str(&text).unwrap())
}

/// Sends the same request about an id that is somebody else's and about one that never was: nobody may tell them apart.
async fn assert_unknown(who: &str, client: &Client, method: Method, path: &str, ids: (&str, &str)) -> Answer {
    let (taken, never) = ids;
    assert_ne!(taken, never);
    let ask = async |id: &str| {
        let call = client.call(method.clone(), &path.replace("{id}", id));
        let has_body = matches!(method, Method::PUT | Method::PATCH | Method::POST);
        let call = if has_body {
            call.json(&json!({ "firstName": "Stranger" }))
        } else {
            call
        };
        call.send().await
    };
    let (foreign, unknown) = (ask(taken).await, ask(never).await);
    assert!(
        matches!(foreign.status, 401 | 403 | 404 | 409),
        "{who}: {method} {path}: {}",
        foreign.text
    );
    assert_eq!(
        said(&foreign, taken),
        said(&unknown, never),
        "{who}: {method} {path}"
    );
    foreign
}

/// The same id with its last digit changed: as long, as well-formed, and nobody's.
fn never_was(id: &str) -> String {
    let (rest, last) = id.split_at(id.len() - 1);
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

#[tokio::test]
async fn connections() {
    let walls = Walls::new();
    let listed = walls.owner.get("/connections").await.expect(200);
    let id = listed.records()[0]["id"].as_str().unwrap();
    for (who, stranger) in &walls.strangers {
        for method in [Method::GET, Method::DELETE] {
            let ids = (id, &*never_was(id));
            let answer = assert_unknown(who, stranger, method, "/connections/{id}", ids).await;
            answer.refused(404, "NOT_FOUND");
        }
        let mine = stranger.get("/connections?endUserId=user-001").await.expect(200);
        assert!(mine.records().is_empty(), "{who}: {}", mine.text);
    }
    walls.owner.get(&format!("/connections/{id}")).await.expect(200);
}

#[tokio::test]
async fn records() {
    let walls = Walls::new();
    walls.connected_stranger().await;
    let made = walls
        .owner
        .post(
            "/contact",
            &json!({ "firstName": "Mine", "email": "mine@example.com" }),
        )
        .await
        .expect(201);
    for (who, stranger) in &walls.strangers {
        let ids = (made.id(), &*never_was(made.id()));
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_unknown(who, stranger, method, "/contact/{id}", ids).await;
        }
    }
    let kept = walls
        .owner
        .get(&format!("/contact/{}", made.id()))
        .await
        .expect(200);
    assert_eq!(kept.record()["firstName"], "Mine");
}

#[tokio::test]
async fn cursors() {
    let walls = Walls::new();
    walls.connected_stranger().await;
    walls.owner.connect("hubspot", "user-002", None).await;
    let contacts = walls.owner.get("/contact?endUserId=user-001&limit=2").await;
    let connections = walls.owner.get("/connections?limit=1").await;
    let (contacts, connections) = (contacts.expect(200), connections.expect(200));
    for (who, stranger) in &walls.strangers {
        let list = format!("/connections?limit=1&cursor={}", connections.cursor().unwrap());
        stranger.get(&list).await.refused(400, "INVALID_CURSOR");
        let list = format!(
            "/contact?endUserId=user-001&limit=2&cursor={}",
            contacts.cursor().unwrap()
        );
        let refused = stranger.get(&list).await;
        assert!(
            matches!(refused.code(), "INVALID_CURSOR" | "PROVIDER_NOT_CONNECTED"),
            "{who}: {}",
            refused.text
        );
    }
    // What it says is what a cursor of one's own says in another query.
    let (_, stranger) = &walls.strangers[0];
    let own = stranger.get("/contact?limit=3").await.expect(200);
    let other_query = format!(
        "/contact?limit=3&provider=hubspot&cursor={}",
        own.cursor().unwrap()
    );
    let foreign = format!("/contact?limit=3&cursor={}", contacts.cursor().unwrap());
    assert_eq!(
        stranger
            .get(&other_query)
            .await
            .refused(400, "INVALID_CURSOR")
            .message(),
        stranger
            .get(&foreign)
            .await
            .refused(400, "INVALID_CURSOR")
            .message(),
    );
}

#[tokio::test]
async fn field_mapping_overrides() {
    let walls = Walls::new();
    let stranger = walls.connected_stranger().await;
    let place = "provider=hubspot&resourceType=contact";
    let change = json!({ "mappings": [{ "unifiedField": "phone", "providerField": "fax" }] });
    let own = |end_user: &str| format!("/field-mappings?{place}{end_user}");
    for whose in ["", "&endUserId=user-001"] {
        walls.owner.put(&own(whose), &change).await.expect(200);
        let seen = stranger.get(&own(whose)).await.expect(200);
        assert!(
            !seen.text.contains("override") && !seen.text.contains("fax"),
            "{}",
            seen.text
        );
        let path = format!("/field-mappings/contacts:v1:{{id}}?provider=hubspot{whose}");
        let ids = ("phone", "email");
        let answer = assert_unknown("a stranger", stranger, Method::DELETE, &path, ids).await;
        answer.refused(404, "NOT_FOUND");
        let kept = walls.owner.get(&own(whose)).await.expect(200);
        assert!(kept.text.contains("override"), "{}", kept.text);
    }
}

#[tokio::test]
async fn oauth_apps() {
    let walls = Walls::new();
    let stranger = &walls.strangers[0].1;
    let app = json!({ "clientId": "client-of-mine", "clientSecret": "secret-of-mine" });
    walls.owner.put("/oauth-apps/hubspot", &app).await.expect(200);
    for (_, stranger) in &walls.strangers[..2] {
        let seen = stranger.get("/oauth-apps").await.expect(200);
        assert_eq!(seen.data()["apps"], json!([]), "{}", seen.text);
        let ids = ("hubspot", "pipedrive");
        let answer = assert_unknown("a stranger", stranger, Method::DELETE, "/oauth-apps/{id}", ids).await;
        answer.refused(404, "NOT_FOUND");
    }
    let theirs = json!({ "clientId": "client-of-theirs", "clientSecret": "another" });
    stranger.put("/oauth-apps/hubspot", &theirs).await.expect(200);
    let kept = walls.owner.get("/oauth-apps").await.expect(200);
    assert_eq!(kept.data()["apps"][0]["clientId"], "client-of-mine");
}

#[tokio::test]
async fn origins() {
    let walls = Walls::new();
    let stranger = &walls.strangers[0].1;
    let mine = json!({ "origins": ["https://mine.example.com"] });
    walls.owner.put("/connect/origins", &mine).await.expect(200);
    for (who, stranger) in &walls.strangers[..2] {
        let seen = stranger.get("/connect/origins").await.expect(200);
        assert_eq!(seen.data()["origins"], json!([]), "{who}");
    }
    let theirs = json!({ "origins": ["https://theirs.example.com"] });
    stranger.put("/connect/origins", &theirs).await.expect(200);
    let kept = walls.owner.get("/connect/origins").await.expect(200);
    assert_eq!(kept.data()["origins"], mine["origins"]);
    let check = async |session: &Client, origin: &str| {
        let call = session.call(Method::GET, "//connect/session/check");
        call.header("origin", origin).send().await
    };
    let (own, other) = (walls.session(&walls.owner).await, walls.session(stranger).await);
    check(&own, "https://mine.example.com").await.expect(200);
    for (session, origin) in [
        (&own, "https://theirs.example.com"),
        (&other, "https://mine.example.com"),
    ] {
        check(session, origin).await.refused(403, "ORIGIN_NOT_ALLOWED");
    }
}

#[tokio::test]
async fn sessions_and_authorisations() {
    let walls = Walls::new();
    let session = walls.session(&walls.owner).await;
    let wish = json!({ "provider": "hubspot", "authMethod": "oauth2", "settings": {} });
    let begun = session
        .post("//connect/session/authorizations", &wish)
        .await
        .expect(201);
    let id = begun.id();
    let path = "//connect/session/authorizations/{id}";
    // Another session of the same organisation and end user is a stranger as well.
    let mut others = vec![("another session", walls.session(&walls.owner).await)];
    for (who, stranger) in &walls.strangers {
        others.push((*who, walls.session(stranger).await));
    }
    for (who, other) in &others {
        let ids = (id, &*never_was(id));
        let answer = assert_unknown(who, other, Method::GET, path, ids).await;
        answer.refused(404, "NOT_FOUND");
    }
    session.get(&path.replace("{id}", id)).await.expect(200);
    // Keys of the API and tokens of sessions are of no use in each other's place.
    for (_, key) in &walls.strangers {
        let refused = key.get(&path.replace("{id}", id)).await;
        refused.refused(401, "INVALID_CONNECT_TOKEN");
    }
    for path in ["/connections", "/contact", "/connect/origins", "/oauth-apps"] {
        session.get(path).await.refused(401, "INVALID_API_KEY");
    }
}

#[tokio::test]
async fn idempotency_keys() {
    let walls = Walls::new();
    walls.connected_stranger().await;
    let write = async |client: &Client, body: &Value| {
        let call = client.call(Method::POST, "/contact?endUserId=user-001");
        call.header("idempotency-key", "order-1").json(body).send().await
    };
    let mine = json!({ "firstName": "Mine", "email": "mine@example.com" });
    let made = write(&walls.owner, &mine).await.expect(201);
    let repeated = write(&walls.owner, &mine).await.expect(201);
    assert_eq!(repeated.header("idempotency-replayed"), "true");
    assert_eq!(repeated.id(), made.id());
    for (who, stranger) in &walls.strangers {
        let own = write(stranger, &mine).await;
        assert_eq!(own.header("idempotency-replayed"), "", "{who}: {}", own.text);
        assert_ne!(own.code(), "IDEMPOTENCY_CONFLICT", "{who}: {}", own.text);
    }
    let other = json!({ "firstName": "Theirs", "email": "theirs@example.com" });
    let (_, live) = &walls.strangers[2];
    write(live, &other).await.refused(409, "PROVIDER_NOT_CONNECTED");
}
