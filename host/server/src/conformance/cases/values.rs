//! Values that break careless code: every script, quotes and markup, and very long texts.

use http::StatusCode;
use routemcp_unified::schema::Operation;
use serde_json::Value;

use crate::conformance::answer::{Answer, Record, id};
use crate::conformance::compare;
use crate::conformance::subject::Subject;
use crate::conformance::verdict::{Stop, Verdict, ensure};

/// Emoji with a joiner and a skin tone, a combining character, right to left, wide characters, quotes, escapes, markup.
/// Each is short, because providers limit names to some forty characters.
const UNICODE: [&str; 4] = [
    "Zoë 👩🏽\u{200d}🚀 e\u{301}",
    "مرحبا שלום 日本語",
    "“so” \"it\" 'is' \\n",
    "<b>&amp;</b> %20 {x} ;,/",
];
/// A very long text, in characters.
const LONG: usize = 10_000;

/// Text of any script comes back as it was given.
pub(super) async fn unicode(subject: &Subject<'_>) -> Verdict {
    let free = subject.free_texts()?;
    for text in UNICODE {
        let mut body = subject.example()?;
        for field in &free {
            body.insert((*field).to_owned(), text.into());
        }
        let created = subject.create(&body).await?;
        came_back(subject, &body, &created).await?;
    }
    Ok(format!("in {}", free.join(", ")))
}

async fn came_back(subject: &Subject<'_>, body: &Record, created: &Record) -> Result<(), Stop> {
    let mut read = vec![created.clone()];
    if subject.supports(Operation::Get) {
        read.push(subject.get(id(created)).await?);
    }
    for record in read {
        let differences = compare::given(body, &record);
        ensure(differences.is_empty(), || {
            format!("values changed\n{}", compare::listed(&differences))
        })?;
    }
    Ok(())
}

/// A very long text is kept whole, or refused by name; it is never cut and never breaks anything.
pub(super) async fn long_values(subject: &Subject<'_>) -> Verdict {
    let mut notes = Vec::new();
    for field in subject.free_texts()? {
        let mut body = subject.example()?;
        body.insert(field.to_owned(), Value::String("ä1 ".repeat(LONG / 3) + "."));
        let answer = subject.try_create(&body).await?;
        if answer.status == StatusCode::CREATED {
            came_back(subject, &body, &answer.record()?).await?;
            notes.push(format!("{field} kept"));
        } else {
            refused_by_name(&answer, field)?;
            notes.push(format!("{field} refused"));
        }
    }
    Ok(notes.join(", "))
}

fn refused_by_name(answer: &Answer, field: &str) -> Result<(), Stop> {
    let refused = answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.code() == "PROVIDER_REJECTED";
    ensure(refused && answer.error_of(field).is_some(), || {
        format!(
            "{}; expected 201, or 422 PROVIDER_REJECTED with an error of `{field}`",
            answer.described()
        )
    })
}
