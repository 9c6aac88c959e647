//! A memory limit that sums.
//!
//! wasmtime's own `StoreLimits` caps each linear memory by itself, and a component can hold several.

use wasmtime::ResourceLimiter;

/// Adds up the growth of all memories and tables of one store and refuses what would go beyond.
#[derive(Debug)]
pub(crate) struct MemoryBudget {
    memory_limit: usize,
    memory_used: usize,
    table_limit: usize,
    table_used: usize,
    refused: bool,
}

impl MemoryBudget {
    pub(crate) fn new(memory_limit: usize, table_limit: usize) -> Self {
        Self {
            memory_limit,
            memory_used: 0,
            table_limit,
            table_used: 0,
            refused: false,
        }
    }

    /// Bytes of linear memory in use. Memories never shrink, so this is also the peak.
    pub(crate) fn used(&self) -> usize {
        self.memory_used
    }

    /// Whether growth was refused, which is what a later trap of the guest is then put down to.
    pub(crate) fn was_refused(&self) -> bool {
        self.refused
    }

    fn grow(&mut self, current: usize, desired: usize) -> bool {
        let used = self.memory_used.saturating_add(desired.saturating_sub(current));
        let fits = used <= self.memory_limit;
        if fits {
            self.memory_used = used;
        }
        self.refused |= !fits;
        fits
    }
}

impl ResourceLimiter for MemoryBudget {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let used = self.table_used.saturating_add(desired.saturating_sub(current));
        let fits = used <= self.table_limit;
        if fits {
            self.table_used = used;
        }
        self.refused |= !fits;
        Ok(fits)
    }

    // The largest known guest (CPython) has 38 core modules with one memory and table each.
    fn instances(&self) -> usize {
        128
    }

    fn tables(&self) -> usize {
        128
    }

    fn memories(&self) -> usize {
        64
    }
}

#[cfg(test)]
mod tests {
    use super::{MemoryBudget, ResourceLimiter};

    #[test]
    fn growth_is_summed_over_memories() {
        let mut budget = MemoryBudget::new(100, 10);
        assert!(budget.memory_growing(0, 60, None).unwrap());
        assert!(budget.memory_growing(0, 40, None).unwrap());
        assert!(!budget.was_refused());
        assert!(!budget.memory_growing(40, 41, None).unwrap());
        assert!(budget.was_refused());
        assert_eq!(budget.used(), 100);
    }

    #[test]
    fn tables_are_summed_too() {
        let mut budget = MemoryBudget::new(100, 10);
        assert!(budget.table_growing(0, 10, None).unwrap());
        assert!(!budget.table_growing(0, 1, None).unwrap());
    }
}
