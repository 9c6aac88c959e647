//! What a JSON Schema cannot say: whether the parts of a manifest fit together.

mod oauth2;

use serde_json::Value;

use super::{Manifest, ManifestError, Problem, ResourceManifest, template};
use crate::describe::one_of;
use crate::mapping::{FieldPath, find_faults};
use crate::pointer::escape;
use crate::schema::{Operation, Resource};
use crate::write::WriteMode;

/// Every way in which the parts do not fit together.
pub(super) fn check(manifest: &Manifest) -> Result<(), ManifestError> {
    let mut problems = Problems(Vec::new());
    settings(manifest, &mut problems);
    auth(manifest, &mut problems);
    base_url(manifest, &mut problems);
    sandbox(manifest, &mut problems);
    for (resource, declared) in &manifest.resources {
        let place = format!("/resources/{resource}");
        operations(*resource, declared, &place, &mut problems);
        mappings(*resource, declared, &place, &mut problems);
        queries(declared, &place, &mut problems);
    }
    if manifest.resources.is_empty() {
        let known = one_of(Resource::ALL.map(Resource::name));
        problems.add(
            "/resources",
            format!("has no resource that this host knows: {known}"),
        );
    }
    ManifestError::unless_none(problems.0)
}

struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, pointer: impl Into<String>, message: impl AsRef<str>) {
        self.0.push(Problem::new(pointer.into(), message.as_ref()));
    }
}

fn settings(manifest: &Manifest, problems: &mut Problems) {
    for (index, setting) in manifest.settings.iter().enumerate() {
        if manifest
            .settings
            .iter()
            .take(index)
            .any(|other| other.name == setting.name)
        {
            problems.add(
                format!("/settings/{index}/name"),
                "is the name of an earlier setting",
            );
        }
        match &setting.default {
            Some(default) if !setting.choices.is_empty() && !setting.choices.contains(default) => {
                let choices = one_of(setting.choices.iter().map(String::as_str));
                problems.add(format!("/settings/{index}/default"), format!("must be {choices}"));
            }
            _ => {}
        }
    }
}

fn auth(manifest: &Manifest, problems: &mut Problems) {
    for (index, method) in manifest.auth.iter().enumerate() {
        if manifest
            .auth
            .iter()
            .take(index)
            .any(|other| other.id() == method.id())
        {
            problems.add(format!("/auth/{index}/id"), "is the id of an earlier auth method");
        }
        if let Some(method) = method.oauth2() {
            oauth2::check(manifest, method, &format!("/auth/{index}"), problems);
        }
    }
}

/// Every placeholder must have somewhere to come from.
fn base_url(manifest: &Manifest, problems: &mut Problems) {
    let names = match template::placeholders(&manifest.base_url) {
        Ok(names) => names,
        Err(message) => return problems.add("/baseUrl", message),
    };
    for name in names {
        let from_token =
            |method: &super::AuthMethod| method.settings_from_token().any(|(other, _)| other == name);
        if manifest.setting(name).is_none() && !manifest.auth.iter().any(from_token) {
            let message = format!(
                "`{{{name}}}` is neither in `settings` nor in the `settingsFromToken` of an auth method"
            );
            problems.add("/baseUrl", message);
        }
    }
}

fn sandbox(manifest: &Manifest, problems: &mut Problems) {
    let Some(sandbox) = &manifest.sandbox else {
        return;
    };
    if manifest.auth_method(&sandbox.auth).is_none() {
        let ids = one_of(manifest.auth.iter().map(super::AuthMethod::id));
        problems.add(
            "/sandbox/auth",
            format!("must be the id of an auth method: {ids}"),
        );
    }
    for name in sandbox.settings.keys() {
        let from_token =
            |method: &super::AuthMethod| method.settings_from_token().any(|(other, _)| other == name);
        if manifest.setting(name).is_none() && !manifest.auth.iter().any(from_token) {
            problems.add(
                format!("/sandbox/settings/{}", escape(name)),
                "is not one of the `settings`",
            );
        }
    }
    for (name, body) in &sandbox.examples {
        example(name, body, problems);
    }
}

/// An example is a body that a caller could send.
fn example(name: &str, body: &Value, problems: &mut Problems) {
    let place = format!("/sandbox/examples/{}", escape(name));
    match Resource::ALL.into_iter().find(|resource| resource.name() == name) {
        None => problems.add(
            place,
            format!(
                "must be the name of a resource: {}",
                one_of(Resource::ALL.map(Resource::name))
            ),
        ),
        Some(resource) => {
            for (field, message) in crate::body::check(resource, body, WriteMode::Create)
                .err()
                .into_iter()
                .flatten()
            {
                problems.add(format!("{place}/{}", escape(&field)), message);
            }
        }
    }
}

fn operations(resource: Resource, declared: &ResourceManifest, place: &str, problems: &mut Problems) {
    for (index, operation) in declared.operations.iter().enumerate() {
        if operation.writes() && !resource.writable() {
            let message = format!("{resource} is read-only: it can have `list` and `get`");
            problems.add(format!("{place}/operations/{index}"), message);
        }
    }
    for operation in Operation::ALL {
        if declared.supports(operation) && declared.unsupported_reason(operation).is_some() {
            problems.add(
                format!("{place}/unsupported/{operation}"),
                "is also in `operations`: leave it out of one",
            );
        }
    }
}

fn mappings(resource: Resource, declared: &ResourceManifest, place: &str, problems: &mut Problems) {
    if declared.id_pointer.is_empty() || FieldPath::from_root(&declared.id_pointer).is_err() {
        problems.add(
            format!("{place}/idPointer"),
            "must lead to a value inside the record, such as `/id`",
        );
    }
    for fault in find_faults(resource, &declared.fields_pointer, &declared.mappings) {
        problems.add(
            format!("{place}/mappings/{}/{}", fault.index, fault.member),
            fault.message,
        );
    }
}

/// Filters and sorts go by the provider field that the unified one is read from; what is required must be writable.
fn queries(declared: &ResourceManifest, place: &str, problems: &mut Problems) {
    let mapped = |name: &str| {
        declared
            .mappings
            .iter()
            .any(|mapping| mapping.unified_field == name)
    };
    for (list, names) in [
        ("filters", &declared.filters),
        ("sorts", &declared.sorts),
        ("required", &declared.required),
        ("alwaysSet", &declared.always_set),
    ] {
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !mapped(name)) {
            problems.add(
                format!("{place}/{list}/{index}"),
                format!("`{name}` has no mapping: add one, or leave it out"),
            );
        }
    }
}
