//! The query of `GET /admin/v1/requests`.

use http::{Method, Uri};
use jiff::Timestamp;

use super::Parameters;
use crate::http::error::ApiError;

const KNOWN: &str = "organisation, provider, status, code, method, since, until, requestId, cursor, limit";

/// What narrows the list of requests down, and which page of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestsQuery {
    /// Id or name.
    pub(crate) organisation: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) request_id: Option<String>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

impl RequestsQuery {
    /// Parses and checks; errors name the parameters.
    pub(crate) fn parse(uri: &Uri) -> Result<Self, ApiError> {
        let mut parameters = Parameters::read(uri);
        let query = Self {
            organisation: parameters.take("organisation"),
            provider: parameters.take("provider"),
            status: parameters.status(),
            code: parameters.take("code"),
            method: parameters.method(),
            since: parameters.time("since"),
            until: parameters.time("until"),
            request_id: parameters.take("requestId"),
            cursor: parameters.take("cursor"),
            limit: parameters.limit(),
        };
        parameters.finish(KNOWN).map(|()| query)
    }
}

impl Parameters {
    fn status(&mut self) -> Option<u16> {
        let status = self.take("status")?.parse().ok();
        let status = status.filter(|status| (100..1_000).contains(status));
        if status.is_none() {
            self.error("status", "must be an HTTP status, such as 502");
        }
        status
    }

    fn method(&mut self) -> Option<String> {
        let text = self.take("method")?;
        if Method::from_bytes(text.as_bytes()).is_err() {
            self.error("method", "must be an HTTP method, such as GET");
        }
        Some(text.to_ascii_uppercase())
    }

    fn time(&mut self, name: &str) -> Option<Timestamp> {
        let time = self.take(name)?.parse().ok();
        if time.is_none() {
            self.error(
                name,
                "must be an ISO 8601 time with offset, such as 2026-05-04T08:15:30Z",
            );
        }
        time
    }
}

#[cfg(test)]
mod tests {
    use super::RequestsQuery;

    #[test]
    fn every_parameter_is_checked() {
        let parse = |query: &str| RequestsQuery::parse(&format!("/requests?{query}").parse().unwrap());
        let good =
            parse("status=502&method=get&since=2026-05-04T08:15:30Z&organisation=Acme&limit=5").unwrap();
        assert_eq!((good.status, good.limit), (Some(502), 5));
        assert_eq!(good.method.as_deref(), Some("GET"));
        assert!(good.since.is_some() && good.until.is_none());
        for (query, field) in [
            ("status=abc", "status"),
            ("status=42", "status"),
            ("method=a%20b", "method"),
            ("since=yesterday", "since"),
            ("until=2026-05-04", "until"),
            ("limit=0", "limit"),
            ("code=", "code"),
            ("tenant=1", "tenant"),
        ] {
            let errors = parse(query).unwrap_err().errors.unwrap();
            assert!(
                errors.contains_key(field) && errors.len() == 1,
                "{query}: {errors:?}"
            );
        }
    }
}
