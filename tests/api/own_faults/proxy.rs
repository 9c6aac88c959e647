//! A TCP proxy that a test can cut or silence, such as in front of a database that other tests use as well.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The proxy. It ends when this is dropped.
pub(super) struct Proxy {
    pub(super) address: String,
    target: Arc<str>,
    serving: Option<tokio::task::JoinHandle<()>>,
    silent: watch::Sender<bool>,
}

impl Proxy {
    pub(super) async fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut proxy = Self {
            address: listener.local_addr().unwrap().to_string(),
            target: target.into(),
            serving: None,
            silent: watch::Sender::new(false),
        };
        proxy.serve(listener);
        proxy
    }

    fn serve(&mut self, listener: TcpListener) {
        let (target, silent) = (Arc::clone(&self.target), self.silent.subscribe());
        self.serving = Some(tokio::spawn(async move {
            // Aborted with this task.
            let mut connections = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let (target, mut silent) = (Arc::clone(&target), silent.clone());
                connections.spawn(async move {
                    let mut far = TcpStream::connect(&*target).await.unwrap();
                    let silenced = tokio::select! {
                        // First, so that nothing slips through a new connection.
                        biased;
                        silenced = silent.wait_for(|silent| *silent) => silenced.is_ok(),
                        _ = copy_bidirectional(&mut near, &mut far) => false,
                    };
                    if silenced {
                        std::future::pending::<()>().await;
                    }
                });
            }
        }));
    }

    /// Ends every connection and takes no more.
    pub(super) async fn cut(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.abort();
        let _ = serving.await;
    }

    /// Keeps every connection, and takes new ones, but lets nothing through: what a network does that loses packets.
    pub(super) fn silence(&self) {
        self.silent.send_replace(true);
    }

    /// Works again, at the same address, after it was cut.
    pub(super) async fn mend(&mut self) {
        self.silent.send_replace(false);
        let listener = TcpListener::bind(&self.address).await.unwrap();
        self.serve(listener);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}
