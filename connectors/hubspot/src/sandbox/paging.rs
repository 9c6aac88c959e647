//! `limit`, `after` and `paging`.

use routemcp_sdk::sandbox::Request;
use serde_json::{Value, json};

use crate::sandbox::error::ApiError;

const BASE: &str = "https://api.hubapi.com";

/// The `limit` of a request.
pub(crate) fn limit(request: &Request, default: u32, maximum: u32) -> Result<u32, ApiError> {
    let Some(text) = request.parameter("limit") else {
        return Ok(default);
    };
    match text.parse::<u32>() {
        Ok(limit) if (1..=maximum).contains(&limit) => Ok(limit),
        _ => Err(ApiError::validation(format!(
            "Invalid limit {text}. The limit must be between 1 and {maximum}."
        ))),
    }
}

/// The `after` of a request: the first id of the page.
pub(crate) fn after(request: &Request) -> Result<u64, ApiError> {
    match request.parameter("after") {
        None | Some("") => Ok(0),
        Some(text) => text.parse().map_err(|_| {
            ApiError::validation(format!("Invalid paging parameter after: {text} is not a cursor"))
        }),
    }
}

/// `{results, paging}`. The last page has no `paging`.
pub(crate) fn list(request: &Request, results: Vec<Value>, next: Option<u64>) -> Value {
    match next {
        None => json!({ "results": results }),
        Some(after) => {
            let mut query: Vec<(String, String)> = request
                .query
                .iter()
                .filter(|(name, _)| name != "after")
                .cloned()
                .collect();
            query.insert(0, ("after".to_owned(), after.to_string()));
            let query = routemcp_sdk::sandbox::form(&query);
            let link = format!("{BASE}{}?{query}", request.path);
            json!({ "results": results, "paging": { "next": { "after": after.to_string(), "link": link } } })
        }
    }
}
