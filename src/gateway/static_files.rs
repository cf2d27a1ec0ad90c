//! Serves the page's files with their content encoding and cache headers. Reads no disk.

use std::io;
use std::ops::RangeInclusive;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    HeaderValue, IF_NONE_MATCH, LOCATION, VARY,
};
use axum::http::{Method, Request, Response, StatusCode};

use crate::encoding::{Accepted, Coding};
use crate::page::{File, INDEX, Page};
use crate::state::SharedState;
use crate::text_responses::plain;

const NO_PAGE: &str = "This executable was built without its page.\n\n\
    `cargo demo` in Mesoscope's sources builds the page, puts it in, and starts it.\n\
    The API is here all the same: POST /api/v1";

const NOTHING: &str = "There is nothing here: the page is at the root.\n\n\
    A proxy that serves it below a path of its own must take that path off before it asks here. In nginx that is the slash \
    at the end of `proxy_pass http://HOST:PORT/;` in `location /PATH/`.";

pub async fn serve(State(app): State<SharedState>, request: Request<Body>) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return only_read();
    }
    if let Some(location) = missing_slash(&request) {
        return redirect(location);
    }
    let page = match app.page.page().await {
        Ok(page) => page,
        Err(error) => return unreadable(&error),
    };
    let path = Some(request.uri().path().trim_start_matches('/')).filter(|path| !path.is_empty()).unwrap_or(INDEX);
    match page.file(path) {
        Some(file) => answer(&page, path, file, request.headers()).unwrap_or_else(|error| unreadable(&error)),
        None if path == INDEX => plain(StatusCode::SERVICE_UNAVAILABLE, NO_PAGE),
        None => plain(StatusCode::NOT_FOUND, NOTHING),
    }
}

/// Returns the redirect that adds a missing slash to the page's address behind a proxy's path. The page's relative links need that
/// slash. Only the proxy knows the path; some proxies send it in a header.
fn missing_slash(request: &Request<Body>) -> Option<HeaderValue> {
    let reported = |name| request.headers().get(HeaderName::from_static(name))?.to_str().ok();
    let asked = reported("x-forwarded-uri").or_else(|| reported("x-original-uri"))?;
    let (path, query) = asked.split_once('?').map_or((asked, ""), |(path, query)| (path, query));
    let last = path.rsplit('/').next().filter(|last| !last.is_empty() && !last.contains('.'))?;
    let is_page = request.uri().path().trim_start_matches('/').is_empty();
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    is_page.then(|| HeaderValue::from_str(&format!("./{last}/{query}")).ok())?
}

/// Redirects to a relative address, since only the proxy knows the browser's host and scheme.
fn redirect(location: HeaderValue) -> Response<Body> {
    let mut answer = plain(StatusCode::TEMPORARY_REDIRECT, "The page's address ends in a slash.");
    answer.headers_mut().insert(LOCATION, location);
    answer
}

fn only_read() -> Response<Body> {
    let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "The page is read with GET.");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

fn unreadable(error: &io::Error) -> Response<Body> {
    plain(StatusCode::INTERNAL_SERVER_ERROR, format!("The page cannot be read: {error}."))
}

fn answer(page: &Page, path: &str, file: &File, asked: &HeaderMap) -> io::Result<Response<Body>> {
    let coding = Accepted::of(asked).best(&file.codings());
    let tag = entity_tag(file, coding);
    let unchanged = asked.get(IF_NONE_MATCH).is_some_and(|held| names(held, &tag));
    let mut response = Response::new(if unchanged { Body::empty() } else { Body::from(file.body(coding)?) });
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep(path)));
    headers.insert(CONTENT_SECURITY_POLICY, page.policy.clone());
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.extend(HeaderValue::from_str(&tag).ok().map(|tag| (ETAG, tag)));
    if !unchanged {
        headers.insert(CONTENT_TYPE, content_type(path));
        headers.extend(coding.map(|coding| (CONTENT_ENCODING, HeaderValue::from_static(coding.name()))));
    }
    Ok(response)
}

/// Returns the ETag of a file in one encoding. Each encoding has different bytes, so it needs its own tag.
fn entity_tag(file: &File, coding: Option<Coding>) -> String {
    match coding {
        Some(coding) => format!("\"{}-{}\"", file.tag, coding.name()),
        None => format!("\"{}\"", file.tag),
    }
}

fn names(held: &HeaderValue, tag: &str) -> bool {
    let held = held.to_str().unwrap_or_default();
    held.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == tag)
}

/// Returns the `Cache-Control` value. A file with a hash in its name never changes; any other is revalidated, usually with a 304.
fn keep(path: &str) -> &'static str {
    if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// Number of hexadecimal digits of a hash in a file's name. Trunk prints 64 bits without leading zeros; each missing digit is 16
/// times rarer.
const HASH_DIGITS: RangeInclusive<usize> = 10..=16;

/// Returns true for names that Trunk hashes: `app-0123456789abcdef.js` and `app-0123456789abcdef_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('-').skip(1).any(|part| {
        let hash = part.bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).count();
        HASH_DIGITS.contains(&hash) && (part[hash..].starts_with('.') || part[hash..].starts_with("_bg."))
    })
}

/// Returns the content type of a file. Browsers compile wasm while it streams only with the type `application/wasm`.
fn content_type(path: &str) -> HeaderValue {
    let name = mime_guess::from_path(path).first_or_octet_stream();
    let text = name.type_() == "text" || name.essence_str() == "application/manifest+json";
    let named = if text { format!("{}; charset=utf-8", name.essence_str()) } else { name.essence_str().to_owned() };
    HeaderValue::from_str(&named).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_carry_a_hash() {
        for name in [
            "assets/app-0123456789abcdef.js",
            "app-0123456789abcdef_bg.wasm",
            "a-b-00000000deadbeef.css",
            "page-43e39ae61ccf045.css",
        ] {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["index.html", "assets/worker_bg.wasm", "a-deadbeef.js", "a-0123456789abcdef0.js", "a-x.js"] {
            assert!(!is_hashed(name), "{name}");
        }
        assert!(!is_hashed("a-0123456789abcdef/index.html"));
    }

    #[test]
    fn a_slash_is_added_where_a_proxy_tells_the_path() {
        let check = |path: &str, reported: &str, expected: Option<&str>| {
            let request =
                Request::get(path).header("x-forwarded-uri", reported).body(Body::empty()).expect("a request");
            let found = missing_slash(&request);
            assert_eq!(found.as_ref().and_then(|to| to.to_str().ok()), expected, "{path} {reported}");
        };
        check("/", "/mesoscope", Some("./mesoscope/"));
        check("/", "/a/mesoscope?x=1", Some("./mesoscope/?x=1"));
        check("/", "http:evil", Some("./http:evil/"));
        check("/", "/mesoscope/", None);
        check("//", "/mesoscope/", None);
        check("/", "/", None);
        check("/", "/mesoscope/index.html", None);
        check("/assets/a.js", "/mesoscope", None);
        assert_eq!(missing_slash(&Request::get("/").body(Body::empty()).expect("a request")), None);
    }

    #[test]
    fn content_types_follow_the_extension() {
        let check = |path, expected: &str| assert_eq!(content_type(path), expected, "{path}");
        check("a.wasm", "application/wasm");
        check("a.js", "text/javascript; charset=utf-8");
        check("index.html", "text/html; charset=utf-8");
        check("a.css", "text/css; charset=utf-8");
        check("a.svg", "image/svg+xml");
        check("a.woff2", "font/woff2");
        check("a", "application/octet-stream");
    }
}
