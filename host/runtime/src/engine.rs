//! The WebAssembly engine: how it is tuned, and what a component may import.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::{HasSelf, Linker};
use wasmtime::{
    Cache, CacheConfig, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

use crate::admission::{Admission, Permit, Places};
use crate::bindings::ProviderWithSandbox;
use crate::error::{CallError, LoadError};
use crate::limits::{CallLimits, TICK};
use crate::state::CallState;

/// The contract version that this host speaks, as in `wit/connector.wit`.
pub const CONTRACT_VERSION: &str = "0.1.0";

/// How the engine is set up.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Calls that run at a time.
    pub concurrent_calls: usize,
    /// Calls that may wait for a place.
    pub queued_calls: usize,
    /// How long a call may wait for a place.
    pub patience: Duration,
    /// Limits of each call.
    pub limits: CallLimits,
    /// Where compiled code is kept between starts; none compiles afresh each time.
    pub cache_directory: Option<PathBuf>,
    /// The largest connector file accepted, in bytes. Components with a Python interpreter have 18 MB.
    pub max_file_bytes: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            concurrent_calls: 1_000,
            queued_calls: 1_000,
            patience: Duration::from_secs(5),
            limits: CallLimits::default(),
            cache_directory: None,
            max_file_bytes: 32 << 20,
        }
    }
}

/// The engine with its linker; cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<CallState>,
    pub(crate) admission: Admission,
    pub(crate) options: EngineOptions,
    /// Compiled code of earlier starts and of other processes.
    pub(crate) cache: Option<Cache>,
    /// Compiling is a burst of memory and CPU on behalf of a file that may be hostile: one at a time.
    pub(crate) compiling: tokio::sync::Mutex<()>,
}

impl Runtime {
    /// Sets the engine up and starts its clock.
    ///
    /// # Errors
    /// [`LoadError::Engine`] when the options cannot be met, for example a cache folder that cannot be written.
    pub fn new(options: EngineOptions) -> Result<Self, LoadError> {
        let cache = cache(&options)?;
        let engine = Engine::new(&config(&options, cache.clone())).map_err(engine_error)?;
        start_ticker(&engine)?;
        let linker = linker(&engine)?;
        let admission = Admission::new(options.concurrent_calls, options.queued_calls, options.patience);
        let compiling = tokio::sync::Mutex::new(());
        Ok(Self {
            shared: Arc::new(Shared {
                engine,
                linker,
                admission,
                options,
                cache,
                compiling,
            }),
        })
    }

    /// Waits for a place for work of a tenant that is not a connector's call but takes as much room.
    ///
    /// # Errors
    /// [`CallError::Overloaded`] when there is none.
    pub async fn admit(&self, tenant: &str) -> Result<Permit, CallError> {
        self.shared.admission.enter(tenant).await
    }

    /// How many places for calls are taken.
    #[must_use]
    pub fn places(&self) -> Places {
        self.shared.admission.places()
    }

    /// The largest connector file accepted, in bytes.
    #[must_use]
    pub fn max_file_bytes(&self) -> usize {
        self.shared.options.max_file_bytes
    }

    /// The limits of each call.
    #[must_use]
    pub fn limits(&self) -> &CallLimits {
        &self.shared.options.limits
    }
}

// By value, so that it can be passed to `map_err`.
#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err takes")]
fn engine_error(error: wasmtime::Error) -> LoadError {
    LoadError::Engine(format!("{error:#}"))
}

fn cache(options: &EngineOptions) -> Result<Option<Cache>, LoadError> {
    let Some(directory) = &options.cache_directory else {
        return Ok(None);
    };
    let mut cache = CacheConfig::new();
    cache.with_directory(directory);
    Cache::new(cache).map(Some).map_err(engine_error)
}

fn config(options: &EngineOptions, cache: Option<Cache>) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Memories are reserved at the size of the limit and grow in place. Reserving the usual 4 GiB for each would
        // need more address space than some machines give.
        .memory_reservation(options.limits.memory_bytes as u64)
        .memory_may_move(false)
        .max_wasm_stack(512 << 10)
        .async_stack_size(1 << 20)
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(options)))
        .cache(cache);
    config
}

/// Slots for every admitted call, and as many again: a call in the test environment runs the connector's sandbox inside
/// the connector's call, so it holds two.
fn pool(options: &EngineOptions) -> PoolingAllocationConfig {
    let calls = u32::try_from(options.concurrent_calls * 2).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls)
        // A Rust component is one or two core instances; one with a Python interpreter is up to 38. Only a number: wasmtime
        // counts them and reserves nothing.
        .total_core_instances(calls.saturating_mul(40))
        .total_memories(calls.saturating_mul(2))
        .max_memories_per_module(4)
        .total_tables(calls.saturating_mul(4))
        .total_stacks(calls)
        .max_component_instance_size(10 << 20)
        .max_core_instance_size(10 << 20)
        .max_memory_size(options.limits.memory_bytes)
        .table_elements(options.limits.table_elements)
        // A slot is reset in place, by the pages that the kernel says were touched, instead of giving them back and faulting
        // them in again; what is given back is so for sixteen slots at a time. Against 64 KiB kept, no scan and one slot at a
        // time this takes a tenth off a list's CPU time. A slot never keeps more than its calls have touched.
        .linear_memory_keep_resident(1 << 20)
        .table_keep_resident(16 << 10)
        .pagemap_scan(wasmtime::Enabled::Auto)
        .decommit_batch_size(16);
    pool
}

/// Counts ticks for all stores of the engine. It holds the engine weakly, so it ends with it.
fn start_ticker(engine: &Engine) -> Result<(), LoadError> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    };
    std::thread::Builder::new()
        .name("wasm-ticker".to_owned())
        .spawn(tick)
        .map(drop)
        .map_err(|error| LoadError::Engine(error.to_string()))
}

/// Everything that a component may import: our interfaces, and WASI 0.2 with nothing behind it but clocks and random.
/// JavaScript and Python guests import the WASI set even for pure code; files and sockets answer "denied".
fn linker(engine: &Engine) -> Result<Linker<CallState>, LoadError> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(engine_error)?;
    ProviderWithSandbox::add_to_linker::<_, HasSelf<CallState>>(&mut linker, |state| state)
        .map_err(engine_error)?;
    Ok(linker)
}
