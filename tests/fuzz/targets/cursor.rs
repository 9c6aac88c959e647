//! Cursors come from callers: whatever the text, none is taken that was not made here for this very query.
#![no_main]

use libfuzzer_sys::fuzz_target;
use routemcp_unified::cursor::{Binding, CursorCodec, Position};

fuzz_target!(|input: (&[u8], &str, Option<&str>)| {
    let (text, connection, cursor) = input;
    let codec = CursorCodec::new(&[7; 32]);
    let binding = Binding::new()
        .with("resource", "contact")
        .with("filter", connection);
    if let Ok(text) = std::str::from_utf8(text) {
        assert!(
            codec.decode(&binding, text).is_err(),
            "nobody can make a cursor without the key: {text}"
        );
    }
    let positions = vec![Position {
        connection: connection.to_owned(),
        cursor: cursor.map(str::to_owned),
    }];
    let made = codec.encode(&binding, &positions);
    match codec.decode(&binding, &made) {
        Ok(read) => assert_eq!(read, positions),
        Err(_) => assert!(made.len() > routemcp_unified::cursor::MAX_LENGTH, "{made}"),
    }
    let other = Binding::new().with("resource", "lead").with("filter", connection);
    assert!(codec.decode(&other, &made).is_err());
    // One letter changed anywhere is a cursor that was not made here.
    if let Some(first) = text.first() {
        let mut letters = made.into_bytes();
        let place = usize::from(*first) * letters.len() / 256;
        letters[place] = if letters[place] == b'A' { b'B' } else { b'A' };
        if let Ok(changed) = String::from_utf8(letters) {
            assert!(codec.decode(&binding, &changed).is_err());
        }
    }
});
