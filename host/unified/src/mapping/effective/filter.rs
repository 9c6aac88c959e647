//! Values of filters on their way to the provider.

use serde_json::Value;

use crate::describe::sort_of;
use crate::mapping::{Transform, coerce};
use crate::schema::FieldKind;
use crate::time;

pub(super) fn provider_value(
    kind: FieldKind,
    transform: Option<&Transform>,
    value: &Value,
) -> Result<Value, String> {
    let typed = match (kind, value) {
        (_, Value::Null) => return Err("needs a value to compare with".to_owned()),
        (FieldKind::Number, Value::String(text)) => {
            let number = coerce::parse_number(text);
            number
                .map(Value::Number)
                .ok_or("must be a number, such as 12.5")?
        }
        (FieldKind::Boolean, Value::String(text)) => match text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err("must be true or false".to_owned()),
        },
        (FieldKind::DateTime, Value::String(text)) => {
            let instant = time::parse_instant(text);
            let instant =
                instant.ok_or("must be an ISO 8601 date or date time with an offset, such as 2026-03-09")?;
            Value::String(time::format(instant))
        }
        (_, Value::Array(_) | Value::Object(_)) => {
            return Err(format!("must be one value, not {}", sort_of(value)));
        }
        (_, value) => value.clone(),
    };
    // Lists are searched for one of their elements.
    match transform {
        Some(Transform::Split { .. } | Transform::Members { .. }) | None => Ok(typed),
        Some(Transform::Primary { .. } | Transform::Member { .. }) => Ok(typed),
        Some(transform) => transform.write(&typed),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn transform(value: Value) -> Option<Transform> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn query_text_becomes_what_the_provider_compares_with() {
        for (kind, by, value, expected) in [
            (FieldKind::Text, json!(null), json!("a@b.co"), json!("a@b.co")),
            (
                FieldKind::Text,
                json!({"name": "table", "values": {"1": "won"}}),
                json!("won"),
                json!("1"),
            ),
            (
                FieldKind::Text,
                json!({"name": "primary", "member": "value"}),
                json!("a@b.co"),
                json!("a@b.co"),
            ),
            (FieldKind::Number, json!(null), json!("12.50"), json!(12.5)),
            (
                FieldKind::Number,
                json!({"name": "number"}),
                json!("12.50"),
                json!("12.5"),
            ),
            (
                FieldKind::Boolean,
                json!({"name": "boolean", "true": 1, "false": 0}),
                json!("false"),
                json!(0),
            ),
            (
                FieldKind::DateTime,
                json!({"name": "date"}),
                json!("2026-03-09T10:00:00Z"),
                json!("2026-03-09"),
            ),
            (
                FieldKind::TextList,
                json!({"name": "split", "separator": ";"}),
                json!("vip"),
                json!("vip"),
            ),
        ] {
            let found = provider_value(kind, transform(by).as_ref(), &value);
            assert_eq!(found, Ok(expected), "{kind:?} {value}");
        }
    }

    #[test]
    fn values_of_another_type_are_refused() {
        for (kind, value, expected) in [
            (FieldKind::Number, json!("many"), "must be a number"),
            (FieldKind::Boolean, json!("yes"), "must be true or false"),
            (FieldKind::DateTime, json!("soon"), "ISO 8601"),
            (FieldKind::Text, json!(null), "needs a value"),
            (FieldKind::Text, json!({"a": 1}), "must be one value"),
        ] {
            let reason = provider_value(kind, None, &value).unwrap_err();
            assert!(reason.contains(expected), "{reason}");
        }
        let join = transform(json!({"name": "join", "with": ["last"], "separator": " "}));
        assert!(provider_value(FieldKind::Text, join.as_ref(), &json!("Ada")).is_err());
        let expression = transform(json!({"name": "expression", "expression": "a"}));
        let reason = provider_value(FieldKind::Text, expression.as_ref(), &json!("Ada")).unwrap_err();
        assert!(reason.contains("can only be read"), "{reason}");
    }
}
