//! What must hold for the mappings of one resource, whether they come from a manifest or from overrides.

use super::{FieldPath, Mapping, target::Target};
use crate::schema::{Access, FieldKind, Resource};

/// What is wrong with one mapping.
#[derive(PartialEq, Debug)]
pub(crate) struct Fault {
    /// Which mapping.
    pub(crate) index: usize,
    /// Which of its members: `unifiedField`, `providerField`, `direction` or `transform`.
    pub(crate) member: &'static str,
    /// Why, and what would be right.
    pub(crate) message: String,
}

/// Everything that is wrong with these mappings. A conflict between two is told at the later one.
pub(crate) fn find_faults(resource: Resource, fields_pointer: &str, mappings: &[Mapping]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: Vec<(&Mapping, FieldPath)> = Vec::new();
    for (index, mapping) in mappings.iter().enumerate() {
        let mut report = |member, message| {
            faults.push(Fault {
                index,
                member,
                message,
            })
        };
        check_unified(resource, mapping, &mut report);
        match check_provider(fields_pointer, mapping) {
            Err(message) => report("providerField", message),
            Ok(path) => {
                check_conflicts(&seen, mapping, &path, &mut report);
                seen.push((mapping, path));
            }
        }
    }
    faults
}

fn check_unified(resource: Resource, mapping: &Mapping, report: &mut impl FnMut(&'static str, String)) {
    match Target::parse(resource, &mapping.unified_field) {
        Err(message) => report("unifiedField", message),
        Ok(target) => {
            if mapping.direction.writes() && target.access(resource) == Access::ReadOnly {
                report(
                    "direction",
                    format!("`{}` is read-only: use `read`", mapping.unified_field),
                );
            }
            check_transform(mapping, target.kind(), report);
        }
    }
}

fn check_transform(mapping: &Mapping, kind: FieldKind, report: &mut impl FnMut(&'static str, String)) {
    let Some(transform) = &mapping.transform else {
        return;
    };
    if let Err(message) = transform.check() {
        report("transform", message);
    }
    if !transform.fits(kind) {
        let name = transform.name();
        report(
            "transform",
            format!(
                "`{name}` does not make {}, which `{}` is",
                words(kind),
                mapping.unified_field
            ),
        );
    }
    if transform.read_only() && mapping.direction.writes() {
        report(
            "direction",
            format!(
                "the transform `{}` can only be read: use `read`",
                transform.name()
            ),
        );
    }
}

fn check_provider(fields_pointer: &str, mapping: &Mapping) -> Result<FieldPath, String> {
    for further in mapping
        .transform
        .iter()
        .flat_map(|transform| transform.further_fields())
    {
        FieldPath::parse(further, fields_pointer)?;
    }
    FieldPath::parse(&mapping.provider_field, fields_pointer)
}

fn check_conflicts(
    seen: &[(&Mapping, FieldPath)],
    mapping: &Mapping,
    path: &FieldPath,
    report: &mut impl FnMut(&'static str, String),
) {
    for (other, other_path) in seen {
        let writes = mapping.direction.writes() && other.direction.writes();
        let reads = mapping.direction.reads() && other.direction.reads();
        if mapping.unified_field == other.unified_field && (reads || writes) {
            let way = if reads { "read from" } else { "written to" };
            let message = format!(
                "`{}` is already {way} `{}`",
                other.unified_field, other.provider_field
            );
            report("unifiedField", message);
        } else if writes && path.same_place(other_path) {
            let message = format!(
                "`{}` is already written by `{}`: two values cannot go to one field; use `read` for one of them",
                other.provider_field, other.unified_field
            );
            report("providerField", message);
        }
    }
}

fn words(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Number => "a number",
        FieldKind::Boolean => "a boolean",
        FieldKind::DateTime => "a date time",
        FieldKind::TextList => "a list of texts",
        FieldKind::Attendees => "a list of attendees",
        FieldKind::Address => "an address",
        FieldKind::CustomFields => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn faults(resource: Resource, mappings: Value) -> Vec<(usize, &'static str, String)> {
        let mappings: Vec<Mapping> = serde_json::from_value(mappings).unwrap();
        let faults = find_faults(resource, "/properties", &mappings);
        faults
            .into_iter()
            .map(|fault| (fault.index, fault.member, fault.message))
            .collect()
    }

    #[test]
    fn good_mappings_have_no_fault() {
        let found = faults(
            Resource::Contact,
            json!([
                {"unifiedField": "email", "providerField": "email", "direction": "bidirectional"},
                {"unifiedField": "source", "providerField": "email", "direction": "read", "transform": null},
                {"unifiedField": "ownerId", "providerField": "/owner/id", "direction": "read"},
                {"unifiedField": "ownerId", "providerField": "owner_id", "direction": "write"},
                {"unifiedField": "createdAt", "providerField": "/createdAt", "direction": "read"},
                {"unifiedField": "customFields.since", "providerField": "since", "direction": "bidirectional",
                 "transform": {"name": "date"}},
            ]),
        );
        assert_eq!(found, []);
    }

    #[test]
    fn every_rule_is_kept_and_its_fault_is_placed() {
        for (mapping, member, expected) in [
            (
                json!({"unifiedField": "nickname", "direction": "read"}),
                "unifiedField",
                "has no field `nickname`",
            ),
            (
                json!({"unifiedField": "email", "direction": "read"}),
                "unifiedField",
                "already read from `taken`",
            ),
            (
                json!({"unifiedField": "email", "direction": "write"}),
                "unifiedField",
                "already written to `taken`",
            ),
            (
                json!({"unifiedField": "phone", "providerField": "/properties/taken", "direction": "write"}),
                "providerField",
                "already written by `email`",
            ),
            (
                json!({"unifiedField": "phone", "providerField": "/~", "direction": "read"}),
                "providerField",
                "~0",
            ),
            (
                json!({"unifiedField": "createdAt", "direction": "bidirectional"}),
                "direction",
                "read-only: use `read`",
            ),
            (
                json!({"unifiedField": "phone", "direction": "bidirectional",
                    "transform": {"name": "join", "with": ["b"], "separator": " "}}),
                "direction",
                "only be read",
            ),
            (
                json!({"unifiedField": "phone", "direction": "bidirectional",
                    "transform": {"name": "expression", "expression": "$value"}}),
                "direction",
                "only be read",
            ),
            (
                json!({"unifiedField": "phone", "direction": "read",
                    "transform": {"name": "expression", "expression": "first &"}}),
                "transform",
                "ends too early, after character 7",
            ),
            (
                json!({"unifiedField": "phone", "direction": "read",
                    "transform": {"name": "expression", "expression": "a", "with": ["/~"]}}),
                "providerField",
                "~0",
            ),
            (
                json!({"unifiedField": "phone", "direction": "read", "transform": {"name": "split", "separator": ";"}}),
                "transform",
                "does not make text",
            ),
            (
                json!({"unifiedField": "tags", "direction": "read", "transform": {"name": "split", "separator": ""}}),
                "transform",
                "`separator`",
            ),
        ] {
            let mut mapping = mapping;
            if mapping.get("providerField").is_none() {
                mapping["providerField"] = json!("other");
            }
            let taken =
                json!({"unifiedField": "email", "providerField": "taken", "direction": "bidirectional"});
            let found = faults(Resource::Contact, json!([taken, mapping]));
            assert_eq!(found.len(), 1, "{mapping}: {found:?}");
            assert_eq!((found[0].0, found[0].1), (1, member), "{mapping}: {found:?}");
            assert!(found[0].2.contains(expected), "{mapping}: {found:?}");
        }
    }

    #[test]
    fn owners_can_only_be_read() {
        let write =
            json!([{"unifiedField": "email", "providerField": "email", "direction": "bidirectional"}]);
        assert_eq!(faults(Resource::Owner, write)[0].1, "direction");
    }
}
