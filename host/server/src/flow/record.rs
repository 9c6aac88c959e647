//! Calls about one record: get, create, update, delete; and how a record is shown.

use std::sync::Arc;

use routemcp_runtime::Called;
use routemcp_store::ApiKey;
use routemcp_unified::body;
use routemcp_unified::json::Node;
use routemcp_unified::mapping::{EffectiveMapping, Room, WriteMode};
use routemcp_unified::schema::{Operation, Resource};
use serde_json::Value;

use super::connected::{Connected, find_one};
use super::failures::{Subject, not_found};
use super::mappings::supporting;
use super::{outcome, owners};
use crate::app::App;
use crate::http::envelope::Shown;
use crate::http::error::ApiError;
use crate::http::layers::observe::Timings;
use crate::http::query::{RecordQuery, View};

/// The longest record id taken, in bytes.
const ID_LENGTH: usize = 200;

/// One request about one record or about records of one resource.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) app: &'a App,
    pub(crate) key: &'a ApiKey,
    pub(crate) resource: Resource,
    pub(crate) operation: Operation,
    pub(crate) timings: &'a Timings,
}

struct Prepared {
    connected: Connected,
    mapping: Arc<EffectiveMapping>,
    fields: Vec<String>,
}

impl Request<'_> {
    /// Gets one record.
    pub(crate) async fn get(&self, id: &str, query: &RecordQuery) -> Result<Shown, ApiError> {
        self.check_id(id)?;
        let Prepared {
            connected,
            mapping,
            fields,
        } = self.prepare(query).await?;
        let called = connected
            .connector
            .get(connected.context(), self.resource.name(), id, &fields)
            .await;
        self.answer(&connected, &mapping, called, &query.view).await
    }

    /// Creates a record.
    pub(crate) async fn create(&self, body: &Value, query: &RecordQuery) -> Result<Shown, ApiError> {
        let body = body::check(self.resource, body, WriteMode::Create).map_err(ApiError::validation)?;
        let Prepared {
            connected,
            mapping,
            fields,
        } = self.prepare(query).await?;
        let values = Value::Object(
            mapping
                .write(&body, WriteMode::Create)
                .map_err(ApiError::validation)?,
        );
        let context = connected.context();
        let session = Arc::clone(&context.session);
        let called = connected
            .connector
            .create(context, self.resource.name(), &values, &fields)
            .await;
        self.answer(&connected, &mapping, called, &query.view)
            .await
            .map_err(|error| outcome::tell(error, session.writes()))
    }

    /// Replaces a record or merges into it.
    pub(crate) async fn update(
        &self,
        id: &str,
        mode: WriteMode,
        body: &Value,
        query: &RecordQuery,
    ) -> Result<Shown, ApiError> {
        let body = body::check(self.resource, body, mode).map_err(ApiError::validation)?;
        self.check_id(id)?;
        let Prepared {
            connected,
            mapping,
            fields,
        } = self.prepare(query).await?;
        let values = Value::Object(mapping.write(&body, mode).map_err(ApiError::validation)?);
        let context = connected.context();
        let session = Arc::clone(&context.session);
        let called = connected
            .connector
            .update(context, self.resource.name(), id, &values, &fields)
            .await;
        self.answer(&connected, &mapping, called, &query.view)
            .await
            .map_err(|error| outcome::tell(error, session.writes()))
    }

    /// Deletes a record.
    pub(crate) async fn delete(&self, id: &str, query: &RecordQuery) -> Result<(), ApiError> {
        self.check_id(id)?;
        let Prepared {
            connected, mapping, ..
        } = self.prepare(query).await?;
        let context = connected.context();
        let session = Arc::clone(&context.session);
        let called = connected
            .connector
            .delete(context, self.resource.name(), id)
            .await;
        connected.settle(self.app, self.timings, &called).await;
        called.result.map_err(|error| {
            let error = connected.own_or(self.subject(&connected, &mapping).error(error));
            outcome::tell(error, session.writes())
        })
    }

    async fn prepare(&self, query: &RecordQuery) -> Result<Prepared, ApiError> {
        let connected = find_one(self.app, self.key, &query.target).await?;
        self.timings.serve(connected.served());
        supporting(&connected, self.resource, self.operation)?;
        let mapping = self
            .app
            .mappings
            .of(&self.app.store, &connected, self.resource)
            .await?;
        let fields = mapping.provider_fields(query.view.fields.as_deref());
        Ok(Prepared {
            connected,
            mapping,
            fields,
        })
    }

    async fn answer(
        &self,
        connected: &Connected,
        mapping: &EffectiveMapping,
        called: Called<Value>,
        view: &View,
    ) -> Result<Shown, ApiError> {
        connected.settle(self.app, self.timings, &called).await;
        let document = called
            .result
            .map_err(|error| connected.own_or(self.subject(connected, mapping).error(error)))?;
        self.show(
            connected,
            mapping,
            &[Node::from(&document)],
            view,
            Room::default(),
        )
        .await
    }

    pub(crate) fn subject<'b>(&self, connected: &'b Connected, mapping: &'b EffectiveMapping) -> Subject<'b> {
        Subject {
            resource: self.resource,
            operation: self.operation,
            connector: &connected.connector,
            mapping,
        }
    }

    /// An id that could lead a connector to another path of the provider names no record.
    fn check_id(&self, id: &str) -> Result<(), ApiError> {
        let harmless = |c: char| c.is_alphanumeric() || "-_.:=@+~".contains(c);
        if id.len() <= ID_LENGTH && id.chars().all(harmless) && !id.trim_matches('.').is_empty() {
            return Ok(());
        }
        Err(ApiError::new(
            not_found(self.resource),
            format!("{} does not exist", self.resource.label()),
        ))
    }

    /// Turns provider records into unified ones, as the view asks.
    pub(crate) async fn show(
        &self,
        connected: &Connected,
        mapping: &EffectiveMapping,
        documents: &[Node<'_>],
        view: &View,
        mut room: Room,
    ) -> Result<Shown, ApiError> {
        let selection = view.fields.as_deref();
        let mut is_wanted = false;
        let mut records = Vec::with_capacity(documents.len());
        for document in documents {
            let read = mapping.read_with_owner_id(*document, connected.provider(), selection, &mut room);
            let read = read.map_err(|error| self.subject(connected, mapping).unreadable(&error));
            let (record, owner_id) = read?;
            is_wanted |= owners::is_wanted(&record, owner_id.as_deref());
            records.push((record, owner_id));
        }
        let directory = match is_wanted {
            true => self.app.owners.of(self.app, connected, self.timings).await,
            false => None,
        };
        let mut shown = Shown::default();
        for ((mut record, owner_id), document) in records.into_iter().zip(documents) {
            if let Some(directory) = &directory {
                owners::fill(&mut record, owner_id.as_deref(), directory);
            }
            if view.raw {
                let raw = document.to_value().into();
                let taken = room.take("raw", &raw);
                taken.map_err(|error| self.subject(connected, mapping).unreadable(&error))?;
                record.push("raw", raw);
            }
            shown.push(&record).map_err(ApiError::internal)?;
        }
        Ok(shown)
    }
}
