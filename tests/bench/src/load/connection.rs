//! One kept-alive connection, with as little work per request as can be: the load generator shares its cores with what it
//! measures.

use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::wire;

/// Where requests go, and their bytes.
#[derive(Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    request: Rc<[u8]>,
}

impl Target {
    /// Of a URL with an address and a port, as `http://127.0.0.1:7001/path?query`.
    pub(crate) fn parse(url: &str, headers: &[String]) -> anyhow::Result<Self> {
        let uri: http::Uri = url.parse().with_context(|| format!("`{url}` is not a URL"))?;
        let authority = uri
            .authority()
            .with_context(|| format!("`{url}` names no host"))?;
        let address = authority.as_str().parse();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\naccept: application/json\r\n");
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        Ok(Self {
            address: address.with_context(|| format!("`{authority}` must be an address and a port"))?,
            request: request.into_bytes().into(),
        })
    }
}

/// An open connection between two requests.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(target: &Target) -> std::io::Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(128 << 10),
        })
    }

    /// Sends the request and reads the whole answer; gives its status.
    pub(crate) async fn exchange(&mut self, target: &Target) -> std::io::Result<u16> {
        self.stream.write_all(&target.request).await?;
        self.buffer.clear();
        loop {
            if let Some(answer) = wire::read(&self.buffer)? {
                return Ok(answer.status);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
