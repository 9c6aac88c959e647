//! Base64 (RFC 4648), for cursors, HTTP Basic and PKCE.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Without padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = 0_u32;
        for index in 0..3 {
            group = group << 8 | u32::from(chunk.get(index).copied().unwrap_or_default());
        }
        for place in 0..=chunk.len() {
            let digit = group >> (18 - 6 * place) & 63;
            let letter = STANDARD.get(digit as usize).copied().unwrap_or_default();
            text.push(char::from(letter));
        }
    }
    text
}

/// Without padding, in the alphabet for URLs.
pub fn encode_for_url(bytes: &[u8]) -> String {
    encode(bytes).replace('+', "-").replace('/', "_")
}

/// With or without padding; none for other text.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').bytes();
    let digits: Vec<u32> = digits
        .map(|byte| STANDARD.iter().position(|known| *known == byte))
        .map(|digit| u32::try_from(digit?).ok())
        .collect::<Option<_>>()?;
    let mut bytes = Vec::new();
    for chunk in digits.chunks(4) {
        if chunk.len() == 1 {
            return None;
        }
        let group = (0..4).fold(0_u32, |group, index| {
            group << 6 | chunk.get(index).copied().unwrap_or_default()
        });
        let [_, first, second, third] = group.to_be_bytes();
        bytes.extend([first, second, third].iter().take(chunk.len() - 1));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_the_round_trip() {
        for text in ["", "a", "ab", "abc", "client:secret ü"] {
            assert_eq!(decode(&encode(text.as_bytes())).unwrap(), text.as_bytes());
        }
        assert_eq!(encode(b"client:secret"), "Y2xpZW50OnNlY3JldA");
        assert_eq!(
            (encode(&[251, 255]).as_str(), encode_for_url(&[251, 255]).as_str()),
            ("+/8", "-_8")
        );
        assert_eq!(decode("Y2xpZW50OnNlY3JldA==").unwrap(), b"client:secret");
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["a", "a b", "ü", "=a"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
