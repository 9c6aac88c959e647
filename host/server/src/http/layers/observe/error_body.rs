//! Gives errors their bodies.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::http::error::ApiError;

/// Gives an error its body; answers of our own routes otherwise pass unchanged.
pub(super) fn write(mut response: Response, path: &str, request_id: &str) -> Response {
    let error = match response.extensions_mut().remove::<ApiError>() {
        Some(error) => error,
        // Our handlers answer 400 with an error or a page: the router could not decode the path.
        None if response.status() == StatusCode::BAD_REQUEST && !is_page(&response) => {
            ApiError::invalid("path", "is not UTF-8 when decoded")
        }
        None => return response,
    };
    let extensions = std::mem::take(response.extensions_mut());
    let mut headers = std::mem::take(response.headers_mut());
    headers.remove(http::header::CONTENT_TYPE);
    let mut rendered = (response.status(), Json(error.body(path, request_id))).into_response();
    *rendered.extensions_mut() = extensions;
    rendered
        .headers_mut()
        .extend(headers.into_iter().filter_map(|(name, value)| {
            // The empty answer that carried the error had a length of zero.
            name.filter(|name| name != http::header::CONTENT_LENGTH)
                .map(|name| (name, value))
        }));
    rendered
}

fn is_page(response: &Response) -> bool {
    let content_type = response.headers().get(http::header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}
