//! What one call holds: the store's data.

use std::collections::BTreeMap;
use std::sync::Arc;

use routemcp_broker::Session;
use routemcp_unified::json::Budget;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::cpu::CpuMeter;
use crate::limits::CallLimits;
use crate::memory::MemoryBudget;
use crate::sandbox::SandboxTurn;

/// Who is called, for log lines.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) slug: Arc<str>,
    pub(crate) digest: Arc<str>,
}

/// The data of one call's store. It dies with the call.
pub(crate) struct CallState {
    pub(crate) session: Arc<Session>,
    pub(crate) settings: Arc<BTreeMap<String, String>>,
    pub(crate) sandbox: Option<SandboxTurn>,
    pub(crate) table: ResourceTable,
    pub(crate) memory: MemoryBudget,
    pub(crate) cpu: Arc<CpuMeter>,
    pub(crate) json: Budget,
    pub(crate) log_bytes_left: usize,
    pub(crate) failures_logged: u32,
    pub(crate) label: Label,
    wasi: Option<WasiCtx>,
}

impl CallState {
    pub(crate) fn new(
        session: Arc<Session>,
        settings: Arc<BTreeMap<String, String>>,
        sandbox: Option<SandboxTurn>,
        limits: &CallLimits,
        label: Label,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self {
            session,
            settings,
            sandbox,
            table,
            memory: MemoryBudget::new(limits.memory_bytes, limits.table_elements),
            cpu: Arc::new(CpuMeter::new(limits.cpu)),
            json: Budget::of(limits.json_values),
            log_bytes_left: limits.log_bytes,
            failures_logged: 0,
            label,
            wasi: None,
        }
    }
}

impl WasiView for CallState {
    /// A context that denies everything but clocks and random. Made on first use: Rust guests never use it.
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let ctx = self
            .wasi
            .get_or_insert_with(|| WasiCtx::builder().max_random_size(64 << 10).build());
        WasiCtxView {
            ctx,
            table: &mut self.table,
        }
    }
}
