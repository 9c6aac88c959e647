//! From provider fields to what HubSpot has to be asked for.

use std::collections::BTreeSet;

use crate::paths::Object;

/// How long the `properties` parameter of a URL may get, in encoded bytes. HubSpot answers 414 for long URLs, at a length
/// that it does not publish; proxies commonly stop at 8 KiB.
const MAX_PROPERTIES_LENGTH: usize = 2_000;
/// A comma in a query.
const SEPARATOR_LENGTH: usize = "%2C".len();

/// What the fields of a query come down to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) properties: Vec<String>,
    /// Object types whose links are wanted.
    pub(crate) associations: BTreeSet<String>,
    /// Properties of a lead's primary contact.
    pub(crate) contact: Vec<String>,
    /// The people of a meeting.
    pub(crate) attendees: bool,
}

impl Wanted {
    pub(crate) fn new(object: Object, fields: &[String]) -> Self {
        let mut wanted = Self::default();
        for field in fields {
            wanted.add(object, field);
        }
        if wanted.joins() {
            wanted.associations.insert("contacts".to_owned());
        }
        wanted
    }

    fn add(&mut self, object: Object, field: &str) {
        let property = property(field);
        let mut steps = field.split('/').skip(1);
        match (property, steps.next(), steps.next(), steps.next()) {
            (Some(name), ..) => push_once(&mut self.properties, name),
            (_, Some("associations"), Some(to), _) => {
                self.associations.insert(unescape(to));
            }
            (_, Some("contact"), Some("properties"), Some(name)) if object == Object::Leads => {
                push_once(&mut self.contact, unescape(name));
            }
            (_, Some("attendees"), ..) if object == Object::Meetings => self.attendees = true,
            // Such as /createdAt: every record has it.
            _ => {}
        }
    }

    /// Whether the records need something of other records.
    pub(crate) fn joins(&self) -> bool {
        self.attendees || !self.contact.is_empty()
    }

    /// The properties that fit into a URL, as one parameter, and those that do not.
    pub(crate) fn split_properties(&self) -> (Option<String>, &[String]) {
        let mut length = 0;
        let fitting = self.properties.iter().take_while(|name| {
            length += routemcp_sdk::http::segment(name).len() + SEPARATOR_LENGTH;
            length <= MAX_PROPERTIES_LENGTH
        });
        let (fitting, rest) = self.properties.split_at(fitting.count());
        (Some(fitting.join(",")).filter(|names| !names.is_empty()), rest)
    }

    /// The links that are wanted, as one parameter.
    pub(crate) fn associations_parameter(&self) -> Option<String> {
        let names: Vec<&str> = self.associations.iter().map(String::as_str).collect();
        Some(names.join(",")).filter(|names| !names.is_empty())
    }
}

/// The property that a provider field names, if it names one.
pub(crate) fn property(field: &str) -> Option<String> {
    match field.strip_prefix("/properties/") {
        Some(name) => Some(unescape(name)),
        None if field.starts_with('/') => None,
        None => Some(field.to_owned()),
    }
}

/// One step of an RFC 6901 pointer.
pub(crate) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn push_once(names: &mut Vec<String>, name: String) {
    if !names.contains(&name) {
        names.push(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(object: Object, fields: &[&str]) -> Wanted {
        let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
        Wanted::new(object, &fields)
    }

    #[test]
    fn fields_become_properties_and_links() {
        let wanted = wanted(
            Object::Deals,
            &[
                "dealname",
                "/properties/amount",
                "dealname",
                "/associations/contacts/results",
                "/createdAt",
            ],
        );
        assert_eq!(wanted.properties, ["dealname", "amount"]);
        assert_eq!(wanted.associations_parameter().as_deref(), Some("contacts"));
        assert!(!wanted.joins());
    }

    #[test]
    fn a_leads_contact_needs_the_link() {
        let wanted = wanted(Object::Leads, &["/contact/properties/email"]);
        assert_eq!(wanted.contact, ["email"]);
        assert_eq!(wanted.associations_parameter().as_deref(), Some("contacts"));
    }

    #[test]
    fn a_long_list_is_cut_before_the_url_gets_long() {
        let names: Vec<String> = (0..300).map(|number| format!("metric_{number:03}")).collect();
        let wanted = Wanted::new(Object::Contacts, &names);
        let (fitting, rest) = wanted.split_properties();
        let fitting = fitting.unwrap();
        assert!(fitting.replace(',', "%2C").len() <= MAX_PROPERTIES_LENGTH);
        assert_eq!(fitting.split(',').count() + rest.len(), 300);
        assert!(
            fitting
                .split(',')
                .map(str::to_owned)
                .chain(rest.iter().cloned())
                .eq(names)
        );
    }

    #[test]
    fn a_name_longer_than_a_url_is_asked_for_elsewhere() {
        let wanted = wanted(Object::Contacts, &[&"x".repeat(3_000)]);
        assert_eq!(wanted.split_properties().0, None);
        assert_eq!(wanted.split_properties().1.len(), 1);
    }
}
