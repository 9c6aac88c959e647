//! One resource of the connector under test, and the calls that cases are made of.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use http::{Method, StatusCode};
use routemcp_unified::manifest::ResourceManifest;
use routemcp_unified::schema::{Operation, Resource};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::answer::{Answer, Page, Record, id};
use super::client::{Client, END_USER};
use super::verdict::{Stop, ensure, fail, skip};
use super::{example, identifiers};

/// So many pages in a row may be empty while there is a cursor; a walk with more is not going to end.
const EMPTY_PAGES: usize = 50;
/// The longest walk, in records. More than any sandbox has.
const LONGEST_WALK: usize = 100_000;

/// A resource under test.
pub(super) struct Subject<'a> {
    pub(super) client: &'a Client,
    pub(super) resource: Resource,
    pub(super) declared: &'a ResourceManifest,
    /// Tells this run's records from those of other runs on the same sandbox.
    run: u32,
    made: AtomicU32,
    created: Mutex<Vec<String>>,
    seeded: OnceCell<Vec<Record>>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        client: &'a Client,
        resource: Resource,
        declared: &'a ResourceManifest,
        run: u32,
    ) -> Self {
        Self {
            client,
            resource,
            declared,
            run,
            made: AtomicU32::new(0),
            created: Mutex::default(),
            seeded: OnceCell::new(),
        }
    }

    pub(super) fn supports(&self, operation: Operation) -> bool {
        self.declared.supports(operation)
    }

    /// Calls the resource itself, or one of its records.
    pub(super) async fn call(
        &self,
        method: &Method,
        id: Option<&str>,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, Stop> {
        let segments: Vec<&str> = [self.resource.name()].into_iter().chain(id).collect();
        let target = self.client.target(&segments, END_USER, query)?;
        self.client.call(method, &target, body).await
    }

    /// One page.
    pub(super) async fn page(&self, limit: u32, query: &[(&str, &str)]) -> Result<Page, Stop> {
        let limit_text = limit.to_string();
        let mut all = vec![("limit", limit_text.as_str())];
        all.extend_from_slice(query);
        let answer = self.call(&Method::GET, None, &all, None).await?;
        answer.succeeded(StatusCode::OK)?.page(limit as usize)
    }

    /// The first page that is not empty; empty if all are.
    pub(super) async fn first_page(&self, limit: u32, query: &[(&str, &str)]) -> Result<Page, Stop> {
        let mut page = self.page(limit, query).await?;
        for _ in 0..EMPTY_PAGES {
            let Some(cursor) = page.cursor.clone().filter(|_| page.records.is_empty()) else {
                break;
            };
            let mut all = query.to_vec();
            all.push(("cursor", &cursor));
            page = self.page(limit, &all).await?;
        }
        Ok(page)
    }

    /// Walks all pages, with each of the limits in turn. Fails on a record that comes twice and on a walk without end.
    pub(super) async fn walk(&self, limits: &[u32], query: &[(&str, &str)]) -> Result<Vec<Record>, Stop> {
        let mut records: Vec<Record> = Vec::new();
        let mut seen = BTreeSet::new();
        let (mut cursor, mut empty): (Option<String>, usize) = (None, 0);
        for limit in limits.iter().cycle() {
            let mut all = query.to_vec();
            all.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let page = self.page(*limit, &all).await?;
            empty = if page.records.is_empty() { empty + 1 } else { 0 };
            for record in page.records {
                ensure(seen.insert(id(&record).to_owned()), || {
                    format!(
                        "the record {} comes twice in one walk (limits {limits:?})",
                        id(&record)
                    )
                })?;
                records.push(record);
            }
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(records);
            }
            ensure(empty < EMPTY_PAGES && records.len() < LONGEST_WALK, || {
                format!(
                    "the walk does not end: {} records, then {empty} empty pages (limits {limits:?})",
                    records.len()
                )
            })?;
        }
        fail("a walk needs a limit")
    }

    /// The records that were there before this run wrote any.
    pub(super) async fn seeded(&self) -> Result<&[Record], Stop> {
        let walked = self.seeded.get_or_try_init(|| self.walk(&[100], &[])).await?;
        Ok(walked)
    }

    /// A record that was there before, to try things on that do not change it.
    pub(super) async fn any(&self) -> Result<&Record, Stop> {
        match self.seeded().await?.first() {
            Some(record) => Ok(record),
            None => skip(format!(
                "the sandbox has no {}; seed some",
                self.resource.plural()
            )),
        }
    }

    /// An id in the provider's form that no record has.
    pub(super) async fn missing_id(&self) -> Result<String, Stop> {
        let known: BTreeSet<String> = self
            .seeded()
            .await?
            .iter()
            .map(|record| id(record).to_owned())
            .chain(self.created())
            .collect();
        Ok(identifiers::missing(id(self.any().await?), &known))
    }

    pub(super) async fn get(&self, id: &str) -> Result<Record, Stop> {
        self.call(&Method::GET, Some(id), &[], None)
            .await?
            .succeeded(StatusCode::OK)?
            .record()
    }

    /// Creates a record that is removed after the case.
    pub(super) async fn create(&self, body: &Record) -> Result<Record, Stop> {
        let answer = self.try_create(body).await?;
        answer.succeeded(StatusCode::CREATED)?.record()
    }

    /// Tries to create a record. If that works it is removed after the case.
    pub(super) async fn try_create(&self, body: &Record) -> Result<Answer, Stop> {
        let body = Value::Object(body.clone());
        let answer = self.call(&Method::POST, None, &[], Some(&body)).await?;
        if let Some(id) = answer.body.pointer("/data/data/id").and_then(Value::as_str) {
            self.created
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(id.to_owned());
        }
        Ok(answer)
    }

    /// PATCH or PUT.
    pub(super) async fn update(&self, method: &Method, id: &str, body: &Record) -> Result<Record, Stop> {
        let body = Value::Object(body.clone());
        let answer = self.call(method, Some(id), &[], Some(&body)).await?;
        answer.succeeded(StatusCode::OK)?.record()
    }

    /// A body that the sandbox takes, different from all before. Skips the case where the manifest has none.
    pub(super) fn example(&self) -> Result<Record, Stop> {
        let name = self.resource.name();
        if !self.supports(Operation::Create) {
            return skip(format!(
                "the connector cannot create a {name}, so there is none that may be changed"
            ));
        }
        match self.client.bench.sandbox.examples.get(name) {
            Some(Value::Object(example)) => {
                let number = self.made.fetch_add(1, Ordering::Relaxed);
                Ok(example::vary(self.resource, example, self.run, number))
            }
            _ => skip(format!(
                "the manifest has no example: add sandbox.examples.{name}, a body of unified fields that the sandbox takes"
            )),
        }
    }

    /// Fields that can be set to any text, at least one.
    pub(super) fn free_texts(&self) -> Result<Vec<&'static str>, Stop> {
        let free = example::free_texts(self.resource, self.declared);
        if free.is_empty() {
            return skip("no field that could hold any text is mapped both ways");
        }
        Ok(free)
    }

    fn created(&self) -> Vec<String> {
        self.created
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Removes what the case has made and not removed itself.
    pub(super) async fn tidy(&self) {
        let created = std::mem::take(&mut *self.created.lock().unwrap_or_else(PoisonError::into_inner));
        if !self.supports(Operation::Delete) {
            return;
        }
        for id in created {
            // The case may have deleted it, which is not an error.
            let _ = self.call(&Method::DELETE, Some(&id), &[], None).await;
        }
    }
}
