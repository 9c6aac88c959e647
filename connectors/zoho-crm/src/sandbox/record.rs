//! A record and how Zoho writes it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sandbox::schema::Type;
use crate::sandbox::{time, users};

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: u64,
    /// The fields that can be written and have a value; lookups with their names.
    pub(crate) fields: Map<String, Value>,
    pub(crate) created_ms: i64,
    pub(crate) modified_ms: i64,
    /// The number of a record that was there from the start. Its metrics are computed from this.
    pub(crate) seed: Option<u64>,
}

impl Record {
    /// The value of a field, null included; none if the module has no such field.
    pub(crate) fn value(&self, of: Type, name: &str) -> Option<Value> {
        match name {
            "id" => Some(self.id.to_string().into()),
            "Created_Time" => Some(time::to_zoho(self.created_ms).into()),
            "Modified_Time" => Some(time::to_zoho(self.modified_ms).into()),
            "Created_By" | "Modified_By" => Some(users::reference(users::ADMINISTRATOR)),
            "Full_Name" if of.computed().contains(&name) => Some(self.full_name().into()),
            "Expected_Revenue" if of == Type::Deals => Some(self.expected_revenue()),
            _ => self.written(of, name),
        }
    }

    fn written(&self, of: Type, name: &str) -> Option<Value> {
        of.kind(name)?;
        if let Some(value) = self.fields.get(name) {
            return Some(value.clone());
        }
        let metric = of.metric(name).zip(self.seed);
        // Any number does that is the same each time.
        Some(metric.map_or(Value::Null, |(metric, seed)| {
            ((seed * 31 + metric * 17) % 1_000).into()
        }))
    }

    fn full_name(&self) -> String {
        let parts = ["First_Name", "Last_Name"].map(|name| self.fields.get(name).and_then(Value::as_str));
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn expected_revenue(&self) -> Value {
        let number = |name| self.fields.get(name).and_then(Value::as_f64);
        match (number("Amount"), number("Probability")) {
            (Some(amount), Some(percent)) => json!(amount * percent / 100.0),
            _ => Value::Null,
        }
    }

    /// The name that lookups to this record show.
    pub(crate) fn name(&self, of: Type) -> Value {
        self.value(of, of.name_field()).unwrap_or_default()
    }

    /// With the fields asked for. Names that the module lacks are passed over.
    pub(crate) fn with_fields(&self, of: Type, names: &[&str]) -> Value {
        let named = names
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), self.value(of, name)?)));
        let id = ("id".to_owned(), self.id.to_string().into());
        Value::Object(named.chain([id]).collect())
    }

    /// With every field and Zoho's system keys.
    pub(crate) fn whole(&self, of: Type) -> Value {
        let own = of.fields().iter().map(|(name, _)| *name);
        let names: Vec<&str> = own.chain(of.computed().iter().copied()).collect();
        let mut record = self.with_fields(of, &names);
        if let Value::Object(members) = &mut record {
            members.insert("$approval_state".to_owned(), "approved".into());
            members.insert("$editable".to_owned(), true.into());
        }
        record
    }
}
