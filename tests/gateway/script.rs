//! A master or an agent that answers as a test says, and remembers what it was asked.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::ask::within;

/// What arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("the tests' headers are text"))
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the tests' calls are text")
    }
}

pub enum Reply {
    Answer(Response<BoxBody<Bytes, Broken>>),
    /// The connection is closed without an answer.
    HangUp,
    /// Nothing comes; the sender is dropped when the asker leaves.
    Silence(mpsc::Sender<()>),
}

/// What a stream is broken off with.
#[derive(Debug, thiserror::Error)]
#[error("broken off by the test")]
pub struct Broken;

pub type Feed = mpsc::Sender<Result<Bytes, Broken>>;

pub fn reply(status: u16, body: impl Into<Bytes>) -> Reply {
    Reply::Answer(response(status, Full::new(body.into()).map_err(|never: Infallible| match never {}).boxed()))
}

/// An answer without a length; what is fed is sent at once, as a chunk.
pub fn stream() -> (Feed, Reply) {
    let (feed, chunks) = mpsc::channel(1);
    (feed, Reply::Answer(response(200, Chunks(chunks).boxed())).with("content-type", "application/json"))
}

fn response(status: u16, body: BoxBody<Bytes, Broken>) -> Response<BoxBody<Bytes, Broken>> {
    Response::builder().status(status).body(body).expect("the tests' status is one")
}

impl Reply {
    pub fn with(self, name: &'static str, value: &str) -> Reply {
        let Reply::Answer(mut answer) = self else { panic!("only an answer has headers") };
        answer.headers_mut().append(name, value.parse().expect("the test's header is well formed"));
        Reply::Answer(answer)
    }
}

/// Stops, connections and all, when dropped.
pub struct Script {
    /// `127.0.0.1:PORT`
    pub at: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _tasks: JoinSet<()>,
}

impl Script {
    pub async fn start(answer: impl FnMut(&Seen) -> Reply + Send + 'static) -> Script {
        Script::start_at("127.0.0.1:0", answer).await
    }

    pub async fn start_at(at: &str, answer: impl FnMut(&Seen) -> Reply + Send + 'static) -> Script {
        Script::serve(at, None, answer).await
    }

    /// Over TLS.
    pub async fn start_tls(
        config: Arc<rustls::ServerConfig>,
        answer: impl FnMut(&Seen) -> Reply + Send + 'static,
    ) -> Script {
        Script::serve("127.0.0.1:0", Some(TlsAcceptor::from(config)), answer).await
    }

    async fn serve(at: &str, tls: Option<TlsAcceptor>, answer: impl FnMut(&Seen) -> Reply + Send + 'static) -> Script {
        let listener = TcpListener::bind(at).await.expect("a port is free");
        let at = listener.local_addr().expect("it is bound").to_string();
        let (seen, answer) = (Arc::default(), Arc::new(Mutex::new(answer)));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, tls, Arc::clone(&seen), answer));
        Script { at, seen, _tasks: tasks }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no test panics here").clone()
    }

    /// Resolves once anything has arrived.
    pub async fn asked(&self) {
        while self.seen().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// The `type`s of the calls that it saw.
    pub fn calls(&self) -> Vec<String> {
        self.seen().iter().map(|seen| seen.text().split('"').nth(3).unwrap_or_default().to_owned()).collect()
    }
}

async fn accept<F>(listener: TcpListener, tls: Option<TlsAcceptor>, seen: Arc<Mutex<Vec<Seen>>>, answer: Arc<Mutex<F>>)
where
    F: FnMut(&Seen) -> Reply + Send + 'static,
{
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let (seen, answer, tls) = (Arc::clone(&seen), Arc::clone(&answer), tls.clone());
        connections.spawn(async move {
            match tls {
                None => converse(stream, seen, answer).await,
                // A client that refuses the certificate ends the handshake.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        converse(stream, seen, answer).await;
                    }
                }
            }
        });
    }
}

async fn converse<F, S>(stream: S, seen: Arc<Mutex<Vec<Seen>>>, answer: Arc<Mutex<F>>)
where
    F: FnMut(&Seen) -> Reply + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(move |request| one(request, Arc::clone(&seen), Arc::clone(&answer)));
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn one<F>(
    request: Request<Incoming>,
    seen: Arc<Mutex<Vec<Seen>>>,
    answer: Arc<Mutex<F>>,
) -> Result<Response<BoxBody<Bytes, Broken>>, Broken>
where
    F: FnMut(&Seen) -> Reply + Send + 'static,
{
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let now = Seen { method: parts.method, path: parts.uri.to_string(), headers: parts.headers, body };
    seen.lock().expect("no test panics here").push(now.clone());
    let reply = answer.lock().expect("no script panics")(&now);
    match reply {
        Reply::Answer(answer) => Ok(answer),
        Reply::HangUp => Err(Broken),
        Reply::Silence(_held) => pending().await,
    }
}

struct Chunks(mpsc::Receiver<Result<Bytes, Broken>>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        self.0.poll_recv(cx).map(|next| next.map(|chunk| chunk.map(Frame::data)))
    }
}

/// Feeds, and waits until it was taken.
pub async fn feed(to: &Feed, bytes: impl Into<Bytes>) {
    within(to.send(Ok(bytes.into()))).await.expect("the stream is open");
}

/// An address where nobody listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    listener.local_addr().expect("it is bound").to_string()
}
