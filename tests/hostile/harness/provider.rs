//! The provider that the guests talk to where they may talk at all: it redirects, and it answers without end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The provider. It stays until the test's runtime ends.
pub(crate) struct Provider {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    /// `elsewhere` is where redirects point.
    pub(crate) async fn start(elsewhere: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<String>>>::default();
        let (log, elsewhere) = (Arc::clone(&received), Arc::<str>::from(elsewhere));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&elsewhere)));
            }
        });
        Self { url, received }
    }

    /// The heads of the requests whose path begins with this.
    pub(crate) fn received(&self, path: &str) -> Vec<String> {
        let begins = format!("GET {path}/");
        let received = self.received.lock().unwrap();
        received
            .iter()
            .filter(|head| head.starts_with(&begins))
            .cloned()
            .collect()
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<String>>>, elsewhere: Arc<str>) {
    while let Some(head) = read_head(&mut stream).await {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        log.lock().unwrap().push(head);
        let answered = if path.ends_with("/flood") {
            without_end(&mut stream, &[b' '; 65_536], Duration::ZERO).await
        } else if path.ends_with("/drip") {
            without_end(&mut stream, b" ", Duration::from_millis(50)).await
        } else if path.ends_with("/values") {
            let body = format!("[{}0]", "[],".repeat(90_000));
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).await
        } else if path.ends_with("/redirect") {
            let head = format!(
                "HTTP/1.1 302 Found\r\nlocation: http://{elsewhere}/redirected\r\ncontent-length: 0\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await
        } else {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                .await
        };
        if answered.is_err() {
            return;
        }
    }
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// Chunks until the other side hangs up.
async fn without_end(stream: &mut TcpStream, chunk: &[u8], pause: Duration) -> std::io::Result<()> {
    stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        .await?;
    loop {
        stream
            .write_all(format!("{:x}\r\n", chunk.len()).as_bytes())
            .await?;
        stream.write_all(chunk).await?;
        stream.write_all(b"\r\n").await?;
        tokio::time::sleep(pause).await;
    }
}
