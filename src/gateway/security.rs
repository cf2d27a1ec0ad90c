//! Adds the headers that restrict what a browser may do with a response. Does not check requests.

use axum::body::Body;
use axum::http::header::{HeaderName, HeaderValue};
use axum::http::{HeaderMap, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const FIXED: [(&str, &str); 8] = [
    // A proxy that answers in this gateway's place does not send this header.
    (mesoscope_core::mesos::calls::GATEWAY_HEADER, "yes"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    // The page has its own policy; no other response needs scripts.
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
];

/// Adds the headers to a response. The response's own headers take precedence.
pub async fn harden(mut response: Response<Body>) -> Response<Body> {
    add(response.headers_mut());
    response
}

fn add(headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}

/// Returns the page's Content-Security-Policy. A worker obeys the policy of its script's response, so every file of the page
/// carries it.
pub fn page_policy(index: &str) -> String {
    let mut scripts = String::from("script-src 'self' 'wasm-unsafe-eval'");
    for script in inline_scripts(index) {
        scripts.push_str(&format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script))));
    }
    format!(
        "default-src 'self'; {scripts}; style-src 'self'; img-src 'self' data:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Returns the text of each script element without a `src`; Trunk starts the page with one. Browsers convert line ends to LF before
/// they hash it (HTML, 13.2.3.5).
fn inline_scripts(html: &str) -> Vec<String> {
    let html = html.replace("\r\n", "\n").replace('\r', "\n");
    let lower = html.to_ascii_lowercase();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some((attributes, text, end)) = next_script(&html, &lower, at) {
        if !attributes.contains("src=") && !text.is_empty() {
            found.push(text.to_owned());
        }
        at = end;
    }
    found
}

fn next_script<'a>(html: &'a str, lower: &'a str, from: usize) -> Option<(&'a str, &'a str, usize)> {
    let tag = from + lower.get(from..)?.find("<script")?;
    let text = tag + lower.get(tag..)?.find('>')? + 1;
    let end = text + lower.get(text..)?.find("</script")?;
    Some((lower.get(tag..text)?, html.get(text..end)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &[&str]) {
        assert_eq!(inline_scripts(html), expected, "{html}");
    }

    #[test]
    fn scripts_that_need_a_hash() {
        check("", &[]);
        check("<p>no script</p>", &[]);
        check("<script type=\"module\">\nimport 'x';\r\n</script>", &["\nimport 'x';\n"]);
        check("<SCRIPT src=\"a.js\"></SCRIPT><script>b</script>", &["b"]);
        check("<script>a</script><script>c", &["a"]);
    }

    #[test]
    fn the_hash_of_an_inline_script_is_correct() {
        let policy = page_policy("<script>alert('Hello, world.');</script>");
        // Example from the CSP specification.
        assert!(policy.contains("'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"), "{policy}");
    }
}
