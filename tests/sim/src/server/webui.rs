//! Serves a folder as a master's `--webui_dir`: only `/`, `/app/*` and `/assets/*`, uncompressed, `.wasm` without a Content-Type.

use std::path::Path;

use super::http::{Request, Response};

pub(super) async fn answer(folder: &Path, request: &Request) -> Response {
    let path = match request.path.as_str() {
        "/" | "/master" | "/master/" => "index.html",
        other => other.trim_start_matches('/'),
    };
    let served = path == "index.html" || path.starts_with("app/") || path.starts_with("assets/");
    // Rejects escapes, which no file of ours has, and anything that leads out of the folder.
    let plain = path
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['%', '\\', '\0']));
    if !served || !plain {
        return Response::not_found();
    }
    match tokio::fs::read(folder.join(path)).await {
        Ok(body) => Response { content_type: content_type(path), body, file: true, ..Response::empty(200) },
        Err(_) => Response::not_found(),
    }
}

/// Content type by extension, as libprocess knows them; .wasm is not among them.
fn content_type(path: &str) -> Option<&'static str> {
    match path.rsplit('.').next()? {
        "html" => Some("text/html"),
        "css" => Some("text/css"),
        "js" => Some("application/javascript"),
        "json" => Some("application/json"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "ico" => Some("image/x-icon"),
        "txt" => Some("text/plain"),
        _ => None,
    }
}
