//! The headers that tell a browser what our answers may do. Does not decide who may ask.

use axum::body::Body;
use axum::http::header::{HeaderName, HeaderValue};
use axum::http::{HeaderMap, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const FIXED: [(&str, &str); 8] = [
    // What is before this gateway, and answers in its place, does not say so.
    (mesoscope_core::mesos::calls::GATEWAY_HEADER, "yes"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    // The page brings a policy of its own, every other answer has no business with scripts at all.
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
];

/// On every answer; what the answer itself says goes first.
pub async fn harden(mut response: Response<Body>) -> Response<Body> {
    add(response.headers_mut());
    response
}

fn add(headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}

/// The page's policy. Workers are held to the one that came with their script, so all files of the page carry it.
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

/// The text of each script element without a src: Trunk starts the page by one. A browser hashes it after it has made
/// every line end a LF (HTML, 13.2.3.5).
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
        // The example of the CSP specification.
        assert!(policy.contains("'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"), "{policy}");
    }
}
