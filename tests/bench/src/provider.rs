//! The fake provider: HubSpot-shaped pages of contacts out of memory, with a delay that can be set.

mod pages;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use clap::Args;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::names::{CONTACTS, OWNERS, PROVIDER_TOKEN};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How long it thinks before each answer, in milliseconds.
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
}

struct Provider {
    delay: Duration,
    authorization: String,
    /// Pages of contacts by their size.
    contacts: BTreeMap<u32, Bytes>,
    owners: Bytes,
}

#[derive(Deserialize)]
struct PageQuery {
    limit: u32,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let provider = Provider {
        delay: Duration::from_millis(arguments.delay_ms),
        authorization: format!("Bearer {PROVIDER_TOKEN}"),
        contacts: (1..=100).map(|size| (size, pages::contacts(size))).collect(),
        owners: pages::owners(),
    };
    let router = Router::new()
        .route(CONTACTS, get(contacts))
        .route(OWNERS, get(owners))
        .with_state(Arc::new(provider));
    crate::process::serve(router).await
}

async fn contacts(
    State(provider): State<Arc<Provider>>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let page = provider.contacts.get(&query.limit).cloned();
    provider.answer(&headers, page).await
}

async fn owners(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    provider.answer(&headers, Some(provider.owners.clone())).await
}

impl Provider {
    async fn answer(&self, headers: &HeaderMap, body: Option<Bytes>) -> Response {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        // A contestant that forgot the credential must not look fast.
        let authorized = headers
            .get(header::AUTHORIZATION)
            .is_some_and(|value| value.as_bytes() == self.authorization.as_bytes());
        let json = [(header::CONTENT_TYPE, "application/json;charset=utf-8")];
        match body {
            _ if !authorized => {
                (StatusCode::UNAUTHORIZED, json, r#"{"message":"unauthorized"}"#).into_response()
            }
            None => (
                StatusCode::BAD_REQUEST,
                json,
                r#"{"message":"limit is 1 to 100"}"#,
            )
                .into_response(),
            Some(body) => (json, body).into_response(),
        }
    }
}
