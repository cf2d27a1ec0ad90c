//! Reads what a trusted proxy reports of a request: the client, the host and the scheme that it used, and the path of the page. Without
//! `--trusted-proxy`, no such header is read, since any client can send one. Checks no access.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{FORWARDED, HeaderMap, HeaderName};

use crate::network::Network;
use crate::text_responses;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
/// Header in which a proxy with a sign-on names the user. oauth2-proxy sets it, and deletes one that a client sends.
const FORWARDED_USER: HeaderName = HeaderName::from_static("x-forwarded-user");

/// The proxies that `--trusted-proxy` names.
#[derive(Debug)]
pub struct TrustedProxies(Vec<Network>);

/// A request as the trusted proxy got it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForwardedRequest {
    pub client: Option<IpAddr>,
    /// Value of the browser's Host header.
    pub host: Option<String>,
    /// `http` or `https`.
    pub scheme: Option<String>,
    /// Path of the page without a slash at its end; `None` for the root.
    pub prefix: Option<String>,
    /// The user whom the proxy has signed in.
    pub user: Option<String>,
}

/// The user whom a trusted proxy has signed in.
#[derive(Clone, Debug)]
pub struct ProxyUser(pub String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The headers Forwarded and X-Forwarded-{0} contradict each other. A proxy must delete the ones of these headers that it does not set."
)]
pub struct Contradiction(&'static str);

impl TrustedProxies {
    pub fn new(networks: Vec<Network>) -> TrustedProxies {
        TrustedProxies(networks)
    }

    fn contains(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(ip.to_canonical()))
    }

    /// Reads the headers of a request that came from `peer`. `None` if that is no trusted proxy.
    ///
    /// # Errors
    /// If the two kinds of headers differ: a client may have sent those that the proxy does not set.
    pub fn read(&self, peer: IpAddr, headers: &HeaderMap) -> Result<Option<ForwardedRequest>, Contradiction> {
        if !self.contains(peer) {
            return Ok(None);
        }
        let (mut standard, usual) = (self.standard(headers), self.usual(headers));
        for (name, one, other) in [
            ("For", standard.client.map(|ip| ip.to_string()), usual.client.map(|ip| ip.to_string())),
            ("Host", standard.host.clone(), usual.host.clone()),
            ("Proto", standard.scheme.clone(), usual.scheme.clone()),
        ] {
            if one.is_some() && other.is_some() && one != other {
                return Err(Contradiction(name));
            }
        }
        standard.client = standard.client.or(usual.client);
        standard.host = standard.host.or(usual.host);
        standard.scheme = standard.scheme.or(usual.scheme);
        Ok(Some(ForwardedRequest { prefix: prefix(headers), user: user(headers), ..standard }))
    }

    /// Reads `X-Forwarded-*`. Each proxy appends the peer that it saw to the list of clients.
    fn usual(&self, headers: &HeaderMap) -> ForwardedRequest {
        let clients = list(headers, &FORWARDED_FOR);
        let client = self.client(clients.iter().rev().map(|client| address(client)));
        let last = |name: &HeaderName| list(headers, name).pop().filter(|value| !value.is_empty());
        let scheme = last(&FORWARDED_PROTO).and_then(|scheme| known_scheme(&scheme));
        ForwardedRequest { client, host: last(&FORWARDED_HOST), scheme, ..ForwardedRequest::default() }
    }

    /// Reads `Forwarded` (RFC 7239). Each proxy appends an element.
    fn standard(&self, headers: &HeaderMap) -> ForwardedRequest {
        let elements: Vec<_> = list(headers, &FORWARDED).iter().map(|element| pairs(element)).collect();
        let client = self.client(elements.iter().rev().map(|element| address(value(element, "for")?)));
        let last = |name| value(elements.last()?, name).map(str::to_owned);
        let scheme = last("proto").and_then(|scheme| known_scheme(&scheme));
        ForwardedRequest { client, host: last("host"), scheme, ..ForwardedRequest::default() }
    }

    /// Returns the first client from the right that is no trusted proxy. What is left of it may be invented.
    fn client(&self, from_right: impl Iterator<Item = Option<IpAddr>>) -> Option<IpAddr> {
        let mut nearest = None;
        for client in from_right {
            nearest = Some(client?);
            if nearest.is_some_and(|client| !self.contains(client)) {
                break;
            }
        }
        nearest
    }
}

fn list(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    values.flat_map(|value| split(&value, ',')).map(|value| value.trim().to_owned()).collect()
}

/// Splits a value at a character outside of quotes.
fn split(value: &str, at: char) -> Vec<String> {
    let (mut parts, mut is_quoted) = (vec![String::new()], false);
    for c in value.chars() {
        is_quoted ^= c == '"';
        match parts.last_mut() {
            Some(part) if c != at || is_quoted => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// The parameters of an element of `Forwarded`, with names in lower case.
fn pairs(element: &str) -> Vec<(String, String)> {
    let pairs = split(element, ';').into_iter().filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned()))
    });
    pairs.collect()
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

/// Parses an address, which may have a port. Names such as `unknown` have none.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip()).ok();
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    plain.parse().ok().or_else(with_port).map(|ip: IpAddr| ip.to_canonical())
}

fn known_scheme(text: &str) -> Option<String> {
    let scheme = text.to_ascii_lowercase();
    matches!(&*scheme, "http" | "https").then_some(scheme)
}

fn prefix(headers: &HeaderMap) -> Option<String> {
    let prefix = headers.get(FORWARDED_PREFIX)?.to_str().ok()?.trim_end_matches('/');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
    let is_path = prefix.starts_with('/') && prefix.bytes().all(fits);
    let is_plain = prefix.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
    (is_path && is_plain).then(|| prefix.to_owned())
}

fn user(headers: &HeaderMap) -> Option<String> {
    let user = headers.get(FORWARDED_USER)?;
    Some(text_responses::visible(&String::from_utf8_lossy(user.as_bytes()))).filter(|user| !user.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(peer: &str, headers: &[(&'static str, &str)]) -> Result<Option<ForwardedRequest>, Contradiction> {
        let networks = ["10.0.0.0/8", "::1"].map(|text| text.parse().expect("the case is a network"));
        let header = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("the case is a value"))
        };
        let headers = headers.iter().map(header).collect::<Vec<_>>();
        let mut map = HeaderMap::new();
        headers.into_iter().for_each(|(name, value)| _ = map.append(name, value));
        TrustedProxies::new(networks.into()).read(peer.parse().expect("the case is an address"), &map)
    }

    fn check(headers: &[(&'static str, &str)], client: Option<&str>, host: Option<&str>, scheme: Option<&str>) {
        let found = read("10.0.0.1", headers).expect("nothing contradicts").expect("the proxy is trusted");
        assert_eq!(found.client, client.map(|ip| ip.parse().expect("the case is an address")), "{headers:?}");
        assert_eq!((found.host.as_deref(), found.scheme.as_deref()), (host, scheme), "{headers:?}");
    }

    #[test]
    fn the_nearest_proxys_values_count() {
        check(&[], None, None, None);
        let usual = [
            ("x-forwarded-for", "6.6.6.6, 192.0.2.1"),
            ("x-forwarded-host", "evil.example, console.example:8443"),
            ("x-forwarded-proto", "https"),
        ];
        check(&usual, Some("192.0.2.1"), Some("console.example:8443"), Some("https"));
        let standard = "for=6.6.6.6;host=evil, For=\"[2001:db8::7]:47011\";Host=\"a.example\"; proto=HTTPS";
        check(&[("forwarded", standard)], Some("2001:db8::7"), Some("a.example"), Some("https"));
        let lines = [("forwarded", "for=1.2.3.4;proto=http"), ("forwarded", "for=192.0.2.9:80;proto=ftp")];
        check(&lines, Some("192.0.2.9"), None, None);
        check(&[("forwarded", "for=\"_hidden,;\";host=b")], None, Some("b"), None);
    }

    #[test]
    fn the_client_is_the_first_from_the_right_that_is_no_trusted_proxy() {
        for (clients, client) in [
            ("6.6.6.6, 192.0.2.1, 10.9.9.9", Some("192.0.2.1")),
            ("10.1.1.1", Some("10.1.1.1")),
            ("10.1.1.1, ::1", Some("10.1.1.1")),
            ("unknown, 10.1.1.1", None),
            ("192.0.2.1:1234", Some("192.0.2.1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
        ] {
            check(&[("x-forwarded-for", clients)], client, None, None);
        }
    }

    #[test]
    fn headers_of_others_are_not_read() {
        let headers = [("x-forwarded-host", "a"), ("x-forwarded-for", "1.2.3.4"), ("x-forwarded-prefix", "/a")];
        for peer in ["192.0.2.1", "127.0.0.1", "::2"] {
            assert_eq!(read(peer, &headers), Ok(None), "{peer}");
        }
        assert!(read("::ffff:10.0.0.1", &headers).is_ok_and(|found| found.is_some()));
    }

    /// nginx passes on a client's `Forwarded` unless its configuration deletes it.
    #[test]
    fn headers_that_contradict_each_other_are_refused() {
        let with = |standard| read("10.0.0.1", &[("x-forwarded-host", "a.example"), ("forwarded", standard)]);
        assert_eq!(with("host=evil.example"), Err(Contradiction("Host")));
        assert!(with("host=a.example").is_ok() && with("proto=https").is_ok());
    }

    #[test]
    fn a_prefix_is_a_plain_path() {
        let prefix = |text: &str| {
            let found = read("10.0.0.1", &[("x-forwarded-prefix", text)]).expect("nothing contradicts");
            found.and_then(|found| found.prefix)
        };
        assert_eq!(prefix("/tools/mesoscope/").as_deref(), Some("/tools/mesoscope"));
        for bad in ["", "/", "tools", "//evil.example", "/a/../b", "/a//b", "/a?b", "/a b", "http://a", "/a\\b"] {
            assert_eq!(prefix(bad), None, "{bad}");
        }
    }
}
