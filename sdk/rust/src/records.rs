//! What a connector is asked for, and how it says where the records are.

use serde_json::Value;

use crate::Response;

/// Which records to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The `next` of an earlier page, unchanged; none for the first page.
    pub cursor: Option<String>,
    /// At most this many records (1 to 100). Fewer is fine while there is a next page; more is an error.
    pub limit: u32,
    /// The provider fields that the effective mapping reads.
    pub fields: Vec<String>,
    /// Only what the manifest declares.
    pub filters: Vec<Filter>,
    /// ISO 8601 in UTC with milliseconds; only if the manifest declares it.
    pub updated_since: Option<String>,
    /// Only what the manifest declares.
    pub sort: Option<Sort>,
    /// Room for growth. Ignore names that you do not know.
    pub options: Vec<(String, String)>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The provider field.
    pub field: String,
    /// "eq" is the only one so far.
    pub operator: String,
    /// What to compare with.
    pub value: Value,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The provider field.
    pub field: String,
    /// Biggest first.
    pub descending: bool,
}

/// Where one record is.
#[derive(Debug)]
pub enum Document {
    /// At a pointer into an answer ("" is the whole answer).
    At(Response, String),
    /// The record itself, where it had to be put together.
    Value(Value),
}

impl Document {
    /// The record at a pointer into an answer.
    pub fn at(response: Response, pointer: impl Into<String>) -> Self {
        Self::At(response, pointer.into())
    }
}

impl From<Value> for Document {
    fn from(record: Value) -> Self {
        Self::Value(record)
    }
}

/// Where the records of a page are.
#[derive(Debug)]
pub enum Documents {
    /// At pointers into an answer; each leads to an array of records or to a single one.
    At(Response, Vec<String>),
    /// The records themselves.
    Values(Vec<Value>),
}

/// A page of records.
#[derive(Debug)]
pub struct Page {
    pub(crate) records: Documents,
    pub(crate) next: Option<String>,
}

impl Page {
    /// A page whose records are at a pointer into an answer. `next` is none on the last page and only there.
    pub fn at(response: Response, pointer: impl Into<String>, next: Option<String>) -> Self {
        Self {
            records: Documents::At(response, vec![pointer.into()]),
            next,
        }
    }

    /// A page whose records are at several pointers into one answer, in this order.
    pub fn at_each(response: Response, pointers: Vec<String>, next: Option<String>) -> Self {
        Self {
            records: Documents::At(response, pointers),
            next,
        }
    }

    /// A page of records that had to be put together.
    pub fn values(records: Vec<Value>, next: Option<String>) -> Self {
        Self {
            records: Documents::Values(records),
            next,
        }
    }

    /// The cursor of the next page.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}
