//! One operation for a native connector, and what comes of it.

use std::any::Any;

use routemcp_sdk::{Connector, Document, Documents, Failure, Filter, Page, Query, Response, Sort};
use serde_json::{Map, Value};

use super::answer::Stored;
use crate::bindings::exports::routemcp::connector::connector::Query as ContractQuery;
use crate::bindings::routemcp::connector::types::Failure as ContractFailure;
use crate::documents;
use crate::error::CallError;
use crate::invoke::{Answer, Operation};

/// An operation with its own copies of everything, because it outlives no borrow on its own stack.
pub(super) enum Job {
    Describe,
    List(String, Query),
    Get(String, String, Vec<String>),
    Create(String, Map<String, Value>, Vec<String>),
    Update(String, String, Map<String, Value>, Vec<String>),
    Delete(String, String),
}

/// What a connector's code gave.
pub(super) enum Output {
    Text(String),
    Page(Page),
    Document(Document),
    Done,
    Failed(Failure),
}

impl Job {
    pub(super) fn of(operation: Operation<'_>) -> Self {
        match operation {
            Operation::Describe => Self::Describe,
            Operation::List { resource, query } => Self::List(resource.to_owned(), sdk_query(query)),
            Operation::Get { resource, id, fields } => {
                Self::Get(resource.to_owned(), id.to_owned(), fields.to_vec())
            }
            Operation::Create {
                resource,
                values,
                fields,
            } => Self::Create(resource.to_owned(), object(values), fields.to_vec()),
            Operation::Update {
                resource,
                id,
                values,
                fields,
            } => Self::Update(
                resource.to_owned(),
                id.to_owned(),
                object(values),
                fields.to_vec(),
            ),
            Operation::Delete { resource, id } => Self::Delete(resource.to_owned(), id.to_owned()),
        }
    }
}

/// Runs an operation with a connector's code.
pub(super) fn run<C: Connector>(job: Job) -> Output {
    let done = match job {
        Job::Describe => Ok(Output::Text(C::manifest().to_owned())),
        Job::List(resource, query) => C::list(&resource, &query).map(Output::Page),
        Job::Get(resource, id, fields) => C::get(&resource, &id, &fields).map(Output::Document),
        Job::Create(resource, values, fields) => C::create(&resource, values, &fields).map(Output::Document),
        Job::Update(resource, id, values, fields) => {
            C::update(&resource, &id, values, &fields).map(Output::Document)
        }
        Job::Delete(resource, id) => C::delete(&resource, &id).map(|()| Output::Done),
    };
    done.unwrap_or_else(Output::Failed)
}

impl Output {
    /// The records, under the rules that hold for a component's.
    pub(super) fn into_answer(self, limit: u32) -> Result<Answer, CallError> {
        match self {
            Self::Text(text) => Ok(Answer::Text(text)),
            Self::Done => Ok(Answer::Done),
            Self::Failed(failure) => Err(CallError::Failure(documents::failure(contract_failure(failure)))),
            Self::Document(Document::Value(record)) => Ok(Answer::Record(record)),
            Self::Document(Document::At(response, pointer)) => {
                documents::record_at(json_of(response)?, &pointer).map(Answer::Record)
            }
            Self::Page(page) => {
                let (found, next) = page.into_parts();
                let records = match found {
                    Documents::Values(records) => records,
                    Documents::At(response, pointers) => {
                        documents::records_at(json_of(response)?, &pointers)?
                    }
                };
                documents::checked(records, next, limit).map(Answer::Page)
            }
        }
    }
}

fn json_of(response: Response) -> Result<Value, CallError> {
    let answer = response.into_host().map(|answer| answer as Box<dyn Any>);
    let stored = answer.and_then(|answer| answer.downcast::<Stored>().ok());
    let json = stored.and_then(|stored| stored.into_json());
    json.ok_or_else(|| CallError::Contract("the response pointed at is not JSON".to_owned()))
}

/// The values of a write. The contract says that they are an object; anything else has no fields.
fn object(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap_or_default()
}

fn sdk_query(query: ContractQuery) -> Query {
    let filter = |(field, operator, value): (String, String, String)| Filter {
        field,
        operator,
        value: serde_json::from_str(&value).unwrap_or_default(),
    };
    Query {
        cursor: query.cursor,
        limit: query.limit,
        fields: query.fields,
        filters: query.filters.into_iter().map(filter).collect(),
        updated_since: query.updated_since,
        sort: query.sort.map(|(field, descending)| Sort { field, descending }),
        options: query.options,
    }
}

fn contract_failure(failure: Failure) -> ContractFailure {
    ContractFailure {
        kind: failure.kind,
        message: failure.message,
        status: failure.status,
        retry_after_ms: failure.retry_after_ms,
        fields: failure.fields,
    }
}
