//! The location and its custom fields.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::{Call, custom_fields, ids};

pub(crate) const NAME: &str = "Sandbox Studio";

pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    let [location, rest @ ..] = segments else {
        return Err(ApiError::no_such_path(call.request));
    };
    call.check_location("locationId", Some(location))?;
    match rest {
        [] => Ok(Response::json(200, &json!({ "location": location_record() }))),
        ["customFields"] => {
            let model = call.request.parameter("model").unwrap_or("contact");
            let fields = custom_fields::ALL
                .iter()
                .filter(|field| model == "all" || field.model == model);
            let fields: Vec<Value> = fields.map(|field| field.render()).collect();
            Ok(Response::json(200, &json!({ "customFields": fields })))
        }
        ["customFields", id] => {
            let field = custom_fields::ALL.iter().find(|field| field.id() == *id);
            let field = field.ok_or_else(|| ApiError::missing("Custom field", id))?;
            Ok(Response::json(200, &json!({ "customField": field.render() })))
        }
        _ => Err(ApiError::no_such_path(call.request)),
    }
}

fn location_record() -> Value {
    json!({
        "id": ids::LOCATION, "companyId": ids::COMPANY, "name": NAME, "country": "DE", "city": "Berlin",
        "timezone": "Etc/GMT-2", "email": "studio@example.com",
        "settings": { "allowDuplicateContact": false, "allowDuplicateOpportunity": false },
    })
}
