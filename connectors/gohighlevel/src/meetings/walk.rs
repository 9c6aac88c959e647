//! Walking through the appointments of all calendars. HighLevel has no list of them with pages, only the events of one
//! calendar in a window of time, in one piece.
//!
//! Calendars are walked in the order of their ids, each in windows that meet. An event belongs to the window that it
//! begins in, whatever other windows it touches, and comes in the order of (begin, id). A page that ends inside a window
//! continues from its last event, so that events made or deleted meanwhile shift nothing.

use routemcp_sdk::prelude::*;
use routemcp_sdk::time;
use serde_json::Value;

use super::cursor::Cursor;
use super::{EVENTS, is_deleted, tidy};
use crate::api::{Api, is_id};
use crate::errors;

/// Windows that one page may ask for. The host allows a call 20 requests; empty windows must not use up a page's time.
const MAX_WINDOWS: usize = 8;

pub(crate) fn list(api: &Api, query: &Query) -> Result<Page, Failure> {
    let limit = query.limit as usize;
    let mut position = match query.cursor.as_deref() {
        Some(text) => Some(Cursor::parse(text)?),
        None => first(api)?,
    };
    let mut records = Vec::new();
    for _ in 0..MAX_WINDOWS {
        let Some(cursor) = position.take() else { break };
        let mut events = window(api, &cursor)?;
        let room = limit - records.len();
        position = if events.len() > room {
            events.truncate(room);
            Some(inside(&cursor, events.last()))
        } else {
            behind(api, &cursor)?
        };
        records.extend(events.into_iter().map(|event| event.record));
        if records.len() == limit {
            break;
        }
    }
    Ok(Page::values(records, position.map(|cursor| cursor.to_string())))
}

fn first(api: &Api) -> Result<Option<Cursor>, Failure> {
    let now_ms = i64::try_from(clock::now_ms()).unwrap_or_default();
    Ok(calendars(api)?
        .into_iter()
        .next()
        .map(|calendar| Cursor::start(now_ms, calendar)))
}

/// After the last event of a page that ends inside a window.
fn inside(cursor: &Cursor, last: Option<&Event>) -> Cursor {
    let mut cursor = cursor.clone();
    if let Some(last) = last {
        cursor.from_ms = last.begin_ms;
        cursor.after = Some(last.id.clone());
    }
    cursor
}

/// After a window: the next one, or the next calendar's first.
fn behind(api: &Api, cursor: &Cursor) -> Result<Option<Cursor>, Failure> {
    let end = cursor.window_end_ms();
    if end < cursor.horizon_ms() {
        return Ok(Some(Cursor {
            from_ms: end,
            after: None,
            ..cursor.clone()
        }));
    }
    let next = calendars(api)?
        .into_iter()
        .find(|calendar| *calendar > cursor.calendar);
    Ok(next.map(|calendar| Cursor::start(cursor.began_ms, calendar)))
}

/// The ids of all calendars in order.
pub(super) fn calendars(api: &Api) -> Result<Vec<String>, Failure> {
    let answer = api.send_calendar(http::get("/calendars/").query("locationId", &api.location))?;
    let ids = answer.pluck::<String>("/calendars", "/id");
    let mut ids: Vec<String> = ids.into_iter().flatten().filter(|id| is_id(id)).collect();
    if ids.is_empty() && answer.at("/calendars") != Some(Value::Array(Vec::new())) {
        return Err(errors::unexpected(&answer, "a list of calendars"));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

struct Event {
    begin_ms: i64,
    id: String,
    record: Value,
}

/// The events that belong to the window at a position and come after it, in order.
fn window(api: &Api, cursor: &Cursor) -> Result<Vec<Event>, Failure> {
    let end_ms = cursor.window_end_ms();
    let request = http::get(EVENTS)
        .query("locationId", &api.location)
        .query("calendarId", &cursor.calendar)
        // Whether the edge is in the window is not documented, so it is asked for with a millisecond to spare.
        .query("startTime", (cursor.from_ms - 1).max(0))
        .query("endTime", end_ms);
    let answer = match api.send_calendar(request) {
        // The calendar went away during the walk, and its events with it.
        Err(failure) if failure.is("not-found") => return Ok(Vec::new()),
        sent => sent?,
    };
    let records = answer.at::<Vec<Value>>("/events");
    let records = records.ok_or_else(|| errors::unexpected(&answer, "a list of events"))?;
    let mut events: Vec<Event> = records.into_iter().filter_map(event).collect();
    events.retain(|event| belongs(cursor, end_ms, event));
    events.sort_by(|one, other| (one.begin_ms, &one.id).cmp(&(other.begin_ms, &other.id)));
    events.dedup_by(|one, other| one.id == other.id);
    Ok(events)
}

fn belongs(cursor: &Cursor, end_ms: i64, event: &Event) -> bool {
    let after = cursor.after.as_deref().unwrap_or_default();
    (cursor.from_ms..end_ms).contains(&event.begin_ms)
        && (event.begin_ms > cursor.from_ms || event.id.as_str() > after)
}

/// An event without an id or a begin belongs to no window.
fn event(record: Value) -> Option<Event> {
    if is_deleted(&record) {
        return None;
    }
    let id = record
        .get("id")
        .and_then(Value::as_str)
        .filter(|id| is_id(id))
        .map(str::to_owned);
    let (Some(id), Some(begin_ms)) = (id, record.get("startTime").and_then(moment)) else {
        log::warn("an event of a HighLevel calendar was left out: it has no id or no begin");
        return None;
    };
    // What begins before the epoch counts as beginning there, in the first window.
    let begin_ms = begin_ms.max(0);
    Some(Event {
        begin_ms,
        id,
        record: tidy(record),
    })
}

/// ISO 8601; without an offset it is taken for UTC.
fn moment(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    time::from_iso(text).or_else(|| time::from_iso(&format!("{text}Z")))
}
