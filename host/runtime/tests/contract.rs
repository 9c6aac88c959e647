//! The contract's versions: released ones are frozen, the live one keeps the promises of the last release, components of every
//! release load and answer, and those of other tracks are refused with both versions.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use routemcp_broker::{Grant, Limits, Session};
use routemcp_runtime::{
    CONTRACT_VERSION, CallContext, Digest, EngineOptions, LoadError, LoadedConnector, Query, Runtime,
};
use routemcp_unified::json::Node;
use serde_json::json;
use support::{Canned, component, golden};
use wit_component::semver_check;
use wit_parser::{Resolve, WorldId};

/// Every release with the digest of its contract.
const RELEASES: [(&str, &str); 1] = [(
    "0.1.0",
    "a1067bbb7d2c319f8c521b4f5fc161bb4a7fcd90484909c1ec1ba1a98ecddfdc",
)];

const LIVE: &str = include_str!("../../../wit/connector.wit");

fn released(version: &str) -> String {
    let file = format!(
        "{}/../../wit/releases/{version}/connector.wit",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn a_released_contract_never_changes() {
    for (version, digest) in RELEASES {
        let text = released(version);
        assert_eq!(Digest::of(text.as_bytes()).to_string(), digest, "{version}");
        assert!(text.contains(&format!("package routemcp:connector@{version};")));
    }
}

#[test]
fn the_version_in_the_code_is_the_one_of_the_contract() {
    assert!(LIVE.contains(&format!("package routemcp:connector@{CONTRACT_VERSION};")));
}

/// A world of `new`, and the same of an older contract. The older one gets another version, because a package can be in a
/// resolve only once; the check leaves versions out anyway.
fn worlds(old: &str, old_version: &str, new: &str, world: &str) -> (Resolve, WorldId, WorldId) {
    let mut resolve = Resolve::default();
    let renamed = old.replace(&format!("connector@{old_version};"), "connector@0.0.1;");
    assert_ne!(renamed, old);
    let old = resolve.push_str("old.wit", &renamed).unwrap();
    let new = resolve.push_str("new.wit", new).unwrap();
    let old = resolve.select_world(&[old], Some(world)).unwrap();
    let new = resolve.select_world(&[new], Some(world)).unwrap();
    (resolve, old, new)
}

#[test]
fn the_live_contract_takes_what_was_built_for_the_last_release() {
    let (version, _) = RELEASES[RELEASES.len() - 1];
    for world in ["provider", "provider-with-sandbox"] {
        let (resolve, old, new) = worlds(&released(version), version, LIVE, world);
        semver_check(resolve, old, new).unwrap_or_else(|error| panic!("{world}: {error:#}"));
    }
}

#[test]
fn the_check_notices_a_break() {
    let (version, _) = RELEASES[0];
    for (before, after) in [
        ("status: option<u16>,", "status: option<u32>,"),
        ("now-ms: func() -> u64;", "now-ms: func(zone: string) -> u64;"),
        (
            "describe: func() -> json;",
            "describe: func() -> json; ping: func();",
        ),
    ] {
        let broken = LIVE.replace(before, after);
        assert_ne!(broken, LIVE, "{before}");
        let (resolve, old, new) = worlds(&released(version), version, &broken, "provider");
        assert!(semver_check(resolve, old, new).is_err(), "{after}");
    }
}

#[test]
fn the_check_lets_the_contract_grow() {
    let (version, _) = RELEASES[0];
    let grown = LIVE
        .replace(
            "interface clock {",
            "interface extra { more: func(); }\n\ninterface clock {",
        )
        .replace("  import clock;", "  import clock;\n  import extra;");
    let (resolve, old, new) = worlds(&released(version), version, &grown, "provider");
    semver_check(resolve, old, new).unwrap();
}

async fn load(bytes: Vec<u8>) -> Result<LoadedConnector, LoadError> {
    let options = EngineOptions {
        concurrent_calls: 4,
        ..EngineOptions::default()
    };
    Runtime::new(options).unwrap().load(bytes).await
}

#[tokio::test]
async fn a_component_of_release_0_1_0_loads_and_answers() {
    let acme = load(golden("0.1.0/acme.wasm")).await.unwrap();
    assert_eq!(acme.inspection().contract, "0.1.0");
    let manifest = acme.manifest();
    assert_eq!((manifest.slug.as_str(), acme.has_sandbox()), ("acme", false));
    let provider = json!({ "people": [{ "id": 7, "first": "Ada" }], "next": "8" });
    let grant = Grant::new(&manifest.base_url, &manifest.allowed_hosts).unwrap();
    let transport = Arc::new(Canned::new(&provider));
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    let session = Session::new(Arc::new(grant), None, transport, Limits::default(), deadline);
    let context = CallContext {
        session: Arc::new(session),
        tenant: "tenant".into(),
        settings: Arc::new(BTreeMap::new()),
    };
    let query = Query {
        limit: 1,
        ..Query::default()
    };
    let page = acme.list(context, "contact", query).await.result.unwrap();
    let records: Vec<_> = page.records.iter().map(Node::to_value).collect();
    assert_eq!(records, [json!({ "id": 7, "first": "Ada" })]);
    assert_eq!(page.next.as_deref(), Some("8"));
}

#[tokio::test]
async fn a_module_written_for_release_0_1_0_loads() {
    let minimal = load(component(&released("0.1.0"), |source| source))
        .await
        .unwrap();
    assert_eq!(minimal.manifest().slug, "minimal");
    assert_eq!(minimal.inspection().contract, "0.1.0");
}

#[tokio::test]
async fn a_later_patch_release_loads_too() {
    let contract = released("0.1.0").replace("connector@0.1.0;", "connector@0.1.9;");
    let later = component(&contract, |source| source.replace("@0.1.0#", "@0.1.9#"));
    assert_eq!(load(later).await.unwrap().inspection().contract, "0.1.9");
}

#[tokio::test]
async fn a_component_of_another_track_is_refused_with_both_versions() {
    for other in ["0.2.0", "1.0.0", "0.0.9"] {
        let contract = released("0.1.0").replace("connector@0.1.0;", &format!("connector@{other};"));
        let component = component(&contract, |source| {
            source.replace("@0.1.0#", &format!("@{other}#"))
        });
        let error = load(component).await.err().unwrap();
        assert!(
            error.to_string().contains(&format!(
                "it was built for connector contract {other}; this host offers {CONTRACT_VERSION}"
            )),
            "{other}: {error}"
        );
    }
}
