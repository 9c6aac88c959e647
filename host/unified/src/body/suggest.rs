//! Guesses which name was meant.

/// The name nearest to what was written, if any is near enough to be meant.
pub(super) fn nearest<'name>(
    written: &str,
    names: impl IntoIterator<Item = &'name str>,
) -> Option<&'name str> {
    /// Names of this length are no slip of the finger, and comparing takes quadratic time.
    const MAX_LENGTH: usize = 40;
    if written.chars().count() > MAX_LENGTH {
        return None;
    }
    let plain = plain(written);
    let allowed = plain.len().div_ceil(3).min(3);
    let distances = names
        .into_iter()
        .map(|name| (distance(&plain, &self::plain(name)), name));
    distances
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `first_name`, `FirstName` and `first-name` are all `firstname`.
fn plain(name: &str) -> Vec<char> {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Levenshtein distance.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, from) in one.iter().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        for (to, above) in other.iter().zip(row.iter_mut().skip(1)) {
            let best = (diagonal + usize::from(from != to)).min(left + 1).min(*above + 1);
            diagonal = *above;
            *above = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_levenshtein() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("abc", "abc", 0),
            ("ab", "ba", 2),
        ] {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(
                distance(&characters(one), &characters(other)),
                expected,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["firstName", "lastName", "email", "phone", "tags"];
        for (written, expected) in [
            ("first_name", Some("firstName")),
            ("FIRSTNAME", Some("firstName")),
            ("emial", Some("email")),
            ("e-mail", Some("email")),
            ("tag", Some("tags")),
            ("nickname", None),
            ("x", None),
            (&"email".repeat(1000), None),
        ] {
            assert_eq!(nearest(written, names), expected, "{written}");
        }
    }
}
