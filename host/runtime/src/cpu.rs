//! The CPU time that a connector's own code takes.
//!
//! Epoch ticks alone would count a guest that makes many short host calls as if it ran all the time, and on a busy machine
//! one that waits for a core. So ticks only decide when to look; what is looked at is the CPU time of the thread, from the
//! moment a call is polled to the moment it gives way, without the host's own work that is paused for.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use crate::limits::TICK;

/// What a look at a running call finds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// More than the budget is spent.
    Exhausted,
    /// It runs for less than a tick: ticks went by while it waited, and others had their turn then.
    JustBegun,
    /// It runs for a tick or longer.
    Running,
}

/// The meter of one call. All its methods are called on the thread that polls the call.
#[derive(Debug)]
pub(crate) struct CpuMeter {
    budget: u64,
    spent: AtomicU64,
    since: AtomicU64,
    paused: AtomicBool,
}

impl CpuMeter {
    pub(crate) fn new(budget: Duration) -> Self {
        Self {
            budget: nanos(budget),
            spent: AtomicU64::new(0),
            since: AtomicU64::new(0),
            paused: AtomicBool::new(false),
        }
    }

    /// Looks at a call that is running.
    pub(crate) fn look(&self) -> Standing {
        let Some(now) = thread_time() else {
            return Standing::Running;
        };
        let running = now.saturating_sub(self.since.load(Ordering::Relaxed));
        if self.spent.load(Ordering::Relaxed).saturating_add(running) > self.budget {
            Standing::Exhausted
        } else if running < nanos(TICK) {
            Standing::JustBegun
        } else {
            Standing::Running
        }
    }

    /// What was spent while the call was polled.
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_nanos(self.spent.load(Ordering::Relaxed))
    }

    /// Stops counting: the host works now.
    pub(crate) fn pause(&self) {
        self.leave();
        self.paused.store(true, Ordering::Relaxed);
    }

    /// Counts again.
    pub(crate) fn resume(&self) {
        self.paused.store(false, Ordering::Relaxed);
        self.enter();
    }

    fn enter(&self) {
        if !self.paused.load(Ordering::Relaxed) {
            self.since
                .store(thread_time().unwrap_or_default(), Ordering::Relaxed);
        }
    }

    fn leave(&self) {
        if !self.paused.load(Ordering::Relaxed) {
            let now = thread_time().unwrap_or_default();
            let ran = now.saturating_sub(self.since.load(Ordering::Relaxed));
            self.spent.fetch_add(ran, Ordering::Relaxed);
        }
    }
}

/// Runs a call with its meter on while it is polled.
pub(crate) async fn metered<F: Future>(meter: &CpuMeter, call: F) -> F::Output {
    let mut call = pin!(call);
    std::future::poll_fn(|context| {
        meter.enter();
        let polled = call.as_mut().poll(context);
        meter.leave();
        polled
    })
    .await
}

/// CPU time of this thread, in nanoseconds. On a system without such a clock nothing counts and every tick gives way; the wall
/// clock still holds.
fn thread_time() -> Option<u64> {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok()?;
    Some(nanos(time.into()))
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{CpuMeter, Standing, TICK, metered};

    fn spin(duration: Duration) {
        let meter = CpuMeter::new(duration);
        meter.enter();
        let started = Instant::now();
        while meter.look() != Standing::Exhausted && started.elapsed() < Duration::from_secs(10) {}
    }

    #[tokio::test]
    async fn work_counts_and_waiting_does_not() {
        let meter = CpuMeter::new(Duration::from_millis(20));
        metered(&meter, tokio::time::sleep(Duration::from_millis(60))).await;
        meter.enter();
        assert_eq!(meter.look(), Standing::JustBegun);
        metered(&meter, async { spin(Duration::from_millis(30)) }).await;
        meter.enter();
        assert_eq!(meter.look(), Standing::Exhausted);
    }

    #[test]
    fn whoever_runs_for_a_tick_gives_way() {
        let meter = CpuMeter::new(Duration::from_secs(60));
        meter.enter();
        assert_eq!(meter.look(), Standing::JustBegun);
        spin(TICK);
        assert_eq!(meter.look(), Standing::Running);
        meter.enter();
        assert_eq!(meter.look(), Standing::JustBegun);
    }

    #[tokio::test]
    async fn what_the_host_does_is_not_the_guests() {
        let meter = CpuMeter::new(Duration::from_millis(20));
        metered(&meter, async {
            meter.pause();
            spin(Duration::from_millis(30));
            meter.resume();
        })
        .await;
        meter.enter();
        assert_eq!(meter.look(), Standing::JustBegun);
    }
}
