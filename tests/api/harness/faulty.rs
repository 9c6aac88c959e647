//! A provider that misbehaves below HTTP as well as above it: it writes bytes, so that it can write wrong ones.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the provider does with a request. "Sound" is the answer that it would give if it were well.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Answers soundly.
    None,
    /// Answers soundly, after this time.
    Delay(Duration),
    /// Reads the request and resets the connection.
    Reset,
    /// Reads the request and closes the connection.
    Close,
    /// Half a status line, then the connection closes.
    HalfHead,
    /// Half of the sound body, then the connection closes.
    HalfBody,
    /// One byte of the sound body at a time, with this pause after each.
    Drip(Duration),
    /// Announces so many bytes fewer than it sends.
    ShortLength(usize),
    /// A chunk whose length is no number.
    BadChunk,
    /// Something that is not HTTP.
    Noise,
    /// A sound head with another body.
    Body(&'static str, &'static str),
    /// This status, with the provider's JSON for errors; a `Retry-After` in seconds.
    Status(u16, Option<u64>),
}

#[derive(Default)]
struct Shared {
    sound: String,
    faults: Mutex<Vec<Fault>>,
    methods: Mutex<Vec<String>>,
}

/// The provider. It ends when this is dropped.
pub(crate) struct FaultyProvider {
    pub(crate) address: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

impl FaultyProvider {
    /// `sound` is its answer to everything while it is well. Faults go by request; the last one stays.
    pub(crate) async fn start(sound: &Value, faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            sound: sound.to_string(),
            ..Shared::default()
        });
        let state = Arc::clone(&shared);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&state)));
            }
        });
        let provider = Self {
            address,
            shared,
            serving,
        };
        provider.behave(faults);
        provider
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Another behaviour.
    pub(crate) fn behave(&self, faults: &[Fault]) {
        let mut faults = faults.to_vec();
        faults.reverse();
        *self.shared.faults.lock().unwrap() = faults;
    }

    /// How many requests of this method have reached it, or of all if none is named.
    pub(crate) fn asked(&self, method: Option<&str>) -> usize {
        let methods = self.shared.methods.lock().unwrap();
        let fits = |asked: &&String| method.is_none_or(|method| method == asked.as_str());
        methods.iter().filter(fits).count()
    }
}

impl Drop for FaultyProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    while let Some(method) = read_request(&mut stream).await {
        let success = if method == "POST" { 201 } else { 200 };
        shared.methods.lock().unwrap().push(method);
        let fault = {
            let mut faults = shared.faults.lock().unwrap();
            match faults.len() {
                0 => Fault::None,
                1 => faults[0].clone(),
                _ => faults.pop().unwrap(),
            }
        };
        if !misbehave(&mut stream, fault, success, &shared.sound).await {
            return;
        }
    }
}

/// The first byte of a TLS handshake (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 22;

/// Reads one request whole and gives its method, `TLS` for a handshake; none at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut received = Vec::new();
    loop {
        if received.first() == Some(&HANDSHAKE) {
            return Some("TLS".to_owned());
        }
        let text = String::from_utf8_lossy(&received);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or_default() {
                return Some(head.split(' ').next()?.to_owned());
            }
        }
        if stream.read_buf(&mut received).await.ok()? == 0 {
            return None;
        }
    }
}

/// Whether the connection goes on.
async fn misbehave(stream: &mut TcpStream, fault: Fault, success: u16, sound: &str) -> bool {
    let whole = |content_type: &str, body: &str, length: usize| {
        format!(
            "HTTP/1.1 {success} Fine\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    };
    let json = "application/json";
    let (bytes, goes_on) = match fault {
        Fault::None => (whole(json, sound, sound.len()), true),
        Fault::Delay(delay) => {
            tokio::time::sleep(delay).await;
            (whole(json, sound, sound.len()), true)
        }
        Fault::Reset => {
            // Closing with a linger of zero sends a reset.
            stream.set_zero_linger().unwrap();
            return false;
        }
        Fault::Close => return false,
        Fault::HalfHead => ("HTTP/1.1 20".to_owned(), false),
        Fault::HalfBody => (whole(json, &sound[..sound.len() / 2], sound.len()), false),
        Fault::Drip(pause) => {
            return drip(stream, &whole(json, sound, sound.len()), sound.len(), pause).await;
        }
        Fault::ShortLength(fewer) => (whole(json, sound, sound.len() - fewer), false),
        Fault::BadChunk => {
            let head = format!(
                "HTTP/1.1 {success} Fine\r\ncontent-type: {json}\r\ntransfer-encoding: chunked\r\n\r\n"
            );
            (format!("{head}zz\r\n{sound}\r\n0\r\n\r\n"), false)
        }
        Fault::Noise => ("220 mail.example.com ESMTP ready\r\n".to_owned(), false),
        Fault::Body(content_type, body) => (whole(content_type, body, body.len()), true),
        Fault::Status(status, retry_after) => {
            let body = r#"{"message":"in its words"}"#;
            let wait = retry_after.map_or_else(String::new, |seconds| format!("retry-after: {seconds}\r\n"));
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status} Fault\r\ncontent-type: {json}\r\n{wait}content-length: {length}");
            (format!("{head}\r\n\r\n{body}"), true)
        }
    };
    stream.write_all(bytes.as_bytes()).await.is_ok() && goes_on
}

async fn drip(stream: &mut TcpStream, answer: &str, body: usize, pause: Duration) -> bool {
    let (head, body) = answer.as_bytes().split_at(answer.len() - body);
    if stream.write_all(head).await.is_err() {
        return false;
    }
    for byte in body {
        if stream.write_all(&[*byte]).await.is_err() {
            return false;
        }
        tokio::time::sleep(pause).await;
    }
    true
}
