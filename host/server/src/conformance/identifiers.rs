//! Ids that look like the provider's and belong to no record.

use std::collections::BTreeSet;

/// How far beyond the largest known number a missing one is.
const BEYOND: u128 = 7_777;

/// An id of the same form as `real` that is none of the `known` ones.
///
/// A number becomes larger than every known one, because the next number may be taken soon. In any other text letters and
/// digits are replaced by others of their sort, from the end.
pub(super) fn missing(real: &str, known: &BTreeSet<String>) -> String {
    if let Ok(number) = real.parse::<u128>() {
        let largest = known.iter().filter_map(|id| id.parse().ok()).max();
        return number
            .max(largest.unwrap_or_default())
            .saturating_add(BEYOND)
            .to_string();
    }
    let mut characters: Vec<char> = real.chars().collect();
    let length = characters.len();
    for turn in 0.. {
        if turn > 26 * length {
            break;
        }
        if let Some(character) = length
            .checked_sub(1 + turn % length.max(1))
            .and_then(|at| characters.get_mut(at))
        {
            *character = other(*character);
        }
        let candidate: String = characters.iter().collect();
        if candidate != real && !known.contains(&candidate) {
            return candidate;
        }
    }
    // Nothing in it could be replaced.
    format!("{real}0")
}

/// Another character of the same sort. Letters up to `f` stay such letters, so that hexadecimal text stays it.
fn other(character: char) -> char {
    let turned = |first: char, size: u32| {
        let place = (u32::from(character) - u32::from(first) + 1) % size;
        char::from_u32(u32::from(first) + place).unwrap_or(character)
    };
    match character {
        '0'..='9' => turned('0', 10),
        'a'..='f' => turned('a', 6),
        'A'..='F' => turned('A', 6),
        'g'..='z' => turned('g', 20),
        'G'..='Z' => turned('G', 20),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::missing;

    fn known(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_number_goes_beyond_all_known_ones() {
        assert_eq!(missing("12", &known(&["12", "900"])), "8677");
        assert_eq!(missing("5725767000000538001", &known(&[])), "5725767000000545778");
    }

    #[test]
    fn other_text_keeps_its_form() {
        for (real, expected) in [
            ("ocQHyuzHvysMo5N5VsXc", "ocQHyuzHvysMo5N5VsXd"),
            (
                "adf21080-0e10-11eb-879b-05d71fb426ec",
                "adf21080-0e10-11eb-879b-05d71fb426ed",
            ),
            ("person-9", "person-0"),
            ("--", "--0"),
        ] {
            assert_eq!(missing(real, &known(&[])), expected);
        }
        assert_eq!(missing("a1", &known(&["a2", "b2"])), "b3");
    }
}
