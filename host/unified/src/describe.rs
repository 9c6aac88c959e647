//! Words for error messages.

use serde_json::Value;

use crate::json::Node;

/// What sort of JSON value this is, with its article. Never the value itself: records hold personal data.
pub(crate) fn sort_of(value: &Value) -> &'static str {
    Node::from(value).sort()
}

/// `a, b or c`, each in backquotes.
pub(crate) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}

/// At most `limit` characters of a text that somebody else wrote, without control characters.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut clipped: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        clipped.push('…');
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_a_person_would() {
        assert_eq!(one_of([]), "nothing");
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
    }

    #[test]
    fn foreign_text_is_cut_and_loses_control_characters() {
        assert_eq!(clip("a\nb", 10), "a b");
        assert_eq!(clip("äöü", 2), "äö…");
        assert_eq!(clip("äö", 2), "äö");
    }
}
