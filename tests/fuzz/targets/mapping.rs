//! Overrides come from tenants, records from providers: together they give a record or a reason, and what is written to a
//! field and read back through it does not take the server down.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use routemcp_unified::WriteMode;
use routemcp_unified::json::{Budget, MAX_VALUES};
use routemcp_unified::manifest::Manifest;
use routemcp_unified::mapping::{EffectiveMapping, Room, check_overrides, parse_overrides};
use serde_json::Value;

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    Manifest::parse(include_str!("../../../host/unified/fixtures/manifest.json"))
        .expect("the fixture is a manifest")
});

// Two JSON texts, parted by a line feed: overrides and a provider's record.
fuzz_target!(|text: &str| {
    let (overrides, record) = text.split_once('\n').unwrap_or((text, "{}"));
    let Ok(overrides) = routemcp_unified::json::parse(overrides.as_bytes()) else {
        return;
    };
    let Ok(overrides) = parse_overrides(&overrides) else {
        return;
    };
    let record = Budget::of(MAX_VALUES).document(record.as_bytes());
    let Ok(record) = record else {
        return;
    };
    for (resource, described) in &MANIFEST.resources {
        if check_overrides(*resource, described, &overrides).is_err() {
            continue;
        }
        let Ok(mapping) = EffectiveMapping::compile(*resource, described, &[&overrides]) else {
            continue;
        };
        let Ok(read) = mapping.read(record.root(), &MANIFEST.slug, None, &mut Room::default()) else {
            continue;
        };
        assert!(read.get("id").is_some(), "every record has an id");
        let read_only = ["id", "remoteId", "provider", "createdAt", "updatedAt"];
        let body = read
            .fields()
            .filter(|(name, value)| !value.is_null() && !read_only.contains(name));
        let body = body.map(|(name, value)| (name.to_owned(), Value::from(value.clone())));
        let written = mapping.write(&body.collect(), WriteMode::Replace);
        if let Ok(values) = written {
            let values = Value::Object(values);
            let _ = mapping.read(&values, &MANIFEST.slug, None, &mut Room::default());
        }
    }
});
