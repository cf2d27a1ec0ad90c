//! A folder, as a master serves its `--webui_dir`: `/`, `/app/*` and `/assets/*` only, uncompressed, `.wasm` without a Content-Type.

use std::path::Path;

use super::http::{Request, Response};

pub(super) async fn answer(folder: &Path, request: &Request) -> Response {
    let path = match request.path.as_str() {
        "/" | "/master" | "/master/" => "index.html",
        other => other.trim_start_matches('/'),
    };
    let served = path == "index.html" || path.starts_with("app/") || path.starts_with("assets/");
    // A name with an escape in it is no name of ours, and nothing may lead out of the folder.
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

/// libprocess knows types by extension, and .wasm is not among them.
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
