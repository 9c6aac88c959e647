//! Owner names and e-mail addresses for records that carry only an owner's id.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use routemcp_runtime::Query;
use routemcp_unified::Record;
use routemcp_unified::json::Node;
use routemcp_unified::mapping::EffectiveMapping;
use routemcp_unified::schema::{Operation, Resource};
use serde_json::Value;

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

type Directory = HashMap<String, Owner>;

#[derive(Clone, Debug)]
struct Owner {
    name: Value,
    email: Value,
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
    /// Fills in `ownerName` and `ownerEmail` where a record has an `ownerId` and the provider did not give them.
    ///
    /// Names are an extra: when the owners cannot be read, the records go out without them and the reason is logged.
    pub(crate) async fn fill(
        &self,
        app: &App,
        connected: &Connected,
        records: &mut [Record],
        owner_ids: &[Option<String>],
        timings: &Timings,
    ) {
        let missing = |record: &Record| {
            ["ownerName", "ownerEmail"]
                .iter()
                .any(|field| record.get(field).is_some_and(Value::is_null))
        };
        let wanted = records
            .iter()
            .zip(owner_ids)
            .any(|(record, owner)| owner.is_some() && missing(record));
        if !wanted {
            return;
        }
        let key = format!(
            "{} {}",
            version_of(&connected.connection),
            connected.connector.digest()
        );
        if self.failed.contains_key(&key) {
            return;
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
            Ok(directory) => {
                for (record, owner) in records.iter_mut().zip(owner_ids) {
                    if let Some(owner) = owner.as_ref().and_then(|id| directory.get(id)) {
                        put(record, "ownerName", &owner.name);
                        put(record, "ownerEmail", &owner.email);
                    }
                }
            }
            Err(reason) => {
                tracing::warn!(connector = connected.provider(), %reason, "owners cannot be read");
                self.failed.insert(key, ());
            }
        }
    }
}

fn put(record: &mut Record, field: &str, value: &Value) {
    if let Some(slot) = record.get_mut(field).filter(|slot| slot.is_null()) {
        slot.clone_from(value);
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
        for record in page.records.iter() {
            let (id, owner) = read(&mapping, record, connected.provider())?;
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

fn read(mapping: &EffectiveMapping, record: Node<'_>, provider: &str) -> Result<(String, Owner), String> {
    let mut owner = mapping
        .read(record, provider, None)
        .map_err(|error| error.to_string())?;
    let mut take = |field: &str| owner.get_mut(field).map(Value::take).unwrap_or_default();
    let id = take("id").as_str().unwrap_or_default().to_owned();
    Ok((
        id,
        Owner {
            name: take("name"),
            email: take("email"),
        },
    ))
}
