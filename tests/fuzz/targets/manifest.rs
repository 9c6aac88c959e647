//! Manifests come from connectors, which strangers write: any text is refused with a reason or makes sense throughout.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use routemcp_unified::manifest::Manifest;
use routemcp_unified::mapping::EffectiveMapping;

fuzz_target!(|text: &str| {
    let Ok(manifest) = Manifest::parse(text) else {
        return;
    };
    let settings = manifest.settings_with(&BTreeMap::new());
    let _ = manifest.base_url_with(&settings);
    for (resource, described) in &manifest.resources {
        let mapping = EffectiveMapping::compile(*resource, described, &[]);
        assert!(
            mapping.is_ok(),
            "a manifest that was taken has mappings that compile: {mapping:?}"
        );
    }
    let written = serde_json::to_string(&manifest).expect("a manifest can be written");
    let again = Manifest::parse(&written).expect("and what was written is a manifest");
    assert_eq!(again, manifest);
});
