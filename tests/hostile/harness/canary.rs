//! A listener on this machine that no guest may reach.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// The listener. It stays until the test's runtime ends.
pub(crate) struct Canary {
    /// Such as `127.0.0.1:40001`.
    pub(crate) address: String,
    visits: Arc<Mutex<Vec<String>>>,
}

impl Canary {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let visits = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&visits);
        tokio::spawn(async move {
            while let Ok((mut visitor, _)) = listener.accept().await {
                let mut said = [0; 4_096];
                let length = visitor.read(&mut said).await.unwrap_or_default();
                let said = String::from_utf8_lossy(&said[..length]).into_owned();
                seen.lock().unwrap().push(said);
                let _ = visitor
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
                    .await;
            }
        });
        Self { address, visits }
    }

    /// What was sent by everyone who came.
    pub(crate) fn visits(&self) -> Vec<String> {
        self.visits.lock().unwrap().clone()
    }
}
