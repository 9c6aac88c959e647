//! Lists: one page over one connection or many, side by side.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use routemcp_runtime::Query;
use routemcp_store::Connection;
use routemcp_unified::cursor::{Binding, MAX_LENGTH, Position};
use routemcp_unified::fanout::{self, Outcome};
use routemcp_unified::json::Node;
use routemcp_unified::manifest::ResourceManifest;
use routemcp_unified::mapping::{EffectiveMapping, Room};
use serde_json::{Value, json};

use super::connected::{Connected, connect, find};
use super::mappings::supporting;
use super::record::Request;
use crate::http::envelope::{Page, Pagination, Shown};
use crate::http::error::{ApiError, Code};
use crate::http::layers::observe::Timings;
use crate::http::query::ListQuery;

/// How long one of several connections may hold up a page. One that takes longer is reported in `errors`, and the
/// cursor keeps its place. A list over a single connection may take the whole time of a call.
const FAN_OUT_BUDGET: Duration = Duration::from_secs(10);

/// The most connections that one list runs over. Their places travel in the cursor, and so in a URL.
const WIDEST: usize = 100;

/// What one connection gave for a page.
struct Part {
    records: Shown,
    next: Option<String>,
}

/// Why one connection gave nothing.
struct Trouble {
    error: ApiError,
    /// The call itself is wrong, so no connection could do better.
    callers: bool,
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self {
            error,
            callers: false,
        }
    }
}

impl Request<'_> {
    /// One page.
    pub(crate) async fn list(&self, query: &ListQuery) -> Result<Page, ApiError> {
        let connections = find(self.app, self.key, &query.target).await?;
        let binding = self.binding(query);
        let positions = self.positions(query, &binding, &connections)?;
        if query.sort.is_some() && positions.len() > 1 {
            let message =
                "works for one connection at a time; narrow the list down with provider and endUserId";
            return Err(ApiError::invalid("sort", message));
        }
        let shares = fanout::shares(query.limit, positions.len());
        let width = positions.len();
        let parts = positions.iter().zip(&shares).map(|(position, share)| async {
            if *share == 0 {
                return (None, Timings::default());
            }
            let timings = Timings::default();
            let request = Request {
                timings: &timings,
                ..*self
            };
            let part = request.part(&connections, position, *share, query, Room::of_one_in(width));
            let part = if width > 1 {
                within_budget(part).await
            } else {
                part.await
            };
            (Some(part), timings)
        });
        let (parts, timings): (Vec<_>, Vec<_>) = join_all(parts).await.into_iter().unzip();
        self.timings.add_longest(&timings);
        self.page(query, &binding, positions, parts, &connections)
    }

    /// What a cursor is bound to: the same call, but for limit, view and place.
    fn binding(&self, query: &ListQuery) -> Binding {
        let mut binding = Binding::new()
            .with("organisation", self.key.organisation_id.as_str())
            .with("environment", self.key.environment.as_str())
            .with("resource", self.resource.name())
            .with("provider", query.target.provider.as_deref().unwrap_or_default())
            .with("endUser", query.target.end_user.as_deref().unwrap_or_default())
            .with("updatedSince", query.updated_since.as_deref().unwrap_or_default());
        for (field, value) in &query.filters {
            binding = binding.with("filter", field).with("value", value);
        }
        if let Some((field, descending)) = &query.sort {
            binding = binding
                .with("sort", field)
                .with("descending", descending.to_string());
        }
        binding
    }

    /// Where each connection goes on. A walk covers the connections that it started with.
    fn positions(
        &self,
        query: &ListQuery,
        binding: &Binding,
        connections: &[Connection],
    ) -> Result<Vec<Position>, ApiError> {
        let Some(cursor) = &query.cursor else {
            if connections.len() > WIDEST {
                return Err(too_wide());
            }
            let start = |connection: &Connection| Position {
                connection: connection.id.to_string(),
                cursor: None,
            };
            return Ok(connections.iter().map(start).collect());
        };
        let invalid = |message: String| ApiError::new(Code::InvalidCursor, message);
        let positions = self
            .app
            .cursors
            .decode(binding, cursor)
            .map_err(|error| invalid(error.to_string()))?;
        let known = |position: &Position| {
            connections
                .iter()
                .any(|connection| connection.id.as_str() == position.connection)
        };
        if positions.iter().all(known) {
            return Ok(positions);
        }
        Err(invalid(
            "A connection of this walk was removed. Start again without a cursor.".to_owned(),
        ))
    }

    async fn part(
        &self,
        connections: &[Connection],
        position: &Position,
        share: u32,
        query: &ListQuery,
        room: Room,
    ) -> Result<Part, Trouble> {
        let connection = connections
            .iter()
            .find(|connection| connection.id.as_str() == position.connection);
        let lost = || ApiError::internal("a position without its connection");
        let connected = connect(self.app, connection.ok_or_else(lost)?.clone()).await?;
        self.timings.serve(connected.served());
        let declared = supporting(&connected, self.resource, self.operation)?;
        let mapping = self
            .app
            .mappings
            .of(&self.app.store, &connected, self.resource)
            .await?;
        let asked = provider_query(&connected, declared, &mapping, query, position, share);
        let asked = asked.map_err(|error| Trouble { error, callers: true })?;
        let called = connected
            .connector
            .list(connected.context(), self.resource.name(), asked)
            .await;
        connected.settle(self.app, self.timings, &called).await;
        let page = called
            .result
            .map_err(|error| connected.own_or(self.subject(&connected, &mapping).error(error)))?;
        let documents: Vec<Node<'_>> = page.records.iter().collect();
        let records = self
            .show(&connected, &mapping, &documents, &query.view, room)
            .await?;
        Ok(Part {
            records,
            next: page.next,
        })
    }

    /// Puts the parts together. When every connection that was asked failed, their first error is the answer.
    fn page(
        &self,
        query: &ListQuery,
        binding: &Binding,
        positions: Vec<Position>,
        parts: Vec<Option<Result<Part, Trouble>>>,
        connections: &[Connection],
    ) -> Result<Page, ApiError> {
        if let Some(error) = whole_error(&parts) {
            return Err(error);
        }
        let mut records = Shown::default();
        let mut errors = Vec::new();
        let mut outcomes = Vec::with_capacity(parts.len());
        for (position, part) in positions.iter().zip(parts) {
            outcomes.push(match part {
                None => Outcome::NotAsked,
                Some(Ok(part)) => {
                    records.append(part.records);
                    Outcome::Page { next: part.next }
                }
                Some(Err(Trouble { error, .. })) => {
                    errors.push(report(&error, position, connections));
                    outcome_of(&error)
                }
            });
        }
        let positions = fanout::advance(&positions, &outcomes);
        let cursor = (!positions.is_empty()).then(|| self.app.cursors.encode(binding, &positions));
        if cursor.as_ref().is_some_and(|cursor| cursor.len() > MAX_LENGTH) {
            return Err(too_wide());
        }
        Ok(Page {
            data: records,
            pagination: Pagination::new(cursor, query.limit),
            errors,
        })
    }
}

/// The error that is the answer to the whole list: one that the caller made, or the first if every connection was asked
/// and none gave a page.
fn whole_error(parts: &[Option<Result<Part, Trouble>>]) -> Option<ApiError> {
    let failed = || parts.iter().flatten().filter_map(|part| part.as_ref().err());
    let all_failed = parts.iter().all(|part| matches!(part, Some(Err(_))));
    let callers = failed().find(|trouble| trouble.callers);
    callers
        .or_else(|| failed().next().filter(|_| all_failed))
        .map(|trouble| trouble.error.clone())
}

/// A connection that failed keeps its place; one that can never list this resource leaves the walk.
fn outcome_of(error: &ApiError) -> Outcome {
    match error.code {
        Code::OperationNotSupported => Outcome::Page { next: None },
        _ => Outcome::Failed,
    }
}

fn report(error: &ApiError, position: &Position, connections: &[Connection]) -> Value {
    let connection = connections
        .iter()
        .find(|connection| connection.id.as_str() == position.connection);
    json!({
        "provider": connection.map(|connection| &connection.provider),
        "endUserId": connection.map(|connection| &connection.end_user),
        "code": error.code,
        "message": error.message,
        "retryAfter": error.retry_after_seconds(),
    })
}

fn too_wide() -> ApiError {
    let message = format!(
        "More than {WIDEST} connections fit, too many for one list. Narrow it down with endUserId or provider."
    );
    ApiError::new(Code::EndUserRequired, message)
}

async fn within_budget(part: impl Future<Output = Result<Part, Trouble>>) -> Result<Part, Trouble> {
    let slow = |_| {
        let message = format!("No answer within {} seconds.", FAN_OUT_BUDGET.as_secs());
        Err(ApiError::new(Code::ProviderTimeout, message).into())
    };
    tokio::time::timeout(FAN_OUT_BUDGET, part)
        .await
        .unwrap_or_else(slow)
}

/// The connector's query; refuses what it does not declare, and says what it does.
fn provider_query(
    connected: &Connected,
    declared: &ResourceManifest,
    mapping: &EffectiveMapping,
    query: &ListQuery,
    position: &Position,
    limit: u32,
) -> Result<Query, ApiError> {
    let mut errors = BTreeMap::new();
    let provider = &connected.connector.manifest().name;
    if query.updated_since.is_some() && !declared.updated_since {
        errors.insert(
            "updatedSince".to_owned(),
            format!("is not supported by {provider} for this resource"),
        );
    }
    let mut filters = Vec::new();
    for (field, text) in &query.filters {
        match filter(declared, mapping, field, text) {
            Ok((provider_field, value)) => filters.push((provider_field, "eq".to_owned(), value)),
            Err(reason) => {
                errors.insert(
                    format!("filter[{field}]"),
                    reason.unwrap_or_else(|| supported(provider, &declared.filters)),
                );
            }
        }
    }
    let sort = query.sort.as_ref().and_then(|(field, descending)| {
        let listed = declared.sorts.contains(field);
        let provider_field = mapping.provider_field_of(field).filter(|_| listed);
        if provider_field.is_none() {
            errors.insert("sort".to_owned(), supported(provider, &declared.sorts));
        }
        provider_field.map(|provider_field| (provider_field.to_owned(), *descending))
    });
    if !errors.is_empty() {
        return Err(ApiError::validation(errors));
    }
    Ok(Query {
        cursor: position.cursor.clone(),
        limit,
        fields: mapping.provider_fields(query.view.fields.as_deref()),
        filters,
        updated_since: query.updated_since.clone(),
        sort,
    })
}

/// A filter in the provider's terms; an error without text means that the connector does not declare it.
fn filter(
    declared: &ResourceManifest,
    mapping: &EffectiveMapping,
    field: &str,
    text: &str,
) -> Result<(String, Value), Option<String>> {
    let provider_field = mapping
        .provider_field_of(field)
        .filter(|_| declared.filters.iter().any(|name| name == field));
    let provider_field = provider_field.ok_or(None)?.to_owned();
    let value = mapping
        .transform_value_for_provider(field, &json!(text))
        .map_err(Some)?;
    Ok((provider_field, value))
}

fn supported(provider: &str, names: &[String]) -> String {
    if names.is_empty() {
        return format!("is not supported by {provider} for this resource");
    }
    format!(
        "is not supported by {provider} for this resource; supported: {}",
        names.join(", ")
    )
}
