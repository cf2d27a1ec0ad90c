//! A console without a screen: the engine, its stream and its reads through the gateway, on the real clock.

use std::time::{Duration, Instant};

use hyper::Method;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{AnswerSource, FailedRead, Input, Output};
use mesoscope_core::engine::message::{FromEngine, ToEngine, ViewId};
use mesoscope_core::engine::poller::ReadId;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::answer::CallError;
use mesoscope_core::mesos::calls::refusal;
use mesoscope_core::mesos::wire::encoded::WireEncoding;
use mesoscope_core::views::overview::OverviewQuery;
use serde_json::Value;
use tokio::time::timeout;

use super::ask::{Answer, ask};
use super::operator::Operator;
use mesoscope_tests::shared::{reported, same};

const TAB: Client = Client(1);
/// What happens in the cluster has happened in this time; a copy that is not exact then is wrong.
const PATIENCE: Duration = Duration::from_secs(20);
/// What only reads tell, and `reported` compares.
const REPORTED: [&str; 6] =
    ["GET_ROLES", "GET_WEIGHTS", "GET_QUOTA", "GET_OPERATIONS", "GET_MAINTENANCE_STATUS", "GET_MAINTENANCE_SCHEDULE"];

pub struct Console {
    engine: Engine,
    operator: Operator,
    stream: Option<Answer>,
    /// Reads that have been sent and not been answered.
    reads: Vec<(ReadId, Target, Vec<u8>, WireEncoding)>,
    /// The engine wants a stream.
    opening: Option<(Vec<u8>, WireEncoding)>,
    drawn: Vec<ViewId>,
    /// Encoding that the engine prefers.
    encoding: WireEncoding,
    /// The snapshot came in protobuf when frameworks had ended.
    lacks_ended: bool,
}

impl Console {
    pub fn new(operator: Operator, encoding: WireEncoding) -> Console {
        let mut engine = Engine::new("test", 1);
        engine.prefer(encoding);
        let mut console = Console {
            engine,
            operator,
            stream: None,
            reads: Vec::new(),
            opening: None,
            drawn: Vec::new(),
            encoding,
            lacks_ended: false,
        };
        console.say(ToEngine::Hello { build: "test".into(), base: "http://here/".into() });
        console.say(ToEngine::Watch(ViewId(1), OverviewQuery.into()));
        console
    }

    pub fn shown(&self) -> &Cluster {
        self.engine.shown()
    }

    /// The connection is gone, as when a laptop changes networks, and the page asks for another one.
    pub fn lose_stream(&mut self) {
        self.stream = None;
        self.give(Input::StreamEnded(DisconnectReason::BrokenOff));
        self.say(ToEngine::Retry);
    }

    /// The next snapshot lacks completed tasks of completed frameworks if it is protobuf (PROTOCOL.md, "Protobuf").
    pub fn frameworks_have_ended(&mut self) {
        self.lacks_ended = self.encoding == WireEncoding::Protobuf;
    }

    /// Waits until the copy shows that something has happened.
    pub async fn until(&mut self, what: &str, happened: impl Fn(&Cluster) -> bool) {
        let started = Instant::now();
        while !happened(self.shown()) {
            assert!(started.elapsed() < PATIENCE, "not shown after {} s: {what}", PATIENCE.as_secs());
            self.go_on().await;
        }
    }

    /// Every part is read again, and then the copy is what the master says. It may be a moment late, since the cluster lives.
    pub async fn agrees(&mut self, after: &str) {
        let started = Instant::now();
        loop {
            self.say(ToEngine::Reread(Topic::ALL.to_vec()));
            let read = Instant::now();
            while read.elapsed() < Duration::from_millis(700) || !self.reads.is_empty() {
                self.go_on().await;
            }
            match self.compare().await {
                Ok(()) => return,
                Err(why) => assert!(started.elapsed() < PATIENCE, "after {after}: {why}"),
            }
        }
    }

    async fn compare(&self) -> Result<(), String> {
        let mut answers = Vec::new();
        for call in REPORTED {
            answers.push((call, self.operator.read(call).await));
        }
        let mut state = self.operator.content("GET_STATE").await;
        if self.lacks_ended {
            omit_tasks_of_ended_frameworks(&mut state);
        }
        let mut differences = same::differences(self.shown(), &state)?;
        // Tasks that end together are completed as their ends are acknowledged, of which no event tells.
        differences.retain(|what| !what.starts_with("the order of completed tasks"));
        same::report(differences)?;
        let answer = |call: &str| answers.iter().find(|(name, _)| *name == call).map(|(_, body)| body.clone());
        reported::check(self.shown(), |call| answer(call).expect("it has been asked"))
    }

    /// The next thing that happens, or a moment in which nothing does.
    async fn go_on(&mut self) {
        if let Some((body, accept)) = self.opening.take() {
            return self.open(body, accept).await;
        }
        if let Some((id, to, body, accept)) = self.reads.pop() {
            return self.read(id, &to, body, accept).await;
        }
        for view in std::mem::take(&mut self.drawn) {
            self.say(ToEngine::Rendered(view));
        }
        let moment = Duration::from_millis(50);
        match &mut self.stream {
            None => tokio::time::sleep(moment).await,
            Some(stream) => match timeout(moment, stream.next()).await {
                Ok(Some(Ok(bytes))) => self.give(Input::StreamChunk(&bytes)),
                Ok(Some(Err(_))) => self.ended(DisconnectReason::BrokenOff),
                Ok(None) => self.ended(DisconnectReason::Closed),
                Err(_) => {}
            },
        }
        self.give(Input::Tick);
    }

    async fn open(&mut self, body: Vec<u8>, accept: WireEncoding) {
        assert_eq!(accept, self.encoding, "the preferred encoding was given up");
        let answer = self.ask(&Target::Master, body, accept).await;
        assert_eq!(answer.status, 200, "the stream is opened through the gateway");
        self.typed(AnswerSource::Stream, &answer, accept);
        self.stream = Some(answer);
        self.give(Input::StreamOpened);
    }

    fn ended(&mut self, cause: DisconnectReason) {
        self.stream = None;
        self.give(Input::StreamEnded(cause));
    }

    /// The answer is in the encoding that was requested.
    fn typed(&mut self, source: AnswerSource, answer: &Answer, accept: WireEncoding) {
        let kind = answer.header("content-type").unwrap_or_default().to_owned();
        assert_eq!(WireEncoding::of_content_type(&kind), Some(accept), "{kind}");
        self.give(Input::ContentType(source, &kind));
    }

    async fn read(&mut self, id: ReadId, to: &Target, body: Vec<u8>, accept: WireEncoding) {
        let answer = self.ask(to, body, accept).await;
        if answer.status == 200 {
            self.typed(AnswerSource::Read(id), &answer, accept);
        }
        let (status, bytes) = (answer.status, answer.all().await.expect("an answer is whole"));
        let failure = || FailedRead::from(CallError::Refused(refusal(status.as_u16(), &bytes)));
        self.give(Input::ReadFinished(id, if status == 200 { Ok(&bytes) } else { Err(failure()) }));
    }

    async fn ask(&self, to: &Target, body: Vec<u8>, accept: WireEncoding) -> Answer {
        let path = match to {
            Target::Master => "/api/v1".to_owned(),
            Target::Agent(id) => format!("/agent/{id}/api/v1"),
        };
        let asked = ask(&self.operator.at, Method::POST, &path, body).with("content-type", "application/json");
        asked.with("accept", accept.content_type()).send().await
    }

    fn say(&mut self, message: ToEngine) {
        self.give(Input::FromPage(TAB, message));
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, now());
        while let Some(output) = self.engine.poll() {
            match output {
                Output::OpenStream { body, expected, .. } => self.opening = Some((body, expected.accept)),
                Output::AbortStream => (self.stream, self.opening) = (None, None),
                Output::Read { id, to, body, expected, .. } => self.reads.push((id, to, body, expected.accept)),
                Output::SendToPage(_, FromEngine::View(view, _)) => self.drawn.push(view),
                Output::SendToPage(_, FromEngine::Ping) => {
                    self.engine.handle(Input::FromPage(TAB, ToEngine::Pong), now())
                }
                Output::SendToPage(_, FromEngine::Welcome { .. } | FromEngine::Status(_) | FromEngine::Identity(_)) => {
                }
                Output::SendToPage(_, FromEngine::SignedOut | FromEngine::StartDownload(_)) | Output::Hosted { .. } => {
                }
            }
        }
    }
}

fn now() -> Timestamp {
    Timestamp(mesoscope_tests::now_nanos())
}

fn omit_tasks_of_ended_frameworks(state: &mut Value) {
    let frameworks = state["get_frameworks"]["frameworks"].as_array().cloned().unwrap_or_default();
    let live: Vec<&Value> = frameworks.iter().map(|framework| &framework["framework_info"]["id"]).collect();
    if let Some(Value::Array(tasks)) = state.pointer_mut("/get_tasks/completed_tasks") {
        tasks.retain(|task| live.contains(&&task["framework_id"]));
    }
}
