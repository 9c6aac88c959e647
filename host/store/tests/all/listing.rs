//! Connections page by page.

use routemcp_store::{ConnectionQuery, Environment, NewConnection, OrganisationId, StoreError};

use crate::support::{Fresh, connection};

const LIVE: Environment = Environment::Live;
/// In byte order, which no locale's order is.
const ALL: [&str; 8] = [
    "B hubspot",
    "_ hubspot",
    "a hubspot",
    "a zoho",
    "a-b zoho",
    "ab hubspot",
    "ab zoho",
    "é hubspot",
];

async fn filled(fresh: &Fresh) -> OrganisationId {
    let (acme, other) = (
        fresh.organisation("Acme").await,
        fresh.organisation("Other").await,
    );
    for (organisation, environment) in [(&acme, LIVE), (&acme, Environment::Test), (&other, LIVE)] {
        for entry in ALL.iter().rev() {
            let (end_user, provider) = entry.split_once(' ').unwrap();
            fresh
                .store
                .ensure_end_user(organisation, environment, end_user, None, None)
                .await
                .unwrap();
            let new = NewConnection {
                end_user: end_user.to_owned(),
                ..connection(organisation, environment, provider)
            };
            fresh.store.upsert_connection(new).await.unwrap();
        }
    }
    acme
}

/// All pages of one walk.
async fn walk(fresh: &Fresh, query: ConnectionQuery<'_>, limit: u32) -> Vec<String> {
    let (mut walked, mut after) = (Vec::new(), None);
    loop {
        let (page, more) = fresh
            .store
            .list_connections(query, after.as_ref(), limit)
            .await
            .unwrap();
        assert!(
            page.len() == limit as usize || !more,
            "only the last page is short"
        );
        for one in page {
            assert_eq!(one.organisation_id, *query.organisation_id);
            walked.push(format!("{} {}", one.end_user, one.provider));
            after = Some((one.end_user, one.provider));
        }
        if !more {
            return walked;
        }
    }
}

#[tokio::test]
async fn every_walk_sees_everything_once_in_byte_order() {
    let fresh = Fresh::open().await;
    let acme = filled(&fresh).await;
    for (provider, end_user) in [
        (None, None),
        (Some("hubspot"), None),
        (None, Some("ab")),
        (Some("zoho"), Some("a")),
        (Some("zoho"), Some("é")),
        (None, Some("nobody")),
        (Some("a\0"), None),
    ] {
        let query = ConnectionQuery {
            organisation_id: &acme,
            environment: LIVE,
            provider,
            end_user,
        };
        let fits = |entry: &&&str| {
            let (user, slug) = entry.split_once(' ').unwrap();
            provider.is_none_or(|provider| provider == slug)
                && end_user.is_none_or(|end_user| end_user == user)
        };
        let expected: Vec<&str> = ALL.iter().filter(fits).copied().collect();
        for limit in [1, 2, 3, 7, 8, 9, 100] {
            assert_eq!(walk(&fresh, query, limit).await, expected, "{query:?} {limit}");
        }
    }
}

#[tokio::test]
async fn a_walk_goes_on_from_any_place() {
    let fresh = Fresh::open().await;
    let acme = filled(&fresh).await;
    let query = ConnectionQuery {
        organisation_id: &acme,
        environment: LIVE,
        provider: None,
        end_user: None,
    };
    let list = async |end_user: &str, provider: &str, limit| {
        let after = (end_user.to_owned(), provider.to_owned());
        fresh.store.list_connections(query, Some(&after), limit).await
    };
    // The place itself need not exist: the connection may have been deleted meanwhile.
    for (end_user, provider, remaining) in
        [("a", "lime", 5), ("", "", 8), ("é", "hubspot", 0), ("zz", "a", 1)]
    {
        let (page, more) = list(end_user, provider, 100).await.unwrap();
        assert_eq!((page.len(), more), (remaining, false), "{end_user} {provider}");
    }
    let (page, more) = list("", "", 0).await.unwrap();
    assert!(page.is_empty() && more);
    let refused = list("a\0", "b", 1).await;
    assert!(
        matches!(refused, Err(StoreError::Invalid { field: "after", .. })),
        "{refused:?}"
    );
}
