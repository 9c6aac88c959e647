//! What came back, with the promises that hold for every answer checked on the way in.

use std::collections::BTreeMap;

use http::HeaderMap;
use serde_json::Value;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Null if it is not JSON.
    pub(crate) body: Value,
}

impl Answer {
    pub(super) async fn read(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let path = response.url().path().to_owned();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self::new(&path, status, headers, response.text().await?))
    }

    pub(super) fn new(path: &str, status: u16, headers: HeaderMap, text: String) -> Self {
        let body = serde_json::from_str(&text).unwrap_or_default();
        let answer = Self {
            status,
            headers,
            text,
            body,
        };
        answer.check(path);
        answer
    }

    fn check(&self, path: &str) {
        assert_ne!(self.status, 500, "no input may lead to a 500: {path} {self:?}");
        if !path.starts_with("/api/v1/") || path.ends_with("openapi.json") {
            return;
        }
        assert!(self.header("x-request-id").starts_with("req_"), "{self:?}");
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        assert_eq!(self.body["statusCode"], self.status, "{self:?}");
        assert_eq!(self.body["success"], self.status < 400, "{self:?}");
        let message = self.body["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty(), "{self:?}");
        if self.status >= 400 {
            assert_eq!(self.body["path"], path, "{self:?}");
            assert_eq!(self.body["requestId"], self.header("x-request-id"), "{self:?}");
            assert!(self.body["timestamp"].is_string(), "{self:?}");
        }
    }

    /// Passes it on if the status is this one.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Passes an error on if it is this one.
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        self
    }

    /// Passes a 400 on that complains about exactly these fields or parameters.
    pub(crate) fn invalid(self, fields: &[&str]) -> Self {
        let answer = self.refused(400, "VALIDATION_ERROR");
        assert_eq!(answer.message(), "Validation Errors.");
        let errors = answer.errors();
        let named: Vec<&str> = errors.keys().map(String::as_str).collect();
        let mut wanted = fields.to_vec();
        wanted.sort_unstable();
        assert_eq!(named, wanted, "{}", answer.text);
        assert!(errors.values().all(|why| !why.is_empty()), "{}", answer.text);
        answer
    }

    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }

    /// The messages by field.
    pub(crate) fn errors(&self) -> BTreeMap<String, String> {
        serde_json::from_value(self.body["errors"].clone()).unwrap_or_default()
    }

    /// `data` of the envelope.
    pub(crate) fn data(&self) -> &Value {
        &self.body["data"]
    }

    /// The one record of a get, create or update.
    pub(crate) fn record(&self) -> &Value {
        let record = &self.body["data"]["data"];
        assert!(record.is_object(), "{}", self.text);
        record
    }

    /// The id of the one record.
    pub(crate) fn id(&self) -> &str {
        self.record()["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{}", self.text))
    }

    /// The records of a list.
    pub(crate) fn records(&self) -> &[Value] {
        let records = self.body["data"]["data"].as_array();
        records.unwrap_or_else(|| panic!("{}", self.text))
    }

    /// The ids of a list's records.
    pub(crate) fn ids(&self) -> Vec<&str> {
        let id = |record: &'_ Value| record["id"].is_string();
        assert!(self.records().iter().all(id), "{}", self.text);
        self.records()
            .iter()
            .filter_map(|record| record["id"].as_str())
            .collect()
    }

    /// The cursor of a list's next page.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.body["data"]["pagination"]["cursor"].as_str()
    }

    /// A header as text; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default()
    }
}
