//! The widget's files, which are part of this binary, and the two pages among them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::connect::origins;
use crate::http::error::{ApiError, Code};

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

macro_rules! asset {
    ($path:literal, $kind:expr) => {
        (
            concat!("/connect/", $path),
            $kind,
            include_str!(concat!("../../../../../widget/", $path)),
        )
    };
}

/// Path, media type, content.
const FILES: [(&str, &str, &str); 19] = [
    asset!("sdk.js", JAVASCRIPT),
    asset!("sdk.d.ts", "text/plain; charset=utf-8"),
    asset!("frame.css", CSS),
    asset!("frame.js", JAVASCRIPT),
    asset!("frame/api.js", JAVASCRIPT),
    asset!("frame/authorisation.js", JAVASCRIPT),
    asset!("frame/dom.js", JAVASCRIPT),
    asset!("frame/field.js", JAVASCRIPT),
    asset!("frame/flow.js", JAVASCRIPT),
    asset!("frame/form.js", JAVASCRIPT),
    asset!("frame/host.js", JAVASCRIPT),
    asset!("frame/keyboard.js", JAVASCRIPT),
    asset!("frame/messages.js", JAVASCRIPT),
    asset!("frame/screen.js", JAVASCRIPT),
    asset!("frame/views/ends.js", JAVASCRIPT),
    asset!("frame/views/picker.js", JAVASCRIPT),
    asset!("frame/views/provider.js", JAVASCRIPT),
    asset!("frame/views/waiting.js", JAVASCRIPT),
    asset!("callback.js", JAVASCRIPT),
];

const FRAME: &str = include_str!("../../../../../widget/frame.html");
const CALLBACK: &str = include_str!("../../../../../widget/callback.html");

/// A route for each file.
pub(super) fn routes() -> Router<Arc<App>> {
    FILES
        .into_iter()
        .fold(Router::new(), |router, (path, kind, content)| {
            router.route(path, get(move || async move { file(kind, content) }))
        })
}

fn file(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // A page of another origin loads the SDK, also one that isolates itself (COEP).
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
        // Short, so that a page gets the widget of the server that it talks to soon after an update.
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, content).into_response()
}

/// Parameters of the widget's page.
#[derive(Deserialize)]
pub(crate) struct Frame {
    session: Option<String>,
    provider: Option<String>,
}

/// `GET /connect/frame?session=…&provider=…`: the widget's page. The session's id is no secret; it says whose pages may
/// hold the frame.
pub(crate) async fn frame(
    State(app): State<Arc<App>>,
    Query(wanted): Query<Frame>,
) -> Result<Response, ApiError> {
    let id = wanted.session.unwrap_or_default();
    let session = app.store.connect_session(&id.into()).await?;
    let session = session.ok_or_else(|| ApiError::new(Code::NotFound, "There is no such session."))?;
    let allowed = app.store.allowed_origins(&session.organisation_id).await?;
    let config = json!({ "origins": allowed, "provider": wanted.provider });
    // `<` could end the script element that the JSON stands in.
    let config = config.to_string().replace('<', "\\u003c");
    page(
        StatusCode::OK,
        FRAME.replace("__FRAME_CONFIG__", &config),
        &origins::policy(&allowed),
    )
}

/// The page in the window that came back from the provider. Both texts are shown as they are.
pub(super) fn callback_page(status: StatusCode, title: &str, message: &str) -> Response {
    let html = CALLBACK
        .replace("__TITLE__", &escaped(title))
        .replace("__MESSAGE__", &escaped(message));
    page(status, html, &origins::policy(&[])).into_response()
}

fn page(status: StatusCode, html: String, policy: &str) -> Result<Response, ApiError> {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = HeaderValue::from_str(policy).map_err(ApiError::internal)?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn escaped(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '\'' => "&#39;".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{FILES, escaped};

    fn files_below(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| {
                if path.is_dir() {
                    files_below(&path)
                } else {
                    vec![path]
                }
            })
            .collect()
    }

    #[test]
    fn every_file_of_the_widget_is_served() {
        let widget = Path::new(env!("CARGO_MANIFEST_DIR")).join("../widget");
        for file in files_below(&widget) {
            let name = file.strip_prefix(&widget).unwrap().to_str().unwrap().to_owned();
            // Pages are filled in by their handlers.
            let is_page = name.ends_with(".html");
            let path = format!("/connect/{name}");
            assert!(
                is_page || FILES.iter().any(|(known, ..)| *known == path),
                "{name}"
            );
        }
    }

    #[test]
    fn what_stands_in_a_page_is_text() {
        assert_eq!(escaped("<b a=\"'\">&"), "&lt;b a=&quot;&#39;&quot;&gt;&amp;");
    }
}
