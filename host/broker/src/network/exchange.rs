//! One request and its answer, within time and size limits.

use std::error::Error;
use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{self, Instant};

use super::resolver::ResolveError;
use crate::{Prepared, Response, SendError};

/// The most memory that is taken for an answer before it comes, in bytes.
const AT_ONCE: usize = 64 << 10;

/// Sends `request` and reads the whole answer.
pub(super) async fn run(client: &reqwest::Client, request: Prepared) -> Result<Response, SendError> {
    let limits = Limits {
        host: request.host().to_owned(),
        connect: request.connect,
        first_byte: request.first_byte,
        total: request.total,
        response_bytes: request.response_bytes,
    };
    let end = Instant::now() + limits.total;
    let head = time::timeout(
        limits.first_byte.min(limits.total),
        client.execute(into_reqwest(request)),
    )
    .await
    .map_err(|_| limits.no_first_byte())?
    .map_err(|error| limits.classify(error))?;
    let status = head.status().as_u16();
    let headers = head.headers().clone();
    let body = time::timeout_at(end, limits.read(head))
        .await
        .map_err(|_| limits.out_of_time())??;
    Ok(Response {
        status,
        headers,
        body,
    })
}

fn into_reqwest(request: Prepared) -> reqwest::Request {
    let mut sent = reqwest::Request::new(request.method, request.url);
    *sent.headers_mut() = request.headers;
    if !request.body.is_empty() {
        *sent.body_mut() = Some(request.body.into());
    }
    sent
}

struct Limits {
    host: String,
    connect: Duration,
    first_byte: Duration,
    total: Duration,
    response_bytes: usize,
}

impl Limits {
    /// Reads the body, and stops at the first byte too many.
    async fn read(&self, mut head: reqwest::Response) -> Result<Bytes, SendError> {
        let too_large = || SendError::ResponseTooLarge {
            limit: self.response_bytes,
        };
        let announced = head.content_length().unwrap_or_default();
        if announced > self.response_bytes as u64 {
            return Err(too_large());
        }
        // What is announced may never come.
        let mut body = BytesMut::with_capacity(usize::try_from(announced).unwrap_or_default().min(AT_ONCE));
        while let Some(chunk) = head.chunk().await.map_err(|error| self.classify(error))? {
            if chunk.len() > self.response_bytes - body.len() {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    fn no_first_byte(&self) -> SendError {
        if self.total <= self.first_byte {
            return self.out_of_time();
        }
        SendError::FirstByteTimeout {
            host: self.host.clone(),
            after: self.first_byte,
        }
    }

    fn out_of_time(&self) -> SendError {
        SendError::TotalTimeout {
            host: self.host.clone(),
            after: self.total,
        }
    }

    /// Turns the client's error into ours. URLs are taken out: the query may hold the credential.
    fn classify(&self, error: reqwest::Error) -> SendError {
        let error = error.without_url();
        let host = self.host.clone();
        if let Some(reason) = cause::<ResolveError>(&error) {
            return match reason {
                ResolveError::Denied(range) => SendError::AddressNotAllowed { host, range },
                ResolveError::Failed => SendError::Resolve { host },
            };
        }
        let detail = innermost(&error);
        if !error.is_connect() {
            return SendError::BrokenAnswer { host, detail };
        }
        if error.is_timeout() {
            return SendError::ConnectTimeout {
                host,
                after: self.connect,
            };
        }
        if cause::<rustls::Error>(&error).is_some() {
            return SendError::Tls { host, detail };
        }
        SendError::Connect { host, detail }
    }
}

/// An error and its causes. An I/O error leaves what it wraps out of `source`, so it is opened by hand.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped
            .map(|inner| inner as &(dyn Error + 'static))
            .or_else(|| error.source())
    })
}

fn cause<'a, Cause: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a Cause> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The text of the last cause: the part that says what happened, such as "Connection refused".
fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error)
        .last()
        .map(|cause| crate::error::shown(&cause.to_string()))
        .unwrap_or_default()
}
