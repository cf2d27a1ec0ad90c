//! The frameworks of a browser: which of them takes a run, what is kept and under whose name, and what a page learns.

use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::checks::trouble::Trouble;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::cluster::history::History;
use mesoscope_core::mesos::calls::answer::CallError;
use mesoscope_core::mesos::calls::refusal;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::hosted::HostedFrameworks;
use mesoscope_core::scheduler::hosted_io::*;
use mesoscope_core::scheduler::io::SchedulerOutput;
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState};
use mesoscope_core::scheduler::numbers::{CallNumber, StreamNumber};
use mesoscope_core::scheduler::run::*;
use mesoscope_core::scheduler::streams::FrameworkStreams;
use mesoscope_core::views::own_frameworks::{FrameworkLogQuery, OwnFramework, OwnFrameworksQuery};
use mesoscope_core::views::runs::{RunAnswer, RunCounts, RunQuery, RunsQuery};
use mesoscope_core::views::view::{Sources, View};
use serde_json::{Value, json};

use super::machine::{framework, of_master, offer, offers, request, stream, subscribed, update};

/// A worker with its time, its storage, and what it was asked to do.
struct Worker {
    frameworks: HostedFrameworks,
    now: Timestamp,
    kept: std::collections::BTreeMap<FrameworkKey, Vec<u8>>,
    released: Vec<FrameworkKey>,
    scopes: Vec<String>,
    /// What was kept and sent, in order.
    order: Vec<String>,
    streams: Vec<(FrameworkKey, StreamNumber, Value)>,
    closed: Vec<FrameworkKey>,
    calls: Vec<(FrameworkKey, CallNumber, Value)>,
}

impl Worker {
    fn new() -> Self {
        let (kept, released, scopes, order, streams, closed, calls) = Default::default();
        let frameworks = HostedFrameworks::new(7);
        let mut worker = Self { frameworks, now: Timestamp(0), kept, released, scopes, order, streams, closed, calls };
        worker.frameworks.set_pages(true, worker.now);
        worker.scope("alice");
        worker
    }

    fn scope(&mut self, scope: &str) {
        self.frameworks.set_scope(scope.to_owned(), self.now);
        self.perform();
    }

    fn say(&mut self, message: RunMessage) {
        self.frameworks.wish(message, self.now);
        self.perform();
    }

    fn begin(&mut self, framework: RunFramework, request: RunRequest) {
        self.say(RunMessage::Begin(Box::new(BeginRun { framework, request, repeats: None })));
    }

    fn after(&mut self, seconds: i64) {
        self.now = self.now + Nanoseconds::from_secs(seconds);
        self.frameworks.tick(self.now);
        self.perform();
    }

    fn input(&mut self, key: &FrameworkKey, input: HostedInput<'_>) {
        self.frameworks.handle(key, input, self.now);
        self.perform();
    }

    fn event(&mut self, key: &FrameworkKey, event: &Value) {
        let open = self.streams.iter().rfind(|(of, ..)| of == key).unwrap().1;
        self.input(key, HostedInput::StreamChunk(open, &stream(&[&event.to_string()])));
    }

    fn perform(&mut self) {
        while let Some(output) = self.frameworks.poll() {
            match output {
                HostedOutput::Do(key, SchedulerOutput::OpenStream { stream, body }) => {
                    self.streams.push((key, stream, serde_json::from_slice(&body).unwrap()));
                }
                HostedOutput::Do(key, SchedulerOutput::CloseStream(_)) => self.closed.push(key),
                HostedOutput::Do(key, SchedulerOutput::Send { call, body, .. }) => {
                    let body: Value = serde_json::from_slice(&body).unwrap();
                    self.order.push(body["type"].as_str().unwrap().to_owned());
                    self.calls.push((key, call, body));
                }
                HostedOutput::Do(_, SchedulerOutput::WakeAt(_) | SchedulerOutput::Changed) => panic!("the core's own"),
                HostedOutput::Keep(key, bytes) => {
                    self.order.push("kept".to_owned());
                    self.kept.insert(key, bytes);
                }
                HostedOutput::Discard(key) => _ = self.kept.remove(&key),
                HostedOutput::Release(key) => self.released.push(key),
                HostedOutput::Pages(_) => {}
                HostedOutput::Scope(scope) => self.scopes.push(scope),
            }
        }
    }

    fn ask<V: View>(&self, query: &V) -> V::Answer {
        let (cluster, trouble, history): (Cluster, Trouble, History) = Default::default();
        let sources = Sources { cluster: &cluster, trouble: &trouble, history: &history, frameworks: &self.frameworks };
        query.answer(sources, self.now)
    }

    fn run(&self, run: &str) -> RunAnswer {
        self.ask(&RunQuery { run: id(run) }).unwrap()
    }

    fn own(&self) -> Vec<OwnFramework> {
        self.ask(&OwnFrameworksQuery).frameworks
    }

    /// Answers the last call of that type.
    fn answer(&mut self, kind: &str, answer: Result<(), CallFailure>) {
        let (key, call, _) = self.calls.iter().rfind(|(.., body)| body["type"] == kind).unwrap().clone();
        self.input(&key, HostedInput::CallAnswered(call, answer));
    }
}

fn id(run: &str) -> RunId {
    RunId::new(run).unwrap()
}

fn key(run: &str) -> FrameworkKey {
    FrameworkKey(id(run))
}

fn with_secret(run: &str, count: u32) -> RunRequest {
    let uri = "https://ops:hunter2@h/a.tgz".to_owned();
    let files = vec![RunFile { uri, is_executable: false, is_extracted: true }];
    RunRequest { environment: vec![("TOKEN".to_owned(), "hunter2".to_owned())], files, ..request(run, count) }
}

/// A run of two tasks, of which one was launched.
fn launched() -> Worker {
    let mut worker = Worker::new();
    worker.begin(framework(), with_secret("a", 2));
    worker.event(&key("a"), &subscribed());
    worker.event(&key("a"), &offers(&[offer("O1", "S0", 4.0)]));
    worker.answer("ACCEPT", Ok(()));
    worker
}

#[test]
fn runs_that_are_described_alike_share_a_framework() {
    let mut worker = Worker::new();
    assert_eq!(worker.scopes, ["alice"]);
    worker.begin(framework(), request("a", 1));
    worker.now = Timestamp(5);
    worker.begin(framework(), request("b", 1));
    worker.begin(framework(), request("b", 7));
    worker.begin(RunFramework { role: "ops".into(), ..framework() }, request("c", 1));
    let of: Vec<(String, String)> = worker
        .ask(&RunsQuery)
        .runs
        .iter()
        .map(|row| (row.id.as_str().to_owned(), row.framework.0.as_str().to_owned()))
        .collect();
    let pair = |run: &str, key: &str| (run.to_owned(), key.to_owned());
    assert_eq!(of, [pair("b", "a"), pair("c", "c"), pair("a", "a")], "the newest first");
    assert_eq!(worker.streams.len(), 2);
    assert_eq!(worker.run("b").row.counts, RunCounts { waiting: 1, ..RunCounts::default() });
    // A framework that was left takes no run.
    worker.say(RunMessage::Leave(key("a")));
    worker.begin(framework(), request("d", 1));
    assert_eq!(worker.run("d").row.framework, key("d"));
}

#[test]
fn a_browser_has_few_streams_and_says_which_run_needs_one_more() {
    let in_role = |role: &str| RunFramework { role: role.into(), ..framework() };
    let mut worker = Worker::new();
    for (run, role) in [("a", "r1"), ("b", "r2"), ("c", "r3")] {
        let streams = FrameworkStreams::of(&worker.frameworks);
        assert!(streams.has_one_for(&in_role(role)) && streams.has_free(), "{run}");
        worker.begin(in_role(role), request(run, 1));
    }
    let of = |worker: &Worker| FrameworkStreams::of(&worker.frameworks);
    assert!(!of(&worker).has_one_for(&in_role("r4")));
    assert!(of(&worker).has_one_for(&in_role("r1")), "runs that are described alike share a stream");
    // A stream that is lost is opened again; one that is left is not.
    worker.input(&key("a"), HostedInput::StreamEnded(StreamNumber(1), DisconnectReason::Silent));
    assert!(!of(&worker).has_free());
    worker.say(RunMessage::Leave(key("a")));
    assert!(of(&worker).has_one_for(&in_role("r4")));
    worker.begin(in_role("r4"), request("d", 1));
    let left = worker.own().into_iter().find(|own| own.key == key("a")).unwrap();
    assert!(left.may_be_resumed && left.lacks_stream);
    // The one that is torn down holds its stream to the end, and takes no run.
    worker.say(RunMessage::TearDown(key("b")));
    assert!(!of(&worker).has_one_for(&in_role("r2")));
    worker.event(&key("b"), &subscribed());
    worker.answer("TEARDOWN", Ok(()));
    assert!(of(&worker).has_one_for(&in_role("r2")) && !worker.own().iter().any(|own| own.lacks_stream));
}

#[test]
fn a_launch_is_kept_before_it_is_sent_and_nothing_typed_is_kept() {
    let mut worker = launched();
    let accept = worker.order.iter().position(|step| step == "ACCEPT").unwrap();
    assert_eq!(worker.order[accept - 1], "kept");
    let kept = String::from_utf8(worker.kept[&key("a")].clone()).unwrap();
    assert!(kept.contains("TOKEN") && !kept.contains("hunter2"), "{kept}");
    // The call itself has it, and no page and no log.
    let sent = &worker.calls.iter().find(|(.., body)| body["type"] == "ACCEPT").unwrap().2;
    assert_eq!(sent.to_string().matches("hunter2").count(), 2);
    let log = worker.ask(&FrameworkLogQuery { framework: key("a") }).unwrap();
    let shown = format!("{log:?}{:?}{:?}", worker.run("a"), worker.own());
    assert!(shown.contains("TOKEN") && shown.contains("@h/a.tgz") && !shown.contains("hunter2"), "{shown}");
    assert!(worker.run("a").has_values);
    // Other changes are kept after a moment, all at once.
    let before = worker.order.len();
    worker.event(&key("a"), &update("a.1", "TASK_RUNNING", ""));
    assert_eq!(worker.order.len(), before);
    worker.after(1);
    assert_eq!(worker.order[before..], ["kept"]);
}

#[test]
fn a_run_goes_on_in_the_next_worker() {
    let before = launched();
    let mut worker = Worker::new();
    worker.now = before.now;
    worker.input(&key("a"), HostedInput::Claimed(&before.kept[&key("a")]));
    worker.after(2);
    assert_eq!(worker.streams[0].2["framework_id"]["value"], "F");
    worker.event(&key("a"), &subscribed());
    worker.event(&key("a"), &update("a.1", "TASK_RUNNING", "u"));
    let run = worker.run("a");
    assert_eq!((run.row.started, run.has_values), (before.run("a").row.started, false));
    // The first waited for an offer, and its environment was not kept: it is not launched without.
    let waited: Vec<(TaskPhase, bool)> = run.tasks.iter().map(|task| (task.phase, task.is_incomplete)).collect();
    assert_eq!(waited, [(TaskPhase::Ended, true), (TaskPhase::Launched, false)]);
    assert_eq!(run.row.counts, RunCounts { running: 1, failed: 1, ..RunCounts::default() });
    worker.event(&key("a"), &offers(&[offer("O2", "S1", 4.0)]));
    assert!(worker.calls.iter().all(|(.., body)| body["type"] != "ACCEPT"));
    // What another build has kept in another form is dropped.
    worker.kept.insert(key("z"), Vec::new());
    worker.input(&key("z"), HostedInput::Claimed(b"{}"));
    assert!(!worker.kept.contains_key(&key("z")) && worker.own().len() == 1);
}

#[test]
fn a_repeated_run_takes_the_values_that_the_worker_still_has() {
    let mut worker = launched();
    let repeated = RunRequest { id: id("b"), ..worker.run("a").request };
    assert_ne!(repeated.environment[0].1, "hunter2");
    let begin = BeginRun { framework: framework(), request: repeated, repeats: Some(id("a")) };
    worker.say(RunMessage::Begin(Box::new(begin)));
    worker.event(&key("a"), &offers(&[offer("O2", "S1", 4.0)]));
    let mut launched =
        worker.calls.iter().filter(|(.., body)| body["type"] == "ACCEPT").map(|(.., body)| body.to_string());
    assert_eq!(launched.next_back().unwrap().matches("hunter2").count(), 4);
}

#[test]
fn a_run_that_lacks_a_value_launches_nothing() {
    let mut worker = launched();
    let lacks = RunRequest { id: id("b"), ..worker.run("a").request };
    let other = RunRequest {
        files: Vec::new(),
        environment: vec![("OTHER".to_owned(), "(hidden)".to_owned())],
        ..lacks.clone()
    };
    let moved = RunFile { uri: "https://(hidden)@elsewhere/a.tgz".to_owned(), ..lacks.files[0].clone() };
    let moved = RunRequest { id: id("c"), files: vec![moved], ..lacks.clone() };
    let alone = RunRequest { id: id("d"), ..lacks };
    for (request, repeats) in [(other, Some(id("a"))), (moved, Some(id("a"))), (alone, None)] {
        let begin = BeginRun { framework: framework(), request, repeats };
        worker.say(RunMessage::Begin(Box::new(begin)));
    }
    worker.event(&key("a"), &offers(&[offer("O2", "S1", 4.0), offer("O3", "S2", 4.0)]));
    for run in ["b", "c", "d"] {
        let task = worker.run(run).tasks.remove(0);
        assert_eq!((task.phase, task.is_incomplete), (TaskPhase::Ended, true), "{run}");
    }
    // A framework of its own never subscribes.
    let request = RunRequest { id: id("e"), ..with_secret("e", 1).without_secrets() };
    let framework = RunFramework { role: "ops".into(), ..framework() };
    worker.say(RunMessage::Begin(Box::new(BeginRun { framework, request, repeats: None })));
    assert_eq!((worker.streams.len(), &worker.run("e").link), (1, &LinkState::Ended(FrameworkEnd::TornDown)));
}

#[test]
fn signing_out_leaves_frameworks_and_signing_in_again_picks_them_up() {
    let mut worker = launched();
    worker.scope("");
    assert!(worker.own().is_empty());
    assert_eq!((&worker.closed, &worker.released), (&vec![key("a")], &vec![key("a")]));
    let kept = worker.kept[&key("a")].clone();
    worker.scope("alice");
    worker.input(&key("a"), HostedInput::Claimed(&kept));
    worker.after(2);
    assert_eq!(worker.streams.len(), 2, "it was not left by its user");
    // One that has ended is of no use to anyone else.
    worker.event(&key("a"), &json!({"type": "ERROR", "error": {"message": "Framework has been removed"}}));
    worker.after(1);
    worker.scope("bob");
    assert!(worker.kept.is_empty());
}

#[test]
fn a_second_scheduler_wins_and_a_user_may_take_the_framework_back() {
    let mut worker = launched();
    worker.event(&key("a"), &json!({"type": "ERROR", "error": {"message": "Framework failed over"}}));
    worker.after(3600);
    assert_eq!(worker.streams.len(), 1, "it does not subscribe by itself");
    let own = &worker.own()[0];
    assert_eq!((&own.link, own.may_be_resumed), (&LinkState::Ended(FrameworkEnd::FailedOver), true));
    worker.say(RunMessage::Resume(key("a")));
    assert_eq!(worker.streams[1].2["subscribe"]["force"], true);
    // Another worker of this browser has claimed it.
    worker.event(&key("a"), &subscribed());
    worker.input(&key("a"), HostedInput::TakenOver);
    assert!(worker.own().is_empty() && worker.closed.last() == Some(&key("a")));
}

#[test]
fn a_framework_that_is_left_waits_for_its_user_or_its_end() {
    let mut worker = launched();
    worker.say(RunMessage::Leave(key("a")));
    worker.after(60);
    assert!(matches!(worker.own()[0].link, LinkState::Left { .. }));
    let mut next = Worker::new();
    next.now = worker.now;
    next.input(&key("a"), HostedInput::Claimed(&worker.kept[&key("a")]));
    next.after(30);
    assert!(next.streams.is_empty(), "a user has left it");
    next.after(31);
    assert_eq!(next.own()[0].link, LinkState::Ended(FrameworkEnd::Expired));
    assert_eq!(next.frameworks.wake_at(), Some(next.now + Nanoseconds::from_secs(1)), "only to be kept");
    worker.say(RunMessage::TearDown(key("a")));
    worker.event(&key("a"), &subscribed());
    worker.answer("TEARDOWN", Ok(()));
    assert_eq!(worker.own()[0].link, LinkState::Ended(FrameworkEnd::TornDown));
    worker.say(RunMessage::Forget(key("a")));
    assert!(worker.own().is_empty() && worker.kept.is_empty());
}

#[test]
fn what_a_gateway_refuses_is_said_and_not_tried_again() {
    let mut worker = Worker::new();
    worker.begin(framework(), request("a", 1));
    let why = DisconnectReason::from(CallError::NotSent(refusal(403, b"This gateway is read-only")));
    worker.input(&key("a"), HostedInput::StreamEnded(StreamNumber(1), why.clone()));
    worker.after(3600);
    assert_eq!(worker.streams.len(), 1);
    let run = worker.run("a");
    let refused = refusal(403, b"This gateway is read-only");
    assert_eq!((run.link, run.why), (LinkState::Ended(FrameworkEnd::Refused(refused)), Some(why)));
}

#[test]
fn a_lost_stream_says_why_and_comes_back() {
    let mut worker = launched();
    let why = DisconnectReason::BrokenOff;
    worker.input(&key("a"), HostedInput::StreamEnded(StreamNumber(1), why.clone()));
    assert_eq!(worker.own()[0].why, Some(why));
    worker.after(2);
    assert_eq!(worker.streams.len(), 2);
    worker.event(&key("a"), &subscribed());
    assert_eq!(worker.own()[0].why, None);
    worker.after(75);
    assert_eq!(worker.own()[0].why, Some(DisconnectReason::Silent));
}

#[test]
fn a_call_that_reached_no_master_is_made_again_and_one_that_may_have_is_not() {
    for (answer, waits) in [
        (CallFailure::Answer(CallError::NotSent(refusal(502, b"no master"))), true),
        (CallFailure::Answer(CallError::Standby), true),
        (CallFailure::Answer(CallError::Refused(refusal(503, b"starting"))), true),
        (CallFailure::Answer(CallError::Unclear(refusal(502, b"lost"))), false),
        (CallFailure::NoConnection, false),
    ] {
        let mut worker = Worker::new();
        worker.begin(framework(), request("a", 1));
        worker.event(&key("a"), &subscribed());
        worker.event(&key("a"), &offers(&[offer("O1", "S0", 4.0)]));
        worker.answer("ACCEPT", Err(answer.clone()));
        assert_eq!(worker.run("a").tasks[0].waits(), waits, "{answer:?}");
    }
}

#[test]
fn tasks_are_counted_once_and_have_their_times() {
    let mut worker = Worker::new();
    worker.begin(framework(), request("a", 3));
    worker.event(&key("a"), &subscribed());
    worker.event(&key("a"), &offers(&["S0", "S1", "S2"].map(|agent| offer(agent, agent, 4.0))));
    worker
        .calls
        .clone()
        .into_iter()
        .for_each(|(key, call, _)| worker.input(&key, HostedInput::CallAnswered(call, Ok(()))));
    worker.now = Timestamp(0) + Nanoseconds::from_secs(10);
    worker.event(&key("a"), &update("a.0", "TASK_RUNNING", ""));
    worker.event(&key("a"), &update("a.1", "TASK_FINISHED", ""));
    worker.event(&key("a"), &of_master("a.2", "TASK_ERROR", "REASON_TASK_INVALID", "too large"));
    let run = worker.run("a");
    assert_eq!(run.row.counts, RunCounts { running: 1, finished: 1, failed: 1, ..RunCounts::default() });
    assert_eq!((run.row.counts.total(), run.row.ended), (3, None));
    let times: Vec<[bool; 3]> = run
        .tasks
        .iter()
        .map(|task| [task.times.launched.is_some(), task.times.running.is_some(), task.times.ended.is_some()])
        .collect();
    assert_eq!(times, [[true, true, false], [true, false, true], [true, false, true]]);
    worker.say(RunMessage::KillRun(id("a")));
    worker.event(&key("a"), &update("a.0", "TASK_KILLED", ""));
    let run = worker.run("a");
    assert_eq!((run.tasks[0].state, run.row.ended), (Some(TaskState::Killed), Some(worker.now)));
}
