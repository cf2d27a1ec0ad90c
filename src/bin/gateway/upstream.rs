//! The client side: connections to masters and agents. Follows nothing, retries nothing, buffers no answer.

use std::path::Path;
use std::time::Duration;

use axum::http::{HeaderMap, Method, Request, Response, Uri};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tower::BoxError;
use tower::timeout::Timeout;
use tower::timeout::error::Elapsed;
use tower::util::BoxCloneSyncService;

use crate::tls::{self, TrustError};
use crate::words;

/// For the name, the connection and the TLS handshake together.
pub const CONNECT: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(30);
const PIECE: usize = 64 * 1024;

/// Boxed, as hyper wants the future of a connector to be movable.
type Connector = BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>;

#[derive(Clone, Debug)]
pub struct Upstream(legacy::Client<Connector, Full<Bytes>>);

/// One call, ready to be sent to whoever leads: its body is small and can be sent again.
#[derive(Clone, Debug)]
pub struct Ask {
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error("could not be reached: {0}")]
    Unreachable(String),
    #[error("broke off before it answered: {0}")]
    Broken(String),
}

impl Upstream {
    pub fn new(ca: Option<&Path>) -> Result<Upstream, TrustError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(IDLE));
        let https = HttpsConnectorBuilder::new().with_tls_config(tls::config(ca)?).https_or_http().enable_http1();
        let connector = Connector::new(Timeout::new(https.wrap_connector(tcp), CONNECT));
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .http1_max_buf_size(PIECE)
            .build(connector);
        Ok(Upstream(client))
    }

    /// Bounded while it connects only: some calls answer when a container ends.
    pub async fn post(&self, to: Uri, ask: &Ask) -> Result<Response<Incoming>, NoAnswer> {
        let mut request = Request::new(Full::new(ask.body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = to;
        *request.headers_mut() = ask.headers.clone();
        self.0.request(request).await.map_err(|error| NoAnswer::from(&error))
    }
}

impl From<&legacy::Error> for NoAnswer {
    fn from(error: &legacy::Error) -> NoAnswer {
        if !error.is_connect() {
            return NoAnswer::Broken(words::root(error));
        }
        if late(error) {
            return NoAnswer::Unreachable(format!("no connection within {} s", CONNECT.as_secs()));
        }
        NoAnswer::Unreachable(tls::cause(error).map_or_else(|| words::root(error), tls::why))
    }
}

fn late(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| error.is::<Elapsed>())
}
