//! A browser's side of one exchange, with every header in the test's hands. One connection an exchange: dropping the
//! answer is the browser leaving.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

pub const GET_AGENTS: &str = r#"{"type":"GET_AGENTS"}"#;
pub const SUBSCRIBE: &str = r#"{"type":"SUBSCRIBE"}"#;
pub const TEARDOWN: &str = r#"{"type":"TEARDOWN","teardown":{"framework_id":{"value":"f"}}}"#;

/// Far more than anything here takes; without it a failure would hang.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it happens within a minute")
}

pub struct Ask {
    at: String,
    request: Request<Full<Bytes>>,
    host: bool,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Incoming,
    connection: JoinHandle<()>,
}

pub fn ask(at: &str, method: Method, path: &str, body: impl Into<Bytes>) -> Ask {
    let request = Request::builder().method(method).uri(path).body(Full::new(body.into()));
    Ask { at: at.to_owned(), request: request.expect("the test's request is well formed"), host: true }
}

pub fn get(at: &str, path: &str) -> Ask {
    ask(at, Method::GET, path, "")
}

pub fn call(at: &str, body: &'static str) -> Ask {
    ask(at, Method::POST, "/api/v1", body).with("content-type", "application/json")
}

impl Ask {
    pub fn with(mut self, name: &'static str, value: &str) -> Ask {
        self.request.headers_mut().append(name, value.parse().expect("the test's header is well formed"));
        self
    }

    pub fn without_host(mut self) -> Ask {
        self.host = false;
        self
    }

    pub async fn send(mut self) -> Answer {
        let headers = self.request.headers_mut();
        if self.host && !headers.contains_key("host") {
            headers.insert("host", self.at.parse().expect("an address is a header value"));
        }
        let stream = within(TcpStream::connect(&self.at)).await.expect("the gateway accepts");
        let (mut sender, connection) =
            within(http1::handshake(TokioIo::new(stream))).await.expect("a handshake sends nothing");
        let connection = tokio::spawn(async move { drop(connection.await) });
        let answer = within(sender.send_request(self.request)).await.expect("the gateway answers");
        let (parts, body) = answer.into_parts();
        Answer { status: parts.status, headers: parts.headers, body, connection }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("our headers are text"))
    }

    /// The next bytes; None at a clean end, an error where the body was broken off.
    pub async fn next(&mut self) -> Option<Result<Bytes, hyper::Error>> {
        let frame = within(self.body.frame()).await?;
        Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
    }

    pub async fn all(mut self) -> Result<Bytes, hyper::Error> {
        let mut all = Vec::new();
        while let Some(bytes) = self.next().await {
            all.extend_from_slice(&bytes?);
        }
        Ok(all.into())
    }

    pub async fn words(self) -> String {
        String::from_utf8(self.all().await.expect("the body is whole").to_vec()).expect("the words are UTF-8")
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.connection.abort();
    }
}
