//! RFC 6901 JSON pointers: from text to tokens and back.

/// Longest pointer, in bytes. Connectors send them by the thousand, and none of a provider's names is nearly as long.
const MAX_LENGTH: usize = 1_024;

/// The unescaped tokens of a pointer; `""` has none. An error says what a pointer looks like.
pub(crate) fn tokens(pointer: &str) -> Result<Vec<String>, String> {
    if pointer.len() > MAX_LENGTH {
        return Err(format!("a JSON pointer has at most {MAX_LENGTH} bytes"));
    }
    if pointer.is_empty() {
        return Ok(Vec::new());
    }
    let Some(rest) = pointer.strip_prefix('/') else {
        return Err("a JSON pointer is empty or starts with `/`, such as `/properties`".to_owned());
    };
    rest.split('/').map(unescape).collect()
}

fn unescape(token: &str) -> Result<String, String> {
    let mut plain = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        match character {
            '~' => match characters.next() {
                Some('0') => plain.push('~'),
                Some('1') => plain.push('/'),
                _ => {
                    return Err(
                        "in a JSON pointer `~` is written `~0` and `/` in a name is written `~1`".to_owned(),
                    );
                }
            },
            other => plain.push(other),
        }
    }
    Ok(plain)
}

/// The index that a token stands for: digits without a leading zero.
pub(crate) fn index(token: &str) -> Option<usize> {
    let plain = token.bytes().all(|byte| byte.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    plain.then(|| token.parse().ok()).flatten()
}

/// A name as it is written inside a pointer.
pub(crate) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_taken_apart_and_unescaped() {
        for (pointer, expected) in [
            ("", vec![]),
            ("/", vec![""]),
            ("/a/0", vec!["a", "0"]),
            ("/a~1b/m~0n", vec!["a/b", "m~n"]),
            ("/~01", vec!["~1"]),
        ] {
            assert_eq!(tokens(pointer).unwrap(), expected, "{pointer}");
        }
    }

    #[test]
    fn broken_pointers_are_refused() {
        for pointer in ["a", "a/b", "/a~", "/a~2", "#/a", &"/".repeat(MAX_LENGTH + 1)] {
            assert!(tokens(pointer).is_err(), "{pointer}");
        }
    }

    #[test]
    fn escaping_is_undone_by_reading() {
        for name in ["plain", "a/b", "m~n", "~1", "/~0/"] {
            assert_eq!(tokens(&format!("/{}", escape(name))).unwrap(), [name]);
        }
    }
}
