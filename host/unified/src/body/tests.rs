//! Bodies that are right, and what callers hear about those that are not.

use serde_json::json;

use super::*;

fn accepted(resource: Resource, body: Value) -> Value {
    Value::Object(check(resource, &body, WriteMode::Create).unwrap())
}

#[test]
fn a_good_body_is_brought_into_one_form() {
    let body = json!({
        "firstName": "Ada", "lastName": "", "email": "ada@example.com", "phone": null, "tags": ["vip"],
        "address": {"city": "London", "state": ""}, "customFields": {"tier": 1, "note": "", "any": {"thing": []}},
    });
    let expected = json!({
        "firstName": "Ada", "lastName": null, "email": "ada@example.com", "phone": null, "tags": ["vip"],
        "address": {"city": "London", "state": null}, "customFields": {"tier": 1, "note": null, "any": {"thing": []}},
    });
    assert_eq!(accepted(Resource::Contact, body), expected);
}

#[test]
fn numbers_dates_and_currencies_are_normalised() {
    let body = json!({"name": "Deal", "amount": 5000.0, "currency": "usd", "probability": 100, "closeDate": "2026-03-09"});
    let expected = json!({
        "name": "Deal", "value": 5000, "currency": "USD", "probability": 100, "closeDate": "2026-03-09T00:00:00.000Z",
    });
    assert_eq!(accepted(Resource::Deal, body), expected);
    let body = json!({
        "startTime": "2026-03-09T15:00:00+01:00",
        "attendees": [{"email": "ada@example.com"}, {"name": "Charles", "email": null}],
    });
    let expected = json!({
        "startTime": "2026-03-09T14:00:00.000Z",
        "attendees": [{"email": "ada@example.com", "name": null}, {"email": null, "name": "Charles"}],
    });
    assert_eq!(accepted(Resource::Meeting, body), expected);
}

#[test]
fn every_wrong_field_is_told_with_what_would_be_right() {
    for (resource, body, place, expected) in [
        (
            Resource::Contact,
            json!({"first_name": "Ada"}),
            "first_name",
            "did you mean `firstName`?",
        ),
        (
            Resource::Contact,
            json!({"nickname": "Ada"}),
            "nickname",
            "it can have `firstName`, `lastName`",
        ),
        (
            Resource::Contact,
            json!({"id": "1"}),
            "id",
            "is read-only; leave it out",
        ),
        (
            Resource::Contact,
            json!({"ownerName": "Bo"}),
            "ownerName",
            "is read-only; leave it out",
        ),
        (
            Resource::Owner,
            json!({"name": "Bo"}),
            "name",
            "is read-only; leave it out",
        ),
        (
            Resource::Contact,
            json!({"firstName": 1}),
            "firstName",
            "must be text or null, not a number",
        ),
        (
            Resource::Contact,
            json!({"email": "ada"}),
            "email",
            "such as jane@example.com",
        ),
        (
            Resource::Contact,
            json!({"tags": "vip"}),
            "tags",
            "must be a list of texts",
        ),
        (
            Resource::Contact,
            json!({"tags": ["a", 1]}),
            "tags[1]",
            "must be text, not a number",
        ),
        (
            Resource::Contact,
            json!({"tags": [""]}),
            "tags[0]",
            "must not be empty",
        ),
        (
            Resource::Contact,
            json!({"address": "x"}),
            "address",
            "must be an object with street",
        ),
        (
            Resource::Contact,
            json!({"address": {"zip": "1"}}),
            "address.zip",
            "`postalCode`",
        ),
        (
            Resource::Contact,
            json!({"address": {"city": []}}),
            "address.city",
            "not a list",
        ),
        (
            Resource::Contact,
            json!({"customFields": []}),
            "customFields",
            "must be an object",
        ),
        (
            Resource::Contact,
            json!({"customFields": {"": 1}}),
            "customFields.",
            "1 to 100 bytes",
        ),
        (
            Resource::Contact,
            json!({"amount": 1}),
            "amount",
            "is not a field of a contact",
        ),
        (
            Resource::Deal,
            json!({"amount": 1, "value": 1}),
            "amount",
            "another name of `value`",
        ),
        (
            Resource::Deal,
            json!({"value": "5000"}),
            "value",
            "a number without quotes",
        ),
        (
            Resource::Deal,
            json!({"amount": "5000"}),
            "amount",
            "a number without quotes",
        ),
        (
            Resource::Deal,
            json!({"currency": "dollars"}),
            "currency",
            "three letters",
        ),
        (
            Resource::Deal,
            json!({"currency": "€"}),
            "currency",
            "three letters",
        ),
        (
            Resource::Deal,
            json!({"probability": 100.5}),
            "probability",
            "from 0 to 100",
        ),
        (
            Resource::Deal,
            json!({"probability": -1}),
            "probability",
            "from 0 to 100",
        ),
        (
            Resource::Deal,
            json!({"closeDate": "soon"}),
            "closeDate",
            "2026-03-09",
        ),
        (
            Resource::Deal,
            json!({"closeDate": "2026-03-09T10:00:00"}),
            "closeDate",
            "with an offset",
        ),
        (
            Resource::Deal,
            json!({"closeDate": 1_709_913_600}),
            "closeDate",
            "not a number",
        ),
        (
            Resource::Meeting,
            json!({"attendees": ["ada@example.com"]}),
            "attendees[0]",
            "an object with email",
        ),
        (
            Resource::Meeting,
            json!({"attendees": [{}]}),
            "attendees[0]",
            "an email or a name",
        ),
        (
            Resource::Meeting,
            json!({"attendees": [{"email": "x"}]}),
            "attendees[0].email",
            "email address",
        ),
        (
            Resource::Meeting,
            json!({"attendees": [{"role": "x"}]}),
            "attendees[0].role",
            "`email` or `name`",
        ),
    ] {
        let errors = check(resource, &body, WriteMode::Merge).unwrap_err();
        assert_eq!(errors.len(), 1, "{body}: {errors:?}");
        assert!(
            errors
                .get(place)
                .is_some_and(|message| message.contains(expected)),
            "{body}: {errors:?}"
        );
    }
}

#[test]
fn all_errors_are_told_at_once() {
    let errors = check(
        Resource::Deal,
        &json!({"id": "1", "value": "x", "colour": "red"}),
        WriteMode::Create,
    );
    assert_eq!(errors.unwrap_err().len(), 3);
}

#[test]
fn a_body_is_an_object_and_only_a_replacement_may_be_empty() {
    for body in [json!(null), json!([]), json!("x"), json!(1)] {
        let errors = check(Resource::Contact, &body, WriteMode::Replace).unwrap_err();
        assert!(errors["body"].contains("must be a JSON object"), "{errors:?}");
    }
    for (mode, good) in [
        (WriteMode::Create, false),
        (WriteMode::Merge, false),
        (WriteMode::Replace, true),
    ] {
        assert_eq!(
            check(Resource::Contact, &json!({}), mode).is_ok(),
            good,
            "{mode:?}"
        );
    }
}

#[test]
fn email_addresses_are_told_from_other_text() {
    for (text, good) in [
        ("a@b.co", true),
        ("first.last+tag@sub.example.com", true),
        ("ünï@exämple.com", true),
        ("a@b", false),
        ("@b.co", false),
        ("a@", false),
        ("a@b..co", false),
        ("a@b.co.", false),
        ("a@b@c.co", false),
        ("a b@c.co", false),
        ("a@b.co\n", false),
        (&format!("{}@b.co", "a".repeat(250)), false),
    ] {
        let body = json!({"email": text});
        assert_eq!(
            check(Resource::Contact, &body, WriteMode::Create).is_ok(),
            good,
            "{text}"
        );
    }
}
