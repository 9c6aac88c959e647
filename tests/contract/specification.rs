//! The operations of all documents of one provider.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::exchange::{Exchange, Fault};
use crate::operation::{Contents, Operation, RequestBody, Segment};
use crate::parameter::Parameter;
use crate::schema::{Components, Schema};
use crate::translate::Direction;

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// What a provider says its API is.
#[derive(Debug, Default)]
pub(crate) struct Specification {
    operations: Vec<Operation>,
}

/// One document while it is read.
struct Document<'a> {
    source: &'a Value,
    components: Arc<Components>,
}

impl Specification {
    /// Reads every JSON file in a folder and the folders in it.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut specification = Self::default();
        specification.read_into(folder);
        specification
    }

    fn read_into(&mut self, folder: &Path) {
        let entries =
            std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.read_into(&path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let document = serde_json::from_slice(&std::fs::read(&path).unwrap());
                self.add(&document.unwrap_or_else(|error| panic!("{}: {error}", path.display())));
            }
        }
    }

    /// Adds the operations of an OpenAPI document.
    pub(crate) fn add(&mut self, source: &Value) {
        let document = Document {
            source,
            components: Arc::new(Components::of(source)),
        };
        let base = document.base();
        for (template, item) in members(source.get("paths")) {
            for method in METHODS {
                if let Some(declared) = item.get(method) {
                    self.operations
                        .push(document.operation(&base, template, item, method, declared));
                }
            }
        }
    }

    /// The name of the operation that a request belongs to, or its own method and path where there is none; and everything
    /// wrong with the exchange.
    pub(crate) fn check(&self, exchange: &Exchange) -> (String, Vec<Fault>) {
        let candidates = self
            .operations
            .iter()
            .filter(|operation| operation.method == exchange.method);
        let candidates =
            candidates.filter_map(|operation| Some((operation, operation.matches(&exchange.path)?)));
        let order = |(operation, _): &(&Operation, _)| {
            (
                operation.exactness(),
                std::cmp::Reverse(operation.wrong_headers(exchange)),
            )
        };
        match candidates.max_by_key(order) {
            Some((operation, path)) => (operation.name(), operation.faults(exchange, &path)),
            None => {
                let name = format!("{} {}", exchange.method, exchange.path);
                (
                    name,
                    vec![Fault::new(
                        "request path",
                        "no operation has this path and method",
                    )],
                )
            }
        }
    }
}

impl Document<'_> {
    /// The path of the first server.
    fn base(&self) -> String {
        let server = self
            .source
            .pointer("/servers/0/url")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let after_scheme = server.split_once("://").map_or(server, |(_, rest)| rest);
        let path = after_scheme.split_once('/').map_or("", |(_, path)| path);
        path.trim_end_matches('/').to_owned()
    }

    /// The object itself, or the one that it refers to.
    fn resolve<'b>(&'b self, object: &'b Value) -> &'b Value {
        let Some(reference) = object.get("$ref").and_then(Value::as_str) else {
            return object;
        };
        let referred = reference
            .strip_prefix('#')
            .and_then(|pointer| self.source.pointer(pointer));
        self.resolve(referred.unwrap_or_else(|| panic!("{reference} leads nowhere")))
    }

    fn operation(
        &self,
        base: &str,
        template: &str,
        item: &Value,
        method: &str,
        declared: &Value,
    ) -> Operation {
        Operation {
            method: method.to_uppercase(),
            template: template.to_owned(),
            segments: Segment::parse(&format!("{base}{template}")),
            parameters: self.parameters(item, declared),
            body: declared
                .get("requestBody")
                .map(|body| self.body(self.resolve(body))),
            responses: members(declared.get("responses"))
                .map(|(status, response)| {
                    (
                        status.to_uppercase().replace("DEFAULT", "default"),
                        self.response(response),
                    )
                })
                .collect(),
        }
    }

    /// Those of the path, except where the operation has its own of the same name and place.
    fn parameters(&self, item: &Value, declared: &Value) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let lists = [declared, item]
            .into_iter()
            .filter_map(|owner| owner.get("parameters")?.as_array());
        for declared in lists.flatten() {
            let schema = |source| Schema::new(source, &self.components, Direction::Response);
            let known = |one: &Parameter| {
                parameters
                    .iter()
                    .any(|other| (&other.name, other.place) == (&one.name, one.place))
            };
            if let Some(parameter) = Parameter::new(self.resolve(declared), schema).filter(|one| !known(one))
            {
                parameters.push(parameter);
            }
        }
        parameters
    }

    fn body(&self, declared: &Value) -> RequestBody {
        RequestBody {
            required: declared
                .get("required")
                .and_then(Value::as_bool)
                .unwrap_or_default(),
            contents: self.contents(declared, Direction::Request),
        }
    }

    fn response(&self, declared: &Value) -> Contents {
        self.contents(self.resolve(declared), Direction::Response)
    }

    fn contents(&self, declared: &Value, direction: Direction) -> Contents {
        let contents = members(declared.get("content")).map(|(media_type, content)| {
            let source = content.get("schema").cloned().unwrap_or(Value::Bool(true));
            (
                media_type.to_lowercase(),
                Schema::new(source, &self.components, direction),
            )
        });
        contents.collect::<BTreeMap<_, _>>()
    }
}

fn members(object: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    let members = object.and_then(Value::as_object).into_iter().flatten();
    members.map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests;
