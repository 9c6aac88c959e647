//! `kill -9` at any moment: what was acknowledged is there, once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Site, hubspot, walk};

const ROUNDS: u64 = 4;
const WRITERS: u64 = 4;

/// What the server acknowledged, over all rounds.
#[derive(Default)]
struct Acknowledged {
    /// Id of each contact, by the idempotency key that it was made with.
    contacts: BTreeMap<String, String>,
    /// Field of each override, by writer: the last one wins.
    overrides: BTreeMap<u64, String>,
    /// Id of each connection, by end user.
    connections: BTreeMap<String, String>,
}

fn contact(key: &str) -> Value {
    json!({ "firstName": "Ada", "email": format!("{key}@example.com") })
}

async fn create(client: &Client, key: &str) -> Option<crate::harness::Answer> {
    let call = client.call(Method::POST, "/contact?provider=hubspot&endUserId=user-1");
    call.header("idempotency-key", key)
        .json(&contact(key))
        .try_send()
        .await
}

fn mapping(writer: u64, field: &str) -> Value {
    let unified = ["jobTitle", "company", "phone", "source"][writer as usize];
    let mapping = json!({ "unifiedField": unified, "providerField": field });
    json!({ "provider": "hubspot", "resourceType": "contact", "endUserId": "user-1", "mappings": [mapping] })
}

/// Writes until the server is gone.
async fn keep_writing(
    client: Client,
    round: u64,
    writer: u64,
    done: Arc<AtomicBool>,
    noted: Arc<Mutex<Acknowledged>>,
) {
    for number in 0.. {
        let name = format!("r{round}w{writer}n{number}");
        if let Some(answer) = create(&client, &name).await.filter(|answer| answer.status == 201) {
            noted
                .lock()
                .unwrap()
                .contacts
                .insert(name.clone(), answer.id().to_owned());
        }
        let field = format!("field_{name}");
        let put = client
            .call(Method::PUT, "/field-mappings")
            .json(&mapping(writer, &field));
        if put.try_send().await.is_some_and(|answer| answer.status == 200) {
            noted.lock().unwrap().overrides.insert(writer, field);
        }
        let import = client
            .call(Method::POST, "/connections")
            .json(&json!({ "provider": "hubspot", "endUserId": name }));
        if let Some(answer) = import.try_send().await.filter(|answer| answer.status == 201) {
            let id = answer.data()["data"]["id"]
                .as_str()
                .unwrap_or_else(|| panic!("{}", answer.text))
                .to_owned();
            noted.lock().unwrap().connections.insert(name, id);
        }
        if done.load(Ordering::Relaxed) {
            return;
        }
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_or_doubled_by_a_kill_at_a_random_moment() {
    let site = Site::new(&[hubspot()]);
    let key = site.create_key("test");
    let noted = Arc::new(Mutex::new(Acknowledged::default()));
    let seed = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .subsec_nanos();
    for round in 0..ROUNDS {
        let mut replica = site.serve(&[], &[]);
        let client = replica.client(&key);
        if round == 0 {
            client.connect("hubspot", "user-1", None).await;
        }
        let done = Arc::new(AtomicBool::new(false));
        let writers = (0..WRITERS).map(|writer| {
            let work = keep_writing(
                client.clone(),
                round,
                writer,
                Arc::clone(&done),
                Arc::clone(&noted),
            );
            tokio::spawn(work)
        });
        let writers: Vec<_> = writers.collect();
        writes_again(&noted).await;
        let moment = 100 + u64::from(seed.rotate_left(round as u32 * 7)) % 500;
        tokio::time::sleep(Duration::from_millis(moment)).await;
        replica.process.signal("KILL");
        replica.process.wait(Duration::from_secs(5));
        done.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let replica = site.serve(&[], &[]);
    let client = replica.client(&key);
    let noted = std::mem::take(&mut *noted.lock().unwrap());
    println!(
        "{} contacts, {} overrides and {} connections were acknowledged",
        noted.contacts.len(),
        noted.overrides.len(),
        noted.connections.len()
    );
    assert!(
        noted.contacts.len() > 20 && noted.connections.len() > 20,
        "the server was killed too early"
    );
    are_there_once(&client, &noted).await;
}

/// Waits for another contact: a busy machine takes its time to begin.
async fn writes_again(noted: &Mutex<Acknowledged>) {
    let contacts = || noted.lock().unwrap().contacts.len();
    let (before, start) = (contacts(), Instant::now());
    while contacts() == before {
        assert!(start.elapsed() < Duration::from_secs(20), "nothing is written");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn are_there_once(client: &Client, noted: &Acknowledged) {
    // The sandbox plays its provider's rate limit: what the last round used up is over by then.
    tokio::time::sleep(Duration::from_secs(11)).await;
    let mut emails: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in walk(client, "/contact?endUserId=user-1", 100).await {
        let text = |field: &str| record[field].as_str().unwrap_or_default().to_owned();
        emails.entry(text("email")).or_default().push(text("id"));
    }
    for (key, id) in &noted.contacts {
        assert_eq!(
            emails.get(&format!("{key}@example.com")),
            Some(&vec![id.clone()]),
            "{key}"
        );
        let again = create(client, key).await.unwrap().expect(201);
        assert_eq!(
            (again.id(), again.header("idempotency-replayed")),
            (id.as_str(), "true")
        );
    }
    let own = emails
        .iter()
        .filter(|(email, _)| email.starts_with('r') && email.ends_with("@example.com"));
    for (email, ids) in own {
        assert_eq!(ids.len(), 1, "{email} was written twice");
    }
    let mappings = client
        .get("/field-mappings?provider=hubspot&resourceType=contact&endUserId=user-1")
        .await
        .expect(200);
    for field in noted.overrides.values() {
        let (stem, number) = field.rsplit_once('n').unwrap();
        let number: u64 = number.parse().unwrap();
        // One more may have been written whose answer was cut off.
        let kept = [format!("{stem}n{number}"), format!("{stem}n{}", number + 1)];
        assert!(
            kept.iter()
                .any(|field| mappings.text.contains(&format!("\"{field}\""))),
            "{field}: {}",
            mappings.text
        );
    }
    for (end_user, id) in &noted.connections {
        let found = client.get(&format!("/connections/{id}")).await.expect(200);
        assert!(found.text.contains(end_user.as_str()), "{}", found.text);
    }
}
