//! An answer of the API, and what the suite demands of it.

use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::verdict::{Stop, ensure, fail};

/// A unified record.
pub(super) type Record = Map<String, Value>;

/// What the API answered to one call.
#[derive(Debug)]
pub(super) struct Answer {
    /// Method and target, for messages.
    pub(super) call: String,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

/// One page of a list.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) records: Vec<Record>,
    pub(super) cursor: Option<String>,
}

impl Answer {
    /// The code of an error.
    pub(super) fn code(&self) -> &str {
        self.body
            .pointer("/code")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The message of an answer.
    pub(super) fn message(&self) -> &str {
        self.body
            .pointer("/message")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// What an error says about a field or parameter.
    pub(super) fn error_of(&self, field: &str) -> Option<&str> {
        self.body.get("errors")?.get(field)?.as_str()
    }

    /// Call, status, code, message and errors in one line.
    pub(super) fn described(&self) -> String {
        let errors = self
            .body
            .get("errors")
            .map(|errors| format!(" {errors}"))
            .unwrap_or_default();
        format!(
            "{} answered {} {}: {}{errors}",
            self.call,
            self.status.as_u16(),
            self.code(),
            self.message()
        )
    }

    /// A success with this status, in its envelope.
    pub(super) fn succeeded(self, status: StatusCode) -> Result<Self, Stop> {
        let in_envelope = self.body.pointer("/success") == Some(&Value::Bool(true))
            && self.body.pointer("/statusCode").and_then(Value::as_u64) == Some(status.as_u16().into());
        ensure(self.status == status && in_envelope, || {
            format!("{}; expected {}", self.described(), status.as_u16())
        })?;
        Ok(self)
    }

    /// An error with this status and code, in its envelope.
    pub(super) fn refused(self, status: StatusCode, code: &str) -> Result<Self, Stop> {
        ensure(self.status == status && self.code() == code, || {
            format!("{}; expected {} {code}", self.described(), status.as_u16())
        })?;
        let lacking = ["timestamp", "path", "requestId", "message"];
        let lacking = lacking.into_iter().find(|name| self.body.get(name).is_none());
        match lacking {
            Some(name) => fail(format!("{}; the error lacks `{name}`", self.described())),
            None => Ok(self),
        }
    }

    /// 400 about exactly this field or parameter.
    pub(super) fn names(self, field: &str) -> Result<Self, Stop> {
        let answer = self.refused(StatusCode::BAD_REQUEST, "VALIDATION_ERROR")?;
        ensure(answer.error_of(field).is_some(), || {
            format!("{}; expected an error of `{field}`", answer.described())
        })?;
        Ok(answer)
    }

    /// The record in it.
    pub(super) fn record(self) -> Result<Record, Stop> {
        match self.body.pointer("/data/data").and_then(Value::as_object) {
            Some(record) => Ok(record.clone()),
            None => fail(format!("{} answered no record in data.data", self.call)),
        }
    }

    /// The page in it, which may have at most `limit` records.
    pub(super) fn page(self, limit: usize) -> Result<Page, Stop> {
        let data = self.body.get("data").cloned().unwrap_or_default();
        let wrong = |what: &str| format!("{}: {what}", self.call);
        let records = data.get("data").and_then(Value::as_array);
        let records = records.ok_or_else(|| Stop::Fail(wrong("data.data is not a list")))?;
        ensure(records.len() <= limit, || {
            wrong(&format!("{} records on a page of at most {limit}", records.len()))
        })?;
        let at = |name: &str| data.pointer(&format!("/pagination/{name}"));
        let cursor = at("cursor").and_then(Value::as_str).map(str::to_owned);
        ensure(at("hasMore") == Some(&Value::Bool(cursor.is_some())), || {
            wrong("pagination.hasMore does not say whether there is a cursor")
        })?;
        ensure(
            at("limit").and_then(Value::as_u64) == u64::try_from(limit).ok(),
            || wrong("pagination.limit is not what was asked for"),
        )?;
        let records = records.iter().map(|record| record.as_object().cloned());
        match records.collect::<Option<Vec<Record>>>() {
            Some(records) => Ok(Page { records, cursor }),
            None => fail(wrong("a record is not an object")),
        }
    }
}

/// The id of a record, empty if it has none.
pub(super) fn id(record: &Record) -> &str {
    text(record, "id").unwrap_or_default()
}

/// A field's value as text.
pub(super) fn text<'a>(record: &'a Record, field: &str) -> Option<&'a str> {
    record.get(field).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use serde_json::{Value, json};

    use super::Answer;

    fn answer(status: StatusCode, body: Value) -> Answer {
        Answer {
            call: "GET /x".to_owned(),
            status,
            headers: HeaderMap::new(),
            body,
        }
    }

    fn page(records: usize, cursor: Value, more: bool) -> Answer {
        let records = vec![json!({ "id": "1" }); records];
        let pagination = json!({ "cursor": cursor, "hasMore": more, "limit": 2 });
        answer(
            StatusCode::OK,
            json!({ "data": { "data": records, "pagination": pagination } }),
        )
    }

    #[test]
    fn a_page_holds_at_most_its_limit_and_tells_the_truth_about_more() {
        let good = page(2, json!("abc"), true).page(2).unwrap();
        assert_eq!((good.records.len(), good.cursor.as_deref()), (2, Some("abc")));
        assert!(page(0, Value::Null, false).page(2).unwrap().cursor.is_none());
        assert!(page(3, Value::Null, false).page(2).is_err());
        assert!(page(1, Value::Null, true).page(2).is_err());
        assert!(page(1, json!("abc"), false).page(2).is_err());
        assert!(page(1, Value::Null, false).page(1).is_err());
    }

    #[test]
    fn an_error_must_have_the_status_the_code_the_envelope_and_the_field() {
        let body = json!({
            "success": false, "statusCode": 400, "message": "Validation Errors.", "code": "VALIDATION_ERROR",
            "errors": { "email": "is odd" }, "timestamp": "t", "path": "/x", "requestId": "r"
        });
        let refused =
            |code| answer(StatusCode::BAD_REQUEST, body.clone()).refused(StatusCode::BAD_REQUEST, code);
        assert!(refused("VALIDATION_ERROR").is_ok());
        assert!(refused("INVALID_CURSOR").is_err());
        assert!(
            answer(StatusCode::BAD_REQUEST, body.clone())
                .names("email")
                .is_ok()
        );
        assert!(
            answer(StatusCode::BAD_REQUEST, body.clone())
                .names("phone")
                .is_err()
        );
        let mut without_path = body;
        without_path.as_object_mut().unwrap().remove("path");
        assert!(
            answer(StatusCode::BAD_REQUEST, without_path)
                .names("email")
                .is_err()
        );
    }

    #[test]
    fn a_success_must_have_its_envelope() {
        let body = json!({ "success": true, "statusCode": 200, "data": { "data": { "id": "1" } } });
        assert!(
            answer(StatusCode::OK, body.clone())
                .succeeded(StatusCode::OK)
                .unwrap()
                .record()
                .is_ok()
        );
        assert!(
            answer(StatusCode::OK, body)
                .succeeded(StatusCode::CREATED)
                .is_err()
        );
        assert!(
            answer(StatusCode::OK, json!({ "success": true }))
                .succeeded(StatusCode::OK)
                .is_err()
        );
    }
}
