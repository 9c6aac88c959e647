//! Query parameters, typed. Unknown ones are errors, not silence.

mod requests;

use std::collections::BTreeMap;

use http::{HeaderMap, Uri};
use routemcp_unified::schema::Resource;

use crate::http::error::ApiError;
pub(crate) use requests::RequestsQuery;

/// The longest value taken, in bytes. Cursors of many connections are the longest.
const VALUE_LENGTH: usize = 32_768;
const DEFAULT_LIMIT: u32 = 25;
const MAX_LIMIT: u32 = 100;

/// Which connection a call is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) provider: Option<String>,
    pub(crate) end_user: Option<String>,
}

/// What the records of an answer hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// Add the provider's own record.
    pub(crate) raw: bool,
    /// Only these unified fields; all when none.
    pub(crate) fields: Option<Vec<String>>,
}

/// Parameters of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListQuery {
    pub(crate) target: Target,
    pub(crate) view: View,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
    /// ISO 8601 in UTC with milliseconds.
    pub(crate) updated_since: Option<String>,
    /// Unified field -> wanted value.
    pub(crate) filters: BTreeMap<String, String>,
    /// (unified field, descending).
    pub(crate) sort: Option<(String, bool)>,
}

/// Parameters of a call about one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordQuery {
    pub(crate) target: Target,
    pub(crate) view: View,
}

/// Parameters of the list of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionsQuery {
    pub(crate) target: Target,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

impl ConnectionsQuery {
    /// Parses and checks; errors name the parameters.
    pub(crate) fn parse(uri: &Uri, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut parameters = Parameters::read(uri);
        let query = Self {
            target: parameters.target(headers),
            cursor: parameters.take("cursor"),
            limit: parameters.limit(),
        };
        parameters
            .finish("provider, endUserId, cursor, limit")
            .map(|()| query)
    }
}

/// Which field mappings a call is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MappingQuery {
    pub(crate) target: Target,
    pub(crate) resource: Option<Resource>,
}

impl MappingQuery {
    /// Parses and checks; errors name the parameters.
    pub(crate) fn parse(uri: &Uri, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut parameters = Parameters::read(uri);
        let target = parameters.target(headers);
        let resource = parameters
            .take("resourceType")
            .or_else(|| parameters.take("resource"));
        // A connector has one mapping for all API versions of its provider, so whichever is asked for is answered.
        parameters.take("apiVersion");
        let resource = resource.and_then(|name| {
            let resource = Resource::parse(&name);
            if resource.is_none() {
                parameters.error("resourceType", unknown_resource(&name));
            }
            resource
        });
        parameters
            .finish("provider, resourceType, endUserId, apiVersion")
            .map(|()| Self { target, resource })
    }

    /// Fills in what the query left out from the body.
    pub(crate) fn or(
        mut self,
        provider: Option<String>,
        resource: Option<String>,
        end_user: Option<String>,
    ) -> Result<Self, ApiError> {
        if let Some(name) = resource {
            let parsed = Resource::parse(&name);
            let parsed = parsed.ok_or_else(|| ApiError::invalid("resourceType", unknown_resource(&name)))?;
            self.resource = self.resource.or(Some(parsed));
        }
        self.target.provider = self.target.provider.or(provider);
        self.target.end_user = self.target.end_user.or(end_user);
        Ok(self)
    }

    /// The provider, where it must be given.
    pub(crate) fn provider(&self) -> Result<&str, ApiError> {
        self.target
            .provider
            .as_deref()
            .ok_or_else(|| ApiError::invalid("provider", "is required"))
    }

    /// The resource, where it must be given.
    pub(crate) fn resource(&self) -> Result<Resource, ApiError> {
        self.resource
            .ok_or_else(|| ApiError::invalid("resourceType", "is required"))
    }
}

impl ListQuery {
    /// Parses and checks; errors name the parameters.
    pub(crate) fn parse(resource: Resource, uri: &Uri, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut parameters = Parameters::read(uri);
        let target = parameters.target(headers);
        let view = parameters.view(resource);
        let query = Self {
            target,
            view,
            cursor: parameters.take("cursor"),
            limit: parameters.limit(),
            updated_since: parameters.updated_since(),
            filters: parameters.filters(resource),
            sort: parameters.sort(resource),
        };
        parameters.finish(LIST_PARAMETERS).map(|()| query)
    }
}

impl RecordQuery {
    /// Parses and checks; errors name the parameters.
    pub(crate) fn parse(resource: Resource, uri: &Uri, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut parameters = Parameters::read(uri);
        let query = Self {
            target: parameters.target(headers),
            view: parameters.view(resource),
        };
        parameters
            .finish("provider, endUserId, raw, fields")
            .map(|()| query)
    }
}

impl Target {
    /// Parses a query that holds nothing else.
    pub(crate) fn parse(uri: &Uri, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut parameters = Parameters::read(uri);
        let target = parameters.target(headers);
        parameters.finish("provider, endUserId").map(|()| target)
    }
}

const LIST_PARAMETERS: &str =
    "provider, endUserId, cursor, limit, raw, fields, updatedSince, sort, filter[field]";

/// Parameters not yet taken, and what was wrong with those that were.
struct Parameters {
    rest: BTreeMap<String, String>,
    errors: BTreeMap<String, String>,
}

impl Parameters {
    fn read(uri: &Uri) -> Self {
        let mut parameters = Self {
            rest: BTreeMap::new(),
            errors: BTreeMap::new(),
        };
        for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            if value.len() > VALUE_LENGTH {
                parameters.error(&name, format!("is longer than {VALUE_LENGTH} bytes"));
            } else if parameters
                .rest
                .insert(name.clone().into_owned(), value.into_owned())
                .is_some()
            {
                parameters.error(&name, "is given twice; give it once");
            }
        }
        parameters
    }

    fn error(&mut self, name: &str, message: impl Into<String>) {
        self.errors.entry(name.to_owned()).or_insert(message.into());
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let value = self.rest.remove(name)?;
        if value.is_empty() {
            self.error(name, "is empty; give a value or leave it out");
            return None;
        }
        Some(value)
    }

    fn target(&mut self, headers: &HeaderMap) -> Target {
        let provider = self.take("provider");
        let parameter = self.take("endUserId");
        let header = self.end_user_header(headers);
        if let (Some(parameter), Some(header)) = (&parameter, &header)
            && parameter != header
        {
            self.error(
                "endUserId",
                "differs from the header X-End-User-Id; send one of them",
            );
        }
        Target {
            provider,
            end_user: parameter.or(header),
        }
    }

    /// A header that cannot be read must not count as left out: the call would widen to every end user.
    fn end_user_header(&mut self, headers: &HeaderMap) -> Option<String> {
        let mut values = headers.get_all("x-end-user-id").iter();
        let value = values.next()?;
        match std::str::from_utf8(value.as_bytes()) {
            Ok(text) if !text.is_empty() && values.next().is_none() => Some(text.to_owned()),
            _ => {
                self.error(
                    "endUserId",
                    "the header X-End-User-Id must hold one value in UTF-8",
                );
                None
            }
        }
    }

    fn view(&mut self, resource: Resource) -> View {
        let raw = match self.take("raw").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                self.error("raw", "must be true or false");
                false
            }
        };
        let fields = self.take("fields").map(|list| {
            let names: Vec<String> = list.split(',').map(|name| name.trim().to_owned()).collect();
            for name in names.iter().filter(|name| resource.field(name).is_none()) {
                self.errors
                    .insert("fields".to_owned(), unknown_field(resource, name));
            }
            names
        });
        View { raw, fields }
    }

    fn limit(&mut self) -> u32 {
        let Some(text) = self.take("limit") else {
            return DEFAULT_LIMIT;
        };
        match text.parse() {
            Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => limit,
            _ => {
                self.error("limit", format!("must be a whole number from 1 to {MAX_LIMIT}"));
                DEFAULT_LIMIT
            }
        }
    }

    fn updated_since(&mut self) -> Option<String> {
        let text = self.take("updatedSince")?;
        match text.parse::<jiff::Timestamp>() {
            Ok(time) => Some(crate::http::envelope::time_text(time)),
            Err(_) => {
                self.error(
                    "updatedSince",
                    "must be an ISO 8601 time with offset, such as 2026-05-04T08:15:30Z",
                );
                None
            }
        }
    }

    fn filters(&mut self, resource: Resource) -> BTreeMap<String, String> {
        let field = |name: &str| name.strip_prefix("filter[")?.strip_suffix(']').map(str::to_owned);
        let names: Vec<(String, String)> = self
            .rest
            .keys()
            .filter_map(|name| Some((name.clone(), field(name)?)))
            .collect();
        let mut filters = BTreeMap::new();
        for (name, field) in names {
            if resource.field(&field).is_none() {
                self.error(&name, unknown_field(resource, &field));
            }
            if let Some(value) = self.take(&name) {
                filters.insert(field, value);
            }
        }
        filters
    }

    fn sort(&mut self, resource: Resource) -> Option<(String, bool)> {
        let text = self.take("sort")?;
        let (name, descending) = text
            .strip_prefix('-')
            .map_or((text.as_str(), false), |name| (name, true));
        if resource.field(name).is_none() {
            self.error("sort", unknown_field(resource, name));
        }
        Some((name.to_owned(), descending))
    }

    fn finish(mut self, known: &str) -> Result<(), ApiError> {
        for name in std::mem::take(&mut self.rest).into_keys() {
            self.error(&name, format!("is not a parameter of this call; known: {known}"));
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(ApiError::validation(self.errors))
        }
    }
}

fn unknown_resource(name: &str) -> String {
    let known: Vec<&str> = Resource::ALL.iter().map(|resource| resource.name()).collect();
    format!("`{name}` is not a resource; known: {}", known.join(", "))
}

fn unknown_field(resource: Resource, name: &str) -> String {
    let known: Vec<&str> = resource.fields().iter().map(|field| field.name).collect();
    format!(
        "`{name}` is not a field of {}; known: {}",
        resource.name(),
        known.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;
    use url::form_urlencoded::byte_serialize;

    use super::{ListQuery, MAX_LIMIT, RecordQuery, Resource, VALUE_LENGTH};

    /// Pairs, mostly with names that mean something.
    fn any_query() -> impl Strategy<Value = Vec<(String, String)>> {
        let names = [
            "provider",
            "endUserId",
            "cursor",
            "limit",
            "raw",
            "fields",
            "updatedSince",
            "sort",
            "filter[email]",
            "filter[]",
            "filter[",
        ];
        let name = prop_oneof![9 => proptest::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
        let value = prop_oneof![
            any::<String>(),
            "-?[0-9]{1,11}",
            "true|false|-?(email|createdAt)|id,email",
            "20[0-9]{2}-0[1-9]-[0-3][0-9]T[0-2][0-9]:00:00Z",
        ];
        proptest::collection::vec((name, value), 0..5)
    }

    fn encoded(text: &str) -> String {
        byte_serialize(text.as_bytes()).collect()
    }

    proptest! {
        #[test]
        fn a_query_is_understood_as_it_was_written_or_refused_by_name(pairs in any_query()) {
            let query: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
            let uri = format!("/api/v1/contact?{}", query.join("&")).parse().unwrap();
            let given = |wanted: &str| {
                pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
            };
            match ListQuery::parse(Resource::Contact, &uri, &HeaderMap::new()) {
                Ok(query) => {
                    prop_assert!((1..=MAX_LIMIT).contains(&query.limit));
                    prop_assert_eq!(query.target.provider, given("provider"));
                    prop_assert_eq!(query.target.end_user, given("endUserId"));
                    prop_assert_eq!(query.cursor, given("cursor"));
                    prop_assert_eq!(query.filters.get("email").cloned(), given("filter[email]"));
                    prop_assert_eq!(query.filters.len(), usize::from(given("filter[email]").is_some()));
                    prop_assert_eq!(query.view.raw, given("raw").is_some_and(|raw| raw == "true"));
                    prop_assert_eq!(query.updated_since.is_some(), given("updatedSince").is_some());
                    prop_assert_eq!(query.sort.is_some(), given("sort").is_some());
                }
                Err(error) => {
                    let named = error.errors.unwrap();
                    prop_assert!(!named.is_empty());
                    prop_assert!(named.keys().all(|name| given(name).is_some()), "{:?}", named);
                }
            }
        }

        #[test]
        fn no_query_is_too_odd_to_be_read(query in "[a-z%0-9=&\\[\\]+;]{0,200}") {
            if let Ok(uri) = format!("/api/v1/contact?{query}").parse() {
                let _list = ListQuery::parse(Resource::Contact, &uri, &HeaderMap::new());
                let _record = RecordQuery::parse(Resource::Contact, &uri, &HeaderMap::new());
            }
        }
    }

    #[test]
    fn a_value_that_is_too_long_is_refused() {
        let names = parse(&format!("cursor={}", "a".repeat(VALUE_LENGTH + 1)));
        assert_eq!(names, Err(vec!["cursor".to_owned()]));
    }

    fn parse(query: &str) -> Result<ListQuery, Vec<String>> {
        let uri = format!("/api/v1/contact?{query}").parse().unwrap();
        let parsed = ListQuery::parse(Resource::Contact, &uri, &HeaderMap::new());
        parsed.map_err(|error| error.errors.unwrap().into_keys().collect())
    }

    #[test]
    fn a_full_query_is_understood() {
        let query = "provider=hubspot&endUserId=u%201&limit=50&cursor=abc&raw=true&fields=id,email\
            &updatedSince=2026-05-04T10:15:30%2B02:00&sort=-createdAt&filter[email]=a%40b.c";
        let query = parse(query).unwrap();
        assert_eq!(query.target.provider.as_deref(), Some("hubspot"));
        assert_eq!(query.target.end_user.as_deref(), Some("u 1"));
        assert_eq!((query.limit, query.view.raw), (50, true));
        assert_eq!(query.view.fields.unwrap(), ["id", "email"]);
        assert_eq!(query.updated_since.as_deref(), Some("2026-05-04T08:15:30.000Z"));
        assert_eq!(query.sort, Some(("createdAt".to_owned(), true)));
        assert_eq!(query.filters["email"], "a@b.c");
    }

    #[test]
    fn each_kind_of_bad_input_names_its_parameter() {
        for (query, parameter) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=abc", "limit"),
            ("limit=", "limit"),
            ("limit=5&limit=6", "limit"),
            ("raw=yes", "raw"),
            ("fields=id,nope", "fields"),
            ("updatedSince=yesterday", "updatedSince"),
            ("sort=nope", "sort"),
            ("filter[nope]=1", "filter[nope]"),
            ("colour=red", "colour"),
        ] {
            assert_eq!(parse(query), Err(vec![parameter.to_owned()]), "{query}");
        }
    }

    #[test]
    fn the_end_user_may_come_in_a_header_but_not_differ() {
        let mut headers = HeaderMap::new();
        headers.insert("x-end-user-id", HeaderValue::from_static("user-1"));
        let parse = |uri: &str| ListQuery::parse(Resource::Contact, &uri.parse().unwrap(), &headers);
        assert_eq!(
            parse("/contact").unwrap().target.end_user.as_deref(),
            Some("user-1")
        );
        assert!(parse("/contact?endUserId=user-2").is_err());
        for bad in [&b""[..], b"\xff"] {
            let mut headers = HeaderMap::new();
            headers.insert("x-end-user-id", HeaderValue::from_bytes(bad).unwrap());
            assert!(ListQuery::parse(Resource::Contact, &"/contact".parse().unwrap(), &headers).is_err());
        }
    }
}
