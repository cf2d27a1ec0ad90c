//! Checks the host and origin of requests. Mesos has no protection against cross-site requests (CSRF), so the gateway provides it.
//! Does not authenticate users; the master does.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{Method, Request, StatusCode};

use crate::forwarded::ForwardedRequest;
use crate::secrets::SafeText;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The host names that this gateway answers to, in lower case.
#[derive(Debug)]
pub struct Guard {
    hosts: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the request names no host")]
    NoHost,
    #[error("the request has more than one Host header")]
    TwoHosts,
    #[error(
        "this gateway does not answer to the name '{0}'; if it should, start it with --host {0}; if a proxy changed the name, see that it passes on the browser's Host header"
    )]
    Host(String),
    #[error(
        "requests that another site makes are refused (Origin: {0}, Host: {1}); if that is this gateway's own page, a \
         proxy between changes the Host header: let it pass that on (nginx: `proxy_set_header Host $http_host;`), or \
         start this gateway with --host and the host name of the Origin"
    )]
    Origin(String, String),
    #[error("requests that another site makes are refused (Sec-Fetch-Site: {0})")]
    Site(String),
}

impl Refusal {
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::NoHost | Refusal::TwoHosts => StatusCode::BAD_REQUEST,
            Refusal::Host(_) => StatusCode::MISDIRECTED_REQUEST,
            Refusal::Origin(..) | Refusal::Site(_) => StatusCode::FORBIDDEN,
        }
    }
}

impl Guard {
    pub fn new(hosts: Vec<String>) -> Guard {
        Guard { hosts }
    }

    pub fn check(&self, request: &Request<Body>) -> Result<(), Refusal> {
        let forwarded = request.extensions().get::<ForwardedRequest>();
        let host = self.host(request, forwarded.and_then(|forwarded| forwarded.host.as_deref()))?;
        self.own_origin(request.headers(), &host, forwarded)?;
        own_site(request)
    }

    /// Returns the request's authority if this gateway answers to it. Names must be listed because of DNS rebinding: any site can
    /// make its own name point to this address. An IP address cannot be rebound. The request's own authority takes precedence over
    /// `Host` (RFC 9112, 3.2.2), and the one that a trusted proxy reports over both.
    fn host(&self, request: &Request<Body>, forwarded: Option<&str>) -> Result<Authority, Refusal> {
        if request.headers().get_all(HOST).iter().count() > 1 {
            return Err(Refusal::TwoHosts);
        }
        let named = text(request.headers(), &HOST).map(str::to_owned);
        let own = || request.uri().authority().map(|own| own.as_str().to_owned());
        let host = forwarded.map(str::to_owned).or_else(own).or(named).ok_or(Refusal::NoHost)?;
        let authority = host.parse::<Authority>().map_err(|_| Refusal::Host(printable(&host)))?;
        if authority.as_str().contains('@') || !self.answers_to(authority.host()) {
            return Err(Refusal::Host(printable(authority.host())));
        }
        Ok(authority)
    }

    fn answers_to(&self, host: &str) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let host = host.to_ascii_lowercase();
        host.trim_end_matches('.') == "localhost" || address.parse::<IpAddr>().is_ok() || self.is_listed(&host)
    }

    /// Returns true if the operator configured this host name.
    fn is_listed(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        self.hosts.iter().any(|own| own == host)
    }

    /// Checks that the page came from the request's host. A configured one will do too, on any port, since a proxy may replace the
    /// `Host` header; but not if a trusted proxy reports the host. The scheme is compared only if a trusted proxy reports it: behind a
    /// proxy that terminates TLS, the browser uses https and this gateway http.
    fn own_origin(
        &self,
        headers: &HeaderMap,
        host: &Authority,
        forwarded: Option<&ForwardedRequest>,
    ) -> Result<(), Refusal> {
        let is_reported = forwarded.is_some_and(|forwarded| forwarded.host.is_some());
        let browsers = forwarded.and_then(|forwarded| forwarded.scheme.as_deref());
        for origin in headers.get_all(ORIGIN) {
            let origin = String::from_utf8_lossy(origin.as_bytes()).into_owned();
            let refused = || Refusal::Origin(printable(&origin), printable(host.as_str()));
            let (scheme, from) = origin.split_once("://").ok_or_else(refused)?;
            let from = from.parse::<Authority>().map_err(|_| refused())?;
            let usual = match scheme {
                "http" => 80,
                "https" => 443,
                _ => return Err(refused()),
            };
            let same_port = from.port_u16().unwrap_or(usual) == host.port_u16().unwrap_or(usual);
            if browsers.is_some_and(|browsers| browsers != scheme) {
                return Err(refused());
            }
            let is_hosts = same_port && from.host().eq_ignore_ascii_case(host.host());
            let is_other_name = !is_reported && self.is_listed(from.host());
            if !is_hosts && !is_other_name {
                return Err(refused());
            }
        }
        Ok(())
    }
}

/// Checks `Sec-Fetch-Site`. Another site may link to the page, but may not fetch or post.
fn own_site(request: &Request<Body>) -> Result<(), Refusal> {
    let Some(site) = request.headers().get(FETCH_SITE) else { return Ok(()) };
    let read = matches!(*request.method(), Method::GET | Method::HEAD);
    let visit = read && text(request.headers(), &FETCH_MODE) == Some("navigate");
    match site.as_bytes() {
        b"same-origin" | b"none" => Ok(()),
        _ if visit => Ok(()),
        other => Err(Refusal::Site(printable(&String::from_utf8_lossy(other)))),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn printable(text: &str) -> String {
    SafeText::of(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], expected: Result<(), &str>) {
        let mut request = Request::post("/api/v1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let guard = Guard::new(vec!["console.example".into()]);
        let found = guard.check(&request.body(Body::empty()).expect("the case is a request"));
        let found = found.map_err(|refusal| refusal.to_string());
        match expected {
            Ok(()) => assert_eq!(found, Ok(()), "{headers:?}"),
            Err(part) => assert!(found.as_ref().is_err_and(|words| words.contains(part)), "{headers:?} {found:?}"),
        }
    }

    #[test]
    fn hosts() {
        for own in ["localhost", "LocalHost.:5080", "127.0.0.1:5080", "[::1]:5080", "10.0.0.7", "Console.Example:80"] {
            check(&[("host", own)], Ok(()));
        }
        for other in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "u@localhost", ""] {
            check(&[("host", other)], Err("does not answer to the name"));
        }
        check(&[], Err("no host"));
        for second in ["localhost", "evil.example"] {
            check(&[("host", "localhost"), ("host", second)], Err("more than one Host"));
        }
    }

    /// The Host header is the proxy's own. The browser's host is the reported one, so no other port is this gateway's.
    #[test]
    fn origins_behind_a_trusted_proxy() {
        let check = |reported: Option<&str>, origin: &str, is_own: bool| {
            let forwarded = ForwardedRequest { host: reported.map(str::to_owned), ..ForwardedRequest::default() };
            let request = Request::post("/api/v1").header("host", "127.0.0.1:5080").header("origin", origin);
            let request = request.extension(forwarded).body(Body::empty()).expect("the case is a request");
            let found = Guard::new(vec!["console.example".into(), "other.example".into()]).check(&request);
            assert_eq!(found.is_ok(), is_own, "{reported:?} {origin}");
        };
        let reported = Some("console.example");
        check(reported, "https://console.example", true);
        check(reported, "http://Console.Example:80", true);
        check(reported, "https://console.example:8443", false);
        check(reported, "https://other.example", false);
        check(Some("console.example:8443"), "https://console.example:8443", true);
        check(Some("console.example:8443"), "https://console.example", false);
        check(None, "https://console.example:8443", true);
        check(None, "https://evil.example", false);
    }

    #[test]
    fn origins() {
        let from = |host, origin| [("host", host), ("origin", origin)];
        check(&from("localhost:5080", "http://localhost:5080"), Ok(()));
        check(&from("console.example", "https://console.example"), Ok(()));
        check(&from("console.example", "https://console.example:443"), Ok(()));
        check(&from("localhost:5080", "http://localhost:5081"), Err("Origin"));
        check(&from("localhost:5080", "http://127.0.0.1:5080"), Err("Origin"));
        check(&from("localhost:5080", "null"), Err("Origin"));
        check(&from("127.0.0.1:5080", "https://Console.Example"), Ok(()));
        check(&from("127.0.0.1:5080", "https://console.example.evil"), Err("proxy_set_header Host"));
        check(&from("127.0.0.1:5080", "ftp://console.example"), Err("Origin"));
        check(&from("localhost:5080", "ftp://localhost:5080"), Err("Origin"));
    }

    #[test]
    fn sites() {
        let from = |site| [("host", "localhost"), ("sec-fetch-site", site)];
        check(&from("same-origin"), Ok(()));
        check(&from("none"), Ok(()));
        check(&from("same-site"), Err("Sec-Fetch-Site"));
        check(&from("cross-site"), Err("Sec-Fetch-Site"));
        let visit = [("host", "localhost"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        check(&visit, Err("Sec-Fetch-Site"));
    }
}
