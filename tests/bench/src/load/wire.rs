//! Just enough of HTTP/1.1 to see where an answer ends.

use std::io::{Error, ErrorKind};

use memchr::memmem;

/// An answer that was read to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Of its body, in bytes.
    pub(crate) length: usize,
}

/// The answer, once all of it is there.
///
/// # Errors
/// When it is no HTTP, or holds more bytes than it says.
pub(crate) fn read(bytes: &[u8]) -> std::io::Result<Option<Answer>> {
    let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let (head, body) = bytes.split_at(end + 4);
    let head = std::str::from_utf8(head).map_err(|_| invalid("the head is not text"))?;
    let status = head.get(9..12).and_then(|text| text.parse().ok());
    let status = status.ok_or_else(|| invalid("there is no status"))?;
    let length = match value(head, "content-length") {
        Some(length) => length.parse().map_err(|_| invalid("the length is no number"))?,
        None if value(head, "transfer-encoding").is_some() => return chunked(status, body),
        None => 0,
    };
    match body.len().cmp(&length) {
        std::cmp::Ordering::Less => Ok(None),
        std::cmp::Ordering::Equal => Ok(Some(Answer { status, length })),
        std::cmp::Ordering::Greater => Err(invalid("more bytes than the length says")),
    }
}

/// A body in chunks: each begins with its length in hexadecimal, and an empty one ends it.
fn chunked(status: u16, mut body: &[u8]) -> std::io::Result<Option<Answer>> {
    let mut length = 0;
    loop {
        let Some(end) = memmem::find(body, b"\r\n") else {
            return Ok(None);
        };
        let (size, rest) = body.split_at(end);
        let size = std::str::from_utf8(size)
            .ok()
            .and_then(|text| usize::from_str_radix(text, 16).ok());
        let size = size.ok_or_else(|| invalid("a chunk has no length"))?;
        // The line's end, the chunk, and another line's end.
        let Some(rest) = rest.get(size + 4..) else {
            return Ok(None);
        };
        if size == 0 {
            return Ok(Some(Answer { status, length }));
        }
        length += size;
        body = rest;
    }
}

fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim())
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::{Answer, read};

    #[test]
    fn an_answer_ends_where_its_length_or_its_last_chunk_says() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        let answer = Answer {
            status: 200,
            length: 5,
        };
        assert_eq!(read(whole).unwrap(), Some(answer));
        for cut in 0..whole.len() {
            assert_eq!(read(&whole[..cut]).unwrap(), None, "{cut}");
        }
        let chunks =
            b"HTTP/1.1 503 No\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n";
        let answer = Answer {
            status: 503,
            length: 13,
        };
        assert_eq!(read(chunks).unwrap(), Some(answer));
        for cut in 0..chunks.len() {
            assert_eq!(read(&chunks[..cut]).unwrap(), None, "{cut}");
        }
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        assert!(read(b"nonsense that is long enough\r\n\r\n").is_err());
        assert!(read(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab").is_err());
    }
}
