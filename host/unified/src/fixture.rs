//! A manifest to test with: a provider that does not exist, with one of every sort of mapping.

use serde_json::Value;

use crate::manifest::{Manifest, ResourceManifest};
use crate::schema::Resource;

const TEXT: &str = include_str!("../fixtures/manifest.json");

pub(crate) fn json() -> Value {
    serde_json::from_str(TEXT).unwrap()
}

pub(crate) fn manifest() -> Manifest {
    Manifest::parse(TEXT).unwrap()
}

pub(crate) fn resource(resource: Resource) -> ResourceManifest {
    manifest().resources.remove(&resource).unwrap()
}
