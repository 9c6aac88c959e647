//! Which values a write may have. Names that the module lacks, and fields that Zoho sets, are passed over as Zoho does.

use routemcp_sdk::sandbox::State;
use serde_json::{Map, Value, json};

use crate::sandbox::error::ApiError;
use crate::sandbox::schema::Kind;
use crate::sandbox::schema::{STAGES, Type};
use crate::sandbox::{seed, store, time, users, write};

/// The given fields as they are stored.
pub(crate) fn fields(
    state: &dyn State,
    of: Type,
    given: &Value,
    index: usize,
) -> Result<Map<String, Value>, ApiError> {
    let empty = Map::new();
    let given = given.as_object().unwrap_or(&empty);
    let mut fields = Map::new();
    let mut errors = Vec::new();
    for (name, value) in given {
        let Some(kind) = of.kind(name) else { continue };
        match checked(state, kind, value, given) {
            Ok(value) => drop(fields.insert(name.clone(), value)),
            Err(refusal) => errors.push(refusal.about(name, index)),
        }
    }
    if fields.get("What_Id") == Some(&Value::Null) {
        fields.insert("$se_module".to_owned(), Value::Null);
    }
    match errors.pop() {
        None => Ok(fields),
        Some(error) if errors.is_empty() => Err(error),
        Some(last) => {
            errors.push(last);
            let errors: Vec<Value> = errors.iter().map(ApiError::body).collect();
            // How Zoho lists several errors is unconfirmed.
            let details = json!({ "errors": errors });
            Err(ApiError::new(
                400,
                "MULTIPLE_OR_MULTI_ERRORS",
                "multiple errors occurred",
                details,
            ))
        }
    }
}

/// What a new record must have, and what Zoho adds.
pub(crate) fn complete(of: Type, fields: &mut Map<String, Value>, index: usize) -> Result<(), ApiError> {
    let lacks = |name: &&&str| {
        fields
            .get(**name)
            .is_none_or(|value| value.is_null() || *value == "")
    };
    if let Some(name) = of.mandatory().iter().find(lacks) {
        return Err(write::mandatory(name, index));
    }
    let mut add = |name: &str, value: Value| {
        if fields.get(name).is_none_or(Value::is_null) {
            fields.insert(name.to_owned(), value);
        }
    };
    add("Owner", users::with_email(users::ADMINISTRATOR));
    match of {
        Type::Deals => {
            add("Currency", "EUR".into());
            add("Pipeline", "Standard".into());
            let stage = fields.get("Stage").cloned().unwrap_or_default();
            let odds = STAGES
                .iter()
                .find(|(name, _)| stage == *name)
                .map(|(_, odds)| *odds);
            fields.entry("Probability").or_insert_with(|| odds.into());
        }
        Type::Events => add("All_day", false.into()),
        _ => {}
    }
    Ok(())
}

/// Why a value is refused.
enum Refusal {
    Type(&'static str),
    Length(usize),
    /// Of a member of the value.
    Member(&'static str),
    Missing(&'static str),
}

impl Refusal {
    fn about(&self, name: &str, index: usize) -> ApiError {
        let (code, message) = ("INVALID_DATA", "invalid data");
        match self {
            Self::Type(expected) => ApiError::of_field(
                code,
                message,
                name,
                index,
                json!({ "expected_data_type": expected }),
            ),
            Self::Length(maximum) => {
                ApiError::of_field(code, message, name, index, json!({ "maximum_length": maximum }))
            }
            Self::Member(member) => {
                let details =
                    json!({ "api_name": member, "json_path": format!("$.data[{index}].{name}.{member}") });
                ApiError::new(400, code, "the related id given seems to be invalid", details)
            }
            Self::Missing(other) => {
                let details = json!({ "api_name": other, "json_path": format!("$.data[{index}].{other}"),
                                      "dependee": { "api_name": name, "json_path": format!("$.data[{index}].{name}") } });
                ApiError::new(
                    400,
                    "DEPENDENT_FIELD_MISSING",
                    "a dependent field is missing",
                    details,
                )
            }
        }
    }
}

fn checked(
    state: &dyn State,
    kind: Kind,
    value: &Value,
    given: &Map<String, Value>,
) -> Result<Value, Refusal> {
    // A record always has an owner and a currency.
    if value.is_null() {
        return match kind {
            Kind::User => Err(Refusal::Type("jsonobject")),
            Kind::Tags | Kind::Participants => Err(Refusal::Type("jsonarray")),
            _ => Ok(Value::Null),
        };
    }
    match kind {
        Kind::Text(maximum) => text(value, "text").and_then(|text| at_most(text, maximum)),
        Kind::Email => text(value, "email").and_then(email),
        Kind::Number => value
            .is_number()
            .then(|| value.clone())
            .ok_or(Refusal::Type("double")),
        Kind::Integer => value
            .is_i64()
            .then(|| value.clone())
            .ok_or(Refusal::Type("integer")),
        Kind::Boolean => value
            .is_boolean()
            .then(|| value.clone())
            .ok_or(Refusal::Type("boolean")),
        Kind::Date => text(value, "date").and_then(|text| when(time::is_date(text), text, "date")),
        Kind::Time => moment(text(value, "datetime")?),
        Kind::Choice(options) => {
            text(value, "picklist").and_then(|text| when(options.contains(&text), text, "picklist"))
        }
        Kind::Choices => texts(value),
        Kind::Lookup(of) => reference(state, of, value),
        Kind::User => owner(value),
        Kind::Tags => list(value, |tag| Some(seed::tag(tag.get("name")?.as_str()?))),
        Kind::Participants => list(value, |participant| take_part(state, participant)),
        Kind::Related => related(state, value, given),
        Kind::RelatedModule => text(value, "text").map(Value::from),
    }
}

fn text<'a>(value: &'a Value, expected: &'static str) -> Result<&'a str, Refusal> {
    value.as_str().ok_or(Refusal::Type(expected))
}

fn when(good: bool, text: &str, expected: &'static str) -> Result<Value, Refusal> {
    if good {
        Ok(text.into())
    } else {
        Err(Refusal::Type(expected))
    }
}

fn at_most(text: &str, maximum: usize) -> Result<Value, Refusal> {
    match text.chars().count() {
        0 => Ok(Value::Null),
        length if length > maximum => Err(Refusal::Length(maximum)),
        _ => Ok(text.into()),
    }
}

fn email(text: &str) -> Result<Value, Refusal> {
    let dotted = |domain: &str| domain.contains('.') && domain.split('.').all(|part| !part.is_empty());
    let good = text
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && dotted(domain) && !domain.contains('@'));
    if good && !text.contains(char::is_whitespace) {
        at_most(text, 100)
    } else {
        Err(Refusal::Type("email"))
    }
}

fn moment(text: &str) -> Result<Value, Refusal> {
    let moment = time::from_zoho(text).ok_or(Refusal::Type("datetime"))?;
    Ok(time::to_zoho(moment).into())
}

fn texts(value: &Value) -> Result<Value, Refusal> {
    list(value, |element| element.is_string().then(|| element.clone()))
}

fn list(value: &Value, one: impl Fn(&Value) -> Option<Value>) -> Result<Value, Refusal> {
    let elements = value.as_array().ok_or(Refusal::Type("jsonarray"))?;
    elements
        .iter()
        .map(one)
        .collect::<Option<Vec<_>>>()
        .map(Value::Array)
        .ok_or(Refusal::Type("jsonobject"))
}

/// By `{id}`, with the name looked up.
fn reference(state: &dyn State, of: Type, value: &Value) -> Result<Value, Refusal> {
    let id = value.get("id").ok_or(Refusal::Type("jsonobject"))?;
    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let record = store::by_text(state, of, &id).ok_or(Refusal::Member("id"))?;
    Ok(json!({ "name": record.name(of), "id": id }))
}

fn owner(value: &Value) -> Result<Value, Refusal> {
    let id = value
        .get("id")
        .and_then(Value::as_str)
        .ok_or(Refusal::Type("jsonobject"))?;
    let number = users::number(id).ok_or(Refusal::Member("id"))?;
    Ok(users::with_email(number))
}

fn related(state: &dyn State, value: &Value, given: &Map<String, Value>) -> Result<Value, Refusal> {
    let module = given.get("$se_module").and_then(Value::as_str);
    let of = Type::parse(module.ok_or(Refusal::Missing("$se_module"))?).map_err(|_| Refusal::Type("text"))?;
    reference(state, of, value)
}

fn take_part(state: &dyn State, participant: &Value) -> Option<Value> {
    let [kind, who] = ["type", "participant"].map(|name| participant.get(name).and_then(Value::as_str));
    let (kind, who) = (kind?, who?);
    let (name, email) = match kind {
        "email" => (Value::Null, Value::Null),
        "contact" => person(state, Type::Contacts, who)?,
        "lead" => person(state, Type::Leads, who)?,
        "user" => {
            let user = users::with_email(users::number(who)?);
            (user.get("name")?.clone(), user.get("email")?.clone())
        }
        _ => return None,
    };
    Some(
        json!({ "type": kind, "participant": who, "name": name, "Email": email, "invited": true, "status": "not_known" }),
    )
}

fn person(state: &dyn State, of: Type, id: &str) -> Option<(Value, Value)> {
    let record = store::by_text(state, of, id)?;
    Some((record.name(of), record.value(of, "Email")?))
}
