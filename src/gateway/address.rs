//! Addresses that agents report, and the URLs to try. A reported host name is validated before use. Resolves no names.

use std::net::SocketAddr;

use axum::http::Uri;

use crate::network::is_disguised_address;

/// Maximum bytes of a pid, a host name (RFC 1035) or an agent id.
pub const MAX_LENGTH: usize = 253;

/// An address that an agent reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// `slave(1)@127.0.0.1:5051`; empty for an agent that has not reregistered with a new master yet.
    pub pid: Box<str>,
    pub hostname: Box<str>,
    pub port: u16,
}

impl Address {
    /// Returns the URLs to try: first the pid's address, which the agent itself bound, then its host name.
    pub fn urls(&self, scheme: &str) -> Vec<Uri> {
        let (process, bound) = self.pid.rsplit_once('@').unwrap_or(("", ""));
        let path = if is_process(process) { format!("/{process}/api/v1") } else { "/api/v1".to_owned() };
        let bound = bound.parse::<SocketAddr>().ok().filter(|at| at.port() != 0 && !at.ip().is_unspecified());
        // A trailing dot would be a second spelling of the same host.
        let name = self.hostname.strip_suffix('.').unwrap_or(&self.hostname);
        let named = Some(format!("{name}:{}", self.port)).filter(|_| is_host(name) && self.port > 0);
        let mut urls: Vec<Uri> = Vec::new();
        for authority in bound.map(|at| at.to_string()).into_iter().chain(named) {
            let url = format!("{scheme}://{authority}{path}").parse();
            urls.extend(url.ok().filter(|url| !urls.contains(url)));
        }
        urls
    }
}

/// Returns true for the process name of an agent. libprocess names it `slave(N)` (src/slave/slave.cpp).
fn is_process(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'(' | b')' | b'_' | b'-');
    !name.is_empty() && name.bytes().all(fits)
}

fn is_host(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    !name.is_empty()
        && name.len() <= MAX_LENGTH
        && name.bytes().all(fits)
        && !name.ends_with('.')
        && !is_disguised_address(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_urls(pid: &str, hostname: &str, port: u16, expected: &[&str]) {
        let address = Address { pid: pid.into(), hostname: hostname.into(), port };
        let urls: Vec<_> = address.urls("http").iter().map(Uri::to_string).collect();
        assert_eq!(urls, expected, "{pid} {hostname} {port}");
    }

    #[test]
    fn an_agent_is_tried_at_its_pid_then_at_its_hostname() {
        let pid = "slave(1)@127.0.0.1:5051";
        check_urls(pid, "a", 5051, &["http://127.0.0.1:5051/slave(1)/api/v1", "http://a:5051/slave(1)/api/v1"]);
        check_urls(pid, "127.0.0.1", 5051, &["http://127.0.0.1:5051/slave(1)/api/v1"]);
        check_urls(pid, "127.0.0.1.", 5051, &["http://127.0.0.1:5051/slave(1)/api/v1"]);
        check_urls("slave(2)@[::1]:1", "", 0, &["http://[::1]:1/slave(2)/api/v1"]);
        check_urls("", "a", 5051, &["http://a:5051/api/v1"]);
        check_urls("", "a.example.", 5051, &["http://a.example:5051/api/v1"]);
        check_urls("", "", 0, &[]);
    }

    #[test]
    fn malformed_hosts_are_rejected() {
        for host in [
            "a/b",
            "a@b",
            "a:1",
            "a?b",
            "a#b",
            "a b",
            "a\nb",
            "ä",
            "[::1]",
            ".",
            "a..",
            "2130706433",
            "0x7f.1",
            "127.1",
        ] {
            check_urls("", host, 80, &[]);
        }
        for pid in ["slave(1)@evil:80", "slave(1)@1.2.3.4", "slave(1)@1.2.3.4:80/x", "slave(1)@0.0.0.0:80", "@"] {
            check_urls(pid, "", 0, &[]);
        }
        for pid in ["slave(1)@2130706433:80", "slave(1)@0x7f.1:80", "slave(1)@0177.0.0.1:80", "slave(1)@[::]:80"] {
            check_urls(pid, "", 0, &[]);
        }
        check_urls("a/../b@1.2.3.4:80", "", 0, &["http://1.2.3.4:80/api/v1"]);
    }
}
