//! Every bidirectional mapping of every connector in the tree: what is written reads back the same.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy takes only functions with #[test] for tests"
)]

use std::path::PathBuf;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use routemcp_unified::WriteMode;
use routemcp_unified::manifest::{Manifest, ResourceManifest};
use routemcp_unified::mapping::{
    DateTimeFormat, Direction, EffectiveMapping, FieldPath, Mapping, Room, Transform,
};
use routemcp_unified::schema::{ADDRESS_MEMBERS, FieldKind, Resource};
use serde_json::{Map, Value, json};

const CASES: usize = 200;

#[test]
fn what_is_written_through_any_bidirectional_mapping_is_read_back() {
    let manifests = manifests();
    assert!(!manifests.is_empty(), "no connector was found");
    let mut runner = TestRunner::deterministic();
    let mut mappings = 0;
    for manifest in &manifests {
        for (resource, declared) in &manifest.resources {
            let both = |mapping: &&Mapping| mapping.direction == Direction::Bidirectional;
            for mapping in declared.mappings.iter().filter(both) {
                mappings += 1;
                check(&manifest.slug, *resource, declared, mapping, &mut runner);
            }
        }
    }
    assert!(mappings >= 20, "only {mappings} mappings were tried");
}

/// The manifests of the connectors in this repository.
fn manifests() -> Vec<Manifest> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
    let folders = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = folders
        .map(|folder| folder.join("manifest.json"))
        .filter(|file| file.exists());
    let parse = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        Manifest::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    files.map(parse).collect()
}

fn check(
    slug: &str,
    resource: Resource,
    declared: &ResourceManifest,
    mapping: &Mapping,
    runner: &mut TestRunner,
) {
    let field = &mapping.unified_field;
    let effective = EffectiveMapping::compile(resource, declared, &[]).unwrap();
    let path = FieldPath::parse(&mapping.provider_field, &declared.fields_pointer).unwrap();
    let values = strategy(kind(resource, field), mapping.transform.as_ref());
    for _ in 0..CASES {
        let value = values.new_tree(runner).unwrap().current();
        let written = effective.write(&body(field, &value), WriteMode::Merge).unwrap();
        let mut document = json!({});
        assert!(
            FieldPath::from_root(&declared.id_pointer)
                .unwrap()
                .place(&mut document, json!("1"))
        );
        let provider_value = written[&mapping.provider_field].clone();
        assert!(
            path.place(&mut document, provider_value.clone()),
            "{slug} {resource} {field}"
        );
        let read = effective
            .read(&document, slug, None, &mut Room::default())
            .unwrap();
        let place = format!("/{}", field.replace('.', "/"));
        let back = Value::from(read).pointer(&place).cloned().unwrap_or_default();
        assert_eq!(
            back, value,
            "{slug} {resource} {field} went through {provider_value}"
        );
    }
}

/// A body with one field, which may be a member of an address.
fn body(field: &str, value: &Value) -> Map<String, Value> {
    let (outer, value) = match field.split_once('.') {
        Some((outer, member)) => (outer, json!({ member: value })),
        None => (field, value.clone()),
    };
    Map::from_iter([(outer.to_owned(), value)])
}

fn kind(resource: Resource, field: &str) -> FieldKind {
    match field.split_once('.') {
        Some((_, member)) => {
            ADDRESS_MEMBERS
                .iter()
                .find(|known| known.name == member)
                .unwrap()
                .kind
        }
        None => resource.field(field).unwrap().kind,
    }
}

fn strategy(kind: FieldKind, transform: Option<&Transform>) -> BoxedStrategy<Value> {
    match (kind, transform) {
        (FieldKind::Text, Some(Transform::Table { values })) => {
            // A text outside the table passes through, unless it is the provider's word for something else.
            let words: Vec<String> = values.values().cloned().collect();
            let taken: Vec<String> = values.keys().chain(values.values()).cloned().collect();
            let free = text().prop_filter("a word of the table", move |word| !taken.contains(word));
            prop_oneof![proptest::sample::select(words), free]
                .prop_map(Value::from)
                .boxed()
        }
        (FieldKind::Number, Some(Transform::Number { scale: Some(_), .. })) => {
            (0..=100_u32).prop_map(Value::from).boxed()
        }
        (FieldKind::Number, _) => number(),
        (FieldKind::Boolean, _) => any::<bool>().prop_map(Value::from).boxed(),
        (FieldKind::DateTime, Some(Transform::Date {})) => moments(86_400_000),
        (FieldKind::DateTime, Some(Transform::DateTime { format, .. }))
            if *format != DateTimeFormat::Iso8601 =>
        {
            moments(1_000)
        }
        (FieldKind::DateTime, _) => moments(1),
        (FieldKind::TextList, _) => {
            let element = text().prop_map(|text| text.replace([';', ','], "_"));
            proptest::collection::vec(element, 1..5)
                .prop_map(Value::from)
                .boxed()
        }
        (FieldKind::Attendees, _) => {
            let attendee = text().prop_map(|name| json!({ "email": "a@example.com", "name": name }));
            proptest::collection::vec(attendee, 1..4)
                .prop_map(Value::from)
                .boxed()
        }
        _ => text().prop_map(Value::from).boxed(),
    }
}

/// Texts with something in them; what is empty is absent.
fn text() -> BoxedStrategy<String> {
    "\\PC{0,20}[a-zé☃日]\\PC{0,20}".boxed()
}

fn number() -> BoxedStrategy<Value> {
    prop_oneof![
        (-1_000_000_000_i64..1_000_000_000).prop_map(Value::from),
        (-100_000_000_i64..100_000_000)
            .prop_map(|cents| json!(cents as f64 / 100.0))
            .prop_filter("whole numbers are written without a fraction", |value| value
                .as_f64()
                .is_some_and(|value| value.fract() != 0.0)),
    ]
    .boxed()
}

/// Times from 1970 to 2100, in steps of so many milliseconds.
fn moments(step: i64) -> BoxedStrategy<Value> {
    (0..4_102_444_800_000 / step)
        .prop_map(move |steps| {
            let time = jiff::Timestamp::from_millisecond(steps * step).unwrap();
            json!(time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
        })
        .boxed()
}
