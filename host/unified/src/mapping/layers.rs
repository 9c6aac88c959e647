//! Lays overrides over the connector's mappings: default < organisation < end user.

use serde::{Deserialize, Serialize};

use super::{FieldErrors, Mapping, MappingOverride, OverrideChange, find_faults, target::Target};
use crate::manifest::ResourceManifest;
use crate::schema::Resource;

/// Where a mapping comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MappingSource {
    /// The connector's manifest.
    Default,
    /// An organisation or an end user.
    Override,
}

/// The mappings and overrides of a resource do not fit together.
#[derive(Debug, thiserror::Error)]
#[error("the field mappings of {resource} do not fit together: {}", listed(.errors))]
pub struct MappingError {
    /// The resource.
    pub resource: Resource,
    /// What is wrong, by unified field.
    pub errors: FieldErrors,
}

fn listed(errors: &FieldErrors) -> String {
    let errors: Vec<String> = errors
        .iter()
        .map(|(field, message)| format!("{field}: {message}"))
        .collect();
    errors.join("; ")
}

/// Checks one layer of overrides against the connector's mappings, as they will be once the layer is in force.
/// A layer on top of another one must also [compile](super::EffectiveMapping::compile) together with it.
pub fn check_overrides(
    resource: Resource,
    manifest: &ResourceManifest,
    overrides: &[MappingOverride],
) -> Result<(), FieldErrors> {
    let mut errors = lay(resource, manifest, &[overrides])
        .err()
        .map(|error| error.errors)
        .unwrap_or_default();
    for (index, change) in overrides.iter().enumerate() {
        let field = &change.unified_field;
        if overrides
            .iter()
            .take(index)
            .any(|other| other.unified_field == *field)
        {
            errors.insert(
                field.clone(),
                "is given twice: say once what it is mapped to".to_owned(),
            );
        }
        if let Err(message) = Target::parse(resource, field) {
            errors.insert(field.clone(), message);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The mappings that hold once every layer is in force, lowest precedence first; overridden ones come last.
pub(super) fn lay(
    resource: Resource,
    manifest: &ResourceManifest,
    layers: &[&[MappingOverride]],
) -> Result<Vec<(Mapping, MappingSource)>, MappingError> {
    let defaults = manifest.mappings.iter().cloned();
    let mut laid: Vec<_> = defaults
        .map(|mapping| (mapping, MappingSource::Default))
        .collect();
    for change in layers.iter().copied().flatten() {
        laid.retain(|(mapping, _)| mapping.unified_field != change.unified_field);
        if let OverrideChange::Set {
            provider_field,
            direction,
            transform,
        } = &change.change
        {
            let mapping = Mapping {
                unified_field: change.unified_field.clone(),
                provider_field: provider_field.clone(),
                direction: *direction,
                transform: transform.clone(),
            };
            laid.push((mapping, MappingSource::Override));
        }
    }
    let mappings: Vec<Mapping> = laid.iter().map(|(mapping, _)| mapping.clone()).collect();
    let mut errors = FieldErrors::new();
    for fault in find_faults(resource, &manifest.fields_pointer, &mappings) {
        if let Some(mapping) = mappings.get(fault.index) {
            let message = errors.entry(mapping.unified_field.clone()).or_default();
            let separator = if message.is_empty() { "" } else { "; " };
            *message += &format!("{separator}{}: {}", fault.member, fault.message);
        }
    }
    if errors.is_empty() {
        Ok(laid)
    } else {
        Err(MappingError { resource, errors })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;

    fn check(overrides: Value) -> Result<(), FieldErrors> {
        let overrides: Vec<MappingOverride> = serde_json::from_value(overrides).unwrap();
        check_overrides(
            Resource::Contact,
            &fixture::resource(Resource::Contact),
            &overrides,
        )
    }

    #[test]
    fn an_override_may_take_the_place_of_a_default_and_free_its_provider_field() {
        assert_eq!(
            check(json!([
                {"unifiedField": "email", "providerField": "work_email"},
                {"unifiedField": "customFields.login", "providerField": "email"},
                {"unifiedField": "phone", "disabled": true},
                {"unifiedField": "company", "providerField": "phone"},
            ])),
            Ok(())
        );
    }

    #[test]
    fn overrides_that_do_not_fit_are_refused_by_field() {
        for (change, expected) in [
            (
                json!({"unifiedField": "nickname", "providerField": "n"}),
                "contact has no field `nickname`",
            ),
            (
                json!({"unifiedField": "nickname", "disabled": true}),
                "contact has no field `nickname`",
            ),
            (
                json!({"unifiedField": "address", "providerField": "a"}),
                "member by member",
            ),
            (
                json!({"unifiedField": "customFields.mail", "providerField": "email"}),
                "already written by `email`",
            ),
            (
                json!({"unifiedField": "updatedAt", "providerField": "u"}),
                "direction: `updatedAt` is read-only",
            ),
            (
                json!({"unifiedField": "phone", "providerField": ""}),
                "must name a field",
            ),
        ] {
            let field = change["unifiedField"].as_str().unwrap().to_owned();
            let errors = check(json!([change])).unwrap_err();
            assert!(errors[&field].contains(expected), "{errors:?}");
            assert_eq!(errors.len(), 1);
        }
    }

    #[test]
    fn a_field_can_be_overridden_once_per_layer() {
        let errors = check(json!([
            {"unifiedField": "email", "providerField": "a"},
            {"unifiedField": "email", "disabled": true},
        ]));
        assert!(errors.unwrap_err()["email"].contains("twice"));
    }

    #[test]
    fn layers_that_conflict_are_told_apart_by_field() {
        let layer = |text: Value| -> Vec<MappingOverride> { serde_json::from_value(text).unwrap() };
        let organisation = layer(json!([{"unifiedField": "customFields.a", "providerField": "x"}]));
        let end_user = layer(json!([{"unifiedField": "customFields.b", "providerField": "x"}]));
        let manifest = fixture::resource(Resource::Contact);
        let error = lay(Resource::Contact, &manifest, &[&organisation, &end_user]).unwrap_err();
        assert!(error.errors["customFields.b"].contains("already written by `customFields.a`"));
        assert!(
            error
                .to_string()
                .starts_with("the field mappings of contact do not fit together: customFields.b")
        );
    }
}
