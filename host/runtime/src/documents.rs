//! Turns what a connector returned into records, and checks it against the contract.

use routemcp_unified::json::{Budget, Document as Body, JsonError, Node};
use serde_json::Value;
use wasmtime::component::Resource;

use crate::bindings::exports::routemcp::connector::connector::{Document, Documents, Page as GuestPage};
use crate::bindings::routemcp::connector::types::Failure as GuestFailure;
use crate::call::Page;
use crate::error::{CallError, Failure, LimitExceeded};
use crate::imports::StoredResponse;
use crate::records::{Problem, Records};
use crate::state::CallState;

/// The longest message taken over from a connector or provider, in characters.
const MESSAGE_LENGTH: usize = 500;
/// The longest cursor taken from a connector, in bytes. It travels in the URL of the next page.
const CURSOR_LENGTH: usize = 2_000;

/// The records of a page, in order.
pub(crate) fn page(state: &mut CallState, page: GuestPage, limit: u32) -> Result<Page, CallError> {
    let records = match page.records {
        Documents::At((response, pointers)) => records_at(body(state, response)?, &pointers, limit)?,
        Documents::Values(texts) => records_in(&mut state.json, &texts, limit)?,
    };
    checked(records, page.next)
}

/// A page, if its cursor is no longer than one may be.
pub(crate) fn checked(records: Records, next: Option<String>) -> Result<Page, CallError> {
    match next {
        Some(next) if next.len() > CURSOR_LENGTH => Err(CallError::Contract(format!(
            "the cursor has more than {CURSOR_LENGTH} bytes"
        ))),
        next => Ok(Page { records, next }),
    }
}

fn too_many(got: usize, limit: u32) -> CallError {
    CallError::Contract(format!(
        "{got} records were returned where at most {limit} were asked for"
    ))
}

/// One record.
pub(crate) fn record(state: &mut CallState, document: Document) -> Result<Value, CallError> {
    match document {
        Document::Value(text) => parse(&mut state.json, &text),
        Document::At((response, pointer)) => record_at(&body(state, response)?, &pointer),
    }
}

/// A failure with its texts cut and cleaned: they come from outside and end up in logs and answers.
pub(crate) fn failure(failure: GuestFailure) -> Failure {
    let fields = failure.fields.into_iter().take(100);
    Failure {
        kind: clean_text(&failure.kind, 40),
        message: clean_text(&failure.message, MESSAGE_LENGTH),
        status: failure.status,
        retry_after: failure.retry_after_ms.map(std::time::Duration::from_millis),
        fields: fields
            .map(|(name, why)| (clean_text(&name, 200), clean_text(&why, MESSAGE_LENGTH)))
            .collect(),
    }
}

/// Cuts text and replaces control characters by spaces.
pub(crate) fn clean_text(text: &str, length: usize) -> String {
    text.chars()
        .take(length)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn body(state: &mut CallState, response: Resource<StoredResponse>) -> Result<Body, CallError> {
    let unknown = |_| CallError::Contract("an unknown response was returned".to_owned());
    let stored = state.table.delete(response).map_err(unknown)?;
    let json = stored
        .into_json(&mut state.json)
        .map_err(|_| CallError::Limit(LimitExceeded::JsonValues))?;
    json.ok_or_else(|| CallError::Contract("the response pointed at is not JSON".to_owned()))
}

/// The record at a pointer.
pub(crate) fn record_at(body: &Body, pointer: &str) -> Result<Value, CallError> {
    let found = body.at(pointer).map(Node::to_value);
    found.ok_or_else(|| nothing_at(pointer))
}

/// The records at pointers, in order.
pub(crate) fn records_at(body: Body, pointers: &[String], limit: u32) -> Result<Records, CallError> {
    Records::at(body, pointers, limit as usize).map_err(|problem| match problem {
        Problem::Nothing(pointer) => nothing_at(pointer),
        Problem::Twice(one, other) => CallError::Contract(format!(
            "`{}` and `{}` lead to the same records",
            clean_text(one, 200),
            clean_text(other, 200)
        )),
        Problem::TooMany(got) => too_many(got, limit),
    })
}

/// The records in texts, in order.
pub(crate) fn records_in(budget: &mut Budget, texts: &[String], limit: u32) -> Result<Records, CallError> {
    // Counted before they are parsed: a thousand records would be built only to be refused.
    if texts.len() > limit as usize {
        return Err(too_many(texts.len(), limit));
    }
    let documents = texts
        .iter()
        .map(|text| budget.document(text.as_bytes()).map_err(not_a_record));
    documents.collect::<Result<_, _>>().map(Records::of_documents)
}

fn nothing_at(pointer: &str) -> CallError {
    CallError::Contract(format!(
        "there is nothing at `{}` in the response",
        clean_text(pointer, 200)
    ))
}

fn parse(budget: &mut Budget, text: &str) -> Result<Value, CallError> {
    budget.parse(text.as_bytes()).map_err(not_a_record)
}

fn not_a_record(error: JsonError) -> CallError {
    match error {
        JsonError::TooManyValues { .. } => CallError::Limit(LimitExceeded::JsonValues),
        JsonError::Unreadable(_) | JsonError::PrivateName => {
            CallError::Contract(format!("a record is not JSON: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::clean_text;

    #[test]
    fn text_from_outside_is_cut_and_cleaned() {
        assert_eq!(clean_text("a\r\nb\u{1b}[31m", 6), "a  b [");
    }
}
