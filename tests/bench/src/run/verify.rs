//! Contestants that do less are not compared: before anything is measured, everybody must give the same.

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::client;
use crate::contestant::{Contestant, Speaks};

/// Asks every contestant for both page sizes and holds the answers against each other.
///
/// # Errors
/// When an answer is missing, or differs in anything but the text of the cursor.
pub(super) async fn same_answers(contestants: &[Contestant]) -> anyhow::Result<()> {
    for limit in [25, 100] {
        for speaks in [Speaks::Provider, Speaks::Unified] {
            let mut first: Option<(&str, Value)> = None;
            for contestant in contestants
                .iter()
                .filter(|contestant| contestant.speaks == speaks)
            {
                let answer = ask(contestant, limit).await;
                let answer = answer
                    .and_then(|answer| comparable(answer, speaks, limit))
                    .with_context(|| format!("{} with pages of {limit}", contestant.name))?;
                match &first {
                    None => first = Some((contestant.name, answer)),
                    Some((name, expected)) => same((name, expected), (contestant.name, &answer))?,
                }
            }
        }
    }
    Ok(())
}

async fn ask(contestant: &Contestant, limit: u32) -> anyhow::Result<Value> {
    let mut request = client::plain()?.get(contestant.url(limit));
    for header in &contestant.headers {
        let (name, value) = header.split_once(": ").context("a header without a value")?;
        request = request.header(name, value);
    }
    client::exchange(request, None).await
}

/// The answer without the cursor's text, which is everybody's own; it must be there.
fn comparable(mut answer: Value, speaks: Speaks, limit: u32) -> anyhow::Result<Value> {
    let records = match speaks {
        Speaks::Provider => "/results",
        Speaks::Unified => "/data/data",
    };
    let count = answer.pointer(records).and_then(Value::as_array).map(Vec::len);
    if count != Some(limit as usize) {
        bail!("{limit} records were expected, not {count:?}");
    }
    if speaks == Speaks::Unified {
        check_mapping(&answer)?;
        let cursor = answer.pointer_mut("/data/pagination/cursor");
        let cursor = cursor.context("there is no cursor")?;
        let long_enough = cursor.as_str().is_some_and(|text| text.len() > 40);
        if !long_enough {
            bail!("the cursor is not sealed: {cursor}");
        }
        *cursor = Value::Null;
    }
    Ok(answer)
}

/// That the override and the owners' names had their effect.
fn check_mapping(answer: &Value) -> anyhow::Result<()> {
    let expected = [
        ("/data/data/2/phone", "+41 79 555 0002"),
        ("/data/data/2/ownerEmail", "owner2@example.com"),
        ("/data/data/2/address/city", "Austin"),
    ];
    for (pointer, text) in expected {
        let found = answer.pointer(pointer);
        if found.and_then(Value::as_str) != Some(text) {
            bail!("{pointer} is {found:?} and not {text}");
        }
    }
    Ok(())
}

fn same(expected: (&str, &Value), found: (&str, &Value)) -> anyhow::Result<()> {
    if expected.1 == found.1 {
        return Ok(());
    }
    let (pointer, one, other) = difference(String::new(), expected.1, found.1).unwrap_or_default();
    bail!(
        "{} and {} differ at `{pointer}`: {one} and {other}",
        expected.0,
        found.0
    )
}

/// The first place where two values differ, and what stands there.
fn difference(at: String, one: &Value, other: &Value) -> Option<(String, String, String)> {
    let inside = match (one, other) {
        (Value::Object(members), Value::Object(others)) if members.len() == others.len() => {
            members.iter().find_map(|(name, value)| {
                let other = others.get(name).unwrap_or(&Value::Null);
                difference(format!("{at}/{name}"), value, other)
            })
        }
        (Value::Array(elements), Value::Array(others)) if elements.len() == others.len() => elements
            .iter()
            .zip(others)
            .enumerate()
            .find_map(|(index, (one, other))| difference(format!("{at}/{index}"), one, other)),
        _ => None,
    };
    inside.or_else(|| (one != other).then(|| (at, one.to_string(), other.to_string())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn a_difference_is_named_by_its_place() {
        let (one, other) = (json!({ "a": [1, { "b": 2 }] }), json!({ "a": [1, { "b": 3 }] }));
        let found = difference(String::new(), &one, &other);
        assert_eq!(found, Some(("/a/1/b".to_owned(), "2".to_owned(), "3".to_owned())));
        assert_eq!(difference(String::new(), &one, &one), None);
    }
}
