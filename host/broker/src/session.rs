//! One call of a connector, seen from the network: what it may reach, with which secret, and what it has spent.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::{self, Instant};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::attempt::{Attempt, AttemptObserver};
use crate::budget::{Budget, Reserved};
use crate::check::{self, Checked};
use crate::credential;
use crate::policy::headers;
use crate::retry::{self, Outcome, Situation};
use crate::writes::{Write, WriteBook, Writes};
use crate::{Credential, Governor, Grant, Limits, Prepared, Request, Response, SendError, Spent, Transport};

const UNAUTHORIZED: u16 = 401;

/// The HTTP side of one call. Make a new one for every call.
pub struct Session {
    /// None for a session that refuses everything.
    open: Option<Open>,
}

struct Open {
    grant: Arc<Grant>,
    credential: Option<Credential>,
    transport: Arc<dyn Transport>,
    limits: Limits,
    governor: Option<Arc<Governor>>,
    observer: Option<Arc<dyn AttemptObserver>>,
    budget: Budget,
    writes: WriteBook,
    deadline: Instant,
}

impl Session {
    /// A session that sends through `transport` until `deadline` (of `std` or of `tokio`). A transport that hands
    /// requests to a guest, as a sandbox does, shows it the credential: give it one that only the sandbox takes.
    pub fn new(
        grant: Arc<Grant>,
        credential: Option<Credential>,
        transport: Arc<dyn Transport>,
        limits: Limits,
        deadline: impl Into<Instant>,
    ) -> Self {
        let budget = Budget::new(&limits);
        let deadline = deadline.into();
        Self {
            open: Some(Open {
                grant,
                credential,
                transport,
                limits,
                governor: None,
                observer: None,
                budget,
                writes: WriteBook::default(),
                deadline,
            }),
        }
    }

    /// Lets the governor of its connection decide when requests go out.
    #[must_use]
    pub fn governed_by(mut self, governor: Arc<Governor>) -> Self {
        if let Some(open) = &mut self.open {
            open.governor = Some(governor);
        }
        self
    }

    /// Tells an observer of every request that is sent.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn AttemptObserver>) -> Self {
        if let Some(open) = &mut self.open {
            open.observer = Some(observer);
        }
        self
    }

    /// A session that refuses everything, for `describe`.
    pub fn closed() -> Self {
        Self { open: None }
    }

    /// Checks a request, adds the credential, sends it, and retries where that is safe. Any HTTP status is an answer. A 401
    /// is answered once with a renewed secret, if there is one: whatever the method, a 401 was not carried out.
    pub async fn send(&self, request: Request) -> Result<Response, SendError> {
        let checked = self.check(request)?;
        self.send_checked(&checked).await
    }

    /// The first half of [`send`](Self::send): policy, which waits for nothing.
    pub fn check(&self, request: Request) -> Result<Checked, SendError> {
        let open = self.open.as_ref().ok_or(SendError::Closed)?;
        let placement = open.credential.as_ref().map(|credential| &credential.placement);
        check::check(&open.grant, placement, request)
    }

    /// The second half of [`send`](Self::send).
    pub async fn send_checked(&self, checked: &Checked) -> Result<Response, SendError> {
        let open = self.open.as_ref().ok_or(SendError::Closed)?;
        open.send(checked).await
    }

    /// What this call has spent so far. Bytes of a request on its way count as reserved.
    pub fn spent(&self) -> Spent {
        self.open
            .as_ref()
            .map(|open| open.budget.spent())
            .unwrap_or_default()
    }

    /// What became of the writes of this call so far.
    pub fn writes(&self) -> Writes {
        self.open
            .as_ref()
            .map(|open| open.writes.writes())
            .unwrap_or_default()
    }
}

impl Open {
    async fn send(&self, checked: &Checked) -> Result<Response, SendError> {
        let _stopwatch = Stopwatch {
            budget: &self.budget,
            started: Instant::now(),
        };
        let write = Write::new(&self.writes, !checked.repeatable);
        let Some(credential) = &self.credential else {
            return self.send_with(checked, None, &write).await;
        };
        let secret = self.in_time(credential.source.current()).await?;
        let answer = self.send_with(checked, Some(&secret), &write).await?;
        if answer.status != UNAUTHORIZED || !self.budget.has_room(checked.body.len()) {
            return Ok(answer);
        }
        match self.in_time(credential.source.renewed(&secret)).await? {
            Some(renewed) => self.send_with(checked, Some(&renewed), &write).await,
            None => Ok(answer),
        }
    }

    /// Gives up on a secret at the call's deadline.
    async fn in_time<T>(&self, secret: impl Future<Output = Result<T, SendError>>) -> Result<T, SendError> {
        time::timeout_at(self.deadline, secret)
            .await
            .unwrap_or(Err(SendError::Deadline))
    }

    async fn send_with(
        &self,
        checked: &Checked,
        secret: Option<&SecretString>,
        write: &Write<'_>,
    ) -> Result<Response, SendError> {
        let mut attempt = 1;
        loop {
            let result = self.attempt(checked, secret, write).await;
            let Some(pause) = self.pause(&result, checked, attempt) else {
                return result;
            };
            time::sleep(pause).await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        checked: &Checked,
        secret: Option<&SecretString>,
        write: &Write<'_>,
    ) -> Result<Response, SendError> {
        let admission = match &self.governor {
            Some(governor) => Some(governor.enter(self.deadline).await?),
            None => None,
        };
        let started = Instant::now();
        let remaining = self.remaining();
        if remaining.is_zero() {
            return Err(SendError::Deadline);
        }
        let reserved = self.budget.begin(checked.body.len())?;
        let result = match self.prepare(checked, secret, &reserved, remaining) {
            Ok(prepared) => {
                write.leaves();
                let span = span(checked);
                let sent = time::timeout_at(self.deadline, self.transport.send(prepared));
                let sent = sent.instrument(span.clone()).await;
                let result = sent.unwrap_or(Err(SendError::Deadline));
                describe(&span, &result);
                write.ended(&result);
                result
            }
            Err(error) => Err(error),
        };
        let result = self.settle(result, secret, &reserved);
        if let Some(admission) = admission {
            admission.leave(&result);
        }
        self.report(checked, &result, started.elapsed());
        result
    }

    /// One line per attempt. Never the query or the headers: they may hold personal data or the credential.
    fn report(&self, checked: &Checked, result: &Result<Response, SendError>, took: Duration) {
        let attempt = Attempt::of(result, took);
        tracing::debug!(
            method = %checked.method,
            host = checked.url.host_str(),
            status = attempt.status,
            failure = attempt.failure,
            duration_ms = took.as_secs_f64() * 1_000.0,
            "provider request"
        );
        if let Some(observer) = &self.observer {
            observer.ended(&attempt);
        }
    }

    fn prepare(
        &self,
        checked: &Checked,
        secret: Option<&SecretString>,
        reserved: &Reserved,
        remaining: Duration,
    ) -> Result<Prepared, SendError> {
        let mut prepared = Prepared {
            method: checked.method.clone(),
            url: checked.url.clone(),
            headers: checked.headers.clone(),
            body: checked.body.clone(),
            response_bytes: reserved.response_bytes,
            connect: self.limits.connect,
            first_byte: self.limits.first_byte.min(remaining),
            total: self.limits.total.min(remaining),
            private_origin: checked.private_origin,
        };
        if let Some((credential, secret)) = self.credential.as_ref().zip(secret) {
            let placement = &credential.placement;
            placement.inject(secret, &mut prepared.url, &mut prepared.headers)?;
        }
        Ok(prepared)
    }

    /// Closes the books on an attempt. The size is checked here too, so that no transport can forget it.
    fn settle(
        &self,
        result: Result<Response, SendError>,
        secret: Option<&SecretString>,
        reserved: &Reserved,
    ) -> Result<Response, SendError> {
        let used = match &result {
            Ok(response) => response.body.len(),
            Err(SendError::ResponseTooLarge { .. }) => reserved.response_bytes,
            Err(_) => 0,
        };
        self.budget.settle(reserved, used);
        match result {
            Ok(response) if used > reserved.response_bytes => {
                drop(response);
                Err(self.budget.too_large(reserved))
            }
            Ok(mut response) => {
                headers::strip_response(&mut response.headers);
                if let Some(secret) = secret {
                    credential::redact(secret, &mut response);
                }
                Ok(response)
            }
            Err(SendError::ResponseTooLarge { .. }) => Err(self.budget.too_large(reserved)),
            Err(error) => Err(error),
        }
    }

    fn pause(
        &self,
        result: &Result<Response, SendError>,
        checked: &Checked,
        attempt: u32,
    ) -> Option<Duration> {
        let situation = Situation {
            attempt,
            attempts: self.limits.attempts,
            repeatable: checked.repeatable,
            remaining: self.remaining(),
            jitter: retry::jitter(),
        };
        retry::pause(Outcome::of(result), situation).filter(|_| self.budget.has_room(checked.body.len()))
    }

    fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Covers one attempt in a trace. Like the log it holds neither path nor query: they may hold personal data.
fn span(checked: &Checked) -> tracing::Span {
    tracing::debug_span!(
        "provider request",
        otel.kind = "client",
        http.request.method = %checked.method,
        server.address = checked.url.host_str(),
        http.response.status_code = Empty,
        "error.type" = Empty,
        otel.status_code = Empty,
    )
}

fn describe(span: &tracing::Span, result: &Result<Response, SendError>) {
    match result {
        Ok(response) => {
            span.record("http.response.status_code", response.status);
        }
        Err(error) => {
            span.record("error.type", error.kind());
            span.record("otel.status_code", "ERROR");
        }
    }
}

/// Counts the time also when the call is given up in the middle.
struct Stopwatch<'a> {
    budget: &'a Budget,
    started: Instant,
}

impl Drop for Stopwatch<'_> {
    fn drop(&mut self) {
        self.budget.add_provider_time(self.started.elapsed());
    }
}
