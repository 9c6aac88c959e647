//! `/metrics`, in the Prometheus text format.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use crate::app::App;
use crate::measures;

/// All metrics of this process.
pub(crate) async fn render(State(app): State<Arc<App>>) -> Response {
    measures::look(&app);
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        app.metrics.render(),
    )
        .into_response()
}
