//! How many bytes of request bodies there are in memory, over all requests. Beyond the bound a request is turned away: a
//! thousand clients that send a mebibyte each must not take the memory of everybody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most bytes held. A body that is all JSON numbers takes some fourteen times its bytes once parsed.
const TOTAL: usize = 96 << 20;

/// The bytes that are held.
pub(crate) struct Bodies {
    total: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    tenants: HashMap<Arc<str>, usize>,
}

/// The bytes that one request holds; given back when dropped.
pub(crate) struct Held {
    bodies: Arc<Bodies>,
    tenant: Arc<str>,
    bytes: usize,
}

/// There is no room for more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Default for Bodies {
    fn default() -> Self {
        Self::of(TOTAL)
    }
}

impl Bodies {
    pub(super) fn of(total: usize) -> Self {
        Self {
            total,
            taken: Mutex::default(),
        }
    }

    /// How many bytes are held.
    pub(crate) fn held(&self) -> usize {
        self.taken().all
    }

    /// Nothing yet, for a request of a tenant.
    pub(crate) fn hold(self: &Arc<Self>, tenant: &str) -> Held {
        Held {
            bodies: Arc::clone(self),
            tenant: tenant.into(),
            bytes: 0,
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // No code runs under the lock that could leave the numbers half changed.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Takes room for more bytes. No tenant gets more than half of it all.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let mut taken = self.bodies.taken();
        let tenant = taken.tenants.get(&self.tenant).copied().unwrap_or_default();
        if taken.all + bytes > self.bodies.total || tenant + bytes > self.bodies.total / 2 {
            return Err(Full);
        }
        taken.all += bytes;
        *taken.tenants.entry(Arc::clone(&self.tenant)).or_default() += bytes;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.bodies.taken();
        taken.all -= self.bytes;
        if let Some(tenant) = taken.tenants.get_mut(&self.tenant) {
            *tenant -= self.bytes;
            if *tenant == 0 {
                taken.tenants.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Bodies, Full};

    #[test]
    fn nobody_takes_more_than_half_and_all_is_given_back() {
        let bodies = Arc::new(Bodies::of(100));
        let (mut first, mut second) = (bodies.hold("a"), bodies.hold("a"));
        assert_eq!(
            (first.grow(30), second.grow(21), second.grow(20)),
            (Ok(()), Err(Full), Ok(()))
        );
        let (mut other, mut third) = (bodies.hold("b"), bodies.hold("c"));
        assert_eq!((other.grow(50), third.grow(1)), (Ok(()), Err(Full)));
        drop((first, second));
        assert_eq!((bodies.held(), third.grow(50)), (50, Ok(())));
        drop((other, third));
        assert_eq!((bodies.held(), bodies.taken().tenants.len()), (0, 0));
    }
}
