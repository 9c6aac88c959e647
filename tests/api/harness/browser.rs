//! A browser as far as a round trip through a provider goes: cookies, redirects one by one, and the forms of a page.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use http::{HeaderMap, Method, header};
use url::{Url, form_urlencoded};

use super::http;

/// An end user's browser. Each has its own cookies.
pub(crate) struct Browser {
    http: reqwest::Client,
    /// By host: as in real browsers, ports share them.
    cookies: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

/// What a request was answered with. A redirect is not followed by itself.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self {
            http: http(),
            cookies: Mutex::default(),
        }
    }

    pub(crate) async fn get(&self, url: &str) -> Page {
        self.send(Method::GET, &Url::parse(url).unwrap(), None).await
    }

    /// Posts a form.
    pub(crate) async fn post(&self, url: &str, fields: &[(String, String)]) -> Page {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(Method::POST, &Url::parse(url).unwrap(), Some(form))
            .await
    }

    /// Presses one of a page's buttons `decision`, with whatever its form has chosen at first.
    pub(crate) async fn press(&self, page: &Page, decision: &str) -> Page {
        let (action, mut fields) = page.form();
        fields.push(("decision".to_owned(), decision.to_owned()));
        self.post(action.as_str(), &fields).await
    }

    /// Goes where a page sends it.
    pub(crate) async fn follow(&self, page: &Page) -> Page {
        self.get(page.location().as_str()).await
    }

    async fn send(&self, method: Method, url: &Url, form: Option<String>) -> Page {
        let mut request = self.http.request(method, url.clone());
        if let Some(cookies) = self.cookies_for(url) {
            request = request.header(header::COOKIE, cookies);
        }
        if let Some(form) = form {
            request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form);
        }
        let response = request.send().await.unwrap();
        let page = Page {
            url: url.clone(),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        };
        assert_ne!(page.status, 500, "no input may lead to a 500: {page:?}");
        self.keep_cookies(&page);
        page
    }

    fn cookies_for(&self, url: &Url) -> Option<String> {
        let jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let cookies = jar.get(url.host_str()?)?;
        let pairs = cookies.iter().map(|(name, value)| format!("{name}={value}"));
        (!cookies.is_empty()).then(|| pairs.collect::<Vec<_>>().join("; "))
    }

    fn keep_cookies(&self, page: &Page) {
        let mut jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let jar = jar.entry(page.url.host_str().unwrap().to_owned()).or_default();
        for cookie in page.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Page {
    /// Passes it on if the status is this one.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// A header as text; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default()
    }

    /// Where it redirects to.
    pub(crate) fn location(&self) -> Url {
        assert_eq!(self.status, 302, "{self:?}");
        self.url.join(self.header("location")).unwrap()
    }

    /// A parameter of the place that it redirects to.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location();
        let mut pairs = location.query_pairs();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Address and first state of the one form.
    fn form(&self) -> (Url, Vec<(String, String)>) {
        let forms: Vec<&str> = self.text.split("<form ").skip(1).collect();
        assert_eq!(forms.len(), 1, "{self:?}");
        let (form, _) = forms[0].split_once("</form>").unwrap();
        let (opening, inside) = form.split_once('>').unwrap();
        assert_eq!(attribute(opening, "method").as_deref(), Some("post"), "{opening}");
        let action = attribute(opening, "action").unwrap_or_default();
        let inputs = inside.split("<input ").skip(1);
        let inputs = inputs.map(|input| input.split_once('>').unwrap().0);
        let chosen = inputs.filter(|input| input.contains(" checked") || input.contains("\"hidden\""));
        let fields = chosen.map(|input| {
            (
                attribute(input, "name").unwrap(),
                attribute(input, "value").unwrap(),
            )
        });
        (self.url.join(&action).unwrap(), fields.collect())
    }
}

/// An attribute of a tag, with character references read.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let value = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(value.to_owned(), |value, (reference, character)| {
        value.replace(reference, character)
    });
    Some(value)
}
