//! From the contract's types to the SDK's and back.

use serde_json::{Map, Value};

use super::{ExportedConnector, ExportedSandbox, panic};
use crate::bindings::provider::exports::routemcp::connector::connector as contract;
use crate::bindings::simulator::exports::routemcp::connector::sandbox as simulator;
use crate::records::Documents;
use crate::sandbox::HostState;
use crate::{Connector, Document, Failure, Filter, Page, Query, Sandbox, Sort, sandbox};

impl<C: Connector> contract::Guest for ExportedConnector<C> {
    fn describe() -> String {
        panic::report();
        C::manifest().to_owned()
    }

    fn list_records(resource: String, query: contract::Query) -> Result<contract::Page, contract::Failure> {
        panic::report();
        C::list(&resource, &query.into())
            .map(Into::into)
            .map_err(Into::into)
    }

    fn get_record(
        resource: String,
        id: String,
        fields: Vec<String>,
    ) -> Result<contract::Document, contract::Failure> {
        panic::report();
        C::get(&resource, &id, &fields)
            .map(Into::into)
            .map_err(Into::into)
    }

    fn create_record(
        resource: String,
        values: String,
        fields: Vec<String>,
    ) -> Result<contract::Document, contract::Failure> {
        panic::report();
        C::create(&resource, object(&values), &fields)
            .map(Into::into)
            .map_err(Into::into)
    }

    fn update_record(
        resource: String,
        id: String,
        values: String,
        fields: Vec<String>,
    ) -> Result<contract::Document, contract::Failure> {
        panic::report();
        C::update(&resource, &id, object(&values), &fields)
            .map(Into::into)
            .map_err(Into::into)
    }

    fn delete_record(resource: String, id: String) -> Result<(), contract::Failure> {
        panic::report();
        C::delete(&resource, &id).map_err(Into::into)
    }
}

impl<S: Sandbox> simulator::Guest for ExportedSandbox<S> {
    fn handle(request: simulator::ProviderRequest) -> simulator::ProviderResponse {
        panic::report();
        let request = sandbox::Request {
            method: request.method,
            path: request.path,
            query: request.query,
            headers: request.headers,
            body: request.body,
        };
        let response = S::handle(&request, &mut HostState);
        simulator::ProviderResponse {
            status: response.status,
            headers: response.headers,
            body: response.body,
        }
    }
}

impl From<contract::Query> for Query {
    fn from(query: contract::Query) -> Self {
        Self {
            cursor: query.cursor,
            limit: query.limit,
            fields: query.fields,
            filters: query
                .filters
                .into_iter()
                .map(|(field, operator, value)| Filter {
                    field,
                    operator,
                    value: serde_json::from_str(&value).unwrap_or_default(),
                })
                .collect(),
            updated_since: query.updated_since,
            sort: query.sort.map(|(field, descending)| Sort { field, descending }),
            options: query.options,
        }
    }
}

impl From<Page> for contract::Page {
    fn from(page: Page) -> Self {
        let records = match page.records {
            Documents::At(response, pointers) => contract::Documents::At((response.answer.0, pointers)),
            Documents::Values(values) => {
                contract::Documents::Values(values.iter().map(ToString::to_string).collect())
            }
        };
        Self {
            records,
            next: page.next,
        }
    }
}

impl From<Document> for contract::Document {
    fn from(document: Document) -> Self {
        match document {
            Document::At(response, pointer) => Self::At((response.answer.0, pointer)),
            Document::Value(value) => Self::Value(value.to_string()),
        }
    }
}

impl From<Failure> for contract::Failure {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind,
            message: failure.message,
            status: failure.status,
            retry_after_ms: failure.retry_after_ms,
            fields: failure.fields,
        }
    }
}

/// The values of a write. The contract says that they are an object; anything else has no fields.
fn object(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap_or_default()
}
