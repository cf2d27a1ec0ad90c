//! Connections: how many, how long they may idle, and their end. Knows nothing of what is asked over them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::app::Peer;
use crate::stall::Stalling;

/// More wait in the kernel's queue until one of these ends.
const CONNECTIONS: usize = 512;
/// For a request's head, and between two requests.
const HEAD_WAIT: Duration = Duration::from_secs(30);
const HEADERS: usize = 64;
const BUFFER: usize = 64 * 1024;
/// For answers on their way when we are told to stop; a stream would never end by itself.
const FAREWELL: Duration = Duration::from_secs(1);

/// Returns once the process was told to stop, and its connections are closed.
pub async fn serve(listener: TcpListener, app: Router, stop: Stop) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop.told());
    loop {
        let next = tokio::select! {
            () = &mut stop => break,
            next = accepted(&listener, &permits) => next,
        };
        match next {
            Ok((stream, peer, permit)) => {
                tokio::spawn(connection(stream, Peer(peer), app.clone(), graceful.watcher(), permit));
            }
            Err(error) => {
                // Out of file descriptors, say: some will be free again.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}

async fn accepted(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = permits.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, permit))
}

async fn connection(stream: TcpStream, peer: Peer, app: Router, watcher: Watcher, _permit: OwnedSemaphorePermit) {
    // A record is flushed to be seen, not to wait for the next one.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        app.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_headers(HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(Stalling::new(stream)), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(peer = %peer.0, error = crate::words::root(&error), "connection ended");
    }
}

/// SIGINT and SIGTERM, heard from when this was made: a signal that comes between the first word and the first
/// connection must not kill.
pub struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Stop {
    #[cfg(unix)]
    pub fn listen() -> io::Result<Stop> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Stop { signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?] })
    }

    #[cfg(unix)]
    async fn told(mut self) {
        let [interrupted, terminated] = &mut self.signals;
        tokio::select! { _ = interrupted.recv() => (), _ = terminated.recv() => () }
    }

    #[cfg(not(unix))]
    pub fn listen() -> io::Result<Stop> {
        Ok(Stop {})
    }

    #[cfg(not(unix))]
    async fn told(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
