//! Which descriptions belong to which connector, and where both are.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A connector that has been built and a folder that describes its provider.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) slug: &'static str,
    pub(crate) connector: PathBuf,
    pub(crate) description: PathBuf,
}

/// Slugs with the names of their folders.
const FOLDERS: [(&str, &str); 4] = [
    ("hubspot", "hubspot"),
    ("zoho-crm", "zoho"),
    ("pipedrive", "pipedrive"),
    ("gohighlevel", "gohighlevel"),
];

/// Other spellings of a path, with the one that the description has.
const SPELLINGS: [(&str, &str, &str); 9] = [
    ("hubspot", "/crm/objects/2026-09/", "/crm/objects/2026-03/"),
    (
        "hubspot",
        "/crm/associations/2026-09/",
        "/crm/associations/2026-03/",
    ),
    ("hubspot", "/crm/owners/2026-09", "/crm/owners/2026-03"),
    ("hubspot", "/crm/v3/objects/", "/crm/objects/2026-03/"),
    ("hubspot", "/crm/v4/objects/", "/crm/objects/2026-03/"),
    ("hubspot", "/crm/v4/associations/", "/crm/associations/2026-03/"),
    ("hubspot", "/crm/v3/owners", "/crm/owners/2026-03"),
    ("hubspot", "/crm/properties/2026-09/", "/crm/properties/2026-03/"),
    ("pipedrive", "/api/v1/", "/v1/"),
];

impl Subject {
    /// What the connector declares.
    pub(crate) fn manifest(&self) -> Value {
        let file = repository()
            .join("connectors")
            .join(self.slug)
            .join("manifest.json");
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of all descriptions, if it is here, or else where it would be.
pub(crate) fn descriptions() -> Result<PathBuf, PathBuf> {
    let named = std::env::var_os("ROUTEMCP_PROVIDER_SPECS").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| repository().join("../shared/provider-specs"));
    if folder.is_dir() { Ok(folder) } else { Err(folder) }
}

/// Everything that can be looked at: connectors in the folder that the binary would take them from.
pub(crate) fn subjects(descriptions: &Path) -> Vec<Subject> {
    let named = std::env::var_os("ROUTEMCP_CONNECTORS").map(PathBuf::from);
    let connectors = named.unwrap_or_else(|| repository().join("target/connectors"));
    let subject = |(slug, folder): (&'static str, &str)| Subject {
        slug,
        connector: connectors.join(format!("{slug}.wasm")),
        description: descriptions.join(folder),
    };
    let all = FOLDERS.into_iter().map(subject);
    all.filter(|subject| subject.connector.is_file() && subject.description.is_dir())
        .collect()
}

/// A path as the provider's description spells it.
pub(crate) fn described_path(slug: &str, path: &str) -> String {
    let spelled = SPELLINGS.iter().find_map(|(of, other, described)| {
        let rest = path.strip_prefix(other).filter(|_| *of == slug)?;
        Some(format!("{described}{rest}"))
    });
    let path = spelled.unwrap_or_else(|| path.to_owned());
    // HubSpot's legacy owners have a slash at the end, the dated ones have none.
    if slug == "hubspot" {
        path.trim_end_matches('/').to_owned()
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use super::described_path;

    #[test]
    fn versions_are_spellings_of_one_path() {
        for (path, described) in [
            ("/crm/v3/objects/contacts/1", "/crm/objects/2026-03/contacts/1"),
            ("/crm/objects/2026-09/contacts", "/crm/objects/2026-03/contacts"),
            ("/crm/v3/owners/", "/crm/owners/2026-03"),
            ("/crm/v3/owners/7", "/crm/owners/2026-03/7"),
            (
                "/crm/v4/associations/leads/contacts/batch/read",
                "/crm/associations/2026-03/leads/contacts/batch/read",
            ),
            ("/elsewhere", "/elsewhere"),
        ] {
            assert_eq!(described_path("hubspot", path), described);
        }
        assert_eq!(described_path("pipedrive", "/api/v1/leads"), "/v1/leads");
        assert_eq!(
            described_path("pipedrive", "/api/v2/persons/"),
            "/api/v2/persons/"
        );
    }
}
