//! What the widget's frame does: asks for its session, begins authorisations, hands tokens over, and polls.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Answer, Browser, Client, Page};

/// The widget of one session.
pub(crate) struct Widget {
    pub(crate) frame: Client,
    pub(crate) token: String,
    base: String,
}

/// An authorisation that was begun.
pub(crate) struct Attempt {
    pub(crate) id: String,
    /// Where the window is sent first.
    pub(crate) launch: String,
}

impl Widget {
    /// The product asks for a session of this end user, and opens the widget with it.
    pub(crate) async fn open(product: &Client, end_user: &str) -> Self {
        Self::open_with(product, &json!({ "endUserId": end_user })).await
    }

    /// The same with a body of one's own.
    pub(crate) async fn open_with(product: &Client, body: &Value) -> Self {
        let session = product.post("/connect/token", body).await.expect(201);
        let token = session.data()["token"].as_str().unwrap().to_owned();
        assert!(token.starts_with("ct_"), "{token}");
        Self {
            frame: Client::new(product.base(), Some(&token)),
            token,
            base: product.base().to_owned(),
        }
    }

    /// `GET /connect/session`, which has to succeed.
    pub(crate) async fn session(&self) -> Value {
        self.frame
            .get("//connect/session")
            .await
            .expect(200)
            .record()
            .clone()
    }

    /// The session's id, as the SDK learns it.
    pub(crate) async fn id(&self) -> String {
        let checked = self.frame.get("//connect/session/check").await.expect(200);
        checked.record()["sessionId"].as_str().unwrap().to_owned()
    }

    /// Asks for an authorisation by OAuth, whatever comes of it.
    pub(crate) async fn authorize(&self, provider: &str) -> Answer {
        let body = json!({ "provider": provider, "authMethod": "oauth2" });
        self.frame.post("//connect/session/authorizations", &body).await
    }

    /// Begins an authorisation by OAuth.
    pub(crate) async fn begin(&self, provider: &str) -> Attempt {
        let begun = self.authorize(provider).await.expect(201);
        self.attempt(&begun)
    }

    /// What a `POST /connect/session/authorizations` has begun.
    pub(crate) fn attempt(&self, begun: &Answer) -> Attempt {
        let launch = begun.record()["launchUrl"].as_str().unwrap();
        Attempt {
            id: begun.id().to_owned(),
            launch: format!("{}{launch}", self.base),
        }
    }

    /// How an authorisation stands.
    pub(crate) async fn look(&self, attempt: &Attempt) -> Value {
        let path = format!("//connect/session/authorizations/{}", attempt.id);
        self.frame.get(&path).await.expect(200).record().clone()
    }

    /// Polls until an authorisation is over.
    pub(crate) async fn outcome(&self, attempt: &Attempt) -> Value {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let shown = self.look(attempt).await;
            if shown["status"] != "pending" {
                return shown;
            }
            assert!(Instant::now() < deadline, "it does not end: {shown}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Hands over a token that the end user copied.
    pub(crate) async fn submit(&self, provider: &str, method: &str, token: &str, settings: Value) -> Answer {
        let body =
            json!({ "provider": provider, "authMethod": method, "token": token, "settings": settings });
        self.frame.post("//connect/session/connections", &body).await
    }

    /// The whole round trip in a new browser, with an end user who agrees: the new connection.
    pub(crate) async fn connect(&self, provider: &str) -> Value {
        let browser = Browser::new();
        let attempt = self.begin(provider).await;
        let page = attempt.agree(&browser).await;
        let outcome = self.outcome(&attempt).await;
        assert_eq!(outcome["status"], "succeeded", "{outcome} {page:?}");
        page.expect(200);
        outcome["connection"].clone()
    }
}

impl Attempt {
    /// Opens the window, as far as the provider's consent page.
    pub(crate) async fn consent_page(&self, browser: &Browser) -> Page {
        let launched = browser.get(&self.launch).await.expect(302);
        browser.follow(&launched).await.expect(200)
    }

    /// Opens the window and presses a button of the consent page, which leads to the redirect back.
    pub(crate) async fn decide(&self, browser: &Browser, decision: &str) -> Page {
        let consent = self.consent_page(browser).await;
        browser.press(&consent, decision).await.expect(302)
    }

    /// The end user agrees, and the browser comes back to the callback page.
    pub(crate) async fn agree(&self, browser: &Browser) -> Page {
        let redirect = self.decide(browser, "allow").await;
        browser.follow(&redirect).await
    }
}
