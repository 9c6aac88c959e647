//! Opportunities.

use routemcp_sdk::sandbox::Response;
use serde_json::{Map, Value, json};

use crate::sandbox::check::{Schema, Shape, check};
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::store::{self, CONTACTS, OPPORTUNITIES, Record, set, text};
use crate::sandbox::{Call, custom_fields, ids, opportunity_search, pipelines};

/// "all" is only a filter, though the documented body has it too.
const STATUSES: &[&str] = &["open", "won", "lost", "abandoned"];
const SCHEMA: &Schema<'static> = &[
    ("pipelineId", Shape::Text),
    ("name", Shape::Text),
    ("pipelineStageId", Shape::Text),
    ("status", Shape::OneOf(STATUSES)),
    ("monetaryValue", Shape::Number),
    ("assignedTo", Shape::Text),
    ("customFields", Shape::Any),
];
const ON_CREATE: &Schema<'static> = &[("locationId", Shape::Text), ("contactId", Shape::Text)];
const SINCE_V3: &Schema<'static> = &[
    ("forecastExpectedCloseDate", Shape::Date),
    ("forecastProbability", Shape::Number),
];

pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        ("POST", []) => create(call),
        ("GET", ["search"]) => opportunity_search::by_get(call),
        ("POST", ["search"]) => opportunity_search::by_post(call),
        ("GET", ["pipelines"]) => {
            call.check_location("locationId", call.request.parameter("locationId"))?;
            let trace_id = call.trace_id();
            Ok(Response::json(
                200,
                &json!({ "pipelines": pipelines::render(), "traceId": trace_id }),
            ))
        }
        ("GET", [id]) => {
            let opportunity = find(call, id)?;
            Ok(wrapped(call, 200, &opportunity))
        }
        ("PUT", [id]) => update(call, id),
        ("PUT", [id, "status"]) => set_status(call, id),
        ("DELETE", [id]) => delete(call, id),
        _ => Err(ApiError::no_such_path(call.request)),
    }
}

fn find(call: &Call<'_>, id: &str) -> Result<Record, ApiError> {
    store::get(call.state, OPPORTUNITIES, id).ok_or_else(|| ApiError::missing("Opportunity", id))
}

fn wrapped(call: &mut Call<'_>, status: u16, opportunity: &Record) -> Response {
    let trace_id = call.trace_id();
    let opportunity = render(call, opportunity);
    Response::json(
        status,
        &json!({ "opportunity": opportunity, "traceId": trace_id }),
    )
}

fn schema(call: &Call<'_>) -> Vec<(&'static str, Shape)> {
    let forecast = if call.is_v3 { SINCE_V3 } else { &[] };
    [SCHEMA, forecast].concat()
}

fn create(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    call.check_location("locationId", body.get("locationId").and_then(Value::as_str))?;
    let required = ["pipelineId", "name", "status", "contactId"];
    check(&body, &[schema(call).as_slice(), ON_CREATE].concat(), &required)?;
    let contact = body.get("contactId").and_then(Value::as_str).unwrap_or_default();
    if store::get(call.state, CONTACTS, contact).is_none() {
        return Err(ApiError::missing("Contact", contact));
    }
    let number = call.state.count("opportunity-id", 1_000_000);
    let now = call.now();
    let mut opportunity = Record::new();
    opportunity.insert("id".to_owned(), ids::id("opportunity", number).into());
    opportunity.insert("monetaryValue".to_owned(), 0.into());
    opportunity.insert("source".to_owned(), "api".into());
    for member in ["createdAt", "lastStatusChangeAt", "lastStageChangeAt"] {
        opportunity.insert(member.to_owned(), now.as_str().into());
    }
    change(call, &mut opportunity, &body)?;
    Ok(wrapped(call, 201, &opportunity))
}

fn update(call: &mut Call<'_>, id: &str) -> Outcome {
    let mut opportunity = find(call, id)?;
    let body = call.body()?;
    check(&body, &schema(call), &[])?;
    change(call, &mut opportunity, &body)?;
    Ok(wrapped(call, 200, &opportunity))
}

fn set_status(call: &mut Call<'_>, id: &str) -> Outcome {
    let mut opportunity = find(call, id)?;
    let body = call.body()?;
    check(
        &body,
        &[("status", Shape::OneOf(STATUSES)), ("lostReasonId", Shape::Text)],
        &["status"],
    )?;
    change(call, &mut opportunity, &body)?;
    Ok(Response::json(200, &done(call)))
}

fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    find(call, id)?;
    call.state.delete(OPPORTUNITIES, id);
    Ok(Response::json(200, &done(call)))
}

fn done(call: &Call<'_>) -> Value {
    if call.is_v3 {
        json!({ "succeded": true, "success": true })
    } else {
        json!({ "succeded": true })
    }
}

fn change(call: &mut Call<'_>, opportunity: &mut Record, body: &Map<String, Value>) -> Result<(), ApiError> {
    let now = call.now();
    for (name, value) in body {
        let value = match name.as_str() {
            "customFields" => custom_fields::merge(call.is_v3, "opportunity", opportunity.get(name), value)?,
            // Read as a date, whatever form it was written in.
            "forecastExpectedCloseDate" => value.as_str().and_then(|text| text.get(..10)).into(),
            _ => value.clone(),
        };
        let since = match name.as_str() {
            "status" => Some("lastStatusChangeAt"),
            "pipelineStageId" => Some("lastStageChangeAt"),
            _ => None,
        };
        if let Some(since) = since.filter(|_| opportunity.get(name) != Some(&value)) {
            opportunity.insert(since.to_owned(), now.as_str().into());
        }
        set(opportunity, name, value);
    }
    place(opportunity)?;
    opportunity.insert("locationId".to_owned(), ids::LOCATION.into());
    opportunity.insert("updatedAt".to_owned(), now.into());
    store::put(call.state, OPPORTUNITIES, opportunity);
    Ok(())
}

/// The stage must be one of the pipeline's; the first one if none is given.
fn place(opportunity: &mut Record) -> Result<(), ApiError> {
    let pipeline = text(opportunity, "pipelineId");
    let stages = pipelines::stages(pipeline).ok_or_else(|| ApiError::missing("Pipeline", pipeline))?;
    let stage = text(opportunity, "pipelineStageId");
    if stage.is_empty() {
        opportunity.insert("pipelineStageId".to_owned(), stages.first().cloned().into());
    } else if !stages.iter().any(|known| known == stage) {
        return Err(ApiError::new(
            400,
            "The pipeline stage does not belong to the pipeline",
        ));
    }
    Ok(())
}

/// As HighLevel writes it: with its contact, custom fields as `fieldValue`, and from v3 on the forecast.
pub(crate) fn render(call: &Call<'_>, opportunity: &Record) -> Value {
    let mut rendered = opportunity.clone();
    if let Some(contact) = store::get(call.state, CONTACTS, text(opportunity, "contactId")) {
        rendered.insert("contact".to_owned(), summary(&contact));
    }
    let custom = opportunity
        .get("customFields")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let custom = custom.map(|entry| json!({ "id": entry.get("id"), "fieldValue": entry.get("value") }));
    rendered.insert("customFields".to_owned(), custom.collect());
    if call.is_v3 {
        let odds = opportunity.get("forecastProbability").cloned();
        let odds = odds.or_else(|| pipelines::odds(text(opportunity, "pipelineStageId")).map(Value::from));
        rendered.insert(
            "effectiveProbability".to_owned(),
            odds.unwrap_or_else(|| 0.into()),
        );
    } else {
        rendered.retain(|name, _| !name.starts_with("forecast"));
    }
    rendered.into()
}

fn summary(contact: &Record) -> Value {
    let name = format!("{} {}", text(contact, "firstName"), text(contact, "lastName"));
    let mut summary = Map::from_iter([("name".to_owned(), Value::from(name.trim()))]);
    for member in ["id", "companyName", "email", "phone", "tags"] {
        if let Some(value) = contact.get(member) {
            summary.insert(member.to_owned(), value.clone());
        }
    }
    summary.into()
}
