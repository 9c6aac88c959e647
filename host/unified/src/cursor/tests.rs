//! Cursors come back as they went out, and nothing else comes back.

use proptest::prelude::*;

use super::*;

fn codec() -> CursorCodec {
    CursorCodec::new(&[7; 32])
}

fn binding() -> Binding {
    Binding::new()
        .with("resource", "contact")
        .with("endUser", "user-001")
}

fn position(connection: &str, cursor: Option<&str>) -> Position {
    Position {
        connection: connection.to_owned(),
        cursor: cursor.map(str::to_owned),
    }
}

fn any_positions() -> impl Strategy<Value = Vec<Position>> {
    let cursor = proptest::option::of(any::<String>());
    let position = (any::<String>(), cursor).prop_map(|(connection, cursor)| Position { connection, cursor });
    proptest::collection::vec(position, 0..5)
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(positions in any_positions()) {
        let text = codec().encode(&binding(), &positions);
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        prop_assert_eq!(codec().decode(&binding(), &text), Ok(positions));
    }

    #[test]
    fn any_text_is_refused_without_panic(text in any::<String>()) {
        prop_assert_eq!(codec().decode(&binding(), &text), Err(CursorError::Malformed));
    }
}

#[test]
fn what_an_earlier_key_made_is_good_where_that_key_is_known() {
    let earlier = codec().encode(&binding(), &[position("c1", None)]);
    let rotated = CursorCodec::new(&[8; 32]);
    assert_eq!(rotated.decode(&binding(), &earlier), Err(CursorError::Malformed));
    let rotated = rotated.accepting(&[7; 32]);
    assert_eq!(
        rotated.decode(&binding(), &earlier),
        Ok(vec![position("c1", None)])
    );
    let new = rotated.encode(&binding(), &[]);
    assert_eq!(codec().decode(&binding(), &new), Err(CursorError::Malformed));
}

#[test]
fn any_flipped_bit_any_missing_byte_and_any_changed_character_is_refused() {
    let text = codec().encode(
        &binding(),
        &[position("c1", Some("after=100")), position("c2", None)],
    );
    let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[index] ^= 1 << bit;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(
                codec().decode(&binding(), &changed),
                Err(CursorError::Malformed),
                "byte {index}"
            );
        }
        let cut = URL_SAFE_NO_PAD.encode(&bytes[..index]);
        assert_eq!(
            codec().decode(&binding(), &cut),
            Err(CursorError::Malformed),
            "cut at {index}"
        );
    }
    for index in 0..text.len() {
        for replacement in ["A", "B", "_", "=", "+", "é", ""] {
            let changed = format!("{}{replacement}{}", &text[..index], &text[index + 1..]);
            if changed != text {
                assert_eq!(
                    codec().decode(&binding(), &changed),
                    Err(CursorError::Malformed),
                    "{changed}"
                );
            }
        }
    }
}

#[test]
fn a_cursor_of_another_query_is_told_apart_from_a_broken_one() {
    let text = codec().encode(&binding(), &[position("c1", None)]);
    let other = binding().with("filter", "email=a@b.co");
    assert_eq!(codec().decode(&other, &text), Err(CursorError::Foreign));
}

#[test]
fn a_cursor_made_with_another_key_is_refused() {
    let text = CursorCodec::new(&[8; 32]).encode(&binding(), &[position("c1", None)]);
    assert_eq!(codec().decode(&binding(), &text), Err(CursorError::Malformed));
}

#[test]
fn an_overlong_cursor_is_refused_however_good_it_is() {
    let long = "x".repeat(MAX_LENGTH);
    let text = codec().encode(&binding(), &[position("c1", Some(&long))]);
    assert_eq!(codec().decode(&binding(), &text), Err(CursorError::Malformed));
}

#[test]
fn the_key_is_not_shown() {
    assert_eq!(format!("{:?}", codec()), "CursorCodec { .. }");
}
