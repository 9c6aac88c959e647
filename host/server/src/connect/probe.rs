//! Tries a credential at the provider before it is kept.

use std::sync::Arc;

use routemcp_broker::StaticSecret;
use routemcp_runtime::{CallError, Query};
use routemcp_unified::schema::{Operation, Resource};
use secrecy::SecretString;

use crate::app::App;
use crate::flow::failures::Subject;
use crate::flow::line::{Ends, Line};
use crate::flow::mappings::Whose;
use crate::http::error::ApiError;
use crate::oauth::party::Party;

/// Reads one record. A credential that may not see this resource is still one.
pub(crate) async fn probe(app: &App, party: &Party, token: &SecretString) -> Result<(), ApiError> {
    let manifest = party.manifest();
    let lists = |resource: &Resource| {
        let declared = manifest.resources.get(resource);
        declared.is_some_and(|declared| declared.supports(Operation::List))
    };
    let Some(resource) = Resource::ALL.into_iter().find(lists) else {
        return Ok(());
    };
    let ends = Ends {
        organisation: party.organisation.as_str(),
        environment: party.environment,
        auth_method: &party.auth_method,
        settings: &party.settings,
        client: &format!("probe {}", uuid::Uuid::now_v7()),
    };
    let source = StaticSecret(token.clone());
    let line = Line::between(app, &party.connector, &ends, Arc::new(source))?;
    let whose = Whose {
        connector: &party.connector,
        organisation: party.organisation.as_str(),
        end_user: None,
    };
    let mapping = app.mappings.in_force(&app.store, whose, resource).await?;
    let query = Query {
        limit: 1,
        fields: mapping.provider_fields(None),
        ..Query::default()
    };
    let called = party.connector.list(line.context(), resource.name(), query).await;
    match called.result {
        Ok(_) => Ok(()),
        Err(CallError::Failure(failure)) if failure.kind == "forbidden" => Ok(()),
        Err(CallError::Failure(failure)) if failure.kind == "unauthorized" => {
            let message = format!("{} does not accept it: {}", manifest.name, failure.message);
            Err(ApiError::invalid("token", message))
        }
        Err(error) => {
            let subject = Subject {
                resource,
                operation: Operation::List,
                connector: &party.connector,
                mapping: &mapping,
            };
            Err(subject.error(error))
        }
    }
}
