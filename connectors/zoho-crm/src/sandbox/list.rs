//! Lists and single records.

use std::collections::BTreeSet;

use routemcp_sdk::sandbox::{Request, Response};
use routemcp_sdk::time::from_iso;
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::schema::Type;
use crate::sandbox::store::{self, Entry};
use crate::sandbox::token::{PageToken, fingerprint};
use crate::sandbox::{Call, time};

pub(crate) const MAX_PER_PAGE: u32 = 200;
/// Page numbers reach up to this record.
const MAX_BY_NUMBER: usize = 2_000;
const MAX_FIELDS: usize = 50;
/// What Zoho's API description says of `fields` and `ids`.
const MAX_PARAMETER_LENGTH: usize = 1_024;

pub(crate) fn get(call: &Call<'_>, of: Type, id: &str) -> Outcome {
    let names = fields(call.request)?;
    let Some(record) = store::by_text(call.state, of, id) else {
        return Ok(Response::empty(204));
    };
    let record = if names.is_empty() {
        record.whole(of)
    } else {
        record.with_fields(of, &names)
    };
    Ok(Response::json(200, &json!({ "data": [record] })))
}

pub(crate) fn list(call: &Call<'_>, of: Type) -> Outcome {
    let names = fields(call.request)?;
    if names.is_empty() {
        return Err(ApiError::missing_parameter("fields"));
    }
    let order = Order::of(call.request)?;
    let per_page = number(call.request, "per_page", MAX_PER_PAGE, MAX_PER_PAGE)? as usize;
    let bound_to = bound_to(call.request, of, per_page);
    let offset = offset(call, per_page, bound_to)?;
    let mut entries = entries(call, of)?;
    if entries.is_empty() && call.request.header("if-modified-since").is_some() {
        return Ok(Response::empty(304));
    }
    order.sort(&mut entries);
    let shown = entries.iter().skip(offset).take(per_page);
    let data: Vec<Value> = shown
        .filter_map(|entry| Some(store::get(call.state, of, entry.id)?.with_fields(of, &names)))
        .collect();
    if data.is_empty() {
        return Ok(Response::empty(204));
    }
    let mut info = json!({
        "per_page": per_page, "count": data.len(), "page": offset / per_page + 1,
        "sort_by": order.by, "sort_order": order.name(), "more_records": entries.len() > offset + per_page,
    });
    add_tokens(&mut info, entries.len(), offset, per_page, bound_to, call.now_ms);
    Ok(Response::json(200, &json!({ "data": data, "info": info })))
}

/// A token that there is none of is left out. Zoho is also seen writing null.
fn add_tokens(info: &mut Value, count: usize, offset: usize, per_page: usize, bound_to: u64, now_ms: u64) {
    let Value::Object(info) = info else { return };
    let mut add = |name: &str, offset| {
        info.insert(
            name.to_owned(),
            PageToken::new(offset, bound_to, now_ms).to_text().into(),
        );
    };
    let (more, earlier) = (count > offset + per_page, offset > 0);
    if more {
        add("next_page_token", offset + per_page);
    }
    if earlier {
        add("previous_page_token", offset.saturating_sub(per_page));
    }
    if more || earlier {
        let expires_ms = PageToken::new(0, bound_to, now_ms).expires_ms;
        let expiry = time::to_zoho(i64::try_from(expires_ms).unwrap_or(i64::MAX));
        info.insert("page_token_expiry".to_owned(), expiry.into());
    }
}

/// The names in `fields`, which are as many as Zoho takes.
fn fields(request: &Request) -> Result<Vec<&str>, ApiError> {
    let names = request.list("fields");
    let length = request.parameter("fields").map_or(0, str::len);
    if names.len() > MAX_FIELDS || length > MAX_PARAMETER_LENGTH {
        let details = json!({ "param_name": "fields", "limit": MAX_FIELDS, "resource_path_index": 0 });
        return Err(ApiError::new(
            400,
            "LIMIT_EXCEEDED",
            "cannot process more than 50 fields",
            details,
        ));
    }
    Ok(names)
}

/// A parameter from 1 to `maximum`.
pub(crate) fn number(request: &Request, name: &str, default: u32, maximum: u32) -> Result<u32, ApiError> {
    let Some(text) = request.parameter(name) else {
        return Ok(default);
    };
    match text.parse() {
        Ok(number) if (1..=maximum).contains(&number) => Ok(number),
        _ => Err(ApiError::bad_parameter(name)),
    }
}

fn offset(call: &Call<'_>, per_page: usize, bound_to: u64) -> Result<usize, ApiError> {
    match (
        call.request.parameter("page"),
        call.request.parameter("page_token"),
    ) {
        (Some(_), Some(_)) => {
            let details = json!({ "ambiguity_due_to": ["page", "page_token"], "resource_path_index": 0 });
            Err(ApiError::new(
                400,
                "AMBIGUITY_DURING_PROCESSING",
                "page and page_token cannot come together",
                details,
            ))
        }
        (None, Some(token)) => PageToken::check(token, bound_to, call.now_ms),
        _ => {
            let page = number(call.request, "page", 1, u32::MAX)? as usize;
            if page.saturating_mul(per_page) > MAX_BY_NUMBER {
                let details = json!({ "limit": MAX_BY_NUMBER, "resource_path_index": 0 });
                let message = "a page number reaches record 2000 only; use page_token";
                return Err(ApiError::new(
                    400,
                    "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
                    message,
                    details,
                ));
            }
            Ok((page - 1) * per_page)
        }
    }
}

/// Everything that has to stay the same while tokens are used.
fn bound_to(request: &Request, of: Type, per_page: usize) -> u64 {
    let per_page = per_page.to_string();
    let since = request.header("if-modified-since").unwrap_or_default();
    let named = ["fields", "sort_by", "sort_order", "ids", "converted", "cvid"];
    let values = named.map(|name| request.parameter(name).unwrap_or_default());
    let parts: Vec<&str> = [of.name(), &per_page, since].into_iter().chain(values).collect();
    fingerprint(&parts)
}

fn entries(call: &Call<'_>, of: Type) -> Result<Vec<Entry>, ApiError> {
    let mut entries = store::entries(call.state, of);
    if let Some(ids) = call.request.parameter("ids") {
        if ids.len() > MAX_PARAMETER_LENGTH {
            return Err(ApiError::bad_parameter("ids"));
        }
        let ids = call
            .request
            .list("ids")
            .into_iter()
            .filter_map(|id| id.parse().ok());
        let ids: BTreeSet<u64> = ids.collect();
        entries.retain(|entry| ids.contains(&entry.id));
    }
    if let Some(since) = call.request.header("if-modified-since") {
        let since = from_iso(since).ok_or_else(|| ApiError::bad_parameter("If-Modified-Since"))?;
        entries.retain(|entry| entry.modified_ms >= since);
    }
    // No lead was converted here.
    if call.request.parameter("converted") == Some("true") {
        entries.clear();
    }
    Ok(entries)
}

struct Order<'a> {
    by: &'a str,
    descending: bool,
}

impl<'a> Order<'a> {
    fn of(request: &'a Request) -> Result<Self, ApiError> {
        let by = request.parameter("sort_by").unwrap_or("id");
        if !["id", "Created_Time", "Modified_Time"].contains(&by) {
            return Err(ApiError::bad_parameter("sort_by"));
        }
        match request.parameter("sort_order") {
            None | Some("desc") => Ok(Self { by, descending: true }),
            Some("asc") => Ok(Self {
                by,
                descending: false,
            }),
            Some(_) => Err(ApiError::bad_parameter("sort_order")),
        }
    }

    fn name(&self) -> &'static str {
        if self.descending { "desc" } else { "asc" }
    }

    /// Entries come in the order of their ids, which stays among equals.
    fn sort(&self, entries: &mut [Entry]) {
        entries.sort_by_key(|entry| match self.by {
            "Created_Time" => (entry.created_ms, entry.id),
            "Modified_Time" => (entry.modified_ms, entry.id),
            _ => (0, entry.id),
        });
        if self.descending {
            entries.reverse();
        }
    }
}
