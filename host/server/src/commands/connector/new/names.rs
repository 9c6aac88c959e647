//! What a new connector is called, by people and by the API.

use thiserror::Error;

/// As the manifest's schema has it.
const MAX_NAME: usize = 100;
const MIN_SLUG: usize = 2;
const MAX_SLUG: usize = 41;

/// The names of a connector, fit for being put into source code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// For people: "Acme CRM".
    pub(super) name: String,
    /// For the API: "acme-crm".
    pub(super) slug: String,
}

/// Why a connector cannot be called that.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum Refused {
    #[error("the name must have 1 to {MAX_NAME} characters, for example \"Acme CRM\"")]
    Length,
    #[error("the name must not contain {0}: it goes into source code, JSON and comments")]
    Text(&'static str),
    #[error("no slug can be made of `{0}`; give one, for example --slug acme-crm")]
    NoSlug(String),
    #[error(
        "the slug `{0}` must be {MIN_SLUG} to {MAX_SLUG} lower-case letters, digits and hyphens, begin with a letter and not \
         end with a hyphen, for example --slug acme-crm"
    )]
    Slug(String),
}

impl Names {
    /// Takes the name, and the slug or one that is made of the name.
    pub(super) fn new(name: &str, slug: Option<&str>) -> Result<Self, Refused> {
        let name = name.trim();
        if !(1..=MAX_NAME).contains(&name.chars().count()) {
            return Err(Refused::Length);
        }
        if name.contains(char::is_control) {
            return Err(Refused::Text("control characters"));
        }
        for part in ["\"", "\\", "*/", "{{", "}}"] {
            if name.contains(part) {
                return Err(Refused::Text(part));
            }
        }
        let slug = match slug {
            Some(slug) if is_slug(slug) => slug.to_owned(),
            Some(slug) => return Err(Refused::Slug(slug.to_owned())),
            None => slug_of(name).ok_or_else(|| Refused::NoSlug(name.to_owned()))?,
        };
        Ok(Self {
            name: name.to_owned(),
            slug,
        })
    }

    /// A text with its placeholders filled in.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{{name}}", &self.name)
            .replace("{{slug}}", &self.slug)
    }
}

fn is_slug(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (MIN_SLUG..=MAX_SLUG).contains(&text.len())
        && text.bytes().all(fits)
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
}

/// Letters and digits in lower case, hyphens for the rest. Letters beyond ASCII would be lost, so then there is none.
fn slug_of(name: &str) -> Option<String> {
    if name
        .chars()
        .any(|letter| letter.is_alphanumeric() && !letter.is_ascii())
    {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    Some(words.join("-")).filter(|slug| is_slug(slug))
}

#[cfg(test)]
mod tests {
    use super::{Names, Refused};

    #[test]
    fn a_slug_is_made_of_the_name() {
        for (name, slug) in [
            ("Acme CRM", "acme-crm"),
            ("acme", "acme"),
            ("  Acme  ", "acme"),
            ("Acme & Sons", "acme-sons"),
            ("Salesflare (v2)", "salesflare-v2"),
            ("C4", "c4"),
        ] {
            assert_eq!(Names::new(name, None).unwrap().slug, slug);
        }
        assert_eq!(Names::new("1CRM", Some("onecrm")).unwrap().slug, "onecrm");
        assert_eq!(Names::new("Café", Some("cafe")).unwrap().name, "Café");
    }

    #[test]
    fn names_that_would_break_source_code_are_refused() {
        for (name, refused) in [
            ("", Refused::Length),
            ("   ", Refused::Length),
            (&*"a".repeat(101), Refused::Length),
            ("Acme\nCRM", Refused::Text("control characters")),
            ("Acme\u{7f}", Refused::Text("control characters")),
            ("\"Acme\"", Refused::Text("\"")),
            ("Ac\\me", Refused::Text("\\")),
            ("Acme */ CRM", Refused::Text("*/")),
            ("{{slug}}", Refused::Text("{{")),
        ] {
            assert_eq!(Names::new(name, Some("acme")), Err(refused), "{name}");
        }
    }

    #[test]
    fn names_that_give_no_slug_ask_for_one() {
        for name in ["1CRM", "!!!", "Café", "商事", "x", &"a".repeat(42)] {
            assert_eq!(Names::new(name, None), Err(Refused::NoSlug(name.to_owned())));
        }
    }

    #[test]
    fn a_slug_that_is_given_has_the_form_of_the_manifest() {
        for slug in [
            "",
            "a",
            "Acme",
            "1crm",
            "-acme",
            "acme-",
            "a_b",
            "a b",
            "../x",
            &"a".repeat(42),
        ] {
            assert_eq!(
                Names::new("Acme", Some(slug)),
                Err(Refused::Slug(slug.to_owned()))
            );
        }
    }

    #[test]
    fn placeholders_are_filled_in() {
        let names = Names::new("Acme CRM", None).unwrap();
        assert_eq!(
            names.fill("{{name}}: {{slug}}, {{slug}}.wasm"),
            "Acme CRM: acme-crm, acme-crm.wasm"
        );
    }
}
