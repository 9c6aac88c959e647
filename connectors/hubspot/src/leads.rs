//! Writing leads. HubSpot keeps a lead's person and company in a contact that the lead belongs to, so a write of a lead
//! writes both.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::associations::{self, LEAD_PRIMARY_CONTACT};
use crate::joins::primary_contact;
use crate::paths::{Object, Version, check_id};
use crate::values::{CONTACT_PREFIX, Changes};
use crate::{errors, read, write};

/// The contact's properties that a lead is named after.
const NAMING: [&str; 5] = ["firstname", "lastname", "email", "company", "phone"];
const NAME: &str = "hs_lead_name";

pub(crate) fn create(values: Map<String, Value>, fields: &[String]) -> Result<Document, Failure> {
    let version = Version::of_connection()?;
    let Changes {
        mut properties,
        contact,
        associations,
    } = Changes::new(Object::Leads, values)?.without_clearing();
    let Some(name) = lead_name(&contact) else {
        return Err(Failure::rejected(
            "A HubSpot lead belongs to a contact, so it needs a name or an email address",
        )
        .field(
            format!("{CONTACT_PREFIX}email"),
            "one of first name, last name and email is needed",
        ));
    };
    let (contact_id, is_new) = find_or_create(version, &contact).map_err(about_contact)?;
    properties.entry(NAME).or_insert(name.into());
    let to_contact = associations::inline(&contact_id, LEAD_PRIMARY_CONTACT);
    let created = match write::post(version, "leads", &properties, &[to_contact]) {
        Ok(created) => created,
        Err(failure) if is_new => {
            return Err(write::take_back(version, "contacts", &contact_id, failure));
        }
        Err(failure) => return Err(failure),
    };
    let id = write::created_id(&created)?;
    for (to, to_id) in associations
        .iter()
        .flat_map(|(to, ids)| ids.iter().map(move |id| (to, id)))
    {
        associations::link(version, Object::Leads, &id, to, to_id).map_err(|failure| {
            let failure = write::take_back(version, "leads", &id, associations::about_link(failure, to));
            if is_new {
                write::take_back(version, "contacts", &contact_id, failure)
            } else {
                failure
            }
        })?;
    }
    Ok(write::read_back(Object::Leads, &id, created, fields))
}

pub(crate) fn update(id: &str, values: Map<String, Value>, fields: &[String]) -> Result<Document, Failure> {
    check_id(id)?;
    let version = Version::of_connection()?;
    let mut changes = Changes::new(Object::Leads, values)?;
    if !changes.contact.is_empty() {
        let name = update_contact(version, id, &changes.contact)?;
        if let Some(name) = name {
            changes.properties.entry(NAME).or_insert(name.into());
        }
    }
    write::patch(version, "leads", id, &changes.properties)?;
    for (to, ids) in &changes.associations {
        associations::replace(version, Object::Leads, id, to, ids)?;
    }
    read::get(Object::Leads, id, fields)
}

/// Changes the lead's contact, and answers the lead's new name if that change gives it one.
fn update_contact(
    version: Version,
    id: &str,
    contact: &Map<String, Value>,
) -> Result<Option<String>, Failure> {
    let request = http::get(version.object("leads", id)).query("associations", "contacts");
    let lead: Value = errors::record(request.send()?)?.at("").unwrap_or_default();
    let Some(contact_id) = primary_contact(&lead) else {
        return Err(contact.keys().fold(
            Failure::rejected("This lead has no contact in HubSpot that could hold these values"),
            |failure, name| failure.field(format!("{CONTACT_PREFIX}{name}"), "belongs to the lead's contact"),
        ));
    };
    check_id(&contact_id)?;
    write::patch(version, "contacts", &contact_id, contact).map_err(about_contact)?;
    if !contact.keys().any(|name| NAMING.contains(&name.as_str())) {
        return Ok(None);
    }
    let request = http::get(version.object("contacts", &contact_id)).query("properties", NAMING.join(","));
    let answer = errors::record(request.send()?)?;
    Ok(lead_name(&answer.at("/properties").unwrap_or_default()))
}

/// The contact with this email, brought up to date, or a new one. True for a new one.
fn find_or_create(version: Version, contact: &Map<String, Value>) -> Result<(String, bool), Failure> {
    if let Some(email) = text(contact, "email") {
        let path = version.object("contacts", &http::segment(email));
        match errors::record(http::get(path).query("idProperty", "email").send()?) {
            Ok(found) => {
                let id = write::created_id(&found)?;
                let others = contact.iter().filter(|(name, _)| *name != "email");
                let others = others
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                write::patch(version, "contacts", &id, &others)?;
                return Ok((id, false));
            }
            Err(failure) if failure.is("not-found") => {}
            Err(failure) => return Err(failure),
        }
    }
    let created = write::post(version, "contacts", contact, &[])?;
    Ok((write::created_id(&created)?, true))
}

/// A contact's fields under the names that a lead's mapping has for them.
fn about_contact(mut failure: Failure) -> Failure {
    for (name, _) in &mut failure.fields {
        name.insert_str(0, CONTACT_PREFIX);
    }
    failure
}

fn lead_name(contact: &Map<String, Value>) -> Option<String> {
    let name: Vec<&str> = ["firstname", "lastname"]
        .iter()
        .filter_map(|part| text(contact, part))
        .collect();
    if !name.is_empty() {
        return Some(name.join(" "));
    }
    ["email", "company", "phone"]
        .iter()
        .find_map(|part| text(contact, part))
        .map(str::to_owned)
}

fn text<'a>(contact: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    contact
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_lead_is_named_after_the_best_that_is_known() {
        for (contact, name) in [
            (
                json!({ "firstname": "Mara", "lastname": "Lind", "email": "m@example.com" }),
                Some("Mara Lind"),
            ),
            (json!({ "lastname": "Lind" }), Some("Lind")),
            (
                json!({ "firstname": "", "email": "m@example.com", "company": "Kite" }),
                Some("m@example.com"),
            ),
            (json!({ "company": "Kite" }), Some("Kite")),
            (json!({}), None),
        ] {
            assert_eq!(lead_name(contact.as_object().unwrap()).as_deref(), name);
        }
    }

    #[test]
    fn a_contacts_fields_get_the_leads_names_for_them() {
        let failure = about_contact(Failure::rejected("x").field("email", "bad"));
        assert_eq!(
            failure.fields,
            [("/contact/properties/email".to_owned(), "bad".to_owned())]
        );
    }
}
