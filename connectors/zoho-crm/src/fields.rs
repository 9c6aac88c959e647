//! From provider fields to the names that Zoho's lists have to be asked for.

use crate::meeting;
use crate::modules::Module;

/// The most names that the `fields` parameter may have.
const MAX_NAMES: usize = 50;
/// The most characters that the `fields` parameter may have, by Zoho's API description.
const MAX_LENGTH: usize = 1_024;

/// The API names that the fields need, in groups that fit into one request each. There is always a first group.
pub(crate) fn groups(module: Module, fields: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in fields.iter().flat_map(|field| api_names(module, field)) {
        // Every record has its id.
        if name != "id" && !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let mut groups: Vec<Vec<String>> = vec![Vec::new()];
    for name in names {
        match groups.last_mut() {
            Some(group) if fits(group, &name) => group.push(name),
            _ => groups.push(vec![name]),
        }
    }
    let text = |group: Vec<String>| {
        if group.is_empty() {
            "id".to_owned()
        } else {
            group.join(",")
        }
    };
    groups.into_iter().map(text).collect()
}

fn fits(group: &[String], name: &str) -> bool {
    let length: usize = group.iter().map(|known| known.len() + 1).sum();
    group.is_empty() || (group.len() < MAX_NAMES && length + name.len() <= MAX_LENGTH)
}

/// A plain name is an API name; a pointer begins with one.
fn api_names(module: Module, field: &str) -> Vec<String> {
    if module == Module::Events
        && let Some(names) = meeting::source_of(field)
    {
        return names.iter().map(ToString::to_string).collect();
    }
    let name = match field.strip_prefix('/') {
        Some(pointer) => unescape(pointer.split('/').next().unwrap_or_default()),
        None => field.to_owned(),
    };
    vec![name]
}

/// One step of an RFC 6901 pointer.
fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(module: Module, fields: &[&str]) -> Vec<String> {
        let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
        groups(module, &fields)
    }

    #[test]
    fn fields_become_api_names_once_each() {
        let names = of(
            Module::Contacts,
            &[
                "Last_Name",
                "Owner",
                "/Owner/name",
                "/id",
                "/Account_Name/name",
                "Last_Name",
            ],
        );
        assert_eq!(names, ["Last_Name,Owner,Account_Name"]);
    }

    #[test]
    fn lists_are_asked_for_the_id_if_for_nothing_else() {
        assert_eq!(of(Module::Deals, &[]), ["id"]);
        assert_eq!(of(Module::Deals, &["id", "/id"]), ["id"]);
    }

    #[test]
    fn a_meetings_deal_needs_two_fields() {
        assert_eq!(
            of(Module::Events, &["/$deal", "/attendees"]),
            ["What_Id,$se_module,Participants"]
        );
        assert_eq!(of(Module::Deals, &["/attendees"]), ["attendees"]);
    }

    #[test]
    fn many_or_long_names_take_several_requests() {
        for (count, length) in [(120, 10), (50, 40), (3, 600), (1, 2_000)] {
            let fields: Vec<String> = (0..count).map(|number| format!("F{number:0length$}")).collect();
            let groups = groups(Module::Contacts, &fields);
            let all: Vec<&str> = groups.iter().flat_map(|group| group.split(',')).collect();
            assert_eq!(all, fields);
            for group in &groups {
                let names = group.split(',').count();
                assert!(
                    names == 1 || (names <= 50 && group.len() <= 1_024),
                    "{count} names of {length}"
                );
            }
        }
    }
}
