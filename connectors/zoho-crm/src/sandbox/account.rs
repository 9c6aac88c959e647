//! What Zoho's own clients ask about an account before anything else: the organisation and the fields of a module.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::schema::{CUSTOM, Kind, METRICS, Type};
use crate::sandbox::{Call, time};

pub(crate) fn organisation() -> Response {
    let organisation = json!({
        "id": "5512340000000020008", "company_name": "Sandbox Trading GmbH", "type": "sandbox", "domain_name": "org60001000",
        "country": "Germany", "country_code": "DE", "city": "Berlin", "primary_email": "sandbox@example.com",
        "currency": "Euro", "currency_symbol": "€", "currency_locale": "de_DE", "iso_code": "EUR",
        "time_zone": time::ZONE, "zgid": "60001000", "primary_zuid": "60001000", "created_time": "2025-01-01T12:00:00+03:00",
        "mc_status": true, "gapps_enabled": false, "privacy_settings": false,
        "license_details": { "paid": true, "paid_type": "enterprise", "paid_expiry": null, "trial_type": null,
                             "trial_expiry": null, "users_license_purchased": 10, "portal_users_license_purchased": 0 },
    });
    Response::json(200, &json!({ "org": [organisation] }))
}

pub(crate) fn fields(call: &Call<'_>) -> Outcome {
    let module = call.request.parameter("module");
    let of = Type::parse(module.ok_or_else(|| ApiError::missing_parameter("module"))?)?;
    let own = of.fields().iter().filter(|(name, _)| !name.starts_with('$'));
    let mut fields: Vec<Value> = own.map(|(name, kind)| field(of, name, *kind, false)).collect();
    let computed = of.computed().iter();
    fields.extend(computed.map(|name| field(of, name, computed_kind(name), true)));
    let metrics = (1..=METRICS).map(|number| format!("Metric_{number:03}"));
    fields.extend(
        metrics
            .filter(|name| of.metric(name).is_some())
            .map(|name| field(of, &name, Kind::Integer, false)),
    );
    Ok(Response::json(200, &json!({ "fields": fields })))
}

fn computed_kind(name: &str) -> Kind {
    match name {
        "Created_Time" | "Modified_Time" => Kind::Time,
        "Created_By" | "Modified_By" => Kind::User,
        "Expected_Revenue" => Kind::Number,
        _ => Kind::Text(120),
    }
}

fn field(of: Type, name: &str, kind: Kind, computed: bool) -> Value {
    let (data_type, json_type) = types(kind);
    let label = name.replace('_', " ");
    let id = name
        .bytes()
        .fold(7_u64, |number, byte| (number * 31 + u64::from(byte)) % 1_000_000);
    let lookup = match kind {
        Kind::Lookup(to) => {
            json!({ "api_name": name, "display_label": of.name(), "id": "5512340000000002999",
                                    "module": { "api_name": to.name(), "id": "5512340000000002179", "crypt": false } })
        }
        _ => json!({}),
    };
    json!({
        "id": (5_512_340_000_003_000_000 + id).to_string(),
        "api_name": name,
        "field_label": label,
        "display_label": label,
        "data_type": data_type,
        "json_type": json_type,
        "length": if let Kind::Text(length) = kind { length } else { 120 },
        "custom_field": CUSTOM.contains(&name) || of.metric(name).is_some(),
        "system_mandatory": of.mandatory().contains(&name),
        "read_only": computed,
        "field_read_only": computed,
        "visible": true,
        "type": "used",
        "lookup": lookup,
        "pick_list_values": options(kind),
    })
}

fn options(kind: Kind) -> Value {
    let Kind::Choice(options) = kind else {
        return json!([]);
    };
    let numbered = options.iter().zip(1_u64..);
    numbered
        .map(|(option, number)| {
            json!({ "display_value": option, "actual_value": option, "reference_value": option, "type": "used",
                    "sequence_number": number, "id": (5_512_340_000_004_000_000 + number).to_string() })
        })
        .collect()
}

/// (`data_type`, `json_type`)
fn types(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Text(32_000) => ("textarea", "string"),
        Kind::Text(_) | Kind::RelatedModule => ("text", "string"),
        Kind::Email => ("email", "string"),
        Kind::Number => ("currency", "double"),
        Kind::Integer => ("integer", "integer"),
        Kind::Boolean => ("boolean", "boolean"),
        Kind::Date => ("date", "string"),
        Kind::Time => ("datetime", "string"),
        Kind::Choice(_) => ("picklist", "string"),
        Kind::Choices => ("multiselectpicklist", "jsonarray"),
        Kind::Lookup(_) | Kind::Related => ("lookup", "jsonobject"),
        Kind::User => ("ownerlookup", "jsonobject"),
        Kind::Tags => ("text", "jsonarray"),
        Kind::Participants => ("text", "jsonarray"),
    }
}
