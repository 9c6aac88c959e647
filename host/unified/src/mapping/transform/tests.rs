//! Each transform in tables, and by the property that what it writes it reads back.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn transform(value: Value) -> Transform {
    serde_json::from_value(value).unwrap()
}

#[test]
fn provider_values_become_unified_ones() {
    for (by, provider, unified) in [
        (json!({"name": "number"}), json!("12.50"), json!(12.5)),
        (json!({"name": "number"}), json!(12), json!(12)),
        (json!({"name": "number"}), json!(""), json!(null)),
        (json!({"name": "number", "scale": 100}), json!("0.2"), json!(20)),
        (json!({"name": "number", "scale": 100}), json!(0.29), json!(29)),
        (
            json!({"name": "number", "scale": 0.01}),
            json!(1999),
            json!(19.99),
        ),
        (
            json!({"name": "boolean", "true": "Y", "false": "N"}),
            json!("N"),
            json!(false),
        ),
        (
            json!({"name": "boolean", "true": 1, "false": 0}),
            json!(1.0),
            json!(true),
        ),
        (
            json!({"name": "boolean", "true": "on", "false": null}),
            json!(null),
            json!(false),
        ),
        (
            json!({"name": "boolean", "true": "Y", "false": "N"}),
            json!(null),
            json!(null),
        ),
        (
            json!({"name": "date"}),
            json!("2026-03-09"),
            json!("2026-03-09T00:00:00.000Z"),
        ),
        (
            json!({"name": "dateTime", "format": "iso8601"}),
            json!("2026-03-09 15:00:00"),
            json!("2026-03-09T15:00:00.000Z"),
        ),
        (
            json!({"name": "dateTime", "format": "epochMilliseconds"}),
            json!("1709913600123"),
            json!("2024-03-08T16:00:00.123Z"),
        ),
        (
            json!({"name": "dateTime", "format": "epochSeconds"}),
            json!(1_709_913_600),
            json!("2024-03-08T16:00:00.000Z"),
        ),
        (
            json!({"name": "dateTime", "format": "epochSeconds"}),
            json!(1.5),
            json!("1970-01-01T00:00:01.500Z"),
        ),
        (
            json!({"name": "dateTime", "format": "%d/%m/%Y %H:%M"}),
            json!("09/03/2026 15:00"),
            json!("2026-03-09T15:00:00.000Z"),
        ),
        (
            json!({"name": "dateTime", "format": "%Y-%m-%d %H:%M %z"}),
            json!("2026-03-09 15:00 +0200"),
            json!("2026-03-09T13:00:00.000Z"),
        ),
        (
            json!({"name": "table", "values": {"1": "won"}}),
            json!(1),
            json!("won"),
        ),
        (
            json!({"name": "table", "values": {"1": "won"}}),
            json!("other"),
            json!("other"),
        ),
        (json!({"name": "primary"}), json!(["a", "b"]), json!("a")),
        (json!({"name": "primary"}), json!([]), json!(null)),
        (
            json!({"name": "primary", "member": "id"}),
            json!([{"id": 7}, {"id": 8}]),
            json!("7"),
        ),
        (
            json!({"name": "primary", "member": "id"}),
            json!([{}]),
            json!(null),
        ),
        (
            json!({"name": "member", "member": "id"}),
            json!({"id": 7, "name": "x"}),
            json!(7),
        ),
        (
            json!({"name": "member", "member": "id"}),
            json!(null),
            json!(null),
        ),
        (
            json!({"name": "split", "separator": ";"}),
            json!("a; b;;c"),
            json!(["a", "b", "c"]),
        ),
        (
            json!({"name": "members", "member": "name"}),
            json!([{"name": "a"}, {}, {"name": 1}]),
            json!(["a", "1"]),
        ),
        (
            json!({"name": "join", "with": ["last"], "separator": " "}),
            json!(["Ada", null]),
            json!("Ada"),
        ),
        (
            json!({"name": "join", "with": ["last"], "separator": " "}),
            json!([" Ada ", "Lovelace"]),
            json!("Ada Lovelace"),
        ),
        (
            json!({"name": "join", "with": ["last"], "separator": " "}),
            json!(["", null]),
            json!(null),
        ),
        (
            json!({"name": "expression", "expression": "$uppercase($value)"}),
            json!("ada"),
            json!("ADA"),
        ),
        (
            json!({"name": "expression", "expression": "emails[primary].value"}),
            json!({"emails": [{"value": "a"}, {"value": "b", "primary": true}]}),
            json!("b"),
        ),
        (
            json!({"name": "expression", "expression": "missing"}),
            json!({}),
            json!(null),
        ),
    ] {
        assert_eq!(
            transform(by.clone()).read(&provider),
            Ok(unified),
            "{by} {provider}"
        );
    }
}

#[test]
fn unified_values_become_what_the_provider_takes() {
    let moment = json!("2024-03-08T16:00:00.999Z");
    for (by, unified, provider) in [
        (json!({"name": "number"}), json!(12.5), json!("12.5")),
        (
            json!({"name": "number", "provider": "number"}),
            json!(12.5),
            json!(12.5),
        ),
        (
            json!({"name": "number", "scale": 100}),
            json!(12.3),
            json!("0.123"),
        ),
        (
            json!({"name": "number", "provider": "number", "scale": 0.01}),
            json!(19.99),
            json!(1999),
        ),
        (
            json!({"name": "boolean", "true": "Y", "false": "N"}),
            json!(true),
            json!("Y"),
        ),
        (json!({"name": "date"}), moment.clone(), json!("2024-03-08")),
        (
            json!({"name": "dateTime", "format": "iso8601"}),
            moment.clone(),
            moment.clone(),
        ),
        (
            json!({"name": "dateTime", "format": "epochMilliseconds"}),
            moment.clone(),
            json!(1_709_913_600_999_i64),
        ),
        (
            json!({"name": "dateTime", "format": "epochMilliseconds", "provider": "text"}),
            moment.clone(),
            json!("1709913600999"),
        ),
        (
            json!({"name": "dateTime", "format": "epochSeconds"}),
            moment.clone(),
            json!(1_709_913_600),
        ),
        (
            json!({"name": "dateTime", "format": "%d/%m/%Y %H:%M %z"}),
            moment,
            json!("08/03/2024 16:00 +0000"),
        ),
        (
            json!({"name": "table", "values": {"1": "won"}}),
            json!("won"),
            json!("1"),
        ),
        (
            json!({"name": "table", "values": {"1": "won"}}),
            json!("lost"),
            json!("lost"),
        ),
        (json!({"name": "primary"}), json!("a"), json!(["a"])),
        (
            json!({"name": "primary", "member": "id"}),
            json!("7"),
            json!([{"id": "7"}]),
        ),
        (json!({"name": "primary", "member": "id"}), json!(null), json!([])),
        (
            json!({"name": "member", "member": "id"}),
            json!("7"),
            json!({"id": "7"}),
        ),
        (
            json!({"name": "split", "separator": ";"}),
            json!(["a", "b"]),
            json!("a;b"),
        ),
        (
            json!({"name": "members", "member": "name"}),
            json!(["a"]),
            json!([{"name": "a"}]),
        ),
    ] {
        assert_eq!(
            transform(by.clone()).write(&unified),
            Ok(provider),
            "{by} {unified}"
        );
    }
}

#[test]
fn null_stays_null_on_the_way_out_and_in_except_for_lists_by_their_first_element() {
    for by in every_invertible() {
        let written = by.write(&Value::Null).unwrap();
        let empty = if by.name() == "primary" {
            json!([])
        } else {
            Value::Null
        };
        assert_eq!(written, empty, "{by:?}");
        assert_eq!(by.read(&written), Ok(Value::Null), "{by:?}");
    }
}

#[test]
fn values_that_do_not_fit_are_refused_without_repeating_them() {
    for (by, value) in [
        (json!({"name": "number"}), json!("secret")),
        (
            json!({"name": "boolean", "true": "Y", "false": "N"}),
            json!("secret"),
        ),
        (json!({"name": "date"}), json!("secret")),
        (
            json!({"name": "dateTime", "format": "epochMilliseconds"}),
            json!(1e300),
        ),
        (json!({"name": "dateTime", "format": "%Y-%m-%d"}), json!("secret")),
        (
            json!({"name": "table", "values": {"1": "won"}}),
            json!(["secret"]),
        ),
        (json!({"name": "primary"}), json!("secret")),
        (json!({"name": "member", "member": "id"}), json!("secret")),
        (json!({"name": "split", "separator": ";"}), json!(["secret"])),
        (json!({"name": "members", "member": "id"}), json!(["secret"])),
        (
            json!({"name": "join", "with": ["b"], "separator": " "}),
            json!([["secret"]]),
        ),
    ] {
        let reason = transform(by.clone()).read(&value).unwrap_err();
        assert!(
            reason.contains("expected") && !reason.contains("secret"),
            "{by}: {reason}"
        );
    }
    let split = transform(json!({"name": "split", "separator": ";;"}));
    for elements in [json!(["a;;b"]), json!(["a;", ";b"]), json!([""]), json!([1])] {
        assert!(split.write(&elements).is_err(), "{elements}");
    }
}

#[test]
fn parameters_without_sense_are_refused() {
    for (by, expected) in [
        (json!({"name": "number", "scale": 0}), "above 0"),
        (json!({"name": "boolean", "true": 1, "false": 1.0}), "must differ"),
        (
            json!({"name": "boolean", "true": null, "false": 0}),
            "must not be null",
        ),
        (json!({"name": "dateTime", "format": "%H:%M"}), "full date"),
        (
            json!({"name": "dateTime", "format": "%Y-%m-%d %I:%M"}),
            "full date",
        ),
        (json!({"name": "dateTime", "format": "%&"}), "strftime"),
        (
            json!({"name": "dateTime", "format": "iso8601", "provider": "number"}),
            "epoch",
        ),
        (json!({"name": "table", "values": {}}), "at least one"),
        (
            json!({"name": "table", "values": {"1": "won", "2": "won"}}),
            "two entries of `values` lead to `won`",
        ),
        (json!({"name": "primary", "member": ""}), "`member`"),
        (json!({"name": "split", "separator": ""}), "`separator`"),
        (
            json!({"name": "join", "with": [], "separator": ""}),
            "at least one",
        ),
        (
            json!({"name": "expression", "expression": "a b"}),
            "is no JSONata at character 3",
        ),
        (
            json!({"name": "expression", "expression": "$eval('1')"}),
            "must not call `$eval`",
        ),
        (
            json!({"name": "expression", "expression": "a", "with": [""]}),
            "`with`",
        ),
    ] {
        let reason = transform(by.clone()).check().unwrap_err();
        assert!(reason.contains(expected), "{by}: {reason}");
    }
}

#[test]
fn names_and_parameters_that_do_not_exist_are_refused() {
    for by in [
        json!({"name": "shout"}),
        json!({"name": "date", "format": "x"}),
        json!({"name": "number", "factor": 1}),
        json!({"name": "split"}),
        json!({"name": "expression"}),
        json!({"name": "expression", "expression": "a", "language": "jq"}),
        json!({}),
    ] {
        assert!(serde_json::from_value::<Transform>(by.clone()).is_err(), "{by}");
    }
}

#[test]
fn transforms_are_written_as_they_were_read() {
    for by in every_invertible() {
        let written = serde_json::to_value(&by).unwrap();
        assert_eq!(written["name"], by.name());
        assert_eq!(transform(written), by);
        assert_eq!(by.check(), Ok(()));
    }
}

#[test]
fn an_expression_makes_any_type_and_is_never_written() {
    let by = transform(json!({"name": "expression", "expression": "a", "with": ["b"]}));
    for kind in [
        FieldKind::Text,
        FieldKind::Number,
        FieldKind::Boolean,
        FieldKind::DateTime,
        FieldKind::TextList,
        FieldKind::Attendees,
        FieldKind::CustomFields,
    ] {
        assert!(by.fits(kind), "{kind:?}");
    }
    assert!(by.read_only());
    assert!(by.write(&json!("x")).unwrap_err().contains("can only be read"));
    assert_eq!(by.further_fields(), ["b"]);
    assert_eq!(
        serde_json::to_value(&by).unwrap(),
        json!({"name": "expression", "expression": "a", "with": ["b"]})
    );
}

fn every_invertible() -> Vec<Transform> {
    let list = json!([
        {"name": "number"},
        {"name": "number", "provider": "number", "scale": 100},
        {"name": "boolean", "true": "Y", "false": 0},
        {"name": "date"},
        {"name": "dateTime", "format": "iso8601"},
        {"name": "dateTime", "format": "epochMilliseconds", "provider": "text"},
        {"name": "dateTime", "format": "epochSeconds"},
        {"name": "dateTime", "format": "%Y-%m-%d %H:%M:%S"},
        {"name": "table", "values": {"1": "won", "2": "lost"}},
        {"name": "primary"},
        {"name": "primary", "member": "value"},
        {"name": "member", "member": "id"},
        {"name": "split", "separator": "; "},
        {"name": "members", "member": "name"},
    ]);
    serde_json::from_value(list).unwrap()
}

/// Unified values as precise as the transform's format is.
fn value_for(by: &Transform) -> BoxedStrategy<Value> {
    const DAY: i64 = 86_400_000;
    let moment = |unit: i64| {
        (-20_000 * DAY / unit..40_000 * DAY / unit).prop_map(move |units| {
            crate::time::format(jiff::Timestamp::from_millisecond(units * unit).unwrap()).into()
        })
    };
    // A provider's own word for something that the table translates would be read as its translation.
    let word = "[a-zA-Zäöü .@-]{0,10}[a-z]".prop_map(|text| text.trim().to_owned());
    match by {
        Transform::Number { .. } => {
            let decimal =
                (-1_000_000_000_000_i64..1_000_000_000_000, 0..6_i32).prop_map(|(digits, decimals)| {
                    let number: f64 = format!("{digits}e-{decimals}").parse().unwrap();
                    crate::mapping::coerce::number(&json!(number)).unwrap()
                });
            decimal.boxed()
        }
        Transform::Boolean { .. } => any::<bool>().prop_map(Value::Bool).boxed(),
        Transform::Date {} => moment(DAY).boxed(),
        Transform::DateTime { format, .. } => match format {
            DateTimeFormat::Iso8601 | DateTimeFormat::EpochMilliseconds => moment(1).boxed(),
            DateTimeFormat::EpochSeconds | DateTimeFormat::Pattern(_) => moment(1000).boxed(),
        },
        Transform::Table { .. } => prop_oneof![
            Just(json!("won")),
            Just(json!("lost")),
            word.prop_map(Value::from)
        ]
        .boxed(),
        Transform::Split { .. } | Transform::Members { .. } => proptest::collection::vec(word, 0..5)
            .prop_map(Value::from)
            .boxed(),
        _ => word.prop_map(Value::from).boxed(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_written_is_read_back(
        (by, value) in proptest::sample::select(every_invertible())
            .prop_flat_map(|by| { let value = value_for(&by); (Just(by), value) })
    ) {
        let written = by.write(&value).unwrap();
        prop_assert_eq!(by.read(&written), Ok(value), "{:?} by way of {}", by, written);
    }
}
