//! Runs a linked connector once: a permit, a fresh store, the limits, and a trap put down to what caused it.

use std::collections::BTreeMap;
use std::str::Utf8Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use routemcp_broker::Session;
use serde_json::Value;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use wasmtime::component::{InstancePre, ResourceTableError};
use wasmtime::{Store, Trap, UpdateDeadline};

use crate::bindings::exports::routemcp::connector::{connector, sandbox};
use crate::bindings::routemcp::connector::types::Failure as GuestFailure;
use crate::call::{CallContext, Called, Page, Usage};
use crate::cpu::{Standing, metered};
use crate::documents;
use crate::engine::Shared;
use crate::error::{CallError, LimitExceeded};
use crate::imports::TooManyValues;
use crate::limits::CallLimits;
use crate::sandbox::{SandboxReply, SandboxRequest, SandboxTurn, TurnError};
use crate::state::{CallState, Label};

/// A component whose imports are satisfied and whose exports were found.
pub(crate) struct Linked {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pre: InstancePre<CallState>,
    pub(crate) connector: connector::GuestIndices,
    pub(crate) sandbox: Option<sandbox::GuestIndices>,
    pub(crate) label: Label,
}

/// The guest's CPU allowance is spent.
#[derive(Debug, thiserror::Error)]
#[error("CPU allowance spent")]
struct CpuSpent;

pub(crate) enum Operation<'a> {
    Describe,
    List {
        resource: &'a str,
        query: connector::Query,
    },
    Get {
        resource: &'a str,
        id: &'a str,
        fields: &'a [String],
    },
    Create {
        resource: &'a str,
        values: &'a String,
        fields: &'a [String],
    },
    Update {
        resource: &'a str,
        id: &'a str,
        values: &'a String,
        fields: &'a [String],
    },
    Delete {
        resource: &'a str,
        id: &'a str,
    },
}

pub(crate) enum Answer {
    Text(String),
    Page(Page),
    Record(Value),
    Done,
}

impl Operation<'_> {
    /// Its name and the resource that it is about.
    fn name(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Describe => ("describe", None),
            Self::List { resource, .. } => ("list", Some(resource)),
            Self::Get { resource, .. } => ("get", Some(resource)),
            Self::Create { resource, .. } => ("create", Some(resource)),
            Self::Update { resource, .. } => ("update", Some(resource)),
            Self::Delete { resource, .. } => ("delete", Some(resource)),
        }
    }
}

/// What a call of a connector is dispatched to: a component, or code that is compiled into the host.
#[async_trait]
pub(crate) trait Callee: Send + Sync {
    /// Runs one operation within the limits of any call.
    async fn call(&self, context: CallContext, operation: Operation<'_>) -> Called<Answer>;
}

#[async_trait]
impl Callee for Linked {
    async fn call(&self, context: CallContext, operation: Operation<'_>) -> Called<Answer> {
        let span = self.span(&operation);
        traced(span, self.call_bare(context, operation)).await
    }
}

/// Runs a call in its span, which is told what went wrong.
pub(crate) async fn traced(span: Span, call: impl Future<Output = Called<Answer>>) -> Called<Answer> {
    let called = call.instrument(span.clone()).await;
    if let Err(error) = &called.result {
        span.record("error.type", error.kind());
        span.record("otel.status_code", "ERROR");
    }
    called
}

impl Linked {
    /// Covers the call in a trace, its wait for a place included.
    pub(crate) fn span(&self, operation: &Operation<'_>) -> Span {
        let (name, resource) = operation.name();
        tracing::debug_span!(
            "connector call",
            routemcp.provider = &*self.label.slug,
            routemcp.connector.digest = &*self.label.digest,
            routemcp.operation = name,
            routemcp.resource = resource,
            "error.type" = Empty,
            otel.status_code = Empty,
        )
    }

    async fn call_bare(&self, context: CallContext, operation: Operation<'_>) -> Called<Answer> {
        let session = Arc::clone(&context.session);
        let started = Instant::now();
        let _permit = match self.shared.admission.enter(&context.tenant).await {
            Ok(permit) => permit,
            Err(error) => {
                return Called {
                    result: Err(error),
                    usage: Usage::default(),
                };
            }
        };
        let mut store = self.store(context, None);
        let meter = Arc::clone(&store.data().cpu);
        let running = metered(&meter, self.run(&mut store, operation));
        let result = match tokio::time::timeout(self.limits().wall_clock, running).await {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => Err(classify(&error, &store)),
            Err(_) => Err(CallError::Limit(LimitExceeded::WallClock)),
        };
        let memory_bytes = store.data().memory.used();
        Called {
            result,
            usage: Usage {
                total: started.elapsed(),
                provider: session.spent().provider,
                cpu: meter.spent(),
                memory_bytes,
            },
        }
    }

    /// Makes an instance as every call does, and says how long that took.
    pub(crate) async fn instantiate(&self, context: CallContext) -> Result<Duration, CallError> {
        let mut store = self.store(context, None);
        let started = Instant::now();
        let made = self.pre.instantiate_async(&mut store).await;
        let took = started.elapsed();
        made.map(|_| took).map_err(|error| classify(&error, &store))
    }

    /// Plays one request in the connector's sandbox. It runs inside a call that was admitted already, or for
    /// `sandbox serve`, so it asks for no permit of its own.
    pub(crate) async fn play(
        &self,
        turn: SandboxTurn,
        request: SandboxRequest,
    ) -> Result<(SandboxReply, SandboxTurn), CallError> {
        let no_sandbox = || CallError::Host(format!("connector `{}` has no sandbox", self.label.slug));
        let indices = self.sandbox.as_ref().ok_or_else(no_sandbox)?;
        let context = CallContext {
            session: Arc::new(Session::closed()),
            tenant: "".into(),
            settings: Arc::new(BTreeMap::new()),
        };
        let mut store = self.store(context, Some(turn));
        let meter = Arc::clone(&store.data().cpu);
        let running = metered(&meter, handle(&self.pre, indices, &mut store, request));
        let reply = match tokio::time::timeout(self.limits().wall_clock, running).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => return Err(classify(&error, &store)),
            Err(_) => return Err(CallError::Limit(LimitExceeded::WallClock)),
        };
        let gone = || CallError::Host("the sandbox's turn was lost".to_owned());
        store
            .into_data()
            .sandbox
            .map(|turn| (reply, turn))
            .ok_or_else(gone)
    }

    fn limits(&self) -> &CallLimits {
        &self.shared.options.limits
    }

    fn store(&self, context: CallContext, turn: Option<SandboxTurn>) -> Store<CallState> {
        let limits = self.limits();
        let state = CallState::new(
            context.session,
            context.settings,
            turn,
            limits,
            self.label.clone(),
        );
        let mut store = Store::new(&self.shared.engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(limits.host_call_bytes);
        store.set_max_component_handles(limits.handles);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|context| match context.data().cpu.look() {
            Standing::Exhausted => Err(CpuSpent.into()),
            Standing::JustBegun => Ok(UpdateDeadline::Continue(1)),
            Standing::Running => Ok(UpdateDeadline::Yield(1)),
        });
        store
    }

    /// The outer error is a trap or a refusal of the host; the inner one is the connector's or the contract's.
    async fn run(
        &self,
        store: &mut Store<CallState>,
        operation: Operation<'_>,
    ) -> wasmtime::Result<Result<Answer, CallError>> {
        let instance = self.pre.instantiate_async(&mut *store).await?;
        let guest = self.connector.load(&mut *store, &instance)?;
        let answer = match operation {
            Operation::Describe => Ok(Answer::Text(guest.call_describe(store).await?)),
            Operation::List { resource, query } => {
                let limit = query.limit;
                let page = guest.call_list_records(&mut *store, resource, &query).await?;
                page.map_err(failed)
                    .and_then(|page| documents::page(store.data_mut(), page, limit))
                    .map(Answer::Page)
            }
            Operation::Get { resource, id, fields } => {
                let record = guest.call_get_record(&mut *store, resource, id, fields).await?;
                answer_record(store, record)
            }
            Operation::Create {
                resource,
                values,
                fields,
            } => {
                let record = guest
                    .call_create_record(&mut *store, resource, values, fields)
                    .await?;
                answer_record(store, record)
            }
            Operation::Update {
                resource,
                id,
                values,
                fields,
            } => {
                let record = guest
                    .call_update_record(&mut *store, resource, id, values, fields)
                    .await?;
                answer_record(store, record)
            }
            Operation::Delete { resource, id } => guest
                .call_delete_record(store, resource, id)
                .await?
                .map(|()| Answer::Done)
                .map_err(failed),
        };
        Ok(answer)
    }
}

async fn handle(
    pre: &InstancePre<CallState>,
    indices: &sandbox::GuestIndices,
    store: &mut Store<CallState>,
    request: SandboxRequest,
) -> wasmtime::Result<SandboxReply> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let guest = indices.load(&mut *store, &instance)?;
    let SandboxRequest {
        method,
        path,
        query,
        headers,
        body,
    } = request;
    let request = sandbox::ProviderRequest {
        method,
        path,
        query,
        headers,
        body,
    };
    let reply = guest.call_handle(store, &request).await?;
    Ok(SandboxReply {
        status: reply.status,
        headers: reply.headers,
        body: reply.body,
    })
}

fn answer_record(
    store: &mut Store<CallState>,
    record: Result<connector::Document, GuestFailure>,
) -> Result<Answer, CallError> {
    let document = record.map_err(failed)?;
    documents::record(store.data_mut(), document).map(Answer::Record)
}

fn failed(failure: GuestFailure) -> CallError {
    CallError::Failure(documents::failure(failure))
}

/// wasmtime has no types for its limits of bytes and of handles, so its texts are looked at; `tests/hostile` would notice
/// another text for the bytes. Before the handles run out, the table behind them is full.
fn is_host_call_limit(error: &wasmtime::Error) -> bool {
    const TEXTS: [&str; 2] = ["too much data is being copied", "handle limit exceeded"];
    let full = matches!(
        error.downcast_ref::<ResourceTableError>(),
        Some(ResourceTableError::Full)
    );
    let cause = error.root_cause().to_string();
    full || TEXTS.iter().any(|text| cause.contains(text))
}

/// Puts a trap down to the limit that caused it.
fn classify(error: &wasmtime::Error, store: &Store<CallState>) -> CallError {
    if error.downcast_ref::<CpuSpent>().is_some() {
        return CallError::Limit(LimitExceeded::Cpu);
    }
    if is_host_call_limit(error) {
        return CallError::Limit(LimitExceeded::HostCall);
    }
    if error.downcast_ref::<TooManyValues>().is_some() {
        return CallError::Limit(LimitExceeded::JsonValues);
    }
    if error.downcast_ref::<Utf8Error>().is_some() {
        return CallError::Contract("a text is not UTF-8".to_owned());
    }
    match error.downcast_ref::<TurnError>() {
        Some(TurnError::State(error)) => return CallError::Host(error.to_string()),
        Some(limit) => return CallError::Contract(limit.to_string()),
        None => {}
    }
    if matches!(error.downcast_ref::<Trap>(), Some(Trap::StackOverflow)) {
        return CallError::Limit(LimitExceeded::Stack);
    }
    if store.data().memory.was_refused() {
        return CallError::Limit(LimitExceeded::Memory);
    }
    // The cause goes first: what follows is a list of wasm functions, which only helps whoever wrote the connector.
    let cause = error.root_cause();
    CallError::Trap(documents::clean_text(&format!("{cause}; {error}"), 1_000))
}
