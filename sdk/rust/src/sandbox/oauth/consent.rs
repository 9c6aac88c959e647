//! The page where an end user gives an app access, and the way back to the app.

use super::codes::Code;
use super::{AuthServer, UNKNOWN, page};
use crate::sandbox::{Request, Response, State, form};

/// Longer redirect URIs, client ids and the like are no use to anyone.
const MAX_LENGTH: usize = 2_000;

/// What is particular about a provider's consent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consent<'a> {
    /// What the page says where no scopes are asked for.
    pub without_scopes: &'a str,
    /// What the user chooses besides yes or no.
    pub choice: Option<Choice<'a>>,
    /// The redirect's `error` when the user does not agree: `access_denied` (RFC 6749, section 4.1.2.1), unless the
    /// provider has a word of its own.
    pub denied: &'a str,
    /// Parameters of the redirect beside `code` and `state`.
    pub with_code: Vec<(&'a str, String)>,
}

/// Something that the user chooses: what the tokens will be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'a> {
    /// The form's field.
    pub name: &'a str,
    /// What people call it.
    pub label: &'a str,
    /// Id and name of each possibility; the first is chosen at first.
    pub options: &'a [(&'a str, &'a str)],
}

/// What the app asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) client: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    state: Option<String>,
    challenge: Option<String>,
}

impl AuthServer {
    /// Answers at the authorise URL: GET shows the page, POST takes the answer of its form and leads back to the app. A
    /// request that cannot be trusted to lead back gets a page that says why.
    pub fn authorize(
        &self,
        request: &Request,
        state: &mut dyn State,
        consent: &Consent<'_>,
        now_ms: u64,
    ) -> Response {
        let asked = match Asked::parse(request) {
            Ok(asked) => asked,
            Err(problem) => return page::problem(self.provider, problem),
        };
        match request.method.as_str() {
            "GET" | "HEAD" => page::consent(self.provider, &asked, consent, &form(&request.query)),
            "POST" => self.answered(request, state, consent, asked, now_ms),
            _ => Response::empty(405).header("allow", "GET, POST"),
        }
    }

    fn answered(
        &self,
        request: &Request,
        state: &mut dyn State,
        consent: &Consent<'_>,
        asked: Asked,
        now_ms: u64,
    ) -> Response {
        let mut answer: Vec<(String, String)> = Vec::new();
        match request.field("decision").as_str() {
            "allow" => {
                let Ok(choice) = chosen(request, consent) else {
                    return page::problem(self.provider, "what was chosen is not on the list");
                };
                let code = Code {
                    client: asked.client,
                    redirect_uri: asked.redirect_uri.clone(),
                    challenge: asked.challenge,
                    choice,
                    expires_at_ms: now_ms.saturating_add(self.code_lifetime_ms),
                };
                let code = code.keep(state, self.tokens.prefix, now_ms);
                answer.push(("code".to_owned(), code));
                let more = consent.with_code.iter();
                answer.extend(more.map(|(name, value)| ((*name).to_owned(), value.clone())));
            }
            "deny" => answer.push(("error".to_owned(), consent.denied.to_owned())),
            _ => return page::problem(self.provider, "the form has to say allow or deny"),
        }
        answer.extend(asked.state.map(|state| ("state".to_owned(), state)));
        let separator = if asked.redirect_uri.contains('?') {
            '&'
        } else {
            '?'
        };
        let back = format!("{}{separator}{}", asked.redirect_uri, form(&answer));
        page::guarded(Response::empty(302)).header("location", back)
    }
}

/// What was chosen, where there is a choice.
fn chosen(request: &Request, consent: &Consent<'_>) -> Result<Option<String>, ()> {
    let Some(choice) = consent.choice else {
        return Ok(None);
    };
    let given = request.field(choice.name);
    let known = choice.options.iter().any(|(id, _)| *id == given);
    if known { Ok(Some(given)) } else { Err(()) }
}

impl Asked {
    /// What is wrong is said to the user, for whoever wrote the app: nothing leads back to an app that is not known, or to
    /// an address that is none.
    fn parse(request: &Request) -> Result<Self, &'static str> {
        let parameter = |name: &str| request.parameter(name).filter(|value| !value.is_empty());
        if request.query.iter().any(|(_, value)| value.len() > MAX_LENGTH) {
            return Err("a parameter is longer than 2,000 bytes");
        }
        let client = parameter("client_id").ok_or("the parameter client_id is missing")?;
        if client == UNKNOWN {
            return Err("there is no app with this client_id");
        }
        let redirect_uri = parameter("redirect_uri").ok_or("the parameter redirect_uri is missing")?;
        if !leads_back(redirect_uri) {
            return Err("redirect_uri must be an absolute http or https URL without a fragment");
        }
        if parameter("response_type").is_some_and(|kind| kind != "code") {
            return Err("response_type must be code");
        }
        let challenge = parameter("code_challenge");
        let length = challenge.map_or(43, str::len);
        if challenge.is_some() && parameter("code_challenge_method") != Some("S256") {
            return Err("code_challenge_method must be S256");
        }
        if length != 43 {
            return Err("code_challenge must be the 43 characters of a SHA-256 in base64url");
        }
        let scopes = parameter("scope").unwrap_or_default();
        Ok(Self {
            client: client.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            scopes: scopes
                .split([' ', ','])
                .filter(|scope| !scope.is_empty())
                .map(str::to_owned)
                .collect(),
            state: parameter("state").map(str::to_owned),
            challenge: challenge.map(str::to_owned),
        })
    }
}

/// Whether a browser can be sent there, and nothing but a parameter can be added to it.
fn leads_back(redirect_uri: &str) -> bool {
    let rest = redirect_uri
        .strip_prefix("https://")
        .or_else(|| redirect_uri.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&byte);
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        !host.is_empty() && !host.contains('@') && rest.bytes().all(plain)
    })
}
