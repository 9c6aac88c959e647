//! Calls into a connector, one method per operation of the contract.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use routemcp_broker::Session;
use serde_json::Value;

use crate::bindings::exports::routemcp::connector::connector;
use crate::error::CallError;
use crate::invoke::{Answer, Operation};
use crate::loader::LoadedConnector;
use crate::records::Records;

/// What a call runs for.
#[derive(Clone)]
pub struct CallContext {
    /// Its way to the provider.
    pub session: Arc<Session>,
    /// Whose call it is, for a fair share of the places.
    pub tenant: Arc<str>,
    /// Non-secret settings of the connection.
    pub settings: Arc<BTreeMap<String, String>>,
}

/// What to list; as in `wit/connector.wit`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The `next` of an earlier page.
    pub cursor: Option<String>,
    /// At most this many records.
    pub limit: u32,
    /// Provider fields that the mapping reads.
    pub fields: Vec<String>,
    /// (provider field, operator, value).
    pub filters: Vec<(String, String, Value)>,
    /// ISO 8601 in UTC with milliseconds.
    pub updated_since: Option<String>,
    /// (provider field, descending).
    pub sort: Option<(String, bool)>,
}

/// A page of records, in the provider's own shape.
#[derive(Debug)]
pub struct Page {
    /// The records.
    pub records: Records,
    /// Where the next page starts; none on the last.
    pub next: Option<String>,
}

/// What a call took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// From admission to the end.
    pub total: Duration,
    /// Waiting for the provider, within `total`.
    pub provider: Duration,
    /// CPU time of the connector's own code.
    pub cpu: Duration,
    /// Linear memory at the end, in bytes, over all memories.
    pub memory_bytes: usize,
}

/// The result of a call, and what it took either way.
#[derive(Debug)]
pub struct Called<T> {
    /// What came of it.
    pub result: Result<T, CallError>,
    /// What it took.
    pub usage: Usage,
}

impl LoadedConnector {
    /// Lists records of a resource.
    pub async fn list(&self, context: CallContext, resource: &str, query: Query) -> Called<Page> {
        let query = into_guest_query(query);
        self.callee
            .call(context, Operation::List { resource, query })
            .await
            .and_then(|answer| match answer {
                Answer::Page(page) => Ok(page),
                _ => Err(mixed_up()),
            })
    }

    /// Gets one record.
    pub async fn get(
        &self,
        context: CallContext,
        resource: &str,
        id: &str,
        fields: &[String],
    ) -> Called<Value> {
        self.callee
            .call(context, Operation::Get { resource, id, fields })
            .await
            .and_then(into_record)
    }

    /// Creates a record from provider values and gives it back as it now is.
    pub async fn create(
        &self,
        context: CallContext,
        resource: &str,
        values: &Value,
        fields: &[String],
    ) -> Called<Value> {
        let values = &values.to_string();
        self.callee
            .call(
                context,
                Operation::Create {
                    resource,
                    values,
                    fields,
                },
            )
            .await
            .and_then(into_record)
    }

    /// Changes the given provider values of a record and gives it back as it now is.
    pub async fn update(
        &self,
        context: CallContext,
        resource: &str,
        id: &str,
        values: &Value,
        fields: &[String],
    ) -> Called<Value> {
        let values = &values.to_string();
        self.callee
            .call(
                context,
                Operation::Update {
                    resource,
                    id,
                    values,
                    fields,
                },
            )
            .await
            .and_then(into_record)
    }

    /// Deletes a record.
    pub async fn delete(&self, context: CallContext, resource: &str, id: &str) -> Called<()> {
        self.callee
            .call(context, Operation::Delete { resource, id })
            .await
            .and_then(|answer| match answer {
                Answer::Done => Ok(()),
                _ => Err(mixed_up()),
            })
    }
}

impl<T> Called<T> {
    pub(crate) fn and_then<U>(self, then: impl FnOnce(T) -> Result<U, CallError>) -> Called<U> {
        Called {
            result: self.result.and_then(then),
            usage: self.usage,
        }
    }
}

fn into_record(answer: Answer) -> Result<Value, CallError> {
    match answer {
        Answer::Record(record) => Ok(record),
        _ => Err(mixed_up()),
    }
}

/// Cannot happen: every operation gives its own kind of answer. An error all the same, rather than a panic.
pub(crate) fn mixed_up() -> CallError {
    CallError::Host("operation and answer do not belong together".to_owned())
}

fn into_guest_query(query: Query) -> connector::Query {
    let filters = query
        .filters
        .into_iter()
        .map(|(field, operator, value)| (field, operator, value.to_string()));
    connector::Query {
        cursor: query.cursor,
        limit: query.limit,
        fields: query.fields,
        filters: filters.collect(),
        updated_since: query.updated_since,
        sort: query.sort,
        options: Vec::new(),
    }
}
