//! Whether records say the same.

use serde_json::{Map, Value};

/// How much of a value a message shows, in characters.
const SHOWN: usize = 80;

/// A field that differs.
#[derive(Debug, PartialEq)]
pub(super) struct Difference {
    /// Dotted for members.
    field: String,
    expected: Value,
    found: Value,
}

/// Fields that were given and do not read as given. What was not given is not looked at.
pub(super) fn given(expected: &Map<String, Value>, found: &Map<String, Value>) -> Vec<Difference> {
    let mut differences = Vec::new();
    members("", expected, found, &mut differences);
    differences
}

/// Every field in which two records differ, but for the `except` ones.
pub(super) fn whole(
    one: &Map<String, Value>,
    other: &Map<String, Value>,
    except: &[&str],
) -> Vec<Difference> {
    let names = one
        .keys()
        .chain(other.keys().filter(|name| !one.contains_key(*name)));
    let differing = names
        .filter(|name| !except.contains(&name.as_str()))
        .filter(|name| one.get(*name) != other.get(*name));
    let at = |record: &Map<String, Value>, name: &String| record.get(name).cloned().unwrap_or_default();
    differing
        .map(|name| Difference {
            field: name.clone(),
            expected: at(one, name),
            found: at(other, name),
        })
        .collect()
}

fn members(
    place: &str,
    expected: &Map<String, Value>,
    found: &Map<String, Value>,
    differences: &mut Vec<Difference>,
) {
    for (name, expected) in expected {
        let field = format!("{place}{name}");
        match (expected, found.get(name).unwrap_or(&Value::Null)) {
            (Value::Object(expected), Value::Object(found)) => {
                members(&format!("{field}."), expected, found, differences);
            }
            (expected, found) if same(expected, found) => {}
            (expected, found) => {
                differences.push(Difference {
                    field,
                    expected: expected.clone(),
                    found: found.clone(),
                });
            }
        }
    }
}

/// The same value, however it is written: numbers by size, times by instant, lists of texts in any order, objects in lists
/// by the members that were given.
pub(super) fn same(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::String(one), Value::String(other)) => one == other || same_instant(one, other),
        (Value::Array(one), Value::Array(other)) => same_list(one, other),
        (Value::Object(one), Value::Object(other)) => given(one, other).is_empty(),
        (one, other) => one == other,
    }
}

fn same_instant(one: &str, other: &str) -> bool {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    instant(one).is_some_and(|one| instant(other) == Some(one))
}

fn same_list(one: &[Value], other: &[Value]) -> bool {
    let texts = |list: &[Value]| {
        let mut texts: Vec<String> = list
            .iter()
            .filter_map(|value| Some(value.as_str()?.to_owned()))
            .collect();
        texts.sort_unstable();
        (texts.len() == list.len()).then_some(texts)
    };
    match (texts(one), texts(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other)),
    }
}

/// Differences as lines of a message.
pub(super) fn listed(differences: &[Difference]) -> String {
    let line = |difference: &Difference| {
        let Difference {
            field,
            expected,
            found,
        } = difference;
        format!("{field}: expected {}, found {}", shown(expected), shown(found))
    };
    differences.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A value as JSON, cut.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    let length = text.chars().count();
    if length <= SHOWN {
        return text;
    }
    let begin: String = text.chars().take(SHOWN).collect();
    format!("{begin}… ({length} characters)")
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{given, listed, same, whole};

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_given_field_that_is_lost_or_changed_is_a_difference_and_a_further_one_is_not() {
        let expected =
            map(json!({ "email": "a@b.c", "address": { "city": "Bern", "state": "BE" }, "value": 5 }));
        let found = json!({ "id": "1", "email": "a@b.c", "address": { "city": "Bern", "state": "BE", "country": "CH" }, "value": 5.0 });
        assert_eq!(given(&expected, &map(found)), []);
        let broken = json!({ "email": "A@b.c", "address": { "city": "Bern" }, "value": 5 });
        let differences = given(&expected, &map(broken));
        assert_eq!(
            listed(&differences),
            "email: expected \"a@b.c\", found \"A@b.c\"\naddress.state: expected \"BE\", found null"
        );
        assert_eq!(given(&expected, &Map::new()).len(), 3);
    }

    #[test]
    fn values_are_the_same_however_they_are_written() {
        for (expected, found, holds) in [
            (json!(5), json!(5.0), true),
            (json!(5), json!("5"), false),
            (
                json!("2026-05-04T10:15:30+02:00"),
                json!("2026-05-04T08:15:30.000Z"),
                true,
            ),
            (
                json!("2026-05-04T10:15:30Z"),
                json!("2026-05-04T08:15:30.000Z"),
                false,
            ),
            (json!(["b", "a"]), json!(["a", "b"]), true),
            (json!(["a", "a"]), json!(["a", "b"]), false),
            (
                json!([{ "email": "a@b.c" }]),
                json!([{ "email": "a@b.c", "name": null }]),
                true,
            ),
            (json!([{ "email": "a@b.c" }]), json!([]), false),
            (json!("e\u{301}"), json!("\u{e9}"), false),
            (json!(null), json!(""), false),
        ] {
            assert_eq!(same(&expected, &found), holds, "{expected} {found}");
        }
    }

    #[test]
    fn whole_records_differ_in_any_field_but_the_excepted() {
        let one = map(json!({ "id": "1", "name": "A", "updatedAt": "x" }));
        let other = map(json!({ "id": "1", "name": "B", "updatedAt": "y", "stage": "new" }));
        assert_eq!(
            listed(&whole(&one, &other, &["updatedAt"])),
            "name: expected \"A\", found \"B\"\nstage: expected null, found \"new\""
        );
        assert_eq!(whole(&one, &one, &[]), []);
    }
}
