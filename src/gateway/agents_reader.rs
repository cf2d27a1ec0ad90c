//! Parses the master's answer to GET_AGENTS for agent ids and addresses only. Decompresses, splits and discards the answer as it
//! arrives. Keeps neither the whole answer nor an agent's entry in memory for longer than needed.

use std::fmt;
use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use mesoscope_core::mesos::calls::Call;
use mesoscope_core::mesos::calls::cluster::GetAgents;
use mesoscope_core::mesos::wire;
use mesoscope_core::mesos::wire::json_splitter::{SnapshotList, Splitter};
use mesoscope_core::mesos::wire::skeleton::Skeleton;
use serde::de::{Deserialize, Deserializer, Visitor};

use crate::address::{Address, MAX_LENGTH};

/// Maximum decompressed bytes of an answer; 40,000 agents take about 161 MB.
const PLAIN: u64 = 1 << 30;
/// Maximum bytes of one agent's entry; 4 KB is usual. A larger entry is skipped, without effect on the others.
const AGENT: usize = 4 << 20;
/// Maximum bytes kept in total; one agent takes about 250.
const KEPT: usize = 64 << 20;
/// Overhead of an agent in bytes, besides its strings.
const OVERHEAD: usize = 160;

/// Agents of an answer by id. Registered agents come last, so they override recovered ones.
pub type AgentAddresses = Vec<(Box<str>, Address)>;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAgentsAnswer {
    #[error("it is no answer to GET_AGENTS")]
    NoAnswer,
    #[error("it breaks off")]
    CutOff,
    #[error("it has more than 1 GiB")]
    TooLong,
    #[error("it names more agents than a cluster has")]
    TooMany,
}

/// Parses the answer in chunks.
pub struct AgentsReader(Coding);

enum Coding {
    Plain(Box<Sink>),
    Gzip(Box<MultiGzDecoder<Sink>>),
}

impl AgentsReader {
    pub fn new(is_gzipped: bool) -> AgentsReader {
        let sink = Sink::default();
        AgentsReader(if is_gzipped {
            Coding::Gzip(Box::new(MultiGzDecoder::new(sink)))
        } else {
            Coding::Plain(Box::new(sink))
        })
    }

    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), BadAgentsAnswer> {
        match &mut self.0 {
            Coding::Plain(sink) => sink.take(bytes),
            // The sink's own error is more specific than the decoder's.
            Coding::Gzip(decoder) => decoder
                .write_all(bytes)
                .map_err(|_| decoder.get_ref().wrong.clone().unwrap_or(BadAgentsAnswer::NoAnswer)),
        }
    }

    pub fn finish(self) -> Result<AgentAddresses, BadAgentsAnswer> {
        match self.0 {
            Coding::Plain(sink) => sink.finish(),
            Coding::Gzip(decoder) => decoder.finish().map_err(|_| BadAgentsAnswer::CutOff)?.finish(),
        }
    }
}

/// Receives the decompressed JSON.
struct Sink {
    cutter: Splitter,
    taken: Taken,
    length: u64,
    wrong: Option<BadAgentsAnswer>,
}

impl Default for Sink {
    fn default() -> Sink {
        let cutter = Splitter::of_answer().leaving_out_over(AGENT);
        Sink { cutter, taken: Taken::default(), length: 0, wrong: None }
    }
}

impl Sink {
    fn take(&mut self, bytes: &[u8]) -> Result<(), BadAgentsAnswer> {
        self.length += bytes.len() as u64;
        if self.length > PLAIN {
            return Err(BadAgentsAnswer::TooLong);
        }
        let taken = &mut self.taken;
        let fed = self.cutter.feed(bytes, &mut |list: SnapshotList, json: &[u8]| taken.element(list, json));
        fed.map_err(|_| BadAgentsAnswer::NoAnswer)?;
        if self.taken.kept > KEPT { Err(BadAgentsAnswer::TooMany) } else { Ok(()) }
    }

    fn finish(self) -> Result<AgentAddresses, BadAgentsAnswer> {
        let rest = self.cutter.finish().map_err(|_| BadAgentsAnswer::CutOff)?;
        let rest = wire::decode_lossy::decode_lossy(&rest);
        if !Skeleton::decode(&rest).is_ok_and(|skeleton| skeleton.answers(GetAgents::TYPE).is_ok()) {
            return Err(BadAgentsAnswer::NoAnswer);
        }
        Ok(self.taken.recovered.into_iter().chain(self.taken.known).collect())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(bytes).map_err(|why| {
            self.wrong = Some(why);
            io::Error::from(io::ErrorKind::InvalidData)
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Taken {
    known: AgentAddresses,
    recovered: AgentAddresses,
    kept: usize,
}

impl Taken {
    /// Adds a list element. Skips an element that cannot be parsed, so that it hides no other agent.
    fn element(&mut self, list: SnapshotList, json: &[u8]) {
        let agent = match list {
            SnapshotList::Agents => {
                serde_json::from_slice::<Agent>(json).ok().map(|agent| agent.agent_info.with_pid(agent.pid))
            }
            SnapshotList::RecoveredAgents => {
                serde_json::from_slice::<Info>(json).ok().map(|info| info.with_pid(Text::default()))
            }
            SnapshotList::Tasks
            | SnapshotList::UnreachableTasks
            | SnapshotList::CompletedTasks
            | SnapshotList::OrphanTasks => None,
            SnapshotList::Executors | SnapshotList::OrphanExecutors => None,
            SnapshotList::Frameworks
            | SnapshotList::CompletedFrameworks
            | SnapshotList::RecoveredFrameworks
            | SnapshotList::Other => None,
        };
        let Some(agent) = agent.filter(|agent| self.has_room(agent)) else { return };
        if list == SnapshotList::Agents { self.known.push(agent) } else { self.recovered.push(agent) }
    }

    fn has_room(&mut self, (id, address): &(Box<str>, Address)) -> bool {
        let texts = [id, &address.pid, &address.hostname];
        self.kept += OVERHEAD + texts.iter().map(|text| text.len()).sum::<usize>();
        !id.is_empty() && texts.iter().all(|text| text.len() <= MAX_LENGTH) && self.kept <= KEPT
    }
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

/// A JSON string that may not be valid UTF-8, since Mesos forwards what it receives. One bad name must not hide all agents.
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
    use super::*;

    const REPLY: &[u8] = b"{\"type\":\"GET_AGENTS\",\"get_agents\":{\"agents\":[\
        {\"agent_info\":{\"hostname\":\"h\xff\",\"id\":{\"value\":\"S0\"},\"port\":5051,\"x\":[{\"y\":\"\xff\"}]},\
        \"pid\":\"slave(1)@127.0.0.1:5051\",\"active\":true}],\
        \"recovered_agents\":[{\"hostname\":\"r\",\"id\":{\"value\":\"S1\"},\"port\":5052}]}}";

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(plain).expect("a Vec takes all");
        gzip.finish().expect("a Vec takes all")
    }

    fn read(body: &[u8], is_gzipped: bool, piece: usize) -> Result<AgentAddresses, BadAgentsAnswer> {
        let mut reader = AgentsReader::new(is_gzipped);
        body.chunks(piece).try_for_each(|piece| reader.feed(piece))?;
        reader.finish()
    }

    fn ids(body: &[u8]) -> Result<Vec<String>, BadAgentsAnswer> {
        read(body, false, 1 << 16).map(|roster| roster.into_iter().map(|(id, _)| id.into_string()).collect())
    }

    fn reply(agents: &str) -> Vec<u8> {
        format!(r#"{{"type":"GET_AGENTS","get_agents":{{"agents":[{agents}]}}}}"#).into_bytes()
    }

    #[test]
    fn ids_and_addresses_plain_and_gzipped_in_pieces_of_any_size() {
        for (body, is_gzipped) in [(REPLY.to_vec(), false), (gzip(REPLY), true)] {
            for piece in 1..body.len() {
                let roster = read(&body, is_gzipped, piece).expect("the reply is well formed");
                let known = Address { pid: "slave(1)@127.0.0.1:5051".into(), hostname: "h\u{fffd}".into(), port: 5051 };
                let recovered = Address { hostname: "r".into(), port: 5052, ..Address::default() };
                assert_eq!(roster, [("S1".into(), recovered), ("S0".into(), known)]);
            }
        }
    }

    #[test]
    fn a_cut_reply_is_an_error() {
        let zipped = gzip(REPLY);
        for (body, is_gzipped) in [(REPLY, false), (&zipped[..], true)] {
            for cut in 0..body.len() {
                assert!(read(&body[..cut], is_gzipped, 64).is_err(), "{is_gzipped} {cut}");
            }
        }
    }

    #[test]
    fn other_answers_are_errors() {
        for body in [&b"[]"[..], b"<html>", b"{}", b"{\"type\":\"GET_STATE\",\"get_state\":{}}", b"\x1f\x8b\0"] {
            assert!(read(body, false, 64).is_err() && read(body, true, 64).is_err());
        }
        assert_eq!(read(&gzip(b"{}"), true, 64), Err(BadAgentsAnswer::NoAnswer));
    }

    #[test]
    fn an_agent_that_cannot_be_read_hides_no_other() {
        let agent = |id: &str| format!(r#"{{"agent_info":{{"id":{{"value":"{id}"}},"port":1}}}}"#);
        let odd = [r#"{"agent_info":{"id":{"value":"S1"},"port":-1}}"#, "{}", "7", r#"{"agent_info":[]}"#, &agent("")];
        let all = [&agent("S0"), &odd.join(","), &agent(&"x".repeat(MAX_LENGTH + 1)), &agent("S2")]
            .map(String::as_str)
            .join(",");
        assert_eq!(ids(&reply(&all)), Ok(vec!["S0".to_owned(), "S2".to_owned()]));
    }

    #[test]
    fn an_oversized_agent_is_skipped() {
        let agent = |id: &str, more: &str| format!(r#"{{"agent_info":{{"id":{{"value":"{id}"}},"x":"{more}"}}}}"#);
        let all = [agent("S0", ""), agent("S1", &"]}".repeat(AGENT)), agent("S2", "")].join(",");
        assert_eq!(ids(&reply(&all)), Ok(vec!["S0".to_owned(), "S2".to_owned()]));
    }

    #[test]
    fn memory_for_addresses_is_bounded() {
        let agent = format!(r#"{{"agent_info":{{"id":{{"value":"S"}},"hostname":"{}"}}}},"#, "h".repeat(200));
        let many = agent.repeat(KEPT / 300);
        assert_eq!(ids(&reply(many.trim_end_matches(','))), Err(BadAgentsAnswer::TooMany));
    }
}
