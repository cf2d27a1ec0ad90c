//! HTTP/1.1 as libprocess speaks it.
//!
//! Hand-written, since no library gives control of header order, chunk borders and a body after HEAD, and faults must stop
//! anywhere.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::protobuf::Encoding;
use crate::time;

/// Maximum size of head and body; calls are small.
const HEAD: usize = 64 << 10;
const BODY: usize = 16 << 20;

#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path without query; `//api/v1` becomes `/api/v1`.
    pub(super) path: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) close: bool,
    /// Whether the body is a stream of records, which is read by `next_chunk`.
    pub(super) is_stream: bool,
}

impl Request {
    /// Value of a header; names are case-insensitive.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Reads requests from a connection, including pipelined ones.
#[derive(Debug)]
pub(super) struct Requests<R> {
    reader: R,
    buffer: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Requests<R> {
    pub(super) fn new(reader: R) -> Requests<R> {
        Requests { reader, buffer: Vec::new() }
    }

    /// Next request; `None` if the peer closed the connection or sent an invalid request, on which libprocess closes it too.
    pub(super) async fn next(&mut self) -> io::Result<Option<Request>> {
        let end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            if self.buffer.len() > HEAD || !self.more().await? {
                return Ok(None);
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        self.buffer.drain(..end + 4);
        let Some(mut request) = parse(&head) else { return Ok(None) };
        if request.header("Content-Type") == Some(RECORDIO) {
            request.is_stream = true;
            return Ok(Some(request));
        }
        let chunked = request.header("Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let length =
            request.header("Content-Length").and_then(|length| length.trim().parse::<usize>().ok()).unwrap_or(0);
        let body = if chunked { self.chunks().await? } else { self.exactly(length).await? };
        let Some(body) = body else { return Ok(None) };
        request.body = body;
        Ok(Some(request))
    }

    /// Waits until the peer closes the connection; received bytes are kept.
    pub(super) async fn hung_up(&mut self) {
        while self.buffer.len() < HEAD && matches!(self.more().await, Ok(true)) {}
        // A peer that sends this much without waiting no longer reads.
    }

    async fn more(&mut self) -> io::Result<bool> {
        Ok(self.reader.read_buf(&mut self.buffer).await? > 0)
    }

    async fn exactly(&mut self, length: usize) -> io::Result<Option<Vec<u8>>> {
        while self.buffer.len() < length {
            if length > BODY || !self.more().await? {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer.drain(..length).collect()))
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n") {
                let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                self.buffer.drain(..end + 2);
                return Ok(Some(line));
            }
            if self.buffer.len() > HEAD || !self.more().await? {
                return Ok(None);
            }
        }
    }

    /// Next chunk of a chunked body, which is taken whole; `None` after the last one, or if the peer closed the connection.
    pub(super) async fn next_chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(line) = find(&self.buffer, b"\r\n") {
                let text = String::from_utf8_lossy(&self.buffer[..line]).into_owned();
                let size = usize::from_str_radix(text.split(';').next().unwrap_or_default().trim(), 16);
                let Some(size) = size.ok().filter(|size| *size <= BODY) else { return Ok(None) };
                let end = line + 2 + size + 2;
                if self.buffer.len() >= end {
                    let chunk: Vec<u8> = self.buffer.drain(..end).collect();
                    return Ok((size > 0).then(|| chunk[line + 2..line + 2 + size].to_vec()));
                }
            } else if self.buffer.len() > HEAD {
                return Ok(None);
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    async fn chunks(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut body = Vec::new();
        loop {
            let Some(line) = self.line().await? else { return Ok(None) };
            let size = line.split(';').next().unwrap_or_default().trim();
            let Ok(size) = usize::from_str_radix(size, 16) else { return Ok(None) };
            if body.len().saturating_add(size) > BODY {
                return Ok(None);
            }
            let Some(chunk) = self.exactly(size).await? else { return Ok(None) };
            body.extend_from_slice(&chunk);
            // End of a chunk; after the last one the trailer, which is empty here.
            if self.line().await?.is_none() {
                return Ok(None);
            }
            if size == 0 {
                return Ok(Some(body));
            }
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn parse(head: &str) -> Option<Request> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target, version) = (first.next()?, first.next()?, first.next()?);
    if first.next().is_some()
        || !version.starts_with("HTTP/1.")
        || !method.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        return None;
    }
    let headers =
        lines.map(|line| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned())));
    let headers: Vec<(String, String)> = headers.collect::<Option<_>>()?;
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = format!("/{}", path.trim_start_matches('/'));
    let mut request =
        Request { method: method.to_owned(), path, headers, body: Vec::new(), close: false, is_stream: false };
    request.close = request.header("Connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Some(request)
}

/// A response with its whole body, headers in Mesos' order.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    /// Nanoseconds that the responder's clock is ahead.
    pub(super) ahead: i64,
    /// Headers between `Date` and `Content-Type`: Allow, Location, WWW-Authenticate.
    pub(super) extra: Vec<(&'static str, String)>,
    pub(super) content_type: Option<&'static str>,
    pub(super) gzip: bool,
    pub(super) body: Vec<u8>,
    /// Served files have Content-Length before Content-Type.
    pub(super) file: bool,
}

pub(super) const TEXT: &str = "text/plain; charset=utf-8";
pub(super) const JSON: &str = "application/json";
pub(super) const RECORDIO: &str = "application/recordio";

impl Response {
    pub(super) fn empty(status: u16) -> Response {
        Response { status, ahead: 0, extra: Vec::new(), content_type: None, gzip: false, body: Vec::new(), file: false }
    }

    pub(super) fn text(status: u16, text: impl Into<String>) -> Response {
        Response { content_type: Some(TEXT), body: text.into().into_bytes(), ..Response::empty(status) }
    }

    pub(super) fn not_found() -> Response {
        Response::text(404, "404 Not Found.")
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Response {
        self.extra.push((name, value.into()));
        self
    }

    /// Status line and headers for a body of that length.
    pub(super) fn head(&self, now_nanos: i64, length: u64) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        if self.gzip {
            head.push_str("Content-Encoding: gzip\r\n");
        }
        head.push_str(&format!("Date: {}\r\n", date(now_nanos + self.ahead)));
        for (name, value) in &self.extra {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let kind = self.content_type.map_or(String::new(), |kind| format!("Content-Type: {kind}\r\n"));
        let length = format!("Content-Length: {length}\r\n");
        head.push_str(&if self.file { length + &kind } else { kind + &length });
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// Head of a container's stream.
pub(super) fn stream_head_of(now_nanos: i64, kind: &str) -> Vec<u8> {
    let message = if kind == RECORDIO { format!("Message-Content-Type: {JSON}\r\n") } else { String::new() };
    let date = date(now_nanos);
    let date = format!("Date: {date}\r\n");
    let chunked = "Transfer-Encoding: chunked\r\n";
    let rest = if kind == RECORDIO { format!("{date}{chunked}") } else { format!("{chunked}{date}") };
    format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{message}{rest}\r\n").into_bytes()
}

/// Head of a stream, exactly as recorded; one of the scheduler API has an id.
pub(super) fn stream_head(now_nanos: i64, id: Option<&str>, encoding: Encoding) -> Vec<u8> {
    let date = date(now_nanos);
    let id = id.map_or(String::new(), |id| format!("Mesos-Stream-Id: {id}\r\n"));
    let kind = encoding.content_type();
    format!("HTTP/1.1 200 OK\r\nDate: {date}\r\nTransfer-Encoding: chunked\r\n{id}Content-Type: {kind}\r\n\r\n")
        .into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        415 => "Unsupported Media Type",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}

/// RFC 1123 date: `Sun, 22 Nov 2026 00:10:29 GMT`.
pub(super) fn date(now_nanos: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = now_nanos.max(0) / 1_000_000_000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = time::date(days);
    let (weekday, month) = (DAYS[(days % 7) as usize], MONTHS[(month - 1) as usize]);
    format!("{weekday}, {day:02} {month} {year} {:02}:{:02}:{:02} GMT", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_recorded() {
        assert_eq!(date(1_795_306_229_000_000_000), "Sun, 22 Nov 2026 00:10:29 GMT");
        assert_eq!(date(1_709_164_800_000_000_000), "Thu, 29 Feb 2024 00:00:00 GMT");
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[tokio::test]
    async fn requests_may_be_pipelined_and_chunked() {
        let bytes = b"POST //api/v1?x=y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n\
            GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
        let mut requests = Requests::new(&bytes[..]);
        let first = requests.next().await.expect("no IO error").expect("a request");
        assert_eq!((first.path.as_str(), first.body.as_slice()), ("/api/v1", &b"abc"[..]));
        let second = requests.next().await.expect("no IO error").expect("a request");
        assert!(second.close && second.path == "/");
        assert!(requests.next().await.expect("no IO error").is_none());
    }

    #[tokio::test]
    async fn what_is_no_request_ends_the_connection() {
        for garbage in [
            "hello\r\n\r\n",
            "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            "GET /",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            assert!(Requests::new(garbage.as_bytes()).next().await.expect("no IO error").is_none(), "{garbage}");
        }
    }
}
