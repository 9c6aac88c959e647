//! Cursors of the API v2: the order, and where in it the last record of the page before was.

use serde_json::{Value, json};

use routemcp_sdk::sandbox::base64;

/// How a list is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) field: String,
    pub(crate) descending: bool,
}

/// Where a record is in an order: its value there, and its id among those of the same value.
pub(crate) type Place = (String, u64);

impl Order {
    /// Where a record is. Numbers get leading zeros, so that texts compare as they do.
    pub(crate) fn place(&self, record: &Value) -> Place {
        let id = record.get("id").and_then(Value::as_u64).unwrap_or_default();
        let value = match record.get(&self.field) {
            Some(Value::Number(number)) => format!("{number:0>20}"),
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        };
        (value, id)
    }

    pub(crate) fn is_after(&self, place: &Place, other: &Place) -> bool {
        if self.descending {
            place < other
        } else {
            place > other
        }
    }

    pub(crate) fn cursor(&self, (value, id): &Place) -> String {
        let cursor =
            json!({ "field": self.field, "fieldValue": value, "sortDirection": self.direction(), "id": id });
        base64::encode(cursor.to_string().as_bytes())
    }

    /// The place that a cursor of this order stands for; none for other texts.
    pub(crate) fn parse(&self, cursor: &str) -> Option<Place> {
        let cursor: Value = serde_json::from_slice(&base64::decode(cursor)?).ok()?;
        let text = |name: &str| cursor.get(name).and_then(Value::as_str);
        if text("field")? != self.field || text("sortDirection")? != self.direction() {
            return None;
        }
        Some((text("fieldValue")?.to_owned(), cursor.get("id")?.as_u64()?))
    }

    fn direction(&self) -> &'static str {
        if self.descending { "desc" } else { "asc" }
    }
}
