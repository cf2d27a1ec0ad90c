//! Gives each request its id, and observes its answer to the end, for metrics and the access log. Changes no answer except that header.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::middleware::Next;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

use crate::access_log::AccessEntry;
use crate::metrics::{OpenAnswer, Route};
use crate::request_id::{REQUEST_ID, RequestId};
use crate::state::{Peer, SharedState};

/// Middleware around all others.
pub async fn observe(State(app): State<SharedState>, mut request: Request, next: Next) -> Response<Body> {
    let started = Instant::now();
    // A trusted proxy may have given it an id already.
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_else(RequestId::new);
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    let (route, method) = (Route::of(request.uri().path()), request.method().clone());
    let open = app.metrics.begin(route);
    let mut entry = app.logs.access.as_ref().map(|log| AccessEntry::new(log, &id, peer, &request));
    request.extensions_mut().insert(id.clone());
    let mut answer = next.run(request).await;
    answer.headers_mut().extend(id.value().map(|id| (REQUEST_ID, id)));
    app.metrics.answered(route, &method, answer.status(), started.elapsed().as_secs_f64());
    entry.iter_mut().for_each(|entry| entry.answered(answer.status().as_u16()));
    answer.map(|body| Body::new(ObservedBody { body, open, entry }))
}

/// A body whose bytes are counted. Its observation ends when it is dropped.
struct ObservedBody {
    body: Body,
    open: OpenAnswer,
    entry: Option<AccessEntry>,
}

impl HttpBody for ObservedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
            self.open.bytes.inc_by(bytes);
            self.entry.iter_mut().for_each(|entry| entry.bytes += bytes);
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
