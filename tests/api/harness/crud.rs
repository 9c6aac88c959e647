//! The life of one record, the same for every writable resource.

use serde_json::Value;

use super::{Client, Server};

/// What is written in each step, and what each write leaves.
pub(crate) struct LifeCycle {
    /// Singular, such as `contact`.
    pub(crate) resource: &'static str,
    pub(crate) created: Value,
    pub(crate) replacement: Value,
    /// Fields that the replacement leaves out, so that they are empty afterwards.
    pub(crate) cleared: &'static [&'static str],
    pub(crate) change: Value,
}

impl LifeCycle {
    /// Creates, gets, replaces, merges, deletes, and looks again, on a server of its own.
    pub(crate) async fn run(self) {
        let server = Server::start();
        let client = server.client();
        let label = capitalised(self.resource);
        let list = format!("/{}", self.resource);
        let created = client.post(&list, &self.created).await.expect(201);
        assert_eq!(created.message(), "Created");
        assert_has(created.record(), &self.created);
        let one = format!("{list}/{}", created.id());
        let read = client.get(&one).await.expect(200);
        assert_eq!(read.message(), format!("{label} retrieved"));
        assert_eq!(
            read.record(),
            created.record(),
            "a get answers what the create did"
        );
        assert_eq!(read.record()["remoteId"], read.record()["id"]);
        assert_eq!(read.record()["provider"], "hubspot");

        self.replace(&client, &one).await;
        self.merge(&client, &one).await;

        let deleted = client.delete(&one).await.expect(200);
        assert_eq!(deleted.message(), format!("{label} deleted"));
        assert_eq!(deleted.data()["data"]["id"], created.id());
        self.assert_gone(&client, &one, created.id()).await;
    }

    async fn replace(&self, client: &Client, one: &str) {
        let replaced = client.put(one, &self.replacement).await.expect(200);
        assert_has(replaced.record(), &self.replacement);
        for field in self.cleared {
            assert!(
                replaced.record()[field].is_null(),
                "PUT must clear `{field}`: {}",
                replaced.text
            );
        }
        let read = client.get(one).await.expect(200);
        assert_eq!(
            without_time(read.record()),
            without_time(replaced.record()),
            "a replacement lasts"
        );
    }

    async fn merge(&self, client: &Client, one: &str) {
        let before = client.get(one).await.expect(200);
        let merged = client.patch(one, &self.change).await.expect(200);
        let mut expected = before.record().clone();
        for (field, value) in self.change.as_object().unwrap() {
            expected[field] = value.clone();
        }
        assert_eq!(
            without_time(merged.record()),
            without_time(&expected),
            "PATCH must keep what it does not name"
        );
    }

    async fn assert_gone(&self, client: &Client, one: &str, id: &str) {
        let code = format!("{}_NOT_FOUND", self.resource.to_uppercase());
        let message = format!("{} does not exist", capitalised(self.resource));
        let gone = client.get(one).await.refused(404, &code);
        assert_eq!(gone.message(), message);
        client.patch(one, &self.change).await.refused(404, &code);
        client.put(one, &self.replacement).await.refused(404, &code);
        let walked = super::walk(client, &format!("/{}?fields=id", self.resource), 100).await;
        assert!(
            walked.iter().all(|record| record["id"] != id),
            "a deleted record is listed"
        );
    }
}

/// Every field that was written is there as it was written; members of objects count one by one.
fn assert_has(record: &Value, written: &Value) {
    for (field, value) in written.as_object().unwrap() {
        match value.as_object() {
            Some(_) => assert_has(&record[field], value),
            None => assert_eq!(&record[field], value, "`{field}` of {record}"),
        }
    }
}

fn without_time(record: &Value) -> Value {
    let mut record = record.clone();
    record["updatedAt"] = Value::Null;
    record
}

fn capitalised(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}
