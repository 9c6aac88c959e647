//! A stand-in for HubSpot that keeps books of its tokens, and does at the token URL what a test says.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::harness::{Client, Provider, Received, Reply};

/// What the token URL does with its answer before it is sent, or instead of it.
type Manner = dyn Fn(Reply) -> Reply + Send + Sync;

/// The provider.
pub(super) struct StandIn {
    pub(super) provider: Provider,
    books: Arc<Books>,
}

struct Books {
    tokens: Mutex<Tokens>,
    rotates: bool,
    manner: Mutex<Box<Manner>>,
}

#[derive(Default)]
struct Tokens {
    issued: u64,
    access: BTreeSet<String>,
    refresh: BTreeSet<String>,
}

impl StandIn {
    /// One whose refresh tokens die when they are used, or one whose do not.
    pub(super) async fn start(rotates: bool) -> Self {
        let books = Arc::new(Books {
            tokens: Mutex::default(),
            rotates,
            manner: Mutex::new(Box::new(|reply| reply)),
        });
        let script = Arc::clone(&books);
        let provider = Provider::start(move |request| script.answer(request)).await;
        Self { provider, books }
    }

    /// What the token URL does from now on. Its books are changed before.
    pub(super) fn set_manner(&self, manner: impl Fn(Reply) -> Reply + Send + Sync + 'static) {
        *lock(&self.books.manner) = Box::new(manner);
    }

    /// Requests to the token URL so far.
    pub(super) fn asked(&self) -> usize {
        let received = self.provider.received();
        received.iter().filter(|request| is_token(request)).count()
    }

    /// Imports a connection whose access token has expired and whose refresh token is good: its id.
    pub(super) async fn import_expired(&self, product: &Client, end_user: &str) -> String {
        let refresh_token = lock(&self.books.tokens).new_refresh();
        let body = json!({
            "provider": "hubspot", "endUserId": end_user, "authMethod": "oauth2", "token": "expired",
            "refreshToken": refresh_token, "expiresAt": "2026-01-01T00:00:00Z",
        });
        product
            .post("/connections", &body)
            .await
            .expect(201)
            .id()
            .to_owned()
    }

    /// `SLUG=URL`, for `--provider-base-url`.
    pub(super) fn arguments(&self) -> [String; 2] {
        [
            "--provider-base-url".to_owned(),
            format!("hubspot={}", self.provider.url()),
        ]
    }
}

/// Whether a request is one to the token URL.
pub(super) fn is_token(request: &Received) -> bool {
    request.path.ends_with("/token")
}

impl Books {
    fn answer(&self, request: &Received) -> Reply {
        if is_token(request) {
            let reply = self.token(request);
            return lock(&self.manner)(reply);
        }
        let token = request.header("authorization").trim_start_matches("Bearer ");
        if !lock(&self.tokens).access.contains(token) {
            return Reply::json(401, &json!({ "message": "not a token of ours" }));
        }
        let contact = json!({ "id": "101", "properties": { "firstname": "Here" },
            "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-02T00:00:00.000Z", "archived": false });
        Reply::json(200, &json!({ "results": [contact] }))
    }

    fn token(&self, request: &Received) -> Reply {
        let mut tokens = lock(&self.tokens);
        let field = |name: &str| {
            let mut pairs = form_urlencoded::parse(request.body.as_bytes());
            pairs
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        match field("grant_type").as_str() {
            "authorization_code" => Reply::json(200, &tokens.pair(None)),
            "refresh_token" => {
                let given = field("refresh_token");
                let good = if self.rotates {
                    tokens.refresh.remove(&given)
                } else {
                    tokens.refresh.contains(&given)
                };
                if !good {
                    return Reply::json(
                        400,
                        &json!({ "error": "invalid_grant", "error_description": "used or unknown" }),
                    );
                }
                Reply::json(200, &tokens.pair((!self.rotates).then_some(given)))
            }
            other => panic!("no such grant: {other}"),
        }
    }
}

impl Tokens {
    /// The refresh token is a new one, unless one is given.
    fn pair(&mut self, refresh_token: Option<String>) -> Value {
        let refresh_token = refresh_token.unwrap_or_else(|| self.new_refresh());
        self.issued += 1;
        let access_token = format!("access-{}", self.issued);
        self.access.insert(access_token.clone());
        json!({ "access_token": access_token, "refresh_token": refresh_token, "expires_in": 1_800, "token_type": "bearer" })
    }

    fn new_refresh(&mut self) -> String {
        self.issued += 1;
        let token = format!("refresh-{}", self.issued);
        self.refresh.insert(token.clone());
        token
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
