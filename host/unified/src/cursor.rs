//! Page cursors: opaque to callers, made by this server, good for one query only.
//!
//! A cursor is `version | digest of the binding | positions as JSON | tag`, in base64url. The tag is an HMAC over
//! everything before it, so a caller can neither make a cursor nor move one to another query. What it holds is not
//! encrypted: positions are ids of the caller's own connections and the providers' own cursors.

mod binding;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

pub use binding::Binding;
use binding::DIGEST_LENGTH;

/// Longest cursor that is looked at, in characters. A cursor is part of a URL, so a longer one did not come from us.
pub const MAX_LENGTH: usize = 16 * 1024;

const VERSION: u8 = 1;
const TAG_LENGTH: usize = 16;
/// Sets the use of the key apart from any other use that it might be put to.
const CONTEXT: &[u8] = b"routemcp cursor";

/// Makes and reads cursors. All replicas need the same key.
#[derive(Clone)]
pub struct CursorCodec {
    mac: Hmac<Sha256>,
    /// Of keys that were in use before: what they made is still good.
    previous: Vec<Hmac<Sha256>>,
}

/// Where to go on in one connection. Connections that have been walked to their end have no position.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Position {
    /// Id of the connection.
    pub connection: String,
    /// The connector's own cursor; none: from the start.
    pub cursor: Option<String>,
}

/// Why a cursor is not accepted. The text is for the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CursorError {
    /// Not made by this server, or damaged on the way.
    #[error(
        "The cursor is damaged or was not made by this server: send it as it came, or leave it out to start again."
    )]
    Malformed,
    /// Made by this server for another query.
    #[error(
        "The cursor belongs to another query: send the same resource, provider, end user, filters and sort as for the \
         first page, or leave it out to start again."
    )]
    Foreign,
}

impl CursorCodec {
    /// A codec with this key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            mac: mac(key),
            previous: Vec::new(),
        }
    }

    /// Also takes cursors that were made with this key.
    #[must_use]
    pub fn accepting(mut self, key: &[u8; 32]) -> Self {
        self.previous.push(mac(key));
        self
    }

    /// The cursor for these positions in this query. Without positions there is nothing to go on with, and the page is
    /// the last one: no cursor is due then.
    pub fn encode(&self, binding: &Binding, positions: &[Position]) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(binding.digest());
        let written: Vec<_> = positions
            .iter()
            .map(|position| (&position.connection, &position.cursor))
            .collect();
        bytes.extend(serde_json::json!(written).to_string().into_bytes());
        let tag = tag_of(&self.mac, &bytes).finalize().into_bytes();
        bytes.extend(tag.iter().take(TAG_LENGTH));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The positions in a cursor, if it was made by this server for this query.
    pub fn decode(&self, binding: &Binding, text: &str) -> Result<Vec<Position>, CursorError> {
        if text.len() > MAX_LENGTH {
            return Err(CursorError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Malformed)?;
        let (payload, tag) = bytes
            .split_last_chunk::<TAG_LENGTH>()
            .ok_or(CursorError::Malformed)?;
        let mut macs = std::iter::once(&self.mac).chain(&self.previous);
        if !macs.any(|mac| tag_of(mac, payload).verify_truncated_left(tag).is_ok()) {
            return Err(CursorError::Malformed);
        }
        let (version, rest) = payload.split_first().ok_or(CursorError::Malformed)?;
        let (digest, positions) = rest
            .split_first_chunk::<DIGEST_LENGTH>()
            .ok_or(CursorError::Malformed)?;
        if *version != VERSION {
            return Err(CursorError::Malformed);
        }
        if *digest != binding.digest() {
            return Err(CursorError::Foreign);
        }
        let positions: Vec<(String, Option<String>)> =
            serde_json::from_slice(positions).map_err(|_| CursorError::Malformed)?;
        Ok(positions
            .into_iter()
            .map(|(connection, cursor)| Position { connection, cursor })
            .collect())
    }
}

fn mac(key: &[u8; 32]) -> Hmac<Sha256> {
    // An HMAC takes keys of any length; this is the constructor that cannot fail.
    let mut block = hmac::digest::generic_array::GenericArray::default();
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Mac::new(&block)
}

fn tag_of(mac: &Hmac<Sha256>, payload: &[u8]) -> Hmac<Sha256> {
    mac.clone().chain_update(CONTEXT).chain_update(payload)
}

impl fmt::Debug for CursorCodec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CursorCodec").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
