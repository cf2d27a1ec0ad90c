//! The stock web UI of Mesos before the same cluster: its files from a folder, and the state of its master as JSONP.
//!
//! The state is written before anything is measured and sent without compression, which over loopback is the quickest way. A real
//! master writes and compresses it first.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::ground::{Ground, Outcome};

/// Bytes of the longest string of Chromium's V8. A longer state, which JSONP makes a script, takes gigabytes and ends its renderer.
const LONGEST_STRING: usize = (1 << 29) - 24;

/// A server of the stock UI. Ends when dropped.
pub struct Stock {
    port: u16,
    serving: JoinHandle<()>,
}

impl Stock {
    /// `folder` is `src/webui` of an Apache Mesos source release.
    pub async fn start(folder: &Path, ground: &Ground) -> Outcome<Stock> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (state, metrics) = ground.legacy(port);
        eprintln!("  stock UI: its state has {:.1} MB", state.len() as f64 / 1e6);
        if state.len() > LONGEST_STRING {
            return Err("the state is longer than a string of Chromium may be, so the page crashes".into());
        }
        let (state, metrics) = (Bytes::from(state), Bytes::from(metrics));
        let folder = folder.to_owned();
        let app = Router::new()
            .route("/master/state", get(async move |Query(query): Query<Callback>| jsonp(query, state)))
            .route("/metrics/snapshot", get(async move |Query(query): Query<Callback>| jsonp(query, metrics)))
            .fallback(async move |uri: Uri| file(folder, uri).await);
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Ok(Stock { port, serving })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Stock {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Deserialize)]
struct Callback {
    jsonp: String,
}

/// As libprocess answers: a call of the function that the query names.
fn jsonp(callback: Callback, json: Bytes) -> Response {
    let parts = [Bytes::from(format!("{}(", callback.jsonp)), json, Bytes::from_static(b");")];
    let body = Body::from_stream(stream::iter(parts.map(Ok::<_, std::io::Error>)));
    ([(CONTENT_TYPE, "text/javascript")], body).into_response()
}

async fn file(folder: PathBuf, uri: Uri) -> Response {
    let name = if uri.path() == "/" { "index.html" } else { uri.path().trim_start_matches('/') };
    match tokio::fs::read(folder.join(name)).await {
        Ok(bytes) => {
            let kind = mime_guess::from_path(name).first_or_octet_stream();
            ([(CONTENT_TYPE, kind.to_string())], bytes).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
