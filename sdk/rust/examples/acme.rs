//! A whole connector: contacts of a provider that pages with `next`.

use routemcp_sdk::prelude::*;

/// The connector.
#[derive(Debug)]
pub struct Acme;

impl Connector for Acme {
    fn manifest() -> &'static str {
        include_str!("acme.json")
    }

    fn list(_resource: &str, query: &Query) -> Result<Page, Failure> {
        let request = http::get("/people")
            .query("limit", query.limit)
            .query_some("after", query.cursor.as_ref());
        let answer = request.send()?.accept()?;
        let next = answer.at("/next");
        Ok(Page::at(answer, "/people", next))
    }
}

export_connector!(Acme);
