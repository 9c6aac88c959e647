//! Work that runs to its end though nobody waits for it: a token that a provider has given out must not be lost because a
//! caller hung up or the server stops, and neither must a write that has begun.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::RwLock;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

/// Starts such work and knows whether any is under way. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Work {
    // Each piece of work holds it for reading; whoever gets it for writing knows that all are done.
    under_way: Arc<RwLock<()>>,
}

impl Work {
    /// Starts a piece of work.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let under_way = Arc::clone(&self.under_way);
        let work = async move {
            let _until_done = under_way.read_owned().await;
            work.await
        };
        // Its log lines belong to the request that needed it first.
        tokio::spawn(work.in_current_span())
    }

    /// Waits until all of it is done, but not for longer than this. Whether it is.
    pub(crate) async fn finish(&self, within: Duration) -> bool {
        tokio::time::timeout(within, self.under_way.write()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::Work;

    #[tokio::test]
    async fn what_was_begun_is_waited_for() {
        let (work, done) = (Work::default(), Arc::new(AtomicBool::new(false)));
        let mark = Arc::clone(&done);
        let (begun, begins) = tokio::sync::oneshot::channel();
        drop(work.spawn(async move {
            begun.send(()).unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            mark.store(true, Ordering::Relaxed);
        }));
        begins.await.unwrap();
        assert!(work.finish(Duration::from_secs(5)).await);
        assert!(done.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn what_does_not_end_is_given_up() {
        let work = Work::default();
        let (begun, begins) = tokio::sync::oneshot::channel();
        drop(work.spawn(async move {
            begun.send(()).unwrap();
            std::future::pending::<()>().await;
        }));
        begins.await.unwrap();
        assert!(!work.finish(Duration::from_millis(20)).await);
    }
}
