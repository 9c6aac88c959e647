//! Owner names and e-mail addresses for records that carry only an owner's id.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use routemcp_runtime::Query;
use routemcp_unified::json::Node;
use routemcp_unified::mapping::{EffectiveMapping, Room};
use routemcp_unified::schema::{Operation, Resource};
use routemcp_unified::{Cell, Record};

use super::connected::{Connected, version_of};
use super::mappings::supporting;
use super::measure;
use crate::app::App;
use crate::http::layers::observe::Timings;

/// How long the owners of a connection are remembered: a renamed owner shows within five minutes.
const TIME_TO_LIVE: Duration = Duration::from_secs(300);
/// How long a request waits for owner names: the record itself is there already.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a failed look-up is left alone.
const RETRY_AFTER: Duration = Duration::from_secs(60);
/// Pages of owners that are read at most; with 100 to a page that is 2,000 owners.
const PAGES: usize = 20;
const PAGE_SIZE: u32 = 100;

/// Owners by their id.
pub(crate) type Directory = HashMap<String, Owner>;

/// What records show of an owner.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    name: Option<String>,
    email: Option<String>,
}

/// The owners of each connection, by id.
pub(crate) struct Owners {
    directories: Cache<String, Arc<Directory>>,
    failed: moka::sync::Cache<String, ()>,
}

impl Default for Owners {
    fn default() -> Self {
        Self {
            directories: Cache::builder()
                .max_capacity(1_000)
                .time_to_live(TIME_TO_LIVE)
                .build(),
            failed: moka::sync::Cache::builder()
                .max_capacity(10_000)
                .time_to_live(RETRY_AFTER)
                .build(),
        }
    }
}

impl Owners {
    /// The owners of a connection.
    ///
    /// Names are an extra: when the owners cannot be read, records go out without them and the reason is logged.
    pub(crate) async fn of(
        &self,
        app: &App,
        connected: &Connected,
        timings: &Timings,
    ) -> Option<Arc<Directory>> {
        let key = format!(
            "{} {}",
            version_of(&connected.connection),
            connected.connector.digest()
        );
        if self.failed.contains_key(&key) {
            return None;
        }
        // Requests that miss at the same time wait for one look-up, but none for longer than its patience.
        let looked_up = self
            .directories
            .try_get_with_by_ref(&key, look_up(app, connected, timings));
        let looked_up = match tokio::time::timeout(PATIENCE, looked_up).await {
            Ok(looked_up) => looked_up,
            Err(_) => Err(Arc::new(format!("not done after {} seconds", PATIENCE.as_secs()))),
        };
        match looked_up {
            Ok(directory) => Some(directory),
            Err(reason) => {
                tracing::warn!(connector = connected.provider(), %reason, "owners cannot be read");
                self.failed.insert(key, ());
                None
            }
        }
    }
}

/// Whether a record has an owner whose name or e-mail address it should show and does not.
pub(crate) fn is_wanted(record: &Record<'_>, owner_id: Option<&str>) -> bool {
    let missing = |field| record.get(field).is_some_and(Cell::is_null);
    owner_id.is_some() && ["ownerName", "ownerEmail"].into_iter().any(missing)
}

/// Fills in `ownerName` and `ownerEmail` where the provider did not give them.
pub(crate) fn fill<'a>(record: &mut Record<'a>, owner_id: Option<&str>, directory: &'a Directory) {
    if let Some(owner) = owner_id.and_then(|id| directory.get(id)) {
        put(record, "ownerName", owner.name.as_deref());
        put(record, "ownerEmail", owner.email.as_deref());
    }
}

fn put<'a>(record: &mut Record<'a>, field: &str, text: Option<&'a str>) {
    if let (Some(text), Some(slot)) = (text, record.get_mut(field).filter(|slot| slot.is_null())) {
        *slot = text.into();
    }
}

/// Reads all owners of a connection through its connector.
async fn look_up(app: &App, connected: &Connected, timings: &Timings) -> Result<Arc<Directory>, String> {
    supporting(connected, Resource::Owner, Operation::List).map_err(|error| error.message)?;
    let mapping = app
        .mappings
        .of(&app.store, connected, Resource::Owner)
        .await
        .map_err(|error| error.message)?;
    let mut directory = Directory::new();
    let mut cursor = None;
    for _ in 0..PAGES {
        let query = Query {
            cursor,
            limit: PAGE_SIZE,
            fields: mapping.provider_fields(None),
            ..Query::default()
        };
        let called = connected
            .connector
            .list(connected.context(), Resource::Owner.name(), query)
            .await;
        measure::called(connected.provider(), &called);
        timings.add(called.usage);
        let page = called.result.map_err(|error| error.to_string())?;
        let mut room = Room::default();
        for record in page.records.iter() {
            let (id, owner) = read(&mapping, record, connected.provider(), &mut room)?;
            directory.insert(id, owner);
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(Arc::new(directory));
        }
    }
    tracing::warn!(
        connector = connected.provider(),
        pages = PAGES,
        "not all owners were read: there are too many"
    );
    Ok(Arc::new(directory))
}

fn read(
    mapping: &EffectiveMapping,
    record: Node<'_>,
    provider: &str,
    room: &mut Room,
) -> Result<(String, Owner), String> {
    let owner = mapping
        .read(record, provider, None, room)
        .map_err(|error| error.to_string())?;
    let text = |field: &str| owner.get(field).and_then(Cell::as_str).map(str::to_owned);
    Ok((
        text("id").unwrap_or_default(),
        Owner {
            name: text("name"),
            email: text("email"),
        },
    ))
}
