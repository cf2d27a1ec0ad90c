//! Middleware before routing: replaces what a trusted proxy changed by what the browser sent, as far as the proxy reports it.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::{Response, StatusCode, Uri};
use axum::middleware::Next;

use crate::forwarded::{Contradiction, ProxyUser};
use crate::request_id::{REQUEST_ID, RequestId};
use crate::state::{Peer, SharedState};
use crate::text_responses::plain;

/// An answer that the headers of a trusted proxy demand in place of that of a route. It is given further in, where requests are counted
/// and logged.
#[derive(Clone, Debug)]
enum EarlyAnswer {
    /// The headers contradict each other.
    Refuse(Contradiction),
    /// The page's address lacks its slash.
    RedirectTo(String),
}

/// Replaces the peer by the client, and takes off a path that the proxy has left.
pub async fn honour(State(app): State<SharedState>, mut request: Request, next: Next) -> Response<Body> {
    let Some(peer) = request.extensions().get::<Peer>().copied() else { return next.run(request).await };
    let forwarded = match app.trusted_proxies.read(peer.0.ip(), request.headers()) {
        Ok(Some(forwarded)) => forwarded,
        Ok(None) => return next.run(request).await,
        Err(why) => {
            request.extensions_mut().insert(EarlyAnswer::Refuse(why));
            return next.run(request).await;
        }
    };
    if let Some(prefix) = &forwarded.prefix {
        if request.uri().path() == prefix {
            let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
            request.extensions_mut().insert(EarlyAnswer::RedirectTo(format!("{prefix}/{query}")));
        } else if let Some(uri) = without(prefix, request.uri()) {
            *request.uri_mut() = uri;
        }
    }
    let id = request.headers().get(REQUEST_ID).and_then(RequestId::of_proxy);
    let extensions = request.extensions_mut();
    id.map(|id| extensions.insert(id));
    forwarded.client.map(|client| extensions.insert(Peer(SocketAddr::new(client, peer.0.port()))));
    forwarded.user.clone().map(|user| extensions.insert(ProxyUser(user)));
    extensions.insert(forwarded);
    next.run(request).await
}

/// Middleware around the routes: gives the answer that [`honour`] has decided on.
pub async fn answer(request: Request, next: Next) -> Response<Body> {
    match request.extensions().get::<EarlyAnswer>() {
        None => next.run(request).await,
        Some(EarlyAnswer::Refuse(why)) => {
            tracing::info!(%why, "refused");
            plain(StatusCode::BAD_REQUEST, why.to_string())
        }
        Some(EarlyAnswer::RedirectTo(location)) => {
            let mut answer = plain(StatusCode::TEMPORARY_REDIRECT, "The page's address ends in a slash.");
            answer.headers_mut().extend(HeaderValue::from_str(location).ok().map(|to| (LOCATION, to)));
            answer
        }
    }
}

/// Returns the URI without the prefix; `None` if it has none.
fn without(prefix: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(prefix)?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = rest.starts_with('/').then(|| rest.parse().ok())?;
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_taken_off_as_a_whole() {
        let uri: Uri = "/tools/api/v1?x=1".parse().expect("the case is a URI");
        assert_eq!(without("/tools", &uri).map(|uri| uri.to_string()).as_deref(), Some("/api/v1?x=1"));
        assert_eq!(without("/too", &uri), None);
    }
}
