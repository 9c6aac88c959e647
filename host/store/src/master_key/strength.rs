//! Tells keys that somebody typed from keys that were drawn at random.
//!
//! Every rule lets a random key pass: the likeliest to be hit, the count of distinct bytes, has odds below 10^-15.

/// A random key has about 30.
const DISTINCT_BYTES: usize = 16;

/// What gives a key away as not random, if anything does.
pub(super) fn weakness(key: &[u8; 32]) -> Option<&'static str> {
    if is_sequence(key) {
        return Some("its bytes are all equal or count up or down");
    }
    if distinct(key) < DISTINCT_BYTES {
        return Some("it has fewer than 16 different bytes");
    }
    if repeats(key) {
        return Some("it is a shorter key repeated");
    }
    if key.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
        return Some("it is readable text, not random bytes");
    }
    None
}

/// Whether each byte follows the one before at the same distance.
fn is_sequence(key: &[u8; 32]) -> bool {
    let mut steps = key
        .iter()
        .zip(key.iter().skip(1))
        .map(|(first, second)| second.wrapping_sub(*first));
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

fn distinct(key: &[u8; 32]) -> usize {
    let mut bytes = *key;
    bytes.sort_unstable();
    bytes.chunk_by(PartialEq::eq).count()
}

fn repeats(key: &[u8; 32]) -> bool {
    (1..=16).any(|period| {
        key.iter()
            .zip(key.iter().skip(period))
            .all(|(first, second)| first == second)
    })
}

#[cfg(test)]
mod tests {
    use super::weakness;

    #[test]
    fn keys_that_somebody_typed_are_weak() {
        let block: [u8; 16] = [250, 3, 99, 17, 42, 200, 8, 77, 130, 61, 5, 222, 190, 33, 149, 11];
        let doubled: [u8; 32] = std::array::from_fn(|index| block[index % 16]);
        let few: [u8; 32] = std::array::from_fn(|index| [7, 9, 200][index * index % 3]);
        for (key, expected) in [
            ([0; 32], "equal"),
            ([0xff; 32], "equal"),
            (std::array::from_fn(|index| index as u8), "count"),
            (std::array::from_fn(|index| 255 - index as u8), "count"),
            (std::array::from_fn(|index| (index * 7) as u8), "count"),
            (few, "fewer"),
            (doubled, "repeated"),
            (*b"correct horse battery staple 42!", "text"),
            (*b"0123456789abcdefghijklmnopqrstuv", "text"),
        ] {
            let weakness = weakness(&key).unwrap_or("none");
            assert!(weakness.contains(expected), "{key:?}: {weakness}");
        }
    }

    #[test]
    fn random_keys_are_not_weak() {
        for _ in 0..10_000 {
            let mut key = [0; 32];
            getrandom::fill(&mut key).unwrap();
            assert_eq!(weakness(&key), None, "{key:?}");
        }
    }
}
