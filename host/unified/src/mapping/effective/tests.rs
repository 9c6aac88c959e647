//! The mapping as a whole: listing, reading, writing, and both in turn.

use serde_json::json;

use super::*;
use crate::fixture;

fn overrides(value: Value) -> Vec<MappingOverride> {
    serde_json::from_value(value).unwrap()
}

fn compile(resource: Resource, layer: Value) -> EffectiveMapping {
    EffectiveMapping::compile(resource, &fixture::resource(resource), &[&overrides(layer)]).unwrap()
}

fn contact() -> EffectiveMapping {
    compile(Resource::Contact, json!([]))
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn body(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn read(
    mapping: &EffectiveMapping,
    record: &Value,
    selection: Option<&[String]>,
) -> Result<Value, ReadError> {
    let read = mapping.read(record, "example", selection, &mut Room::default());
    read.map(Value::from)
}

#[test]
fn a_mapping_cannot_make_gigabytes_of_a_record() {
    let many = (0..100).map(|number| {
        json!({"unifiedField": format!("customFields.f{number}"), "providerField": "/properties", "direction": "read"})
    });
    let mapping = compile(Resource::Contact, many.collect());
    let record = json!({"id": 1, "properties": {"text": "x".repeat(1_000)}});
    let mut room = Room::of(250_000);
    for expected in [true, true, false] {
        let read = mapping.read(&record, "example", None, &mut room);
        assert_eq!(read.is_ok(), expected, "two records of 100 kB have room");
    }
    let error = mapping.read(&record, "example", None, &mut room).unwrap_err();
    assert_eq!(error, ReadError::TooLarge { limit: 250_000 });
}

#[test]
fn rows_are_listed_in_the_order_of_the_schema_with_their_source() {
    let mapping = compile(
        Resource::Contact,
        json!([
            {"unifiedField": "customFields.zone", "providerField": "zone"},
            {"unifiedField": "customFields.area", "providerField": "area", "direction": "read"},
            {"unifiedField": "email", "providerField": "work_email", "transform": {"name": "primary"}},
            {"unifiedField": "company", "disabled": true},
        ]),
    );
    insta::assert_json_snapshot!(mapping.rows());
}

#[test]
fn an_end_users_override_goes_before_the_organisations() {
    let manifest = fixture::resource(Resource::Contact);
    let organisation = overrides(json!([
        {"unifiedField": "email", "providerField": "org_email"},
        {"unifiedField": "company", "providerField": "org_company"},
    ]));
    let end_user = overrides(json!([{"unifiedField": "email", "providerField": "my_email"}]));
    let mapping =
        EffectiveMapping::compile(Resource::Contact, &manifest, &[&organisation, &end_user]).unwrap();
    assert_eq!(mapping.provider_field_of("email"), Some("my_email"));
    assert_eq!(mapping.provider_field_of("company"), Some("org_company"));
    assert_eq!(mapping.provider_field_of("firstName"), Some("first.name"));
}

#[test]
fn a_record_shows_every_field_of_the_schema_in_its_order() {
    let record = json!({
        "id": 17, "createdAt": 1_709_913_600_000_i64, "owner": {"id": 3},
        "properties": {"first.name": "Ada", "email": "", "phones": [{"value": "+1"}], "city": "London", "stage": "2",
                       "tags": "a;b", "unmapped": "x"},
    });
    let mapping = contact();
    let read = mapping
        .read(&record, "example", None, &mut Room::default())
        .unwrap();
    let expected = json!({
        "id": "17", "remoteId": "17", "provider": "example", "firstName": "Ada", "lastName": null, "email": null,
        "phone": "+1", "company": null, "jobTitle": null,
        "address": {"street": null, "city": "London", "state": null, "postalCode": null, "country": null},
        "lifecycleStage": "customer", "ownerId": "3", "ownerName": null, "ownerEmail": null, "source": null,
        "tags": ["a", "b"], "customFields": null, "createdAt": "2024-03-08T16:00:00.000Z", "updatedAt": null,
    });
    assert_eq!(Value::from(read.clone()), expected);
    assert!(
        read.fields()
            .map(|(name, _)| name)
            .eq(Resource::Contact.fields().iter().map(|field| field.name))
    );
}

#[test]
fn what_is_absent_is_null_as_a_whole() {
    let (mapping, record) = (contact(), json!({"id": "1"}));
    let read = mapping
        .read(&record, "example", None, &mut Room::default())
        .unwrap();
    let there: Vec<_> = read
        .fields()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(there, ["id", "remoteId", "provider"]);
}

#[test]
fn custom_fields_are_an_object_once_one_is_mapped_and_come_by_name() {
    let mapping = compile(
        Resource::Contact,
        json!([
            {"unifiedField": "customFields.b", "providerField": "b"},
            {"unifiedField": "customFields.a", "providerField": "a"},
        ]),
    );
    let record = json!({"id": "1", "properties": {"b": {"any": 1}}});
    let read = read(&mapping, &record, None).unwrap();
    assert_eq!(read["customFields"].to_string(), r#"{"a":null,"b":{"any":1}}"#);
}

#[test]
fn a_selection_shows_the_id_and_what_was_asked_for() {
    let record = json!({"id": "1", "properties": {"first.name": "Ada", "email": "a@b.co"}});
    let selection = names(&["email", "address"]);
    assert_eq!(
        read(&contact(), &record, Some(&selection)),
        Ok(json!({"id": "1", "email": "a@b.co", "address": null}))
    );
}

#[test]
fn provider_fields_are_those_that_reading_needs() {
    let mapping = compile(
        Resource::Contact,
        json!([
            {"unifiedField": "source", "providerField": "email", "direction": "read",
             "transform": {"name": "join", "with": ["utm", "first.name"], "separator": " "}},
            {"unifiedField": "customFields.x", "providerField": "written_only", "direction": "write"},
            {"unifiedField": "customFields.y", "providerField": "y"},
            {"unifiedField": "jobTitle", "providerField": "title", "direction": "read",
             "transform": {"name": "expression", "expression": "$value & level", "with": ["level", "email"]}},
        ]),
    );
    for (selection, expected) in [
        (Some(vec!["jobTitle"]), vec!["title", "level", "email"]),
        (Some(vec!["id", "provider"]), vec![]),
        (Some(vec!["address"]), vec!["street", "city"]),
        (Some(vec!["ownerName"]), vec!["/owner/id"]),
        (Some(vec!["ownerEmail", "ownerId"]), vec!["/owner/id"]),
        (Some(vec!["source", "email"]), vec!["email", "utm", "first.name"]),
        (Some(vec!["customFields"]), vec!["y"]),
        (
            None,
            vec![
                "first.name",
                "last.name",
                "email",
                "phones",
                "company",
                "title",
                "level",
                "street",
                "city",
                "stage",
                "/owner/id",
                "utm",
                "tags",
                "y",
                "/createdAt",
            ],
        ),
    ] {
        let selection = selection.map(|selection| names(&selection));
        assert_eq!(
            mapping.provider_fields(selection.as_deref()),
            expected,
            "{selection:?}"
        );
    }
}

#[test]
fn expressions_read_the_fields_of_the_record_and_take_the_type_of_their_unified_field() {
    let read = |unified: &str, provider: &str, expression: &str| {
        let mapping = compile(
            Resource::Contact,
            json!([{"unifiedField": unified, "providerField": provider, "direction": "read",
                    "transform": {"name": "expression", "expression": expression, "with": ["first.name", "score"]}}]),
        );
        let name = unified.split('.').next().unwrap().to_owned();
        let selection = [name.clone()];
        let record = json!({"id": "1", "at": "2026-03-09",
                            "properties": {"first.name": "Ada", "score": 7, "rows": [{"t": "a"}, {"t": "b"}]}});
        super::tests::read(&mapping, &record, Some(&selection)).map(|mut read| read[&name].take())
    };
    for (unified, provider, expression, expected) in [
        ("jobTitle", "score", "`first.name` & ' ' & $value", json!("Ada 7")),
        ("jobTitle", "score", "score * 2", json!("14")),
        ("jobTitle", "score", "`first.name` ? missing", json!(null)),
        ("createdAt", "/at", "$value", json!("2026-03-09T00:00:00.000Z")),
        ("tags", "rows", "rows.t", json!(["a", "b"])),
        ("tags", "rows", "$value.t", json!(["a", "b"])),
        (
            "customFields.top",
            "score",
            "{'s': score}",
            json!({"top": {"s": 7}}),
        ),
    ] {
        assert_eq!(read(unified, provider, expression), Ok(expected), "{expression}");
    }
    let failed = |expression| read("jobTitle", "score", expression).unwrap_err().to_string();
    assert_eq!(
        failed("`first.name` * 2"),
        "jobTitle cannot be read from score: the expression fails on this record: it calculates with something that is \
         no number (JSONata T2001)"
    );
    assert_eq!(
        failed("$pad(`first.name`, 100000)"),
        "jobTitle cannot be read from score: `$pad` goes wider than 1000 characters"
    );
    assert_eq!(
        failed("rows"),
        "jobTitle cannot be read from score: expected text, got a list"
    );
}

#[test]
fn an_owner_without_a_name_is_called_by_first_and_last_name() {
    let mapping = compile(Resource::Owner, json!([]));
    let selection = names(&["name"]);
    assert_eq!(mapping.provider_fields(Some(&selection)), ["first", "last"]);
    for (record, expected) in [
        (
            json!({"id": 1, "first": "Ada", "last": "Lovelace"}),
            json!("Ada Lovelace"),
        ),
        (json!({"id": 1, "last": "Lovelace"}), json!("Lovelace")),
        (json!({"id": 1}), json!(null)),
    ] {
        assert_eq!(
            read(&mapping, &record, Some(&selection)),
            Ok(json!({"id": "1", "name": expected}))
        );
    }
    let named = compile(
        Resource::Owner,
        json!([{"unifiedField": "name", "providerField": "full", "direction": "read"}]),
    );
    let record = json!({"id": 1, "full": "The Countess", "first": "Ada"});
    assert_eq!(read(&named, &record, None).unwrap()["name"], "The Countess");
}

#[test]
fn fields_that_are_no_object_are_an_error_and_not_empty_fields() {
    let mut manifest = fixture::resource(Resource::Contact);
    manifest.fields_pointer = "/fields".to_owned();
    let mapping = EffectiveMapping::compile(Resource::Contact, &manifest, &[]).unwrap();
    let read = |fields: Value| read(&mapping, &json!({"id": 1, "fields": fields}), None);
    for (fields, found) in [
        (json!("secret"), "text"),
        (json!([]), "a list"),
        (json!(7), "a number"),
    ] {
        let expected = ReadError::FieldsNotAnObject {
            pointer: "/fields".to_owned(),
            found,
        };
        assert_eq!(read(fields), Err(expected));
    }
    for empty in [json!(null), json!({})] {
        assert!(read(empty).is_ok());
    }
}

#[test]
fn records_that_cannot_be_read_are_refused_with_the_field_and_without_the_value() {
    let read = |record: Value| read(&contact(), &record, None).unwrap_err();
    assert_eq!(read(json!([])), ReadError::NotAnObject { found: "a list" });
    for record in [
        json!({}),
        json!({"id": null}),
        json!({"id": ""}),
        json!({"id": {"x": 1}}),
    ] {
        assert_eq!(
            read(record),
            ReadError::NoId {
                pointer: "/id".to_owned()
            }
        );
    }
    let error = read(json!({"id": 1, "properties": {"phones": "secret"}})).to_string();
    assert_eq!(
        error,
        "phone cannot be read from phones: expected a list, got text"
    );
}

#[test]
fn a_creation_writes_what_there_is() {
    let values = contact().write(
        &body(json!({
            "firstName": "Ada", "lastName": null, "phone": "+1", "address": {"city": "London", "street": null},
            "lifecycleStage": "lead", "ownerId": "3", "tags": ["a", "b"],
        })),
        WriteMode::Create,
    );
    let expected = json!({
        "first.name": "Ada", "phones": [{"value": "+1"}], "city": "London", "stage": "1", "owner_id": "3", "tags": "a;b",
    });
    assert_eq!(values.map(Value::Object), Ok(expected));
}

#[test]
fn a_merge_touches_what_is_given_and_a_replacement_everything() {
    let given = body(json!({"firstName": "Ada", "address": {"city": null}, "phone": null}));
    let merged = contact().write(&given, WriteMode::Merge);
    assert_eq!(
        merged.map(Value::Object),
        Ok(json!({"first.name": "Ada", "phones": [], "city": null}))
    );
    let replaced = contact().write(&given, WriteMode::Replace);
    let expected = json!({
        "first.name": "Ada", "last.name": null, "email": null, "phones": [], "street": null, "city": null, "stage": null,
        "owner_id": null, "tags": null,
    });
    assert_eq!(replaced.map(Value::Object), Ok(expected));
}

#[test]
fn null_for_a_whole_object_clears_its_members() {
    let mapping = compile(
        Resource::Contact,
        json!([{"unifiedField": "customFields.tier", "providerField": "tier"}]),
    );
    let given = body(json!({"address": null, "customFields": null}));
    let merged = mapping.write(&given, WriteMode::Merge);
    assert_eq!(
        merged.map(Value::Object),
        Ok(json!({"street": null, "city": null, "tier": null}))
    );
    assert_eq!(mapping.write(&given, WriteMode::Create), Ok(Map::new()));
}

#[test]
fn fields_that_cannot_be_written_are_told_with_the_way_out() {
    let errors = contact()
        .write(
            &body(json!({
                "jobTitle": "Countess", "company": "Acme", "address": {"country": "UK"}, "customFields": {"tier": 1},
                "source": null, "tags": ["a;b"], "firstName": "Ada",
            })),
            WriteMode::Merge,
        )
        .unwrap_err();
    let unmapped = "example has no writable field for this; map one with PUT /field-mappings";
    for field in [
        "jobTitle",
        "company",
        "address.country",
        "customFields.tier",
        "source",
    ] {
        assert_eq!(errors[field], unmapped, "{field}");
    }
    assert!(errors["tags"].contains("do not contain `;`"));
    assert_eq!(errors.len(), 6);
    let errors = contact().write(&body(json!({"customFields": null})), WriteMode::Merge);
    assert_eq!(errors.unwrap_err()["customFields"], unmapped);
}

#[test]
fn a_providers_field_leads_back_to_the_unified_one() {
    let mapping = contact();
    for (provider_field, unified) in [
        ("first.name", Some("firstName")),
        ("/properties/first.name", Some("firstName")),
        ("/owner/id", Some("ownerId")),
        ("city", Some("address.city")),
        ("unmapped", None),
        ("", None),
    ] {
        assert_eq!(
            mapping.unified_field_of(provider_field),
            unified,
            "{provider_field}"
        );
    }
}

#[test]
fn filters_go_by_the_field_that_is_read() {
    let mapping = contact();
    assert_eq!(mapping.provider_field_of("ownerId"), Some("/owner/id"));
    assert_eq!(mapping.provider_field_of("jobTitle"), None);
    assert_eq!(
        mapping.transform_value_for_provider("lifecycleStage", &json!("customer")),
        Ok(json!("2"))
    );
    let reason = mapping
        .transform_value_for_provider("jobTitle", &json!("x"))
        .unwrap_err();
    assert_eq!(reason, "example has no field for `jobTitle`");
}

#[test]
fn what_is_written_through_a_whole_mapping_is_read_back() {
    let given = body(json!({
        "name": "Deal", "value": 12.5, "probability": 29, "closeDate": "2026-03-09T00:00:00.000Z", "contactId": "7",
    }));
    let mapping = compile(Resource::Deal, json!([]));
    let mut record = json!({"id": "1"});
    for (provider_field, value) in mapping.write(&given, WriteMode::Create).unwrap() {
        assert!(
            FieldPath::parse(&provider_field, "")
                .unwrap()
                .place(&mut record, value)
        );
    }
    let selection: Vec<String> = given.keys().cloned().collect();
    let mut read = read(&mapping, &record, Some(&selection)).unwrap();
    read.as_object_mut().unwrap().shift_remove("id");
    assert_eq!(read, Value::Object(given));
}

#[test]
fn a_compiled_mapping_can_be_shared_between_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<EffectiveMapping>();
}

#[test]
fn what_the_provider_requires_is_named_when_it_is_missing_or_cleared() {
    let mut manifest = fixture::resource(Resource::Contact);
    manifest.required = vec!["email".to_owned()];
    let mapping = EffectiveMapping::compile(Resource::Contact, &manifest, &[]).unwrap();
    for (body, mode, complete) in [
        (json!({ "firstName": "A" }), WriteMode::Create, false),
        (json!({ "firstName": "A" }), WriteMode::Replace, false),
        (json!({ "firstName": "A" }), WriteMode::Merge, true),
        (json!({ "email": null }), WriteMode::Merge, false),
        (json!({ "email": "a@b.example" }), WriteMode::Create, true),
    ] {
        let written = mapping.write(body.as_object().unwrap(), mode);
        let named = written.err().is_some_and(|errors| errors.contains_key("email"));
        assert_eq!(!named, complete, "{body} {mode:?}");
    }
}

#[test]
fn what_the_provider_always_sets_is_kept_by_a_replace_and_cannot_be_emptied() {
    let mut manifest = fixture::resource(Resource::Contact);
    manifest.always_set = vec!["email".to_owned()];
    let mapping = EffectiveMapping::compile(Resource::Contact, &manifest, &[]).unwrap();
    let field = mapping.provider_field_of("email").unwrap();
    let write = |body: Value, mode| mapping.write(body.as_object().unwrap(), mode);
    let replaced = write(json!({ "firstName": "A" }), WriteMode::Replace).unwrap();
    assert!(!replaced.contains_key(field));
    assert!(
        write(json!({ "email": "a@b.example" }), WriteMode::Replace)
            .unwrap()
            .contains_key(field)
    );
    for mode in [WriteMode::Replace, WriteMode::Merge] {
        assert!(
            write(json!({ "email": null }), mode)
                .unwrap_err()
                .contains_key("email")
        );
    }
    assert!(write(json!({ "firstName": "A", "email": null }), WriteMode::Create).is_ok());
}
