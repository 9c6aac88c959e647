//! The window that goes to the provider and comes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use oauth2::CsrfToken;
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use super::assets::callback_page;
use crate::app::App;
use crate::connect::authorization;
use crate::connect::callback::{Redirect, complete};
use crate::flow::connected::known_provider;
use crate::http::error::ApiError;

/// Names the browser, so that an address to come back to is of no use in another one.
const COOKIE: &str = "routemcp_browser";
const SECURE_COOKIE: &str = "__Host-routemcp_browser";
/// As long as an authorisation may take, in seconds.
const COOKIE_AGE: u32 = 600;

/// `GET /connect/launch/{id}`
pub(crate) async fn launch(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // A link that somebody passed on must not send another person to the provider, nor may a preview use it up.
    if method == Method::HEAD || !is_from_widget(&headers) {
        let message = "Open this from the product that you want to connect.";
        return Ok(callback_page(StatusCode::FORBIDDEN, "Not from here", message));
    }
    let browser = browser(&headers, cookie_name(&app))
        .unwrap_or_else(|| CsrfToken::new_random().secret().as_str().into());
    let Some(url) = authorization::launch(&app, &id.into(), &browser).await? else {
        let message = "This window was opened already, or too late. Try again where you came from.";
        return Ok(callback_page(StatusCode::GONE, "Start again", message));
    };
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::LOCATION,
        HeaderValue::from_str(url.as_str()).map_err(ApiError::internal)?,
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::SET_COOKIE, cookie(&app, &browser)?);
    Ok(response)
}

/// Browsers say where a navigation began. The widget's page is on our own origin.
fn is_from_widget(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_none_or(|site| site.as_bytes() == b"same-origin")
}

/// With https the name tells browsers to take it from this host only, so that no neighbour can plant one.
fn cookie_name(app: &App) -> &'static str {
    let is_https = app.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    if is_https { SECURE_COOKIE } else { COOKIE }
}

fn cookie(app: &App, browser: &SecretString) -> Result<HeaderValue, ApiError> {
    let name = cookie_name(app);
    let secure = if name == SECURE_COOKIE { "; Secure" } else { "" };
    // Lax: the provider's redirect is a navigation from another site.
    let text = format!(
        "{name}={}; Path=/; Max-Age={COOKIE_AGE}; HttpOnly; SameSite=Lax{secure}",
        browser.expose_secret()
    );
    let mut value = HeaderValue::from_str(&text).map_err(ApiError::internal)?;
    value.set_sensitive(true);
    Ok(value)
}

fn browser(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, value)| *known == name && is_ours(value))
        .map(|(_, value)| value.into())
}

/// 16 random bytes in base64url, as the `oauth2` crate makes them.
fn is_ours(value: &str) -> bool {
    (20..=64).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// `GET /api/v1/auth/callback`
pub(crate) async fn callback(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let query: BTreeMap<String, String> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    let redirect = Redirect {
        query,
        browser: browser(&headers, cookie_name(&app)),
    };
    match complete(Arc::clone(&app), redirect).await {
        Ok(connection) => {
            let provider = known_provider(&app, &connection.provider)
                .map_or(connection.provider, |connector| connector.manifest().name.clone());
            let message = format!("{provider} is connected.");
            callback_page(StatusCode::OK, "Connected", &message)
        }
        Err(failure) => callback_page(StatusCode::BAD_REQUEST, "Not connected", &failure.message),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};
    use secrecy::ExposeSecret;

    use super::browser;

    #[test]
    fn only_a_cookie_of_ours_names_a_browser() {
        let good = "routemcp_browser=abcdefghijklmnopqrstuv";
        for (cookies, expected) in [
            (good.to_owned(), Some("abcdefghijklmnopqrstuv")),
            (format!("a=b; {good}; c=d"), Some("abcdefghijklmnopqrstuv")),
            ("routemcp_browser=short".to_owned(), None),
            ("routemcp_browser=abcdefghijklmnopq\"; x=y".to_owned(), None),
            ("other=abcdefghijklmnopqrstuv".to_owned(), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(&cookies).unwrap());
            let found = browser(&headers, super::COOKIE);
            assert_eq!(
                found.as_ref().map(ExposeSecret::expose_secret),
                expected,
                "{cookies}"
            );
        }
    }
}
