//! The machine that runs it all: bytes and messages in, calls and answers out. Worker, tests and benchmarks are its hosts.
//! Sans-IO: it opens nothing, reads no clock, draws no lots. `handle` says that one thing happened, `poll` takes one thing out.

mod clients;
mod reads;
mod stream;

use std::collections::VecDeque;

use self::clients::Clients;
use self::stream::{Fed, Stream};
use crate::api::Target;
use crate::cluster::Cluster;
use crate::message::{Decoding, FromEngine, Status, ToEngine};
use crate::query;
use crate::reconcile::{Due, Reconcile};
use crate::session::{Cause, Session, Step};
use crate::units::{Nanoseconds, Timestamp};
use crate::wire;

pub use self::clients::Client;
pub use self::stream::Trouble;
pub use crate::reconcile::ReadId;

/// Statuses go out at most so often.
const STATUS_EVERY: Nanoseconds = Nanoseconds::from_millis(250);

/// One thing that happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// The master answered 200 and its stream begins.
    Opened,
    /// The stream's next bytes.
    Chunk(&'a [u8]),
    /// The stream could not be opened, or has ended.
    Ended(Cause),
    /// A read was answered, or failed with the reason in words.
    Answered(ReadId, Result<&'a [u8], String>),
    /// A page says something.
    Asked(Client, ToEngine),
    /// A page's port is gone.
    Gone(Client),
    /// Time has passed.
    Tick,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Open the stream: POST these bytes to the API of this base.
    Open {
        base: String,
        body: Vec<u8>,
    },
    /// Let the stream go.
    Abort,
    /// Ask a call and bring the answer's body.
    Read {
        id: ReadId,
        base: String,
        to: Target,
        body: Vec<u8>,
    },
    Tell(Client, FromEngine),
}

/// The stream, the cluster, and all who look at it.
#[derive(Debug)]
pub struct Engine {
    build: String,
    /// Where the API is, as the first page told.
    base: String,
    session: Session,
    stream: Stream,
    /// What is on screen: the last snapshot that came whole, and what happened since.
    cluster: Cluster,
    /// The snapshot that is coming.
    incoming: Option<Cluster>,
    reconcile: Reconcile,
    clients: Clients,
    outputs: VecDeque<Output>,
    rate: Rate,
    decoding: Decoding,
    millis: f64,
    reconnects: u64,
    status: Option<(Status, Timestamp)>,
    status_due: Option<Timestamp>,
}

impl Engine {
    /// An engine of this build that nobody watches yet. The seed is for jitter alone.
    pub fn new(build: &str, seed: u64) -> Self {
        Self {
            build: build.to_owned(),
            base: String::new(),
            session: Session::new(seed),
            stream: Stream::default(),
            cluster: Cluster::default(),
            incoming: None,
            reconcile: Reconcile::new(seed),
            clients: Clients::default(),
            outputs: VecDeque::new(),
            rate: Rate::default(),
            decoding: Decoding::default(),
            millis: 0.0,
            reconnects: 0,
            status: None,
            status_due: None,
        }
    }

    /// One thing happened.
    pub fn handle(&mut self, input: Input<'_>, now: Timestamp) {
        match input {
            Input::Opened => self.session.heard(now),
            Input::Chunk(bytes) => self.chunk(bytes, now),
            Input::Ended(cause) => self.ended(cause, now),
            Input::Answered(id, Ok(body)) => self.answered(id, body, now),
            Input::Answered(id, Err(words)) => drop(self.reconcile.failed(id, words, now)),
            Input::Asked(client, message) => self.asked(client, message, now),
            Input::Gone(client) => {
                self.clients.forget(client);
                self.watched(now);
            }
            Input::Tick => {}
        }
        self.turn(now);
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Tick` should come next, if nothing else happens before.
    pub fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        let reads = if self.may_read() { self.reconcile.wake_at(&self.clients.parts()) } else { None };
        let clients = self.clients.wake_at(self.shown());
        [self.session.wake_at(now), reads, clients, self.status_due].into_iter().flatten().min()
    }

    /// The host measured how long the last chunk of a snapshot took.
    pub fn took(&mut self, millis: f64) {
        if self.incoming.is_some() || self.millis > 0.0 && self.decoding.millis == 0 {
            self.millis += millis;
        }
    }

    /// The cluster that is on screen: while the first snapshot comes, what has come of it.
    pub fn shown(&self) -> &Cluster {
        if self.cluster.arriving() { self.incoming.as_ref().unwrap_or(&self.cluster) } else { &self.cluster }
    }

    /// What was not understood so far.
    pub fn trouble(&self) -> Trouble {
        self.stream.trouble()
    }

    fn asked(&mut self, client: Client, message: ToEngine, now: Timestamp) {
        match message {
            ToEngine::Hello { base, .. } => {
                if self.base.is_empty() {
                    self.base = base;
                }
                self.clients.hello(client, now);
                self.outputs.push_back(Output::Tell(client, FromEngine::Welcome { build: self.build.clone() }));
                self.status = None;
            }
            ToEngine::Watch(view, query) => self.clients.watch(client, view, query, now),
            ToEngine::Unwatch(view) => self.clients.unwatch(client, view),
            ToEngine::Drawn(view) => self.clients.drawn(client, view, now),
            ToEngine::Retry => {
                let step = self.session.retry(now);
                self.step(step, now);
            }
            ToEngine::Reread(parts) => self.reconcile.force(&parts, now),
            ToEngine::Online => self.online(now),
            ToEngine::Pong => self.clients.awake(client, now),
            ToEngine::Bye => self.clients.forget(client),
        }
        self.watched(now);
    }

    /// A stream is held as long as somebody watches.
    fn watched(&mut self, now: Timestamp) {
        let step = if self.clients.any_awake() { self.session.start(now) } else { self.session.stop() };
        self.step(step, now);
    }

    fn step(&mut self, step: Option<Step>, now: Timestamp) {
        match step {
            Some(Step::Open) => {
                self.stream = self.stream.again();
                self.incoming = None;
                self.outputs.push_back(Output::Open {
                    base: self.base.clone(),
                    body: crate::api::request(&crate::api::subscribe::Subscribe),
                });
            }
            Some(Step::Abort) => {
                self.incoming = None;
                self.reconcile.forget();
                self.outputs.push_back(Output::Abort);
            }
            None => {}
        }
        let _ = now;
    }

    fn chunk(&mut self, bytes: &[u8], now: Timestamp) {
        self.session.heard(now);
        let mut rest = bytes;
        loop {
            let cluster = self.incoming.as_mut().unwrap_or(&mut self.cluster);
            match self.stream.feed(&mut rest, cluster, now) {
                Ok(None) => return,
                Ok(Some(fed)) => self.fed(fed, now),
                Err(cause) => return self.lose(cause, now),
            }
        }
    }

    fn fed(&mut self, fed: Fed, now: Timestamp) {
        match fed {
            Fed::Opening(size) => {
                self.session.opening(size, now);
                self.incoming = Some(Cluster::default());
                (self.decoding, self.millis) = (Decoding::default(), 0.0);
                self.reconcile.begin(size);
            }
            Fed::Arriving(bytes) => {
                self.session.arriving(bytes);
                self.decoding.bytes += bytes;
            }
            Fed::Arrived { heartbeat_seconds } => self.arrived(heartbeat_seconds, now),
            Fed::Event(hints) => {
                self.rate.count(now);
                self.reconcile.stir(hints, now);
            }
            Fed::Nothing => {}
        }
    }

    /// The new snapshot takes the old one's place, which goes here with all its memory.
    fn arrived(&mut self, heartbeat_seconds: Option<f64>, now: Timestamp) {
        if let Some(mut cluster) = self.incoming.take() {
            cluster.arrived(heartbeat_seconds);
            cluster.follow(&mut self.cluster);
            self.cluster = cluster;
        }
        self.session.arrived(heartbeat_seconds, now);
        self.reconcile.arrived(now);
    }

    fn ended(&mut self, cause: Cause, now: Timestamp) {
        let cause = if cause == Cause::Closed && !self.stream.is_between_records() { Cause::CutOff } else { cause };
        self.lose(cause, now);
    }

    fn lose(&mut self, cause: Cause, now: Timestamp) {
        self.reconnects += 1;
        let step = self.session.lose(cause, now);
        self.step(step, now);
    }

    fn answered(&mut self, id: ReadId, body: &[u8], now: Timestamp) {
        let Some(asked) = self.reconcile.answered(id, body.len(), now) else { return };
        let cluster = self.incoming.as_mut().unwrap_or(&mut self.cluster);
        match reads::take(asked.part, &wire::mend(body), asked.at, cluster, now) {
            Ok(hints) => self.reconcile.stir(hints, now),
            Err(words) => {
                self.reconcile.fail(asked.part, words, now);
                self.stream.misread();
            }
        }
    }

    /// The network may be another: what was lost is tried again at once, what is open must show that it lives.
    fn online(&mut self, now: Timestamp) {
        let step = self.session.online(now);
        self.step(step, now);
    }

    fn may_read(&self) -> bool {
        self.incoming.is_some() || self.session.is_live()
    }

    /// After each thing that happened: what is due goes out.
    fn turn(&mut self, now: Timestamp) {
        let step = self.session.tick(now);
        if step == Some(Step::Abort) {
            self.reconnects += 1;
        }
        self.step(step, now);
        let due = if self.may_read() { self.reconcile.due(&self.clients.parts(), now) } else { Vec::new() };
        for Due { id, part } in due {
            let body = reads::request(part);
            self.outputs.push_back(Output::Read { id, base: self.base.clone(), to: Target::Master, body });
        }
        let cluster =
            if self.cluster.arriving() { self.incoming.as_ref().unwrap_or(&self.cluster) } else { &self.cluster };
        let outputs = &mut self.outputs;
        self.clients.turn(cluster, now, &mut |client, message| outputs.push_back(Output::Tell(client, message)));
        if self.clients.take_slept() {
            self.watched(now);
        }
        self.tell_status(now);
    }

    fn tell_status(&mut self, now: Timestamp) {
        let Some(link) = self.session.link(now) else { return };
        let shown = self.shown();
        let empty = shown.arriving() && shown.agents().next().is_none();
        let Some(due) = self.status.as_ref().map(|(_, sent)| *sent + STATUS_EVERY).filter(|due| *due > now) else {
            let standing = (!empty).then(|| query::standing(shown));
            self.decoding.millis = self.millis as u64;
            let trouble = self.stream.trouble().total() + self.reconcile.failures() + self.reconnects;
            let status = Status {
                link,
                heard: self.session.last_heard(),
                events_a_minute: self.rate.a_minute(now),
                standing,
                trouble,
                decoding: self.decoding,
                parts: self.reconcile.status(),
            };
            return self.send_status(status, now);
        };
        self.status_due = Some(due);
    }

    fn send_status(&mut self, status: Status, now: Timestamp) {
        self.status_due = None;
        if self.status.as_ref().is_some_and(|(sent, _)| same_but_heard(sent, &status)) {
            return;
        }
        for client in self.clients.listening() {
            self.outputs.push_back(Output::Tell(client, FromEngine::Status(Box::new(status.clone()))));
        }
        self.status = Some((status, now));
    }
}

/// While the link is live, when the master was heard of says nothing new.
fn same_but_heard(sent: &Status, status: &Status) -> bool {
    let live = matches!(status.link, crate::session::Link::Live { .. });
    let old = Status { heard: if live { status.heard } else { sent.heard }, ..sent.clone() };
    old == *status
}

/// Events of the last minute, in buckets of a second.
#[derive(Debug, Default)]
struct Rate {
    buckets: VecDeque<(i64, u32)>,
}

impl Rate {
    fn count(&mut self, now: Timestamp) {
        let second = now.0.div_euclid(1_000_000_000);
        match self.buckets.back_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => self.buckets.push_back((second, 1)),
        }
        while self.buckets.front().is_some_and(|(first, _)| second - first >= 60) {
            self.buckets.pop_front();
        }
    }

    fn a_minute(&self, now: Timestamp) -> u32 {
        let second = now.0.div_euclid(1_000_000_000);
        self.buckets.iter().filter(|(at, _)| second - at < 60).map(|(_, count)| count).sum()
    }
}
