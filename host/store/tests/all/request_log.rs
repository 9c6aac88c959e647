//! The request log: written in batches, listed newest first, forgotten in portions.

use std::time::Duration;

use jiff::Timestamp;
use routemcp_store::{Environment, RequestLogEntry, RequestLogQuery};

use crate::support::Fresh;

/// A request that came at a millisecond since the epoch. Ids of one millisecond are told apart by `number`.
fn entry(milliseconds: i64, number: u32) -> RequestLogEntry {
    RequestLogEntry {
        id: format!("req_{milliseconds:012x}7{number:019x}"),
        started_at: Timestamp::from_millisecond(milliseconds).unwrap(),
        organisation_id: "org_1".into(),
        environment: Environment::Live,
        api_key_id: "key_1".into(),
        method: "GET".to_owned(),
        route: "/api/v1/{resource}".to_owned(),
        path: "/api/v1/contact".to_owned(),
        providers: vec!["hubspot".to_owned()],
        connectors: vec!["0123abcd".to_owned()],
        status: 200,
        code: None,
        total: Duration::from_micros(1_500),
        provider: Duration::from_micros(1_000),
        connector: Duration::from_micros(200),
    }
}

async fn ids(fresh: &Fresh, query: RequestLogQuery<'_>) -> Vec<String> {
    let (found, _) = fresh.store.list_requests(query, 1_000).await.unwrap();
    found.into_iter().map(|entry| entry.id).collect()
}

#[tokio::test]
async fn what_was_logged_reads_back_once_although_it_was_written_twice() {
    let fresh = Fresh::open().await;
    let all: Vec<RequestLogEntry> = (0..150)
        .map(|number| RequestLogEntry {
            providers: vec!["hubspot".to_owned(), "zoho-crm".to_owned()],
            code: Some("PROVIDER_ERROR".to_owned()),
            status: 502,
            ..entry(5_000, number)
        })
        .collect();
    fresh.store.log_requests(&all[..100]).await.unwrap();
    fresh.store.log_requests(&all).await.unwrap();
    let (found, more) = fresh
        .store
        .list_requests(RequestLogQuery::default(), 1_000)
        .await
        .unwrap();
    assert!(found.iter().eq(all.iter().rev()), "{found:?}");
    assert!(!more);
}

#[tokio::test]
async fn pages_go_back_in_time_without_gaps() {
    let fresh = Fresh::open().await;
    let all: Vec<RequestLogEntry> = (0..10)
        .map(|number| entry(1_000 + i64::from(number) / 3, number))
        .collect();
    fresh.store.log_requests(&all).await.unwrap();
    let (mut walked, mut before) = (Vec::new(), None);
    loop {
        let query = RequestLogQuery {
            before: before.as_deref(),
            ..RequestLogQuery::default()
        };
        let (page, more) = fresh.store.list_requests(query, 3).await.unwrap();
        walked.extend(page);
        before = walked.last().map(|entry| entry.id.clone());
        if !more {
            break;
        }
    }
    assert!(walked.iter().eq(all.iter().rev()), "{walked:?}");
}

#[tokio::test]
async fn each_filter_narrows_the_list_down() {
    let fresh = Fresh::open().await;
    let ordinary = entry(1_000, 1);
    let other = RequestLogEntry {
        organisation_id: "org_2".into(),
        method: "POST".to_owned(),
        providers: vec!["zoho-crm".to_owned(), "zoho_crm".to_owned()],
        status: 503,
        code: Some("OVERLOADED".to_owned()),
        ..entry(2_000, 2)
    };
    let bare = RequestLogEntry {
        providers: Vec::new(),
        connectors: Vec::new(),
        ..entry(3_000, 3)
    };
    let all = [ordinary.clone(), other.clone(), bare.clone()];
    fresh.store.log_requests(&all).await.unwrap();
    let none = RequestLogQuery::default();
    let time = |milliseconds| Some(Timestamp::from_millisecond(milliseconds).unwrap());
    let cases = [
        (none, vec![&bare, &other, &ordinary]),
        (
            RequestLogQuery {
                organisation_id: Some("org_2"),
                ..none
            },
            vec![&other],
        ),
        (
            RequestLogQuery {
                organisation_id: Some("org_3"),
                ..none
            },
            vec![],
        ),
        (
            RequestLogQuery {
                provider: Some("hubspot"),
                ..none
            },
            vec![&ordinary],
        ),
        (
            RequestLogQuery {
                provider: Some("zoho-crm"),
                ..none
            },
            vec![&other],
        ),
        (
            RequestLogQuery {
                provider: Some("zoho?crm"),
                ..none
            },
            vec![],
        ),
        (
            RequestLogQuery {
                provider: Some("hub%"),
                ..none
            },
            vec![],
        ),
        (
            RequestLogQuery {
                provider: Some("crm"),
                ..none
            },
            vec![],
        ),
        (
            RequestLogQuery {
                status: Some(503),
                ..none
            },
            vec![&other],
        ),
        (
            RequestLogQuery {
                code: Some("OVERLOADED"),
                ..none
            },
            vec![&other],
        ),
        (
            RequestLogQuery {
                method: Some("GET"),
                ..none
            },
            vec![&bare, &ordinary],
        ),
        (
            RequestLogQuery {
                since: time(2_000),
                ..none
            },
            vec![&bare, &other],
        ),
        (
            RequestLogQuery {
                until: time(2_000),
                ..none
            },
            vec![&ordinary],
        ),
        (
            RequestLogQuery {
                since: time(1_001),
                until: time(3_000),
                ..none
            },
            vec![&other],
        ),
        (
            RequestLogQuery {
                id: Some(&ordinary.id),
                ..none
            },
            vec![&ordinary],
        ),
        (
            RequestLogQuery {
                id: Some("req_0"),
                ..none
            },
            vec![],
        ),
        (
            RequestLogQuery {
                id: Some(&other.id),
                organisation_id: Some("org_2"),
                method: Some("POST"),
                ..none
            },
            vec![&other],
        ),
        (
            RequestLogQuery {
                id: Some(&other.id),
                organisation_id: Some("org_1"),
                ..none
            },
            vec![],
        ),
        (
            RequestLogQuery {
                id: Some(&other.id),
                before: Some(&other.id),
                ..none
            },
            vec![],
        ),
        (
            RequestLogQuery {
                code: Some("a\0"),
                ..none
            },
            vec![],
        ),
    ];
    for (query, expected) in cases {
        let expected: Vec<&str> = expected.into_iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids(&fresh, query).await, expected, "{query:?}");
    }
}

#[tokio::test]
async fn the_oldest_are_forgotten_first_and_a_few_at_a_time() {
    let fresh = Fresh::open().await;
    let all: Vec<RequestLogEntry> = (0..10)
        .map(|number| entry(1_000 + i64::from(number), number))
        .collect();
    fresh.store.log_requests(&all).await.unwrap();
    let before = Timestamp::from_millisecond(1_005).unwrap();
    for (purged, left) in [(3, 7), (2, 5), (0, 5)] {
        assert_eq!(fresh.store.purge_requests(before, 3).await.unwrap(), purged);
        let newest: Vec<&str> = all
            .iter()
            .rev()
            .take(left)
            .map(|entry| entry.id.as_str())
            .collect();
        assert_eq!(ids(&fresh, RequestLogQuery::default()).await, newest);
    }
}
