//! Makes components of the guests' sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The guests' files in a folder of their own.
pub(crate) struct Guests {
    folder: TempDir,
    digests: BTreeMap<String, String>,
}

impl Guests {
    /// Builds some guests. `canary` is where a listener stands that they must not reach.
    pub(crate) fn build<'a>(names: impl IntoIterator<Item = &'a str>, canary: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut digests = BTreeMap::new();
        for name in names {
            let component = component(name, canary);
            let digest = hex::encode(Sha256::digest(&component));
            digests.insert(name.to_owned(), digest[..12].to_owned());
            std::fs::write(folder.path().join(format!("{name}.wasm")), component).unwrap();
        }
        Self { folder, digests }
    }

    /// All the files.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let file = |name: &String| self.folder.path().join(format!("{name}.wasm"));
        self.digests.keys().map(file).collect()
    }

    /// The digest of a guest as log lines show it.
    pub(crate) fn digest(&self, name: &str) -> &str {
        &self.digests[name]
    }

    /// The names of all sources, to see that none is forgotten.
    pub(crate) fn sources() -> Vec<String> {
        let entries = std::fs::read_dir(here("guests")).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/hostile")
        .join(path)
}

fn component(name: &str, canary: &str) -> Vec<u8> {
    let (_, port) = canary.split_once(':').unwrap();
    let source = std::fs::read_to_string(here("guests").join(format!("{name}.wat"))).unwrap();
    let source = source
        .replace("{{canary}}", canary)
        .replace("{{canary-port}}", port);
    if source.contains("(component") {
        return wat::parse_str(source).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let mut module = wat::parse_str(module(name, &source)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (contract, world) = contract(source.contains("(func $handle "));
    embed_component_metadata(&mut module, &contract, world, StringEncoding::UTF8).unwrap();
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode());
    encoded.unwrap_or_else(|error| panic!("{name}: {error:#}"))
}

/// A guest's own functions with all that it needs round them.
fn module(name: &str, source: &str) -> String {
    let (imports, own): (Vec<&str>, Vec<&str>) =
        source.lines().partition(|line| line.starts_with("(import "));
    let mut own = own.join("\n");
    if !own.contains("(func $describe ") {
        own += "(func $describe (result i32) (call $manifest))\n";
    }
    if own.contains("(func $handle ") {
        own += "(func (export \"routemcp:connector/sandbox@0.1.0#handle\") \
                (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (call $handle))\n";
    }
    let manifest = manifest(name, source);
    let escaped = manifest.replace('\\', "\\\\").replace('"', "\\\"");
    include_str!("connector.wat")
        .replace("{{imports}}", &imports.join("\n"))
        .replace("{{sin}}", &own)
        .replace("{{manifest-length}}", &manifest.len().to_string())
        .replace("{{manifest}}", &escaped)
}

/// Asks for the provider, and for the hosts in the source's line that begins with `;; hosts:`.
fn manifest(name: &str, source: &str) -> String {
    let more = source.lines().find_map(|line| line.strip_prefix(";; hosts:"));
    let mut hosts = vec!["https://provider.example"];
    hosts.extend(more.unwrap_or_default().split_whitespace());
    let mut manifest = json!({
        "manifestVersion": 1,
        "slug": name,
        "name": name,
        "version": "0.1.0",
        "category": "crm",
        "baseUrl": "https://provider.example",
        "allowedHosts": hosts,
        "auth": [{
            "kind": "token", "id": "token", "name": "Token", "label": "Token",
            "placement": { "header": "Authorization", "prefix": "Bearer " },
        }],
        "resources": { "contact": {
            "operations": ["list"],
            "idPointer": "/id",
            "fieldsPointer": "",
            "mappings": [{ "unifiedField": "firstName", "providerField": "first", "direction": "read" }],
        } },
    });
    if source.contains("(func $handle ") {
        manifest["sandbox"] = json!({ "auth": "token", "token": "sandbox-token" });
    }
    let text = manifest.to_string();
    assert!(
        text.len() < 3_000,
        "{name}: the manifest does not fit into its place"
    );
    text
}

fn contract(with_sandbox: bool) -> (Resolve, wit_parser::WorldId) {
    let mut contract = Resolve::default();
    contract.push_path(here("../../wit/connector.wit")).unwrap();
    let worlds = here("harness/hostile.wit");
    let text = std::fs::read_to_string(&worlds).unwrap();
    let package = contract.push_str(&worlds, &text).unwrap();
    let name = if with_sandbox { "with-sandbox" } else { "plain" };
    let world = contract.select_world(&[package], Some(name)).unwrap();
    (contract, world)
}
