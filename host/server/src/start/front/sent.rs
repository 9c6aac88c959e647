//! What a caller sends after a request's head. A connection that is closed with unread bytes is reset, and then a client
//! that still sends sees that instead of the answer. So what nobody wants of a body is taken and thrown away.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, header};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::runtime::Handle;

use super::activity::Running;

/// How much of a body is thrown away, in bytes: more than the largest that any route takes.
const DISCARD_LIMIT: usize = 64 << 20;
/// How long that may take.
const DISCARD_PATIENCE: Duration = Duration::from_secs(2);

/// A body on its way. Its request is under way until it was read or thrown away.
struct Sent {
    /// None when nothing more will come.
    body: Option<Incoming>,
    /// Whether its sender waits until somebody wants it (`Expect: 100-continue`).
    waits: bool,
    running: Running,
}

/// The request as the router takes it.
pub(super) fn request(request: Request<Incoming>, running: &Running) -> Request<Body> {
    let waits = request.headers().contains_key(header::EXPECT);
    request.map(|body| match body.is_end_stream() {
        true => Body::empty(),
        false => Body::new(Sent {
            body: Some(body),
            waits,
            running: running.clone(),
        }),
    })
}

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.waits = false;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        // Reading would tell a sender that waits to go on.
        if self.is_end_stream() || self.waits {
            return;
        }
        // There is no runtime when the process ends, and then there is nobody to answer either.
        if let (Some(body), Ok(runtime)) = (self.body.take(), Handle::try_current()) {
            runtime.spawn(discard(body, self.running.clone()));
        }
    }
}

async fn discard(mut body: Incoming, _running: Running) {
    let reading = async {
        let mut discarded = 0;
        while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            discarded += frame.data_ref().map_or(0, Bytes::len);
            if discarded > DISCARD_LIMIT {
                return;
            }
        }
    };
    // Whatever is left, the connection ends without it.
    let _ = tokio::time::timeout(DISCARD_PATIENCE, reading).await;
}
