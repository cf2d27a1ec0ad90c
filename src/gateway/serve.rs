//! Accepts connections, limits their number and idle time, and closes them at shutdown. Handles no requests itself.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Uri};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use crate::connection_slots::{ConnectionSlot, ConnectionSlots, ConnectionState};
use crate::limits::Limits;
use crate::state::Peer;

const HEADERS: usize = 64;
const BUFFER: usize = 64 * 1024;
/// Write timeout of a connection. A browser that vanished would otherwise hold a master's stream for a quarter of an hour. Eight
/// heartbeats are enough for a laptop that changes its network, but not for one that sleeps.
const UNREAD: Duration = Duration::from_secs(120);
/// Grace period for open answers at shutdown; a stream would never end by itself.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves connections until a shutdown signal arrives, then closes them and returns.
pub async fn serve(listener: TcpListener, app: Router, limits: &Limits, stop: ShutdownSignal) {
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
                let (newcomer, app, stopping, head) =
                    (seats.arrive(peer.ip()), app.clone(), stopping.clone(), limits.head);
                tokio::spawn(async move {
                    if let Some(seat) = newcomer.seat().await {
                        let open = OpenConnection { seat: Arc::new(seat), stopping };
                        connection(stream, Peer(peer), app, open, head).await;
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
    let _ = tokio::time::timeout(FAREWELL, shutdown.closed()).await;
}

/// The slot of a connection, and the signal that the gateway stops. A WebSocket keeps both after its connection was upgraded.
#[derive(Clone, Debug)]
pub struct OpenConnection {
    pub seat: Arc<ConnectionSlot>,
    stopping: watch::Receiver<()>,
}

impl OpenConnection {
    /// Resolves when the gateway stops.
    pub async fn stopping(&mut self) {
        let _ = self.stopping.changed().await;
    }
}

async fn connection(stream: TcpStream, peer: Peer, app: Router, mut open: OpenConnection, head: Duration) {
    // Each record must arrive at once, so Nagle's algorithm is off.
    let _ = stream.set_nodelay(true);
    let mut watched = TimeoutStream::new(stream);
    watched.set_write_timeout(Some(UNREAD));
    let (seat, its) = (open.seat.clone(), open.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let (app, open) = (app.clone(), its.clone());
        async move {
            let seat = open.seat.clone();
            let mut request = request.map(|body| Body::new(RequestBody::new(body, seat.clone())));
            if let Some(uri) = with_one_slash(request.uri()) {
                *request.uri_mut() = uri;
            }
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(open);
            let answer = app.oneshot(request).await?;
            Ok::<_, std::convert::Infallible>(answer.map(|body| ResponseBody { body, seat }))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_headers(HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(Box::pin(watched)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = seat.lost() => return tracing::debug!(peer = %peer.0, "connection closed to make room for another"),
        () = open.stopping() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
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

/// A request body that updates its connection's state once it is complete.
struct RequestBody {
    body: Incoming,
    seat: Arc<ConnectionSlot>,
}

impl RequestBody {
    fn new(body: Incoming, seat: Arc<ConnectionSlot>) -> RequestBody {
        seat.set(if body.is_end_stream() { ConnectionState::Answering } else { ConnectionState::Receiving });
        RequestBody { body, seat }
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(None) = polled {
            self.seat.set(ConnectionState::Answering);
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
        self.seat.set(ConnectionState::Answering);
    }
}

/// A response body that marks its connection idle when it ends.
struct ResponseBody {
    body: Body,
    seat: Arc<ConnectionSlot>,
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

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.seat.set(ConnectionState::Idle);
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
