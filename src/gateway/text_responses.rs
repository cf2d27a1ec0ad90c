//! Responses of the gateway itself: a status and plain text, like those of Mesos.

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode};

/// Header that reports the outcome of a call.
pub const OUTCOME: HeaderName = HeaderName::from_static(mesoscope_core::mesos::calls::OUTCOME_HEADER);

/// Header that names the master that answered.
pub const MASTER: HeaderName = HeaderName::from_static("x-mesoscope-master");

pub fn plain(status: StatusCode, words: impl Into<String>) -> Response<Body> {
    let mut words = words.into();
    words.push('\n');
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    // A call that this gateway refuses was not sent, unless the caller of this function overrides the header.
    if !status.is_success() {
        response
            .headers_mut()
            .insert(OUTCOME, HeaderValue::from_static(mesoscope_core::mesos::calls::OUTCOME_NOT_SENT));
    }
    response
}

/// Builds a refusal as an HTML page, for a browser that shows it as a page.
pub fn page(status: StatusCode, words: &str) -> Response<Body> {
    let escaped = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Mesoscope: {status}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head><body><main><h1>Mesoscope: {status}</h1>\
         <p>{escaped}</p></main></body></html>\n"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// Returns true if a browser shows the answer as a page.
pub fn is_page_load<B>(request: &Request<B>) -> bool {
    let text = |name: &HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let shows = match text(&HeaderName::from_static("sec-fetch-dest")) {
        Some(kind) => kind == "document",
        None => text(&ACCEPT).is_some_and(|accepted| accepted.contains("text/html")),
    };
    reads && shows
}

/// Maximum characters of external text that a message repeats.
const LONGEST: usize = 300;

/// Returns external text on one line, with nothing hidden. Control, bidirectional and zero-width characters become `\u{...}`; a
/// long text ends with `...`.
pub fn visible(text: &str) -> String {
    let shown = |c: char| if matches!(c, '\'' | '"' | '\\') { c.to_string() } else { c.escape_debug().to_string() };
    let mut visible: String = text.chars().take(LONGEST).map(shown).collect();
    if text.chars().nth(LONGEST).is_some() {
        visible.push_str("...");
    }
    visible
}

/// Returns the message of the innermost error. Libraries wrap "connection refused" in layers that do not help a reader.
pub fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let words = deepest.to_string();
    // "(os error 111)" does not help an operator.
    words.split(" (os error").next().unwrap_or(&words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_hidden_or_ends_a_line() {
        let check = |text: &str, expected: &str| assert_eq!(visible(text), expected);
        check("No leader 'm1' \\ \"x\" \u{e9}", "No leader 'm1' \\ \"x\" \u{e9}");
        check("a\r\n2026 ERROR\t\0", "a\\r\\n2026 ERROR\\t\\0");
        check("\u{1b}[31m\u{9b}\u{7f}", "\\u{1b}[31m\\u{9b}\\u{7f}");
        check("\u{202e}\u{200b}\u{2028}\u{feff}\u{2066}", "\\u{202e}\\u{200b}\\u{2028}\\u{feff}\\u{2066}");
        assert_eq!(visible(&"x".repeat(LONGEST + 1)), format!("{}...", "x".repeat(LONGEST)));
    }
}
