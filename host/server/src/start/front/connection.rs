//! One connection from its first byte to its last.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, Request, header};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tower::ServiceExt as _;

use super::activity::{Activity, Running};
use super::stream::Noticed;
use super::{Common, sent};

/// The most that is buffered for one connection before a request's head is complete, in bytes.
const HEAD_BYTES: usize = 64 << 10;
/// It is crowded when less than a quarter of the places is free.
const CROWDED: usize = 4;

/// Serves requests until the caller, the clock or the server ends it.
pub(super) async fn serve(stream: TcpStream, common: Common, place: OwnedSemaphorePermit) {
    let _open = Counted::new();
    // Answers go out whole; waiting for more to send only delays them. Without it they are late, not wrong.
    let _ = stream.set_nodelay(true);
    let activity = Activity::new();
    let noticed = Noticed {
        stream,
        activity: activity.clone(),
    };
    let mut stop = common.stop.clone();
    let max_connections = common.max_connections;
    let crowded = || place.semaphore().available_permits() * CROWDED < max_connections;
    let stopping = async move {
        // An error means that the front is gone, which is a stop too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let service = {
        let activity = activity.clone();
        service_fn(move |request| answer(request, activity.begin(), common.clone()))
    };
    let builder = builder();
    let connection = builder.serve_connection(TokioIo::new(noticed), service);
    tokio::pin!(connection, stopping);
    let mut told = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = stopping.as_mut(), if !told => {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
            // There is nobody to say goodbye to: half a request, a caller who takes nothing, or one who asks nothing.
            () = activity.overdue(crowded) => return,
        }
    }
}

/// HTTP/1 alone: what is in front of us speaks HTTP/2 to browsers, and a caller who opens no window would hold an answer, its
/// connection and its place without our clocks noticing.
fn builder() -> Builder {
    let mut builder = Builder::new();
    // Our own clock covers heads.
    builder.header_read_timeout(None).max_buf_size(HEAD_BYTES);
    builder
}

async fn answer(
    request: Request<Incoming>,
    running: Running,
    common: Common,
) -> Result<http::Response<Guarded>, Infallible> {
    let last = common.draining.load(Ordering::Relaxed);
    let mut response: Response = common.router.oneshot(sent::request(request, &running)).await?;
    if last {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    Ok(response.map(|body| Guarded {
        body,
        _running: running,
    }))
}

/// The body of an answer: its request is under way until all of it is handed over.
struct Guarded {
    body: Body,
    _running: Running,
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Counts an open connection.
struct Counted;

impl Counted {
    fn new() -> Self {
        metrics::gauge!("routemcp_connections_open").increment(1.0);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("routemcp_connections_open").decrement(1.0);
    }
}
