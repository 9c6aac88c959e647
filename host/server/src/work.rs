//! Work that runs to its end though nobody waits for it: a token that a provider has given out must not be lost because a
//! caller hung up or the server stops, and neither must a write that has begun.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

/// Starts such work and knows how much of it is under way. Clones share it.
///
/// Work starts further work, such as a write that has to renew its access token, so it must be possible to start some also
/// while [`Work::finish`] waits. A lock that counts its readers would not do: whoever waits to write holds them off.
#[derive(Clone, Default)]
pub(crate) struct Work {
    under_way: watch::Sender<usize>,
}

/// One piece of work, from before its task is there until its future is gone, whether it ended, panicked or was dropped.
struct Piece(watch::Sender<usize>);

impl Piece {
    fn begin(under_way: &watch::Sender<usize>) -> Self {
        under_way.send_modify(|pieces| *pieces += 1);
        Self(under_way.clone())
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.0.send_modify(|pieces| *pieces -= 1);
    }
}

impl Work {
    /// Starts a piece of work. It counts from now on, not from when its task runs for the first time.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let piece = Piece::begin(&self.under_way);
        let work = async move {
            let _until_done = piece;
            work.await
        };
        // Its log lines belong to the request that needed it first.
        tokio::spawn(work.in_current_span())
    }

    /// Waits until all of it is done, also what is started meanwhile, but not for longer than this. Whether it is.
    pub(crate) async fn finish(&self, within: Duration) -> bool {
        let mut under_way = self.under_way.subscribe();
        let done = under_way.wait_for(|pieces| *pieces == 0);
        tokio::time::timeout(within, done).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::Work;

    const LONG: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn what_was_begun_is_waited_for() {
        let (work, done) = (Work::default(), Arc::new(AtomicBool::new(false)));
        let mark = Arc::clone(&done);
        // There is one thread, so nothing of it has run yet when it is waited for.
        drop(work.spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            mark.store(true, Ordering::Relaxed);
        }));
        assert!(work.finish(LONG).await);
        assert!(done.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn work_can_wait_for_work_that_it_starts_while_all_of_it_is_waited_for() {
        let (work, done) = (Work::default(), Arc::new(AtomicBool::new(false)));
        let (inner, mark) = (work.clone(), Arc::clone(&done));
        drop(work.spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            inner.spawn(async {}).await.unwrap();
            mark.store(true, Ordering::Relaxed);
        }));
        assert!(work.finish(LONG).await);
        assert!(done.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn what_work_leaves_behind_is_waited_for_as_well() {
        let (work, done) = (Work::default(), Arc::new(AtomicBool::new(false)));
        let (inner, mark) = (work.clone(), Arc::clone(&done));
        drop(work.spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            drop(inner.spawn(async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                mark.store(true, Ordering::Relaxed);
            }));
        }));
        assert!(work.finish(LONG).await);
        assert!(done.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn what_panics_or_is_aborted_is_done() {
        let work = Work::default();
        drop(work.spawn(async { panic!("a test's panic") }));
        work.spawn(std::future::pending::<()>()).abort();
        assert!(work.finish(LONG).await);
    }

    #[tokio::test]
    async fn what_does_not_end_is_given_up() {
        let work = Work::default();
        drop(work.spawn(std::future::pending::<()>()));
        assert!(!work.finish(Duration::from_millis(20)).await);
    }
}
