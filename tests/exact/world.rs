//! A simulated cluster, an engine that copies it, a page that watches, and the network between them, on one virtual clock.
//! Decides nothing that happens to the cluster; `chaos` does.

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::ReadFailure;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{AnswerSource, FailedRead, Input, Output};
use mesoscope_core::engine::message::{FromEngine, ToEngine, ViewId};
use mesoscope_core::engine::poller::ReadId;
use mesoscope_core::mesos::calls::answer::CallError;
use mesoscope_core::mesos::calls::{Target, refusal};
use mesoscope_core::mesos::wire::encoded::WireEncoding;
use mesoscope_core::views::agent::AgentQuery;
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_tests::shared::{reported, same};
use sim::answer::reply::Body;
use sim::cluster::Sim;
use sim::rng::Rng;
use sim::size::Size;

use super::network::{Pipe, Read};

pub const SECOND: i64 = 1_000_000_000;
const FOUND: i64 = 1_795_306_100 * SECOND;
const HEARTBEAT: &[u8] = b"{\"type\":\"HEARTBEAT\"}";
/// Names of the messages of the simulated master.
const EVENT: &str = "master.Event";
const RESPONSE: &str = "master.Response";
const TAB: Client = Client(1);
/// So long after the last change every part has been read again, however the reads are paced.
const SETTLED: i64 = 60 * SECOND;
/// By then the last task has ended of an agent that drains, which goes on in a cluster that does not change otherwise.
const OBEYED: i64 = 21 * SECOND;

#[derive(Debug)]
pub struct World {
    pub sim: Sim,
    pub engine: Engine,
    pub rng: Rng,
    pub now: i64,
    /// The network and the master misbehave.
    pub rough: bool,
    pipe: Option<Pipe>,
    /// Encoding of the stream that is open, or that was requested last.
    encoding: WireEncoding,
    opens_at: Option<i64>,
    reads: Vec<Read>,
    drawn: Vec<ViewId>,
    /// Bytes that the engine was given.
    pub fed: u64,
    /// How often a stream was opened.
    pub opened: u32,
    /// How many of them were in protobuf.
    pub opened_in_protobuf: u32,
}

impl World {
    /// A cluster that nobody watches yet, by an engine that prefers that encoding.
    pub fn new(seed: u64, size: Size, encoding: WireEncoding) -> World {
        let mut engine = Engine::new("test", seed);
        engine.prefer(encoding);
        World {
            sim: Sim::at(seed, size, FOUND),
            engine,
            rng: Rng::new(seed),
            now: FOUND,
            rough: false,
            pipe: None,
            encoding,
            opens_at: None,
            reads: Vec::new(),
            drawn: Vec::new(),
            fed: 0,
            opened: 0,
            opened_in_protobuf: 0,
        }
    }

    /// The page opens.
    pub fn watch(&mut self) {
        self.say(ToEngine::Hello { build: "test".into(), base: "http://here/".into() });
        self.say(ToEngine::Watch(ViewId(1), OverviewQuery.into()));
        self.say(ToEngine::Watch(ViewId(2), AgentQuery("any".into()).into()));
    }

    pub fn say(&mut self, message: ToEngine) {
        self.give(Input::FromPage(TAB, message));
    }

    /// Time goes on, and with it the cluster, the network and the engine.
    pub fn step(&mut self, nanos: i64) {
        self.now += nanos;
        self.sim.advance(self.now);
        self.collect();
        self.open();
        self.deliver();
        self.read();
        for view in std::mem::take(&mut self.drawn) {
            self.say(ToEngine::Rendered(view));
        }
        let now = Timestamp(self.now);
        if self.engine.wake_at(now).is_some_and(|due| due <= now) {
            self.give(Input::Tick);
        }
    }

    /// Nothing happens any more but what the engine does to be exact, and that the page asks for what no view of it shows.
    pub fn settle(&mut self) -> Result<(), String> {
        self.rough = false;
        self.sim.set_rate(0.0);
        self.pipe.iter_mut().for_each(|pipe| pipe.mute_until = 0);
        let started = self.now;
        let mut live_since = None;
        while live_since.is_none_or(|since| self.now < since + SETTLED) {
            let step = self.rng.between(SECOND / 5, 2 * SECOND);
            self.step(step);
            if !self.is_live() || self.now < started + OBEYED {
                live_since = None;
            } else if live_since.is_none() {
                live_since = Some(self.now);
                self.say(ToEngine::Reread(vec![Topic::Roles, Topic::Weights, Topic::Schedule, Topic::Operations]));
            }
            if self.now > started + 300 * SECOND {
                return Err("no stream is live within 300 s".to_owned());
            }
        }
        Ok(())
    }

    /// The copy against the cluster.
    pub fn compare(&mut self) -> Result<(), String> {
        same::report(same::differences(self.engine.shown(), &self.sim.state()["get_state"])?)?;
        let counts = self.engine.shown().differences();
        if !counts.is_empty() {
            return Err(format!("the metrics count otherwise: {counts:?}"));
        }
        let sim = &mut self.sim;
        let ask = |call: &str| {
            let answer = sim.answer(sim::answer::reply::Target::Master, format!("{{\"type\":\"{call}\"}}").as_bytes());
            String::from_utf8(answer.body.into_bytes()).expect("the simulator writes UTF-8")
        };
        reported::check(self.engine.shown(), ask)
    }

    pub fn is_live(&self) -> bool {
        self.pipe.is_some() && !self.engine.shown().arriving()
    }

    /// The connection of the stream is gone, after some more of its bytes.
    pub fn drop_stream(&mut self, cause: DisconnectReason) {
        self.deliver();
        if self.pipe.take().is_some() {
            self.give(Input::StreamEnded(cause));
        }
    }

    /// Bytes that are none of the master's, wherever its own were interrupted.
    pub fn interfere(&mut self, bytes: &[u8]) {
        if self.pipe.is_some() {
            self.feed(bytes);
        }
    }

    /// Nothing comes of the stream for so long.
    pub fn mute(&mut self, nanos: i64) {
        let until = self.now + nanos;
        self.pipe.iter_mut().for_each(|pipe| pipe.mute_until = until);
    }

    /// What the cluster has to tell goes onto the stream, or is heard by nobody.
    fn collect(&mut self) {
        while let Some(record) = self.sim.next_record() {
            let Some(pipe) = &mut self.pipe else { continue };
            let sent = in_encoding(self.encoding, EVENT, &record);
            pipe.put(&sent);
            if self.rough && self.rng.one_in(40) && may_repeat(&record) {
                pipe.put(&sent);
            }
        }
        if let Some(pipe) = self.pipe.as_mut().filter(|pipe| pipe.heartbeat_at <= self.now) {
            pipe.put(&in_encoding(self.encoding, EVENT, HEARTBEAT));
            pipe.heartbeat_at = self.now + 15 * SECOND;
        }
    }

    fn open(&mut self) {
        if self.opens_at.is_none_or(|at| at > self.now) {
            return;
        }
        self.opens_at = None;
        let words = "Master has not finished recovery".to_owned();
        match if self.rough { self.rng.size(0, 15) } else { 2 } {
            0 => return self.give(Input::StreamEnded(DisconnectReason::Refused { status: 503, words })),
            1 => return self.give(Input::StreamEnded(DisconnectReason::NoConnection)),
            _ => {}
        }
        let mut pipe = Pipe::default();
        pipe.heartbeat_at = self.now + 15 * SECOND;
        pipe.put(&in_encoding(self.encoding, EVENT, &Body::Pieces(self.sim.snapshot()).into_bytes()));
        pipe.put(&in_encoding(self.encoding, EVENT, HEARTBEAT));
        self.pipe = Some(pipe);
        self.opened += 1;
        if self.encoding == WireEncoding::Protobuf {
            self.opened_in_protobuf += 1;
            self.give(Input::ContentType(AnswerSource::Stream, WireEncoding::Protobuf.content_type()));
        }
        self.give(Input::StreamOpened);
    }

    fn deliver(&mut self) {
        let Some(pipe) = self.pipe.as_mut().filter(|pipe| pipe.mute_until <= self.now) else { return };
        let pieces = if self.rough { pipe.some(&mut self.rng) } else { pipe.rest().into_iter().collect() };
        for piece in pieces {
            self.feed(&piece);
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.fed += bytes.len() as u64;
        self.give(Input::StreamChunk(bytes));
    }

    /// The master hears what is asked, and answers as it is then; the answer comes back later.
    fn read(&mut self) {
        let now = self.now;
        for at in 0..self.reads.len() {
            if self.reads[at].heard_at <= now && self.reads[at].answer.is_none() {
                let fails = self.rough && self.rng.one_in(25);
                let answer = if fails { Err(ReadFailure::BrokenOff) } else { self.answer(at) };
                self.reads[at].answer = Some(answer);
            }
        }
        self.read_on();
        let (back, away) =
            std::mem::take(&mut self.reads).into_iter().partition(|read| read.back_at <= now && read.answer.is_some());
        self.reads = away;
        for Read { id, answer, reported, .. } in back {
            let answer = answer.unwrap_or(Err(ReadFailure::NoConnection));
            let answer = answer.as_ref().map(|body| &body[reported..]);
            let answer = answer.map_err(|why| FailedRead::silent(why.clone()));
            self.give(Input::ReadFinished(id, answer));
        }
    }

    /// Some answers come in pieces.
    fn read_on(&mut self) {
        for at in 0..self.reads.len() {
            let Read { id, reported, .. } = self.reads[at];
            let Some(Ok(body)) = &self.reads[at].answer else { continue };
            let rest = body[reported..].to_vec();
            if self.rng.one_in(2) {
                let piece = rest.len() / 2;
                self.reads[at].reported += piece;
                self.give(Input::AnswerChunk(id, &rest[..piece]));
            }
        }
    }

    fn answer(&mut self, at: usize) -> Result<Vec<u8>, ReadFailure> {
        let Read { to, body, accept, .. } = &self.reads[at];
        let target = match to {
            Target::Master => sim::answer::reply::Target::Master,
            Target::Agent(id) => {
                let number = id.as_str().rsplit_once("-S").and_then(|(_, number)| number.parse().ok());
                sim::answer::reply::Target::Agent(number.ok_or(ReadFailure::NoConnection)?)
            }
        };
        let answer = self.sim.answer(target, body);
        let (status, bytes) = (answer.status, answer.body.into_bytes());
        if status == 200 {
            Ok(in_encoding(*accept, RESPONSE, &bytes))
        } else {
            Err(ReadFailure::Unanswered(CallError::Refused(refusal(status, &bytes))))
        }
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, Timestamp(self.now));
        while let Some(output) = self.engine.poll() {
            self.obey(output);
        }
    }

    fn obey(&mut self, output: Output) {
        match output {
            Output::OpenStream { expected, .. } => {
                self.opens_at = Some(self.now + self.rng.between(0, SECOND));
                self.encoding = expected.accept;
            }
            Output::AbortStream => (self.pipe, self.opens_at) = (None, None),
            Output::Read { id, to, body, expected, .. } => self.ask(id, to, (body, expected.accept)),
            Output::SendToPage(_, FromEngine::View(view, _)) => self.drawn.push(view),
            // A page that is there answers at once.
            Output::SendToPage(_, FromEngine::Ping) => {
                self.engine.handle(Input::FromPage(TAB, ToEngine::Pong), Timestamp(self.now))
            }
            Output::SendToPage(_, FromEngine::Welcome { .. } | FromEngine::Status(_) | FromEngine::Identity(_)) => {}
            Output::SendToPage(_, FromEngine::SignedOut | FromEngine::StartDownload(_)) | Output::Hosted { .. } => {}
        }
    }

    fn ask(&mut self, id: ReadId, to: Target, (body, accept): (Vec<u8>, WireEncoding)) {
        let longest = if self.rough { 3 * SECOND } else { SECOND / 10 };
        let heard_at = self.now + self.rng.between(0, longest);
        let back_at = heard_at + self.rng.between(0, longest);
        self.reads.push(Read { id, to, body, accept, heard_at, back_at, answer: None, reported: 0 });
    }
}

/// What the cluster writes as JSON, in that encoding.
fn in_encoding(encoding: WireEncoding, message: &str, json: &[u8]) -> Vec<u8> {
    match encoding {
        WireEncoding::Json => json.to_vec(),
        WireEncoding::Protobuf => sim::protobuf::message(message, json),
    }
}

/// Whether a record may come twice and still mean the same. An ended task that is added twice has been there twice.
fn may_repeat(record: &[u8]) -> bool {
    !record.starts_with(b"{\"type\":\"TASK_ADDED\"") || !String::from_utf8_lossy(record).contains("\"TASK_FINISHED\"")
}
