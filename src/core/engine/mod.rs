//! The machine that runs it all: bytes and messages in, calls and answers out. Worker, tests and benchmarks are its hosts.
//! Sans-IO: it opens nothing, reads no clock, draws no lots. `handle` says that one thing happened, `poll` takes one thing out.

mod agent_clocks;
mod answers;
pub mod clients;
mod count_check;
pub mod download_queue;
mod hosting;
pub mod io;
pub mod message;
pub mod poller;
mod rate;
mod reads;
mod sign_in;
mod status;
mod stream;
pub mod stream_connection;
pub mod stream_encoding;
pub mod trouble_log;
pub mod wire_choice;

use std::collections::{BTreeMap, HashMap, VecDeque};

use self::agent_clocks::AgentClocks;
use self::answers::Answers;
use self::clients::Clients;
use self::count_check::CountCheck;
use self::download_queue::DownloadQueue;
use self::rate::Rate;
use self::sign_in::SignedIn;
use self::stream::{FeedResult, Stream};
use self::stream_encoding::JsonReason;
use self::wire_choice::WireChoice;
use crate::base::ids::AgentId;
use crate::base::skew::SkewEstimator;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::disconnect::DisconnectReason;
use crate::checks::lint;
use crate::checks::trouble::{Category, Origin, PageKind, Reason, Trouble, TroubleEntry};
use crate::checks::visibility::{Visibility, VisibilityLevel};
use crate::cluster::Cluster;
use crate::cluster::history::History;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::{ReadFailure, Unknown};
use crate::engine::message::{DecodeStats, FromEngine, Status, ToEngine};
use crate::engine::poller::{DueRead, PendingRead, Poller, READ_TIMEOUT};
use crate::engine::stream_connection::{StreamCommand, StreamConnection};
use crate::engine::trouble_log::TroubleLog;
use crate::mesos::calls::subscribe::Subscribe;
use crate::mesos::calls::{self, Target, answer};
use crate::mesos::wire::encoded::WireEncoding;
use crate::mesos::wire::field::Misfit;
use crate::scheduler::hosted::HostedFrameworks;
use crate::views::overview;
use crate::views::view::{Sources, Unreadable};

use self::clients::Client;
use self::io::{AnswerSource, FailedRead, Input, Output};
use crate::engine::poller::ReadId;

/// So many objects are remembered of which a field could not be read.
const MOST_UNREADABLE: usize = 1000;
/// The stream, the cluster, and all who look at it.
#[derive(Debug)]
pub struct Engine {
    build: String,
    /// Where the API is, as the first page reported.
    base: String,
    session: StreamConnection,
    wire: WireChoice,
    signed_in: SignedIn,
    stream: Stream,
    /// What is on screen: the last snapshot that came whole, and what happened since.
    cluster: Cluster,
    /// What the counts of tasks were while anybody looked, through all connections.
    history: History,
    /// The snapshot that is coming.
    incoming: Option<Cluster>,
    frameworks: HostedFrameworks,
    poller: Poller,
    answers: Answers,
    clients: Clients,
    downloads: DownloadQueue,
    outputs: VecDeque<Output>,
    rate: Rate,
    decoding: DecodeStats,
    millis: f64,
    trouble: Trouble,
    status: Option<(Status, Timestamp)>,
    status_due: Option<Timestamp>,
    clocks: SkewEstimator,
    agent_clocks: AgentClocks,
    /// By how much agents' clocks are ahead of the cluster's, where that is notable.
    agents_ahead: HashMap<AgentId, Nanoseconds>,
    tally: CountCheck,
    /// Fields that could not be read of objects of which a page was shown, by kind and id: they are counted once.
    unreadable: BTreeMap<(PageKind, String), Vec<Misfit>>,
}

impl Engine {
    /// An engine of this build that nobody watches yet. The seed is for jitter alone.
    pub fn new(build: &str, seed: u64) -> Self {
        Self {
            build: build.to_owned(),
            base: String::new(),
            session: StreamConnection::new(seed),
            wire: WireChoice::default(),
            signed_in: SignedIn::default(),
            stream: Stream::default(),
            cluster: Cluster::default(),
            history: History::default(),
            incoming: None,
            frameworks: HostedFrameworks::new(seed),
            poller: Poller::new(seed),
            answers: Answers::default(),
            clients: Clients::default(),
            downloads: DownloadQueue::default(),
            outputs: VecDeque::new(),
            rate: Rate::default(),
            decoding: DecodeStats::default(),
            millis: 0.0,
            trouble: Trouble::default(),
            status: None,
            status_due: None,
            clocks: SkewEstimator::default(),
            agent_clocks: AgentClocks::default(),
            agents_ahead: HashMap::new(),
            tally: CountCheck::default(),
            unreadable: BTreeMap::new(),
        }
    }

    /// Asks the master for that encoding from now on.
    pub fn prefer(&mut self, encoding: WireEncoding) {
        self.wire.prefer(encoding);
    }

    /// One thing happened.
    pub fn handle(&mut self, input: Input<'_>, now: Timestamp) {
        if self.clocks.tick(now) {
            self.agent_clocks.forget();
        }
        match input {
            Input::DateHeader(date, sent) => self.clocks.dated(date, sent, now),
            Input::ContentType(source, kind) => self.typed(source, kind),
            Input::StreamOpened => {
                self.session.heard(now);
                self.signed_in.accepted();
            }
            Input::StreamChunk(bytes) => self.chunk(bytes, now),
            Input::StreamEnded(cause) => self.ended(cause, now),
            // An empty chunk decides no encoding.
            Input::AnswerChunk(_, []) => {}
            Input::AnswerChunk(id, bytes) => self.piece(id, bytes, now),
            Input::ReadFinished(id, Ok(body)) => self.answered(id, body, now),
            Input::ReadFinished(id, Err(failure)) => self.failed(id, failure, now),
            Input::FromPage(client, message) => self.asked(client, message, now),
            Input::PageClosed(client) => {
                self.forget(client);
                self.watched(now);
            }
            Input::Hosted(key, input) => self.frameworks.handle(&key, input, now),
            Input::Keeping(keeping) => self.frameworks.set_keeping(keeping),
            Input::Tick => {}
        }
        self.measure(now);
        self.cluster.settle_tasks(now);
        self.turn(now);
    }

    fn typed(&mut self, source: AnswerSource, content_type: &str) {
        match (source, WireEncoding::of_content_type(content_type)) {
            (AnswerSource::Stream, Some(encoding)) => self.stream.is_encoded_as(encoding),
            (AnswerSource::Read(id), Some(encoding)) => self.answers.is_encoded_as(id, encoding),
            (AnswerSource::Stream | AnswerSource::Read(_), None) => {}
        }
    }

    /// What has come tells of the cluster's clock.
    fn measure(&mut self, now: Timestamp) {
        let Self { incoming, cluster, clocks, agent_clocks, agents_ahead, .. } = self;
        for cluster in incoming.iter_mut().chain([&mut *cluster]) {
            for (at, agent) in cluster.take_events_at() {
                clocks.event(at, now);
                agent.into_iter().for_each(|agent| agent_clocks.event(agent, at, now));
            }
            for (agent, at) in cluster.take_dated_ahead() {
                agent_clocks.listed(agent, at, now);
            }
            cluster.take_stamped().into_iter().for_each(|at| clocks.stamped(at, now));
        }
        if let Some(ahead) = agent_clocks.ahead(clocks.skew()) {
            *agents_ahead = ahead;
        }
        for cluster in incoming.iter_mut().chain([cluster]) {
            cluster.set_skew(clocks.skew(), now);
            cluster.set_agents_ahead(agents_ahead, now);
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Tick` should come next, if nothing else happens before.
    pub fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        let reads = if self.may_read() { self.poller.wake_at(&self.clients.topics()) } else { None };
        let clients = self.clients.wake_at(self.sources());
        let history = self.samples().then(|| self.history.due());
        let frameworks = self.frameworks.wake_at();
        [self.session.wake_at(now), reads, clients, self.status_due, history, self.cluster.tasks_due(), frameworks]
            .into_iter()
            .flatten()
            .min()
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

    /// What is stale says nothing about now.
    fn samples(&self) -> bool {
        self.session.is_live() && !self.cluster.arriving()
    }

    /// What answers are made of now.
    pub fn sources(&self) -> Sources<'_> {
        let Self { trouble, history, frameworks, .. } = self;
        Sources { cluster: self.shown(), trouble, history, frameworks }
    }

    /// What went wrong so far.
    pub fn trouble(&self) -> &Trouble {
        &self.trouble
    }

    fn asked(&mut self, client: Client, message: ToEngine, now: Timestamp) {
        match message {
            ToEngine::Hello { base, .. } => {
                if self.base.is_empty() {
                    self.base = base;
                }
                self.own_frameworks(now);
                self.clients.hello(client, now);
                self.outputs.push_back(Output::SendToPage(client, FromEngine::Welcome { build: self.build.clone() }));
                self.outputs.push_back(Output::SendToPage(client, FromEngine::Identity(self.signed_in.credentials())));
                self.status = None;
            }
            ToEngine::Watch(view, query) => self.clients.watch(client, view, query, now),
            ToEngine::Export(view, query) => self.clients.export(client, view, query, now),
            ToEngine::Unwatch(view) => self.clients.unwatch(client, view),
            ToEngine::Rendered(view) => self.clients.drawn(client, view, now),
            ToEngine::Retry => {
                self.signed_in.forget_refusal();
                let step = self.session.retry(now);
                self.step(step, now);
            }
            ToEngine::Reread(topics) => self.poller.force(&topics, now),
            ToEngine::Online => self.online(now),
            ToEngine::AgentClock(agent, skew) => self.agent_clocks.measured(agent, skew),
            ToEngine::Pong => self.clients.awake(client, now),
            ToEngine::Download(id, stage) => {
                self.clients.awake(client, now);
                self.downloads.report(client, id, stage);
            }
            ToEngine::Bye => self.forget(client),
            ToEngine::Run(message) => self.frameworks.wish(message, now),
            ToEngine::SignIn(credentials) => {
                if self.signed_in.is_other(&credentials) {
                    self.broadcast(&FromEngine::SignedOut);
                }
                self.signed_in.sign_in(credentials);
                self.start_over(now);
            }
            ToEngine::SignOut => {
                if self.signed_in.sign_out() {
                    self.broadcast(&FromEngine::SignedOut);
                    self.start_over(now);
                }
            }
        }
        self.watched(now);
    }

    /// The page is gone, and what it downloads waits no more.
    fn forget(&mut self, client: Client) {
        self.clients.forget(client);
        self.downloads.forget(client);
    }

    /// Another user asks from now on. What another was shown is forgotten, and the stream is opened again.
    fn start_over(&mut self, now: Timestamp) {
        let step = self.session.stop();
        self.step(step, now);
        self.cluster = Cluster::default();
        self.trouble = Trouble::default();
        self.unreadable.clear();
        self.poller.start_over();
        self.clients.start_over();
        self.send_identity(now);
    }

    fn send_identity(&mut self, now: Timestamp) {
        self.own_frameworks(now);
        self.broadcast(&FromEngine::Identity(self.signed_in.credentials()));
    }

    fn broadcast(&mut self, message: &FromEngine) {
        for client in self.clients.all() {
            self.outputs.push_back(Output::SendToPage(client, message.clone()));
        }
    }

    /// A stream is held as long as a page watches.
    fn watched(&mut self, now: Timestamp) {
        let step = if self.clients.any_awake() { self.session.start(now) } else { self.session.stop() };
        self.step(step, now);
    }

    fn step(&mut self, step: Option<StreamCommand>, now: Timestamp) {
        match step {
            Some(StreamCommand::Open) => {
                self.clocks.start_over();
                self.stream = Stream::default();
                self.incoming = None;
                if self.cluster.arriving() {
                    self.incoming = Some(Cluster::default());
                    self.poller.connecting();
                }
                self.outputs.push_back(Output::OpenStream {
                    base: self.base.clone(),
                    authorization: self.signed_in.authorization(),
                    body: calls::request(&Subscribe),
                    expected: answer::expected(&Subscribe).in_encoding(self.wire.accept()),
                });
            }
            Some(StreamCommand::Abort) => {
                self.cluster.lose(self.session.last_heard().unwrap_or(now));
                self.incoming = None;
                self.poller.forget();
                self.outputs.push_back(Output::AbortStream);
            }
            None => {}
        }
    }

    fn chunk(&mut self, mut rest: &[u8], now: Timestamp) {
        self.session.heard(now);
        loop {
            let cluster = self.incoming.as_mut().unwrap_or(&mut self.cluster);
            match self.stream.feed(&mut rest, cluster, &mut self.trouble, now) {
                Ok(None) => return,
                Ok(Some(fed)) => self.fed(fed, now),
                Err(cause) => return self.lose(cause, now),
            }
        }
    }

    fn fed(&mut self, fed: FeedResult, now: Timestamp) {
        self.session.record_ended(now);
        match fed {
            FeedResult::Opening(size) => {
                self.session.opening(size, now);
                self.agent_clocks.snapshot_begins();
                let incoming = self.incoming.get_or_insert_default();
                incoming.make_room(size);
                incoming.set_skew(self.clocks.skew(), now);
                (self.decoding, self.millis) = (DecodeStats::default(), 0.0);
                self.poller.begin(size);
            }
            FeedResult::Arriving(bytes) => {
                self.session.arriving(bytes);
                self.decoding.bytes += bytes;
            }
            FeedResult::Arrived { heartbeat_seconds } => self.arrived(heartbeat_seconds, now),
            FeedResult::Event(hints) => {
                self.rate.count(now);
                self.poller.hint(hints, now);
            }
            FeedResult::Nothing => {}
        }
    }

    /// The new snapshot takes the old one's place, which goes here with all its memory.
    fn arrived(&mut self, heartbeat_seconds: Option<f64>, now: Timestamp) {
        if let Some(mut cluster) = self.incoming.take() {
            cluster.arrived(heartbeat_seconds);
            cluster.follow(&mut self.cluster, now);
            self.cluster = cluster;
            self.clients.renumbered();
        }
        self.session.arrived(heartbeat_seconds, now);
        self.poller.arrived(now);
    }

    fn ended(&mut self, cause: DisconnectReason, now: Timestamp) {
        let cause = if cause == DisconnectReason::Closed && !self.stream.is_between_records() {
            DisconnectReason::CutOff
        } else {
            cause
        };
        self.lose(cause, now);
    }

    fn lose(&mut self, cause: DisconnectReason, now: Timestamp) {
        let unauthorised = cause.is_unauthorised();
        let gives_up = self.wire.gives_up_after(&cause, self.stream.encoding(), self.session.is_live());
        let step = self.session.lose(cause, now);
        if unauthorised && step.is_some() && self.signed_in.refused() {
            self.send_identity(now);
        }
        self.lost(step, now);
        if gives_up {
            let step = self.session.retry(now);
            self.step(step, now);
        }
    }

    fn lost(&mut self, step: Option<StreamCommand>, now: Timestamp) {
        if let (Some(StreamCommand::Abort), Some(cause)) = (step, self.session.lost()) {
            self.trouble.lost(cause.clone(), now);
        }
        self.step(step, now);
    }

    /// What was asked, if the answer is still of use: once the snapshot tells its agents, a list of them is not.
    fn asked_for(&self, id: ReadId) -> Option<PendingRead> {
        let overtaken = self.incoming.is_some() && self.stream.lists_agents();
        self.poller.asked(id).filter(|asked| !(overtaken && asked.part == Topic::Agents))
    }

    fn piece(&mut self, id: ReadId, bytes: &[u8], now: Timestamp) {
        self.answers.retain(|id| self.poller.asked(id).is_some());
        let Some(asked) = self.asked_for(id) else { return };
        let cluster = self.incoming.as_mut().unwrap_or(&mut self.cluster);
        self.answers.piece(id, asked, bytes, cluster, TroubleLog { trouble: &mut self.trouble, now });
    }

    fn answered(&mut self, id: ReadId, last: &[u8], now: Timestamp) {
        let Some(asked) = self.asked_for(id) else { return };
        let cluster = self.incoming.as_mut().unwrap_or(&mut self.cluster);
        let read = self.answers.end(id, asked, last, cluster, TroubleLog { trouble: &mut self.trouble, now });
        self.signed_in.read_answered();
        match read.outcome {
            Ok(hints) => {
                self.poller.answered(id, read.bytes, now);
                self.poller.hint(hints, now);
                if asked.part == Topic::Metrics {
                    self.compare_counts(asked, now);
                }
            }
            Err(wrong) => {
                let why = ReadFailure::Answer(wrong.fault);
                let reason = Some(Reason::Read(why.clone()));
                self.trouble.report(Category::Misread, Origin::Read(asked.part), reason, &wrong.text, now);
                let why = Unknown::Failed(why);
                self.incoming.as_mut().unwrap_or(&mut self.cluster).report_unknown(asked.part, &why);
                self.poller.misread(id, read.bytes, why, now);
                if read.encoding == WireEncoding::Protobuf && self.wire.give_up(JsonReason::Unreadable) {
                    self.poller.force(&[asked.part], now);
                }
            }
        }
    }

    /// An update that was never sent shows in the master's own counts.
    fn compare_counts(&mut self, asked: PendingRead, now: Timestamp) {
        if self.incoming.is_some() || self.cluster.arriving() {
            self.tally = CountCheck::default();
            return;
        }
        let events = self.rate.since(asked.at + Nanoseconds(-count_check::EVENT_TOLERANCE.0));
        let visibility = Visibility::of(&self.cluster, self.signed_in.may_be_filtered());
        let is_filtered = visibility.sight == VisibilityLevel::Restricted;
        let time = self.cluster.time(now).get();
        let differences = self.tally.compare(&self.cluster, events, is_filtered, time);
        if self.tally.wants_tasks(&differences, now) {
            self.poller.want(Topic::Tasks, now);
        }
        self.cluster.report_differences(differences);
    }

    /// A read that fails degrades its own part; the stream goes on. While there is no stream yet, what becomes of that one
    /// says it all.
    fn failed(&mut self, id: ReadId, failure: FailedRead, now: Timestamp) {
        if self.session.is_connecting() {
            return self.poller.abandon(id);
        }
        if let Some(asked) = self.poller.asked(id).filter(|asked| self.asks_in_protobuf(asked.part))
            && self.wire.gives_up_after_read(&failure)
        {
            self.poller.abandon(id);
            return self.poller.force(&[asked.part], now);
        }
        let why = Unknown::from(failure.why.clone());
        if let Some(asked) = self.poller.failed(id, why.clone(), now) {
            self.incoming.as_mut().unwrap_or(&mut self.cluster).report_unknown(asked.part, &why);
            self.signed_in.read_refused(&failure);
            let reason = Some(Reason::Read(failure.why));
            self.trouble.report(Category::Refused, Origin::Read(asked.part), reason, "", now);
            if failure.status.is_none() {
                let step = self.session.unanswered(now);
                self.lost(step, now);
            }
        }
    }

    fn asks_in_protobuf(&self, part: Topic) -> bool {
        reads::encoding(part, self.wire.accept()) == WireEncoding::Protobuf
    }

    /// The network may be another: what was lost is tried again at once, what is open must show that it lives.
    fn online(&mut self, now: Timestamp) {
        let step = self.session.online(now);
        self.step(step, now);
        if self.session.is_live() && self.session.heartbeat().is_none() {
            self.poller.force(&[Topic::Master], now);
        }
    }

    fn may_read(&self) -> bool {
        self.incoming.is_some() || self.session.is_live()
    }

    /// After each thing that happened: what is due goes out.
    fn turn(&mut self, now: Timestamp) {
        let step = self.session.tick(now);
        self.lost(step, now);
        self.turn_frameworks(now);
        for id in self.poller.late(now) {
            self.failed(id, FailedRead::silent(ReadFailure::Late(READ_TIMEOUT)), now);
        }
        self.poller.watch_closely(self.clients.frequent_topics());
        let due = if self.may_read() { self.poller.due(&self.clients.topics(), now) } else { Vec::new() };
        for DueRead { id, part } in due {
            let (base, authorization) = (self.base.clone(), self.signed_in.authorization());
            let (body, expected) = reads::read_request(part);
            let expected = expected.in_encoding(reads::encoding(part, self.wire.accept()));
            if part == Topic::Tasks {
                self.cluster.tasks_asked();
            }
            self.outputs.push_back(Output::Read { id, base, authorization, to: Target::Master, body, expected });
        }
        let cluster =
            if self.cluster.arriving() { self.incoming.as_ref().unwrap_or(&self.cluster) } else { &self.cluster };
        let outputs = &mut self.outputs;
        if self.session.is_live() && !cluster.arriving() {
            // Before the limits were read nothing is near them.
            if now >= self.history.due() && cluster.quota().is_ok() {
                let roles = lint::near_limits(cluster).into_iter().map(|(role, ..)| role);
                self.history.near(roles, cluster.time(now).get());
            }
            self.history.sample(|| overview::figures(cluster), now);
        }
        let (trouble, history, frameworks) = (&self.trouble, &self.history, &self.frameworks);
        let sources = Sources { cluster, trouble, history, frameworks };
        let unreadable = self.clients.turn(sources, now, &mut |client, message| {
            outputs.push_back(Output::SendToPage(client, message));
        });
        unreadable.into_iter().for_each(|object| self.count_unreadable(object, now));
        if self.clients.take_slept() {
            self.watched(now);
        }
        self.begin_downloads();
        self.tell_status(now);
    }

    fn begin_downloads(&mut self) {
        let Self { downloads, clients, outputs, .. } = self;
        let started = downloads.turn(|client| clients.is_awake(client)).into_iter();
        outputs.extend(started.map(|(client, id)| Output::SendToPage(client, FromEngine::StartDownload(id))));
    }

    /// Fields that a page alone reads. Those that tables read were counted when the object came.
    fn count_unreadable(&mut self, object: Unreadable, now: Timestamp) {
        let Unreadable { what, id, fields, json } = object;
        if self.unreadable.len() >= MOST_UNREADABLE {
            self.unreadable.clear();
        }
        let before = self.unreadable.insert((what, id), fields.clone());
        for field in fields.iter().filter(|field| before.as_ref().is_none_or(|before| !before.contains(field))) {
            let why = Some(Reason::Field(field.kind()));
            let is_of_a_page = |kind: &TroubleEntry| matches!(kind.what, Origin::Page(_));
            let was_counted = self.trouble.fields.iter().any(|kind| kind.why == why && !is_of_a_page(kind));
            if !was_counted {
                self.trouble.report(Category::Field, Origin::Page(what), why, &json, now);
            }
        }
    }
}
