//! The same connector under another name: many connectors out of one file.

use anyhow::bail;
use memchr::memmem;

/// The slug in the file that is renamed.
const ORIGINAL: &str = "hubspot";

/// Writes another slug into the manifest that stands in a HubSpot connector's data. It must have seven letters, because
/// nothing in the file may move.
pub(crate) fn renamed(connector: &[u8], slug: &str) -> anyhow::Result<Vec<u8>> {
    let declared = |slug: &str| format!("\"slug\": \"{slug}\"").into_bytes();
    let places: Vec<usize> = memmem::find_iter(connector, &declared(ORIGINAL)).collect();
    let &[place] = places.as_slice() else {
        bail!(
            "the connector's manifest was found {} times, not once",
            places.len()
        );
    };
    if slug.len() != ORIGINAL.len() {
        bail!("`{slug}` must have {} letters", ORIGINAL.len());
    }
    let mut copy = connector.to_vec();
    let text = declared(slug);
    if let Some(old) = copy.get_mut(place..place + text.len()) {
        old.copy_from_slice(&text);
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn only_the_slug_changes() {
        let file = b"..{\"slug\": \"hubspot\", \"name\": \"HubSpot\"}..";
        assert_eq!(
            renamed(file, "hubspo2").unwrap(),
            b"..{\"slug\": \"hubspo2\", \"name\": \"HubSpot\"}.."
        );
        assert!(renamed(file, "longer-name").is_err());
        assert!(renamed(b"nothing", "hubspo2").is_err());
    }
}
