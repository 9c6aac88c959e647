//! Ids as HighLevel has them: 20 letters and digits, for pipeline stages UUIDs. They follow from a kind and a number, so
//! that every sandbox begins the same, and are in no order.

/// The only location.
pub(crate) const LOCATION: &str = "Wq7Lm2Zt9RvB1cYdk3Jx";
/// The agency that it belongs to.
pub(crate) const COMPANY: &str = "Hs4Np8Kd2Vb6Tg1Yw9Qa";

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 20 letters and digits.
pub(crate) fn id(kind: &str, number: u64) -> String {
    let mut state = seed(kind, number);
    (0..20).map(|_| letter(next(&mut state))).collect()
}

/// Shaped like a random UUID.
pub(crate) fn uuid(kind: &str, number: u64) -> String {
    let mut state = seed(kind, number);
    let (high, low) = (next(&mut state), next(&mut state));
    format!(
        "{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0xfff,
        low & 0xffff_ffff_ffff
    )
}

fn letter(number: u64) -> char {
    let index = usize::try_from(number % ALPHABET.len() as u64).unwrap_or_default();
    ALPHABET.get(index).copied().map_or('0', char::from)
}

/// FNV-1a over the kind, so that the same number gives another id for each.
fn seed(kind: &str, number: u64) -> u64 {
    let hash = kind.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ number
}

/// splitmix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_stable_unique_and_plain() {
        let ids: BTreeSet<String> = (0..2_000)
            .flat_map(|number| [id("contact", number), id("deal", number)])
            .collect();
        assert_eq!(ids.len(), 4_000);
        let plain = |id: &String| id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(ids.iter().all(plain));
        assert_eq!(id("contact", 7), id("contact", 7));
        assert_eq!(uuid("stage", 1).len(), 36);
    }
}
