//! What a connector does.

use serde_json::{Map, Value};

use crate::{Document, Failure, Page, Query};

/// A connector. Only the manifest and [`Connector::list`] have to be written: an operation that the manifest leaves out is
/// never called, and what is not written here answers `unsupported`.
pub trait Connector {
    /// The manifest as JSON text, usually `include_str!("../manifest.json")`. HTTP is refused while it is asked for.
    fn manifest() -> &'static str;

    /// A page of records.
    ///
    /// # Errors
    /// Whatever kept the provider from answering.
    fn list(resource: &str, query: &Query) -> Result<Page, Failure>;

    /// One record.
    ///
    /// # Errors
    /// `not-found` when there is none with this id, and whatever kept the provider from answering.
    fn get(resource: &str, id: &str, fields: &[String]) -> Result<Document, Failure> {
        let _ = (id, fields);
        Err(unsupported("read one", resource))
    }

    /// Makes a record from provider field -> value, and answers it as it now is.
    ///
    /// # Errors
    /// `rejected` or `conflict` with the fields at fault, and whatever kept the provider from answering.
    fn create(resource: &str, values: Map<String, Value>, fields: &[String]) -> Result<Document, Failure> {
        let _ = (values, fields);
        Err(unsupported("create a", resource))
    }

    /// Changes the given fields and no others (null clears a field), and answers the record as it now is.
    ///
    /// # Errors
    /// As [`Connector::create`], and `not-found`.
    fn update(
        resource: &str,
        id: &str,
        values: Map<String, Value>,
        fields: &[String],
    ) -> Result<Document, Failure> {
        let _ = (id, values, fields);
        Err(unsupported("update a", resource))
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// As [`Connector::get`].
    fn delete(resource: &str, id: &str) -> Result<(), Failure> {
        let _ = id;
        Err(unsupported("delete a", resource))
    }
}

fn unsupported(operation: &str, resource: &str) -> Failure {
    Failure::unsupported(format!("this connector cannot {operation} {resource}"))
}
