//! What a folder holds, and so which tools build it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// A connector's folder.
#[derive(Debug)]
pub(super) struct Project {
    /// Absolute.
    pub(super) folder: PathBuf,
    pub(super) tools: Tools,
}

/// The tools of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tools {
    Rust,
    JavaScript,
    Python,
}

/// The file by which a project is known, in the order of asking.
const SIGNS: [(&str, Tools); 4] = [
    ("Cargo.toml", Tools::Rust),
    ("package.json", Tools::JavaScript),
    ("requirements.txt", Tools::Python),
    ("pyproject.toml", Tools::Python),
];

impl Project {
    pub(super) fn find(folder: &Path) -> anyhow::Result<Self> {
        let shown = folder.display();
        let folder = folder
            .canonicalize()
            .with_context(|| format!("cannot read {shown}"))?;
        let mut signs = SIGNS.into_iter();
        let Some((_, tools)) = signs.find(|(sign, _)| folder.join(sign).is_file()) else {
            bail!(
                "{shown} is no connector's project: it has no Cargo.toml (Rust), package.json (JavaScript) or requirements.txt \
                 (Python). `routemcp connector new` makes one"
            );
        };
        Ok(Self { folder, tools })
    }

    /// In the project's folder, with the name of the manifest's slug.
    pub(super) fn default_output(&self) -> anyhow::Result<PathBuf> {
        let manifest = self.folder.join("manifest.json");
        let text = std::fs::read_to_string(&manifest).with_context(|| {
            format!(
                "cannot read {}, which names the component; say --output FILE",
                manifest.display()
            )
        })?;
        let manifest_json: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", manifest.display()))?;
        let slug = manifest_json
            .get("slug")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if slug.is_empty() || !slug.bytes().all(plain) {
            bail!(
                "{}: `slug` must be text such as \"acme-crm\"; it names the component unless --output FILE does",
                manifest.display()
            );
        }
        Ok(self.folder.join(format!("{slug}.wasm")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Project, Tools};

    #[test]
    fn a_project_is_known_by_its_files() {
        for (files, tools) in [
            (&["Cargo.toml"][..], Tools::Rust),
            (&["package.json"], Tools::JavaScript),
            (&["requirements.txt"], Tools::Python),
            (&["pyproject.toml"], Tools::Python),
            (&["package.json", "Cargo.toml"], Tools::Rust),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for file in files {
                std::fs::write(folder.path().join(file), "").unwrap();
            }
            assert_eq!(Project::find(folder.path()).unwrap().tools, tools);
        }
        let folder = tempfile::tempdir().unwrap();
        let refused = Project::find(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("routemcp connector new"), "{refused}");
    }

    #[test]
    fn the_manifest_names_the_component() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "").unwrap();
        let project = Project::find(folder.path()).unwrap();
        let output = |manifest: &str| {
            std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
            project.default_output()
        };
        assert!(
            output(r#"{"slug": "acme-crm"}"#)
                .unwrap()
                .ends_with("acme-crm.wasm")
        );
        for wrong in ["", "{", "{}", r#"{"slug": 1}"#, r#"{"slug": "../x"}"#] {
            let refused = output(wrong).unwrap_err().to_string();
            assert!(refused.contains("manifest.json"), "{refused}");
        }
    }
}
