//! Declared parameters of an operation: in the path, the query and the headers.

use std::collections::BTreeMap;

use http::HeaderMap;
use serde_json::Value;

use crate::exchange::Fault;
use crate::schema::Schema;

/// Headers that OpenAPI describes elsewhere than among the parameters.
const NOT_PARAMETERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// One parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    required: bool,
    /// Lists as repeated parameters rather than as one with commas.
    exploded: bool,
    schema: Schema,
}

impl Parameter {
    /// Of a resolved parameter object; none for cookies.
    pub(crate) fn new(declared: &Value, schema: impl FnOnce(Value) -> Schema) -> Option<Self> {
        let name = declared.get("name")?.as_str()?.to_owned();
        let place = match declared.get("in")?.as_str()? {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" if !NOT_PARAMETERS.contains(&name.to_lowercase().as_str()) => Place::Header,
            _ => return None,
        };
        let flag = |keyword: &str| declared.get(keyword).and_then(Value::as_bool);
        Some(Self {
            name,
            place,
            required: flag("required").unwrap_or_default(),
            exploded: flag("explode").unwrap_or(place == Place::Query),
            schema: schema(declared.get("schema").cloned().unwrap_or(Value::Bool(true))),
        })
    }

    /// What is wrong with the values given for it, which are none where it is left out.
    pub(crate) fn faults(&self, values: &[&str]) -> Vec<Fault> {
        let part = match self.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
        };
        let part = format!("request {part} {}", self.name);
        let faults = match values {
            [] if self.required => vec![Fault::new("", "is required and missing")],
            [] => Vec::new(),
            [joined] if self.schema.is_list() && !self.exploded => {
                self.schema.faults(&self.schema.read_list(joined.split(',')))
            }
            several if self.schema.is_list() => self
                .schema
                .faults(&self.schema.read_list(several.iter().copied())),
            [single] => self.schema.faults(&self.schema.read(single)),
            _ => vec![Fault::new("", "is given more than once")],
        };
        faults.into_iter().map(|fault| fault.within(&part)).collect()
    }
}

/// Everything wrong with a request's parameters; query parameters that are not declared too.
pub(crate) fn faults(
    parameters: &[Parameter],
    path: &BTreeMap<String, String>,
    query: &[(String, String)],
    headers: &HeaderMap,
) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for parameter in parameters {
        let name = parameter.name.as_str();
        let values: Vec<&str> = match parameter.place {
            Place::Path => path.get(name).map(String::as_str).into_iter().collect(),
            Place::Query => query
                .iter()
                .filter(|(given, _)| given == name)
                .map(|(_, value)| value.as_str())
                .collect(),
            Place::Header => headers
                .get_all(name)
                .iter()
                .filter_map(|value| value.to_str().ok())
                .collect(),
        };
        faults.extend(parameter.faults(&values));
    }
    let declared = |name: &str| {
        parameters
            .iter()
            .any(|known| known.place == Place::Query && known.name == name)
    };
    let unknown = query.iter().filter(|(name, _)| !declared(name));
    faults.extend(unknown.map(|(name, _)| Fault::new(format!("request query {name}"), "is not declared")));
    faults
}
