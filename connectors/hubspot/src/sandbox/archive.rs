//! Deleting, which in HubSpot is archiving.

use routemcp_sdk::sandbox::Response;

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::schema::Type;
use crate::sandbox::{Call, links, objects, store};

/// 204 also for a record that is archived already; 404 for one that never was.
pub(crate) fn delete(call: &mut Call<'_>, of: Type, id: &str) -> Outcome {
    if !archive(call, of, id) && store::get(call.state, of, true, id).is_none() {
        return Err(ApiError::no_such_record(id));
    }
    Ok(Response::empty(204))
}

/// Whether there was something to archive.
pub(crate) fn archive(call: &mut Call<'_>, of: Type, id: &str) -> bool {
    let Some(record) = store::get(call.state, of, false, id) else {
        return false;
    };
    links::remove_all(call.state, of, record.id);
    let now = objects::now_ms(call);
    store::archive(call.state, of, record, now);
    true
}
