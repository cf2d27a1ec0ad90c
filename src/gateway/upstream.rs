//! HTTP client for masters and agents. Follows no redirects, repeats no request after it has started to send it, and buffers no answers.
//! Connects to an address that a peer named only if that address is allowed.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, Uri};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::connect::{HttpConnector, HttpInfo};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower::timeout::Timeout;
use tower::timeout::error::Elapsed;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Service};

use crate::access::{ExecPermit, PermittedCall};
use crate::loop_detection::GatewayId;
use crate::network::{AddressNotAllowed, AllowedAddresses, NetworkScope, ScreenedResolver};
use crate::text_responses;
use crate::tls;

/// Timeout for name resolution, connection and TLS handshake together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(30);
const PIECE: usize = 64 * 1024;

/// Boxed, because hyper requires the future of a connector to be `Unpin`.
type Connector = BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>;

type Client = legacy::Client<Connector, Body>;

/// Client for configured masters; their addresses are not checked.
#[derive(Clone, Debug)]
pub struct Upstream {
    client: Client,
    mark: GatewayId,
}

/// Client for agents and for leaders that a redirect names. Connects only to allowed addresses.
#[derive(Clone, Debug)]
pub struct ScreenedUpstream {
    upstream: Upstream,
    reach: AllowedAddresses,
}

/// A call that is ready to send. The body is small and in memory, so a retry is possible.
#[derive(Clone, Debug)]
pub struct UpstreamCall {
    pub headers: HeaderMap,
    pub call: PermittedCall,
}

#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    #[error("could not be reached: {0}")]
    Unreachable(String),
    #[error(transparent)]
    AddressNotAllowed(AddressNotAllowed),
    #[error("broke off before it answered: {0}")]
    Broken(String),
}

impl UpstreamError {
    /// Value of a label in metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            UpstreamError::Unreachable(_) => "unreachable",
            UpstreamError::AddressNotAllowed(_) => "not_allowed",
            UpstreamError::Broken(_) => "broken",
        }
    }
}

impl Upstream {
    pub fn new(tls: &ClientConfig, mark: GatewayId) -> Upstream {
        Upstream { client: client(tls, GaiResolver::new()), mark }
    }

    /// Sends a call. Only connecting has a timeout, since some calls answer when a container ends.
    pub async fn post(&self, to: Uri, ask: &UpstreamCall) -> Result<Response<Incoming>, UpstreamError> {
        self.send(to, ask.headers.clone(), Body::from(ask.call.body())).await
    }

    async fn send(&self, to: Uri, headers: HeaderMap, body: Body) -> Result<Response<Incoming>, UpstreamError> {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = to;
        *request.headers_mut() = headers;
        self.mark.put_on(request.headers_mut());
        self.client.request(request).await.map_err(|error| UpstreamError::from(&error))
    }
}

impl ScreenedUpstream {
    pub fn new(tls: &ClientConfig, mark: GatewayId, reach: AllowedAddresses) -> ScreenedUpstream {
        let client = client(tls, ScreenedResolver::new(reach.clone()));
        ScreenedUpstream { upstream: Upstream { client, mark }, reach }
    }

    pub async fn post(&self, to: Uri, ask: &UpstreamCall) -> Result<Response<Incoming>, UpstreamError> {
        // The resolver never sees a host that is an IP address.
        self.reach.check_url(&to).map_err(UpstreamError::AddressNotAllowed)?;
        self.upstream.post(to, ask).await
    }

    /// Streams the input of a terminal.
    pub async fn post_input(
        &self,
        to: Uri,
        headers: HeaderMap,
        records: Body,
        _: &ExecPermit,
    ) -> Result<Response<Incoming>, UpstreamError> {
        self.reach.check_url(&to).map_err(UpstreamError::AddressNotAllowed)?;
        self.upstream.send(to, headers, records).await
    }
}

fn client<R>(tls: &ClientConfig, resolver: R) -> Client
where
    R: Service<Name, Error: Into<BoxError>, Response: Iterator<Item = SocketAddr>, Future: Send>,
    R: Clone + Send + Sync + 'static,
{
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(IDLE));
    let https = HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_or_http().enable_http1();
    let connector = Connector::new(Timeout::new(https.wrap_connector(tcp), CONNECT_TIMEOUT));
    // It sends a request again only if no byte of it was written, because its connection was closed before
    // (hyper, src/proto/h1/dispatch.rs, `Client::recv_msg`). So a write is never sent twice.
    legacy::Client::builder(TokioExecutor::new())
        .retry_canceled_requests(true)
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http1_max_buf_size(PIECE)
        .build(connector)
}

/// Returns the network scope of the peer that answered.
pub fn answer_scope(answer: &Response<Incoming>) -> NetworkScope {
    let peer = answer.extensions().get::<HttpInfo>().map(HttpInfo::remote_addr);
    peer.map_or(NetworkScope::Elsewhere, |peer| NetworkScope::of(peer.ip()))
}

impl From<&legacy::Error> for UpstreamError {
    fn from(error: &legacy::Error) -> UpstreamError {
        if !error.is_connect() {
            return UpstreamError::Broken(text_responses::root_cause(error));
        }
        if late(error) {
            return UpstreamError::Unreachable(format!("no connection within {} s", CONNECT_TIMEOUT.as_secs()));
        }
        UpstreamError::Unreachable(tls::cause(error).map_or_else(|| text_responses::root_cause(error), tls::why))
    }
}

fn late(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| error.is::<Elapsed>())
}
