//! What a meeting has and no mapping can express: its deal, and who takes part.
//!
//! `What_Id` is a deal, an account or a lead, and `$se_module` says which; `Participants` come in four types. The record gets
//! two ready values, `$deal` and `attendees`, and takes them back.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value, json};

use crate::modules::Module;
use crate::read;

const DEAL: &str = "/$deal";
const ATTENDEES: &str = "/attendees";

pub(crate) fn has_links(module: Module) -> bool {
    module == Module::Events
}

/// The Zoho fields behind a ready value.
pub(crate) fn source_of(field: &str) -> Option<&'static [&'static str]> {
    match field {
        ATTENDEES => Some(&["Participants"]),
        _ if field == DEAL || field.starts_with("/$deal/") => Some(&["What_Id", "$se_module"]),
        _ => None,
    }
}

pub(crate) fn needs_dressing(module: Module, fields: &[String]) -> bool {
    has_links(module) && fields.iter().any(|field| source_of(field).is_some())
}

/// Adds the ready values.
pub(crate) fn dress_all(module: Module, records: &mut [Value]) {
    if !has_links(module) {
        return;
    }
    for record in records {
        let deal = record.get("What_Id").filter(|_| is_about_a_deal(record)).cloned();
        let attendees: Vec<Value> = participants(record).iter().map(attendee).collect();
        if let Value::Object(members) = record {
            members.insert("$deal".to_owned(), deal.into());
            members.insert("attendees".to_owned(), attendees.into());
        }
    }
}

fn is_about_a_deal(record: &Value) -> bool {
    record.get("$se_module").and_then(Value::as_str) == Some(Module::Deals.name())
}

fn participants(record: &Value) -> &[Value] {
    let list = record.get("Participants").and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

fn attendee(participant: &Value) -> Value {
    json!({ "email": address(participant), "name": participant.get("name") })
}

/// Of a participant by email, `participant` is the address; of the others it is an id.
fn address(participant: &Value) -> Option<&str> {
    let by_email = participant.get("type").and_then(Value::as_str) == Some("email");
    let member = if by_email { "participant" } else { "Email" };
    participant.get(member).and_then(Value::as_str)
}

/// Turns the ready values of a write back into Zoho's fields. `id` is the meeting's, if there is one already.
pub(crate) fn undress(id: Option<&str>, values: &mut Map<String, Value>) -> Result<(), Failure> {
    let deal = values.remove(DEAL);
    let attendees = values.remove(ATTENDEES);
    let current = match id {
        // What is there only matters where it has to be kept.
        Some(id) if deal == Some(Value::Null) || attendees.is_some() => current(id)?,
        _ => Value::Null,
    };
    match deal {
        None => {}
        // No deal is not nothing: the meeting may be about an account.
        Some(Value::Null) if id.is_some() && !is_about_a_deal(&current) => {}
        Some(Value::Null) => drop(values.insert("What_Id".to_owned(), Value::Null)),
        Some(deal) => {
            values.insert("What_Id".to_owned(), deal);
            values.insert("$se_module".to_owned(), Module::Deals.name().into());
        }
    }
    if let Some(attendees) = attendees {
        let invited = invited(&attendees, participants(&current))?;
        values.insert("Participants".to_owned(), invited.into());
    }
    Ok(())
}

fn current(id: &str) -> Result<Value, Failure> {
    let answer = read::fetch(Module::Events, id)?;
    Ok(answer.at("/data/0").unwrap_or_default())
}

/// Everyone by email, but those who take part already as what they are: a contact does not become a stranger.
fn invited(attendees: &Value, known: &[Value]) -> Result<Vec<Value>, Failure> {
    let attendees = attendees.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |attendee: &Value| {
        let email = attendee.get("email").and_then(Value::as_str)?;
        let same = |participant: &&Value| {
            address(participant).is_some_and(|known| known.eq_ignore_ascii_case(email))
        };
        Some(match known.iter().find(same) {
            Some(known) => json!({ "type": known.get("type"), "participant": known.get("participant") }),
            None => json!({ "type": "email", "participant": email }),
        })
    };
    let invited: Option<Vec<Value>> = attendees.iter().map(one).collect();
    invited.ok_or_else(|| {
        Failure::rejected("Zoho cannot invite somebody without an email address")
            .field(ATTENDEES, "every attendee needs an `email`")
    })
}

/// Calls Zoho's fields what the mapping calls them.
pub(crate) fn rename_fields(mut failure: Failure) -> Failure {
    for (name, _) in &mut failure.fields {
        match name.as_str() {
            "What_Id" | "$se_module" => DEAL.clone_into(name),
            "Participants" => ATTENDEES.clone_into(name),
            _ => {}
        }
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dressed(record: Value) -> Value {
        let mut records = [record];
        dress_all(Module::Events, &mut records);
        let [record] = records;
        record
    }

    #[test]
    fn only_a_deal_is_a_deal() {
        let what = json!({ "id": "7", "name": "Lind" });
        let of = |module: Value| dressed(json!({ "What_Id": what, "$se_module": module }))["$deal"].clone();
        assert_eq!(of(json!("Deals")), what);
        assert_eq!(of(json!("Accounts")), Value::Null);
        assert_eq!(of(Value::Null), Value::Null);
    }

    #[test]
    fn participants_of_every_type_have_an_address() {
        let record = dressed(json!({ "Participants": [
            { "type": "email", "participant": "a@example.com", "Email": null, "name": null },
            { "type": "contact", "participant": "7", "Email": "b@example.com", "name": "Bea" },
            { "type": "lead", "participant": "8", "Email": null, "name": "Leo" },
        ] }));
        let expected = json!([
            { "email": "a@example.com", "name": null },
            { "email": "b@example.com", "name": "Bea" },
            { "email": null, "name": "Leo" },
        ]);
        assert_eq!(record["attendees"], expected);
        assert_eq!(dressed(json!({}))["attendees"], json!([]));
    }

    #[test]
    fn who_takes_part_already_stays_what_they_are() {
        let known =
            [json!({ "type": "contact", "participant": "7", "Email": "b@example.com", "name": "Bea" })];
        let invited = invited(
            &json!([{ "email": "B@example.com" }, { "email": "c@example.com", "name": "C" }]),
            &known,
        );
        let expected = [
            json!({ "type": "contact", "participant": "7" }),
            json!({ "type": "email", "participant": "c@example.com" }),
        ];
        assert_eq!(invited.unwrap(), expected);
    }

    #[test]
    fn an_attendee_without_an_address_is_refused() {
        let failure = invited(&json!([{ "email": null, "name": "C" }]), &[]).unwrap_err();
        assert_eq!(failure.fields[0].0, "/attendees");
        assert_eq!(invited(&Value::Null, &[]).unwrap(), Vec::<Value>::new());
    }
}
