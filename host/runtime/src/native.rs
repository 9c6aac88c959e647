//! The same connector without WebAssembly: its Rust code compiled into the host. For measurements only: nothing confines it.
//!
//! A connector is written without async, and waits for its provider in `send`. So it runs on a stack of its own, which is
//! left when it sends and entered again when the answer is there, just as wasmtime does it with a component.

mod answer;
mod job;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use generator::{Generator, Gn};
use routemcp_broker::Session;
use routemcp_sdk::embedding::{self, Host, RequestParts};
use routemcp_sdk::http::Request;
use routemcp_sdk::{Failure, Response};
use routemcp_unified::json::Budget;

use crate::call::{CallContext, Called, Usage};
use crate::error::{CallError, LimitExceeded};
use crate::imports::TooManyValues;
use crate::invoke::{Answer, Callee, Linked, Operation, traced};
use answer::Stored;
use job::{Job, Output};

/// Of each connector's stack, in words of 8 bytes. Stacks are kept, so only what was used once takes memory.
const STACK_WORDS: usize = (256 << 10) / 8;
/// Stacks that are kept for later calls.
const STACKS_KEPT: usize = 1_000;

/// A connector's code.
#[derive(Clone, Copy, Debug)]
pub struct NativeConnector {
    run: fn(Job) -> Output,
}

impl NativeConnector {
    /// Of a connector that is compiled in.
    #[must_use]
    pub fn of<C: routemcp_sdk::Connector>() -> Self {
        Self { run: job::run::<C> }
    }
}

/// What a connector's code gives way for.
enum Step {
    Send(RequestParts),
    Done(Output),
}

/// What it goes on with.
type Sent = Result<Stored, Failure>;

/// A stack with a connector's code on it. A type of its own, because the generator goes from thread to thread only while it
/// borrows nothing, and a future forgets that.
struct Coroutine(Generator<'static, Sent, Step>);

/// A connector that is compiled in, with the limits of its component where they make sense.
pub(crate) struct Native {
    connector: NativeConnector,
    linked: Arc<Linked>,
    idle: Mutex<Vec<Coroutine>>,
}

#[async_trait]
impl Callee for Native {
    async fn call(&self, context: CallContext, operation: Operation<'_>) -> Called<Answer> {
        let span = self.linked.span(&operation);
        traced(span, self.call_bare(context, operation)).await
    }
}

impl Native {
    async fn call_bare(&self, context: CallContext, operation: Operation<'_>) -> Called<Answer> {
        let session = Arc::clone(&context.session);
        let started = Instant::now();
        let shared = &self.linked.shared;
        let _permit = match shared.admission.enter(&context.tenant).await {
            Ok(permit) => permit,
            Err(error) => {
                return Called {
                    result: Err(error),
                    usage: Usage::default(),
                };
            }
        };
        let running = self.run(context, operation);
        let result = match tokio::time::timeout(shared.options.limits.wall_clock, running).await {
            Ok(result) => result,
            Err(_) => Err(CallError::Limit(LimitExceeded::WallClock)),
        };
        Called {
            result,
            usage: Usage {
                total: started.elapsed(),
                provider: session.spent().provider,
                ..Usage::default()
            },
        }
    }

    pub(crate) fn new(connector: NativeConnector, linked: Arc<Linked>) -> Self {
        Self {
            connector,
            linked,
            idle: Mutex::default(),
        }
    }

    async fn run(&self, context: CallContext, operation: Operation<'_>) -> Result<Answer, CallError> {
        let mut budget = Budget::of(self.linked.shared.options.limits.json_values);
        // Only lists have one.
        let limit = match &operation {
            Operation::List { query, .. } => query.limit,
            _ => 0,
        };
        let host: Arc<dyn Host> = Arc::new(Call {
            settings: context.settings,
            slug: Arc::clone(&self.linked.label.slug),
        });
        let mut coroutine = self.start(Job::of(operation));
        let mut sent = None;
        loop {
            let step = resume(&host, &mut coroutine, sent.take())?;
            match step {
                Step::Send(request) => sent = Some(send(&context.session, request, &mut budget).await?),
                Step::Done(output) => {
                    self.keep(coroutine);
                    return output.into_answer(limit);
                }
            }
        }
    }

    /// On a stack that an earlier call has left, or a new one.
    fn start(&self, job: Job) -> Coroutine {
        let run = self.connector.run;
        let code = move || Step::Done(run(job));
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match kept {
            Some(mut coroutine) => {
                coroutine.0.init_code(code);
                coroutine
            }
            None => Coroutine(Gn::<Sent>::new_opt(STACK_WORDS, code)),
        }
    }

    fn keep(&self, coroutine: Coroutine) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < STACKS_KEPT {
            idle.push(coroutine);
        }
    }
}

/// Lets the code run to its next request or its end.
fn resume(host: &Arc<dyn Host>, coroutine: &mut Coroutine, sent: Option<Sent>) -> Result<Step, CallError> {
    let running = || embedding::with_host(Arc::clone(host), || coroutine.0.raw_send(sent));
    let step = catch_unwind(AssertUnwindSafe(running));
    let step = step.map_err(|_| CallError::Trap("the native connector panicked".to_owned()))?;
    step.ok_or_else(|| CallError::Host("the native connector ended twice".to_owned()))
}

/// Sends a request as the component's host does, and parses the answer.
async fn send(session: &Session, request: RequestParts, budget: &mut Budget) -> Result<Sent, CallError> {
    let checked = match session.check(answer::request(request)) {
        Ok(checked) => checked,
        Err(error) => return Ok(Err(answer::failure(&error))),
    };
    match session.send_checked(&checked).await {
        Ok(response) => Stored::new(response, budget)
            .map(Ok)
            .map_err(|TooManyValues| CallError::Limit(LimitExceeded::JsonValues)),
        Err(error) => Ok(Err(answer::failure(&error))),
    }
}

/// What the connector's code asks while it runs.
struct Call {
    settings: Arc<BTreeMap<String, String>>,
    slug: Arc<str>,
}

impl Host for Call {
    #[expect(
        deprecated,
        reason = "the scope that replaces it cannot be reached from a connector's functions"
    )]
    fn send(&self, request: Request) -> Result<Response, Failure> {
        let sent = generator::yield_::<Sent, Step>(Step::Send(request.into_parts()));
        let nothing = || Failure::unexpected("the host gave no answer");
        let stored = sent.ok_or_else(nothing)??;
        Ok(Response::from_host(Box::new(stored)))
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.settings.get(name).cloned()
    }

    fn log(&self, level: &str, message: &str) {
        tracing::info!(target: "connector", connector = &*self.slug, level, "{message}");
    }
}
