//! What a record costs on its way through the pure parts: JSON, mapping, transforms, cursor. `make micro` runs it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot run may stop"
)]

use divan::{Bencher, black_box};
use routemcp_unified::cursor::{Binding, CursorCodec, Position};
use routemcp_unified::json;
use routemcp_unified::manifest::Manifest;
use routemcp_unified::mapping::{DateTimeFormat, EffectiveMapping, Room, Transform};
use routemcp_unified::schema::Resource;
use serde_json::{Value, json};

fn main() {
    divan::main();
}

fn contact(number: usize) -> Value {
    json!({
        "id": (20_100_370_000_usize + number).to_string(),
        "properties": {
            "firstname": "Mara", "lastname": "Lindqvist", "email": "mara@example.com", "phone": "+41 79 555 0002",
            "company": "Kite & Sons", "jobtitle": "Head of Purchasing", "address": "Seestrasse 1", "city": "Zürich",
            "state": "ZH", "zip": "8002", "country": "Switzerland", "lifecyclestage": "opportunity",
            "hubspot_owner_id": "41234567", "hs_analytics_source": "OFFLINE",
        },
        "createdAt": "2025-03-01T09:00:11.402Z", "updatedAt": "2026-10-01T16:00:45.017Z", "archived": false,
    })
}

fn page(records: usize) -> Vec<u8> {
    let results: Vec<Value> = (0..records).map(contact).collect();
    json!({ "results": results }).to_string().into_bytes()
}

fn mapping() -> EffectiveMapping {
    let manifest = Manifest::parse(include_str!("../../../connectors/hubspot/manifest.json")).unwrap();
    EffectiveMapping::compile(Resource::Contact, &manifest.resources[&Resource::Contact], &[]).unwrap()
}

#[divan::bench(args = [25, 100])]
fn parse_a_page(bencher: Bencher<'_, '_>, records: usize) {
    let text = page(records);
    bencher.bench(|| json::parse(black_box(&text)).unwrap());
}

#[divan::bench]
fn map_a_record(bencher: Bencher<'_, '_>) {
    let (mapping, record) = (mapping(), contact(1));
    bencher.bench_local(|| {
        let read = mapping.read(black_box(&record), "hubspot", None, &mut Room::default());
        black_box(read.is_ok())
    });
}

#[divan::bench]
fn write_a_mapped_record_as_json(bencher: Bencher<'_, '_>) {
    let (mapping, contact) = (mapping(), contact(1));
    let record = mapping
        .read(&contact, "hubspot", None, &mut Room::default())
        .unwrap();
    bencher.bench_local(|| {
        let mut json = Vec::new();
        record.write(black_box(&mut json)).unwrap();
        json
    });
}

#[divan::bench]
fn compile_a_mapping(bencher: Bencher<'_, '_>) {
    let manifest = Manifest::parse(include_str!("../../../connectors/hubspot/manifest.json")).unwrap();
    let contact = &manifest.resources[&Resource::Contact];
    bencher.bench(|| EffectiveMapping::compile(Resource::Contact, black_box(contact), &[]).unwrap());
}

#[divan::bench]
fn transform_a_date_time(bencher: Bencher<'_, '_>) {
    let transform = Transform::DateTime {
        format: DateTimeFormat::Iso8601,
        provider: None,
    };
    let value = json!("2025-03-01T09:00:11.402Z");
    bencher.bench(|| transform.read(black_box(&value)).unwrap());
}

#[divan::bench]
fn transform_a_number(bencher: Bencher<'_, '_>) {
    let transform = Transform::Number {
        provider: None,
        scale: None,
    };
    let value = json!("12500.5");
    bencher.bench(|| transform.read(black_box(&value)).unwrap());
}

fn binding() -> Binding {
    Binding::new()
        .with("organisation", "org_1")
        .with("environment", "live")
        .with("resource", "contact")
        .with("provider", "hubspot")
}

fn positions() -> Vec<Position> {
    vec![Position {
        connection: "con_01a20ed1cac072bf82bb49e36b321d92".to_owned(),
        cursor: Some("20100370025".to_owned()),
    }]
}

#[divan::bench]
fn seal_a_cursor(bencher: Bencher<'_, '_>) {
    let (codec, positions) = (CursorCodec::new(&[7; 32]), positions());
    bencher.bench(|| codec.encode(&binding(), black_box(&positions)));
}

#[divan::bench]
fn open_a_cursor(bencher: Bencher<'_, '_>) {
    let codec = CursorCodec::new(&[7; 32]);
    let text = codec.encode(&binding(), &positions());
    bencher.bench(|| codec.decode(&binding(), black_box(&text)).unwrap());
}
