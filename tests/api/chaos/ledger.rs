//! What callers were told, to be held against what the provider has.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::TOKEN;
use super::flaky::{Flaky, below};
use crate::harness::{Answer, Sandbox};

/// What a caller knows of a write.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// It was done.
    Acknowledged { id: String },
    /// It was certainly not done.
    Refused,
    /// Nobody knows.
    Unknown,
}

impl Fate {
    pub(super) fn id(&self) -> Option<String> {
        match self {
            Self::Acknowledged { id } => Some(id.clone()),
            Self::Refused | Self::Unknown => None,
        }
    }
}

struct Entry {
    created: Fate,
    /// Its caller will not delete it.
    stays: bool,
    deleted: Option<Fate>,
}

#[derive(Default)]
struct Books {
    contacts: BTreeMap<String, Entry>,
    connections: Vec<String>,
    /// Errors by status and code.
    errors: BTreeMap<(u16, String), usize>,
    lost: usize,
    reads: usize,
}

#[derive(Default)]
pub(super) struct Ledger(Mutex<Books>);

/// What callers may be answered while things fail; all of it is in the OpenAPI document.
const DOCUMENTED: [(u16, &str); 7] = [
    (429, "PROVIDER_RATE_LIMITED"),
    (429, "RATE_LIMITED"),
    (502, "PROVIDER_ERROR"),
    (503, "OVERLOADED"),
    (503, "STORE_UNAVAILABLE"),
    (504, "PROVIDER_TIMEOUT"),
    (409, "IDEMPOTENCY_CONFLICT"),
];

impl Ledger {
    pub(super) fn created(&self, mark: &str, created: Fate, stays: bool) {
        let entry = Entry {
            created,
            stays,
            deleted: None,
        };
        self.0.lock().unwrap().contacts.insert(mark.to_owned(), entry);
    }

    pub(super) fn deleted(&self, mark: &str, fate: Fate) {
        let mut books = self.0.lock().unwrap();
        books.contacts.get_mut(mark).unwrap().deleted = Some(fate);
    }

    pub(super) fn connected(&self, end_user: String) {
        self.0.lock().unwrap().connections.push(end_user);
    }

    pub(super) fn read(&self) {
        self.0.lock().unwrap().reads += 1;
    }

    /// A connection that broke, as they do when a server is killed.
    pub(super) fn lost(&self) {
        self.0.lock().unwrap().lost += 1;
    }

    /// An error that callers have to live with; any other one is a bug.
    pub(super) fn excuse(&self, answer: &Answer) {
        let kind = (answer.status, answer.code());
        assert!(DOCUMENTED.contains(&kind), "{}", answer.text);
        let kind = (answer.status, answer.code().to_owned());
        *self.0.lock().unwrap().errors.entry(kind).or_default() += 1;
    }

    pub(super) fn connections(&self) -> Vec<String> {
        self.0.lock().unwrap().connections.clone()
    }

    /// Id and mark of acknowledged contacts that nobody deletes.
    pub(super) fn that_stay(&self) -> Vec<(String, String)> {
        let books = self.0.lock().unwrap();
        let staying = books.contacts.iter().filter(|(_, entry)| entry.stays);
        staying
            .filter_map(|(mark, entry)| Some((entry.created.id()?, mark.clone())))
            .collect()
    }

    pub(super) fn any_that_stays(&self) -> Option<(String, String)> {
        let mut staying = self.that_stay();
        let count = u32::try_from(staying.len()).unwrap();
        (count > 0).then(|| staying.swap_remove(below(count) as usize))
    }

    pub(super) fn summary(&self) -> String {
        let books = self.0.lock().unwrap();
        let count =
            |wanted: fn(&Entry) -> bool| books.contacts.values().filter(|entry| wanted(entry)).count();
        format!(
            "{} creations acknowledged, {} deletions acknowledged, {} writes of unknown outcome, {} refused, {} reads, {} \
             connections made, {} answers lost, errors {:?}",
            count(|entry| matches!(entry.created, Fate::Acknowledged { .. })),
            count(|entry| matches!(entry.deleted, Some(Fate::Acknowledged { .. }))),
            count(|entry| entry.created == Fate::Unknown || entry.deleted == Some(Fate::Unknown)),
            count(|entry| entry.created == Fate::Refused),
            books.reads,
            books.connections.len(),
            books.lost,
            books.errors
        )
    }

    /// The provider has each contact as often as its caller was told.
    pub(super) async fn check_against_provider(&self, sandbox: &Sandbox) {
        let found = all_contacts(sandbox).await;
        let books = self.0.lock().unwrap();
        for (mark, entry) in &books.contacts {
            let ids = found.get(mark).map(Vec::as_slice).unwrap_or_default();
            let allowed = match (&entry.created, &entry.deleted) {
                (Fate::Acknowledged { .. }, Some(Fate::Acknowledged { .. })) | (Fate::Refused, _) => 0..=0,
                (Fate::Acknowledged { .. }, None | Some(Fate::Refused)) => 1..=1,
                (Fate::Acknowledged { .. }, Some(Fate::Unknown)) | (Fate::Unknown, _) => 0..=1,
            };
            let told = format!(
                "{mark}: created {:?}, deleted {:?}, found {ids:?}",
                entry.created, entry.deleted
            );
            assert!(allowed.contains(&ids.len()), "{told}");
            if let (Some(id), [found]) = (entry.created.id(), ids) {
                assert!(id.ends_with(found.as_str()), "{told}");
            }
        }
        let strangers = found
            .keys()
            .filter(|mark| mark.starts_with("chaos-") && !books.contacts.contains_key(*mark));
        assert_eq!(strangers.count(), 0, "nothing that nobody wrote");
    }

    /// A run in which nothing happened shows nothing.
    pub(super) fn check_that_there_was_enough(&self, provider: &Flaky) {
        let books = self.0.lock().unwrap();
        let acknowledged = books
            .contacts
            .values()
            .filter(|entry| entry.created.id().is_some())
            .count();
        assert!(
            acknowledged >= 20
                && books.reads >= 20
                && books.connections.len() >= 5
                && provider.failed() >= 10
        );
    }
}

/// The provider's ids by last name, as the provider itself lists them.
async fn all_contacts(sandbox: &Sandbox) -> BTreeMap<String, Vec<String>> {
    let client = sandbox.client(Some(TOKEN));
    let mut found = BTreeMap::<String, Vec<String>>::new();
    let mut path = "//crm/v3/objects/contacts?limit=100&properties=lastname".to_owned();
    loop {
        let page = client.call(http::Method::GET, &path).send().await.expect(200);
        for contact in page.body["results"].as_array().unwrap() {
            let name = contact["properties"]["lastname"].as_str().unwrap_or_default();
            let id = contact["id"].as_str().unwrap();
            found.entry(name.to_owned()).or_default().push(id.to_owned());
        }
        let Some(after) = page.body["paging"]["next"]["after"].as_str() else {
            break;
        };
        path = format!("//crm/v3/objects/contacts?limit=100&properties=lastname&after={after}");
    }
    found
}
