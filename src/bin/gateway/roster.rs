//! The master's GET_AGENTS, read for ids and addresses only; and from an address the URLs to try.
//! Sends nothing. What agents say of themselves is not trusted to be a host name until it was looked at.

use std::collections::HashMap;
use std::fmt;
use std::io::{BufReader, Read};
use std::net::SocketAddr;

use axum::http::Uri;
use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Visitor};

/// An answer larger than this, decompressed, is of no cluster that there is: 40,000 agents make some 60 MB.
const MAX_PLAIN: u64 = 1 << 30;
const MAX_AGENTS: usize = 500_000;

/// Agent id -> address, and nothing else.
pub type Roster = HashMap<Box<str>, Address>;

/// Where an agent says it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// `slave(1)@127.0.0.1:5051`; empty for an agent that has not come back to a new master yet.
    pub pid: Box<str>,
    pub hostname: Box<str>,
    pub port: u16,
}

impl Address {
    /// The pid's address first, since the agent itself bound it; then the name that it was given.
    pub fn urls(&self, scheme: &str) -> Vec<Uri> {
        let (process, bound) = self.pid.rsplit_once('@').unwrap_or(("", ""));
        let path = if is_process(process) { format!("/{process}/api/v1") } else { "/api/v1".to_owned() };
        let bound = bound.parse::<SocketAddr>().ok().filter(|at| at.port() != 0 && !at.ip().is_unspecified());
        let named =
            Some(format!("{}:{}", self.hostname, self.port)).filter(|_| is_host(&self.hostname) && self.port > 0);
        let mut urls: Vec<Uri> = Vec::new();
        for authority in bound.map(|at| at.to_string()).into_iter().chain(named) {
            let url = format!("{scheme}://{authority}{path}").parse();
            urls.extend(url.ok().filter(|url| !urls.contains(url)));
        }
        urls
    }
}

/// libprocess names an agent's process `slave(N)` (src/slave/slave.cpp).
fn is_process(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'(' | b')' | b'_' | b'-');
    !name.is_empty() && name.bytes().all(fits)
}

fn is_host(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() <= 253 && name.bytes().all(fits)
}

/// Reads the body as the master sent it. It is inflated as it is parsed, so the plain text is never there as a whole.
pub fn read(body: &Bytes, gzipped: bool) -> Result<Roster, serde_json::Error> {
    let plain: Box<dyn Read> =
        if gzipped { Box::new(flate2::read::MultiGzDecoder::new(&body[..])) } else { Box::new(&body[..]) };
    let reply: Reply = serde_json::from_reader(BufReader::with_capacity(64 * 1024, plain.take(MAX_PLAIN)))?;
    let known = reply.get_agents.agents.into_iter().map(|agent| agent.agent_info.with_pid(agent.pid));
    let recovered = reply.get_agents.recovered_agents.into_iter().map(|info| info.with_pid(Text::default()));
    // Those that are there come last: they win over what the master only remembers.
    Ok(recovered.chain(known).take(MAX_AGENTS).collect())
}

#[derive(serde::Deserialize)]
struct Reply {
    get_agents: Agents,
}

#[derive(serde::Deserialize)]
struct Agents {
    #[serde(default)]
    agents: Vec<Agent>,
    #[serde(default)]
    recovered_agents: Vec<Info>,
}

#[derive(serde::Deserialize)]
struct Agent {
    agent_info: Info,
    #[serde(default)]
    pid: Text,
}

#[derive(serde::Deserialize)]
struct Info {
    #[serde(default)]
    id: Id,
    #[serde(default)]
    hostname: Text,
    #[serde(default)]
    port: u16,
}

#[derive(Default, serde::Deserialize)]
struct Id {
    value: Text,
}

impl Info {
    fn with_pid(self, pid: Text) -> (Box<str>, Address) {
        (self.id.value.0, Address { pid: pid.0, hostname: self.hostname.0, port: self.port })
    }
}

/// A JSON string that may not be UTF-8, since Mesos passes on what it was given: one bad name must not hide all agents.
#[derive(Default)]
struct Text(Box<str>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
        from.deserialize_bytes(Lossy)
    }
}

struct Lossy;

impl Visitor<'_> for Lossy {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
        Ok(Text(String::from_utf8_lossy(bytes).into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn check_urls(pid: &str, hostname: &str, port: u16, expected: &[&str]) {
        let address = Address { pid: pid.into(), hostname: hostname.into(), port };
        let urls: Vec<_> = address.urls("http").iter().map(Uri::to_string).collect();
        assert_eq!(urls, expected, "{pid} {hostname} {port}");
    }

    #[test]
    fn where_an_agent_is_tried() {
        let pid = "slave(1)@127.0.0.1:5051";
        check_urls(pid, "a", 5051, &["http://127.0.0.1:5051/slave(1)/api/v1", "http://a:5051/slave(1)/api/v1"]);
        check_urls(pid, "127.0.0.1", 5051, &["http://127.0.0.1:5051/slave(1)/api/v1"]);
        check_urls("slave(2)@[::1]:1", "", 0, &["http://[::1]:1/slave(2)/api/v1"]);
        check_urls("", "a", 5051, &["http://a:5051/api/v1"]);
        check_urls("", "", 0, &[]);
    }

    #[test]
    fn nothing_strange_becomes_a_host() {
        for host in ["a/b", "a@b", "a:1", "a?b", "a#b", "a b", "a\nb", "ä", "[::1]"] {
            check_urls("", host, 80, &[]);
        }
        for pid in ["slave(1)@evil:80", "slave(1)@1.2.3.4", "slave(1)@1.2.3.4:80/x", "slave(1)@0.0.0.0:80", "@"] {
            check_urls(pid, "", 0, &[]);
        }
        check_urls("a/../b@1.2.3.4:80", "", 0, &["http://1.2.3.4:80/api/v1"]);
    }

    const REPLY: &[u8] = b"{\"type\":\"GET_AGENTS\",\"get_agents\":{\"agents\":[\
        {\"agent_info\":{\"hostname\":\"h\xff\",\"id\":{\"value\":\"S0\"},\"port\":5051,\"x\":[{\"y\":\"\xff\"}]},\
        \"pid\":\"slave(1)@127.0.0.1:5051\",\"active\":true}],\
        \"recovered_agents\":[{\"hostname\":\"r\",\"id\":{\"value\":\"S1\"},\"port\":5052}]}}";

    #[test]
    fn ids_and_addresses_plain_and_gzipped() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(REPLY).expect("a Vec takes all");
        let gzipped = Bytes::from(gzip.finish().expect("a Vec takes all"));
        for (body, zipped) in [(Bytes::from_static(REPLY), false), (gzipped, true)] {
            let roster = read(&body, zipped).expect("the reply is well formed");
            assert_eq!(roster.len(), 2);
            let address = Address { pid: "slave(1)@127.0.0.1:5051".into(), hostname: "h\u{fffd}".into(), port: 5051 };
            assert_eq!(roster.get("S0"), Some(&address));
            assert_eq!(roster.get("S1").map(|agent| &*agent.hostname), Some("r"));
        }
    }

    #[test]
    fn a_cut_reply_is_an_error() {
        for cut in 0..REPLY.len() {
            assert!(read(&Bytes::copy_from_slice(&REPLY[..cut]), false).is_err(), "{cut}");
        }
    }
}
