//! Accepts connections, limits their number and idle time, and closes them at shutdown. Handles no requests itself.

use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, Uri};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;

use crate::activity::{Activity, Phase, RequestActivity};
use crate::connection_slots::ConnectionSlots;
use crate::limits::Limits;
use crate::server_tls::{HTTP2, ServerTls};
use crate::state::Peer;

const HEADERS: usize = 64;
const BUFFER: usize = 64 * 1024;
/// Maximum requests at a time on an HTTP/2 connection. A page has some ten streams, and a burst of reads.
const STREAMS: u32 = 128;
/// Interval of HTTP/2 pings, which detect a browser that has vanished.
const PING: Duration = Duration::from_secs(30);
/// Write timeout of a connection. A browser that vanished would otherwise hold a master's stream for a quarter of an hour. Eight
/// heartbeats are enough for a laptop that changes its network, but not for one that sleeps.
const UNREAD: Duration = Duration::from_secs(120);
/// Grace period for open answers at shutdown; a stream would never end by itself.
const FAREWELL: Duration = Duration::from_secs(1);
/// First byte of a TLS connection: a handshake record (RFC 8446, 5.1).
const HANDSHAKE: u8 = 22;
/// The answer to a client that speaks HTTP where HTTPS is spoken.
const SPEAK_TLS: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n\
    This address speaks HTTPS: use https:// in place of http://.\n";

/// Serves connections until a shutdown signal arrives, then closes them and returns.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerTls>>,
    app: Router,
    limits: &Limits,
    stop: ShutdownSignal,
) {
    let seats = ConnectionSlots::new(limits.connections, limits.headless);
    // Connections and terminals hold receivers, so the channel closes once they have all ended.
    let (shutdown, stopping) = watch::channel(());
    let mut stop = std::pin::pin!(stop.reported());
    loop {
        let next = tokio::select! {
            () = &mut stop => break,
            next = listener.accept() => next,
        };
        match next {
            Ok((stream, peer)) => {
                let newcomer = seats.arrive(peer.ip());
                let (app, tls, stopping, head) = (app.clone(), tls.clone(), stopping.clone(), limits.head);
                tokio::spawn(async move {
                    if let Some(seat) = newcomer.seat().await {
                        let activity = Activity::new(Arc::new(seat));
                        let served =
                            Served { peer: Peer(peer), app, open: OpenConnection { activity, stopping }, head };
                        served.start(stream, tls).await;
                    }
                });
            }
            Err(error) => {
                // For example, no file descriptors are left; some become free again.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop((listener, stopping));
    let _ = shutdown.send(());
    let _ = timeout(FAREWELL, shutdown.closed()).await;
}

/// The activity of a connection, and the signal that the gateway stops. A WebSocket keeps both after its connection was upgraded.
#[derive(Clone, Debug)]
pub struct OpenConnection {
    pub activity: Arc<Activity>,
    stopping: watch::Receiver<()>,
}

impl OpenConnection {
    /// Resolves when the gateway stops.
    pub async fn stopping(&mut self) {
        let _ = self.stopping.changed().await;
    }
}

/// A connection that has a slot.
struct Served {
    peer: Peer,
    app: Router,
    open: OpenConnection,
    /// Timeout for the head of a request, and for the TLS handshake.
    head: Duration,
}

impl Served {
    async fn start(self, stream: TcpStream, tls: Option<Arc<ServerTls>>) {
        // Each record must arrive at once, so Nagle's algorithm is off.
        let _ = stream.set_nodelay(true);
        let Some(tls) = tls else { return self.http1(stream).await };
        let activity = self.open.activity.clone();
        let handshake = timeout(self.head, handshake(stream, &tls));
        let stream = tokio::select! {
            stream = handshake => stream,
            () = activity.lost() => return,
        };
        match stream {
            Ok(Some(stream)) if stream.get_ref().1.alpn_protocol() == Some(HTTP2) => self.http2(stream).await,
            Ok(Some(stream)) => self.http1(stream).await,
            Ok(None) | Err(_) => tracing::debug!(peer = %self.peer.0, "no TLS handshake"),
        }
    }

    async fn http1(self, stream: impl AsyncRead + AsyncWrite + Send + 'static) {
        let (app, open, peer) = (self.app.clone(), self.open.clone(), self.peer);
        let service = service_fn(move |request| answered(app.clone(), open.clone(), peer, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head)
            .max_headers(HEADERS)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(watched(stream)), service)
            .with_upgrades();
        self.until_closed(connection, http1::UpgradeableConnection::graceful_shutdown).await;
    }

    async fn http2(self, stream: impl AsyncRead + AsyncWrite + Send + 'static) {
        let (app, open, peer) = (self.app.clone(), self.open.clone(), self.peer);
        let service = service_fn(move |request| answered(app.clone(), open.clone(), peer, request));
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .keep_alive_timeout(UNREAD)
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(BUFFER as u32)
            // WebSockets (RFC 8441).
            .enable_connect_protocol()
            .serve_connection(TokioIo::new(watched(stream)), service);
        self.until_closed(connection, http2::Connection::graceful_shutdown).await;
    }

    /// Drives a connection to its end. `finish` makes it end after its open answers.
    async fn until_closed<C>(self, connection: C, finish: fn(Pin<&mut C>))
    where
        C: Future<Output = hyper::Result<()>>,
    {
        let (mut open, peer) = (self.open, self.peer);
        let mut connection = pin!(connection);
        let activity = open.activity.clone();
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = activity.lost() => return log_displaced(peer),
            () = open.stopping() => {
                finish(connection.as_mut());
                connection.await
            }
        };
        log_end(peer, ended);
    }
}

/// Answers a request of a connection.
async fn answered(
    app: Router,
    open: OpenConnection,
    peer: Peer,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, Infallible> {
    let phase = if request.body().is_end_stream() { Phase::Answering } else { Phase::Receiving };
    let activity = open.activity.begin(phase);
    let mut request = request.map(|body| Body::new(RequestBody { body, activity: activity.clone() }));
    if let Some(uri) = with_one_slash(request.uri()) {
        *request.uri_mut() = uri;
    }
    request.extensions_mut().insert(peer);
    request.extensions_mut().insert(open);
    let answer = app.oneshot(request).await?;
    Ok(answer.map(|body| ResponseBody { body, _activity: activity }))
}

fn watched<S: AsyncRead + AsyncWrite>(stream: S) -> Pin<Box<TimeoutStream<S>>> {
    let mut watched = TimeoutStream::new(stream);
    watched.set_write_timeout(Some(UNREAD));
    Box::pin(watched)
}

/// Performs the TLS handshake. Answers a client that speaks HTTP with the reason.
async fn handshake(mut stream: TcpStream, tls: &ServerTls) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    if stream.peek(&mut first).await.ok()? == 1 && first != [HANDSHAKE] {
        let _ = stream.write_all(SPEAK_TLS.as_bytes()).await;
        let _ = stream.shutdown().await;
        return None;
    }
    tls.acceptor().accept(stream).await.inspect_err(|error| tracing::debug!(%error, "no TLS handshake")).ok()
}

fn log_displaced(peer: Peer) {
    tracing::debug!(peer = %peer.0, "connection closed to make room for another");
}

fn log_end(peer: Peer, ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(peer = %peer.0, error = crate::text_responses::root_cause(&error), "connection ended");
    }
}

/// Returns the URI with a single leading slash, if it has more. Some proxies add a slash to the paths that they forward.
fn with_one_slash(uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix("//")?.trim_start_matches('/');
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = format!("/{rest}").parse().ok();
    Uri::from_parts(parts).ok()
}

/// A request body that updates its connection's activity once it is complete.
struct RequestBody {
    body: Incoming,
    activity: Arc<RequestActivity>,
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(None) = polled {
            self.activity.set(Phase::Answering);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.activity.set(Phase::Answering);
    }
}

/// A response body. Its request is done when it is dropped.
struct ResponseBody {
    body: Body,
    _activity: Arc<RequestActivity>,
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Listens for SIGINT and SIGTERM from its creation on. A signal between the start message and the first connection must not kill
/// the process.
pub struct ShutdownSignal {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl ShutdownSignal {
    #[cfg(unix)]
    pub fn listen() -> io::Result<ShutdownSignal> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(ShutdownSignal { signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?] })
    }

    #[cfg(unix)]
    async fn reported(mut self) {
        let [interrupted, terminated] = &mut self.signals;
        tokio::select! { _ = interrupted.recv() => (), _ = terminated.recv() => () }
    }

    #[cfg(not(unix))]
    pub fn listen() -> io::Result<ShutdownSignal> {
        Ok(ShutdownSignal {})
    }

    #[cfg(not(unix))]
    async fn reported(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
