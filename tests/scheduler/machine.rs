//! The state machine, one rule after another.

use std::collections::BTreeSet;

use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::{Bytes, Cpus, Nanoseconds, Quantities, Timestamp};
use mesoscope_core::mesos::calls::refusal;
use mesoscope_core::mesos::recordio;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::io::{CallOutcome, SchedulerInput, SchedulerOutput, StreamEnd, Wish};
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState, Scheduler};
use mesoscope_core::scheduler::numbers::{CallNumber, StreamNumber};
use mesoscope_core::scheduler::run::*;
use proptest::prelude::*;
use serde_json::{Value, json};

pub fn framework() -> RunFramework {
    RunFramework {
        name: "console-run".to_owned(),
        user: RunAs::user("ops").unwrap(),
        role: "dev".into(),
        failover_timeout: Nanoseconds::from_secs(120),
    }
}

/// `true`, once on each of any so many agents.
pub fn request(id: &str, count: u32) -> RunRequest {
    RunRequest {
        id: RunId::new(id).unwrap(),
        name: "true".to_owned(),
        command: RunCommand::Shell("true".to_owned()),
        targets: RunTargets::Any { count, among: None },
        resources: Quantities { cpus: Cpus::from_scalar(0.5), mem: Bytes::from_mebibytes(32.0), ..Quantities::NONE },
        pool: RunPool::Any,
        user: None,
        environment: Vec::new(),
        files: Vec::new(),
        image: None,
        containerizer: Containerizer::Mesos,
        labels: Vec::new(),
        timeout: None,
        grace: None,
    }
}

pub fn stream(records: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    records.iter().for_each(|record| recordio::encode(record.as_bytes(), &mut bytes));
    bytes
}

pub fn subscribed() -> Value {
    json!({"type": "SUBSCRIBED", "subscribed": {"framework_id": {"value": "F"}, "heartbeat_interval_seconds": 15}})
}

pub fn offer(id: &str, agent: &str, cpus: f64) -> Value {
    let scalar = |name: &str, value: f64| json!({"name": name, "type": "SCALAR", "scalar": {"value": value}, "allocation_info": {"role": "dev"}});
    json!({"id": {"value": id}, "agent_id": {"value": agent}, "hostname": format!("{agent}.local"),
        "allocation_info": {"role": "dev"}, "resources": [scalar("cpus", cpus), scalar("mem", 1024.0)]})
}

pub fn offers(offers: &[Value]) -> Value {
    json!({"type": "OFFERS", "offers": {"offers": offers}})
}

pub fn update(task: &str, state: &str, uuid: &str) -> Value {
    let mut status =
        json!({"task_id": {"value": task}, "state": state, "source": "SOURCE_EXECUTOR", "agent_id": {"value": "S0"}});
    if !uuid.is_empty() {
        status["uuid"] = uuid.into();
    }
    json!({"type": "UPDATE", "update": {"status": status}})
}

pub fn of_master(task: &str, state: &str, reason: &str, message: &str) -> Value {
    json!({"type": "UPDATE", "update": {"status": {"task_id": {"value": task}, "state": state, "source": "SOURCE_MASTER",
        "reason": reason, "message": message, "agent_id": {"value": "S0"}}}})
}

/// A scheduler, its time, and the calls that it has made.
pub struct Driven {
    pub scheduler: Scheduler,
    pub now: Timestamp,
    pub stream: StreamNumber,
    pub calls: Vec<(CallNumber, Value)>,
    subscriptions: Vec<Value>,
    closed: Vec<StreamNumber>,
}

impl Driven {
    pub fn idle() -> Self {
        let scheduler = Scheduler::new(framework(), 7);
        let (calls, subscriptions, closed) = Default::default();
        Self { scheduler, now: Timestamp(0), stream: StreamNumber(0), calls, subscriptions, closed }
    }

    /// Subscribed, with a run of one task.
    pub fn running() -> Self {
        let mut driven = Self::idle();
        driven.wish(Wish::Run(Box::new(request("t", 1))));
        driven.event(&subscribed());
        driven
    }

    /// Its task was launched on S0.
    pub fn launched() -> Self {
        let mut driven = Self::running();
        driven.event(&offers(&[offer("O1", "S0", 4.0)]));
        driven.answer_all();
        driven
    }

    pub fn input(&mut self, input: SchedulerInput<'_>) {
        for output in self.scheduler.handle(self.now, input) {
            match output {
                SchedulerOutput::OpenStream { stream, body } => {
                    self.stream = stream;
                    self.subscriptions.push(serde_json::from_slice(&body).unwrap());
                }
                SchedulerOutput::CloseStream(stream) => self.closed.push(stream),
                SchedulerOutput::Send { call, body, .. } => {
                    let body: Value = serde_json::from_slice(&body).unwrap();
                    assert_eq!(body["framework_id"]["value"], "F");
                    self.calls.push((call, body));
                }
                SchedulerOutput::WakeAt(_) | SchedulerOutput::Changed => {}
            }
        }
    }

    pub fn wish(&mut self, wish: Wish) {
        self.input(SchedulerInput::Wish(wish));
    }

    pub fn event(&mut self, event: &Value) {
        self.input(SchedulerInput::StreamChunk(self.stream, &stream(&[&event.to_string()])));
    }

    pub fn after(&mut self, seconds: i64) {
        self.now = self.now + Nanoseconds::from_secs(seconds);
        self.input(SchedulerInput::Tick);
    }

    pub fn answer(&mut self, kind: &str, outcome: CallOutcome) {
        let at = self.calls.iter().rposition(|(_, call)| call["type"] == kind).unwrap();
        self.input(SchedulerInput::CallAnswered(self.calls[at].0, outcome));
    }

    pub fn answer_all(&mut self) {
        let calls: Vec<CallNumber> = self.calls.iter().map(|(call, _)| *call).collect();
        calls.into_iter().for_each(|call| self.input(SchedulerInput::CallAnswered(call, CallOutcome::Accepted)));
    }

    pub fn of(&self, kind: &str) -> Vec<&Value> {
        self.calls.iter().filter(|(_, call)| call["type"] == kind).map(|(_, call)| call).collect()
    }

    pub fn task(&self) -> &RunTask {
        self.scheduler.tasks().next().unwrap()
    }
}

#[test]
fn a_command_is_launched_with_what_was_offered_and_the_framework_torn_down() {
    let mut driven = Driven::launched();
    let accept = driven.of("ACCEPT")[0];
    let scalar = |name: &str, value: f64| json!({"name": name, "type": "SCALAR", "scalar": {"value": value}, "allocation_info": {"role": "dev"}});
    assert_eq!(
        accept["accept"],
        json!({"offer_ids": [{"value": "O1"}], "filters": {"refuse_seconds": 600.0}, "operations": [{"type": "LAUNCH",
            "launch": {"task_infos": [{"name": "true", "task_id": {"value": "t.0"}, "agent_id": {"value": "S0"},
            "command": {"shell": true, "value": "true"}, "resources": [scalar("cpus", 0.5), scalar("mem", 32.0)]}]}}]})
    );
    assert_eq!(driven.subscriptions[0]["subscribe"]["framework_info"]["user"], "ops");
    assert_eq!(driven.of("SUPPRESS").len(), 1, "nothing waits any more");
    for (state, uuid) in [("TASK_STARTING", "a"), ("TASK_RUNNING", "b"), ("TASK_FINISHED", "c")] {
        driven.event(&update("t.0", state, uuid));
        assert!(driven.of("TEARDOWN").is_empty());
        driven.answer("ACKNOWLEDGE", CallOutcome::Accepted);
    }
    let uuids: Vec<&Value> = driven.of("ACKNOWLEDGE").iter().map(|call| &call["acknowledge"]["uuid"]).collect();
    assert_eq!(uuids, ["a", "b", "c"]);
    assert_eq!(driven.task().state, Some(TaskState::Finished));
    driven.answer("TEARDOWN", CallOutcome::Accepted);
    assert_eq!(driven.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown));
    assert_eq!(driven.closed, [StreamNumber(1)]);
}

#[test]
fn a_command_says_all_that_was_asked_for() {
    let mut driven = Driven::idle();
    let run = RunRequest {
        command: RunCommand::Program("/bin/df".to_owned(), vec!["-h".to_owned()]),
        user: Some(RunAs::root()),
        environment: vec![("A".to_owned(), "1".to_owned())],
        files: vec![RunFile { uri: "http://x/y.tgz".to_owned(), is_executable: false, is_extracted: true }],
        image: Some("alpine:3".to_owned()),
        labels: vec![("k".to_owned(), "v".to_owned())],
        timeout: Some(Nanoseconds::from_secs(60)),
        grace: Some(Nanoseconds::from_secs(2)),
        ..request("t", 1)
    };
    driven.wish(Wish::Run(Box::new(run)));
    driven.event(&subscribed());
    driven.event(&offers(&[offer("O1", "S0", 4.0)]));
    let mut task = driven.of("ACCEPT")[0]["accept"]["operations"][0]["launch"]["task_infos"][0].clone();
    task.as_object_mut().unwrap().remove("resources");
    assert_eq!(
        task,
        json!({"name": "true", "task_id": {"value": "t.0"}, "agent_id": {"value": "S0"},
            "command": {"shell": false, "value": "/bin/df", "arguments": ["/bin/df", "-h"], "user": "root",
                "environment": {"variables": [{"name": "A", "type": "VALUE", "value": "1"}]},
                "uris": [{"value": "http://x/y.tgz", "executable": false, "extract": true}]},
            "container": {"type": "MESOS", "mesos": {"image": {"type": "DOCKER", "docker": {"name": "alpine:3"}}}},
            "labels": {"labels": [{"key": "k", "value": "v"}]},
            "kill_policy": {"grace_period": {"nanoseconds": 2_000_000_000_i64}},
            "max_completion_time": {"nanoseconds": 60_000_000_000_i64}})
    );
}

#[test]
fn root_is_never_a_name() {
    for name in ["root", " root ", "0"] {
        assert_eq!(RunAs::user(name), Err(UserFault::IsRoot));
    }
    assert_eq!(RunAs::user(" "), Err(UserFault::Empty));
    assert_eq!(RunAs::root().name(), "root");
    assert!(RunId::new("a/b").is_err() && RunId::new("").is_err() && RunId::new(&"x".repeat(101)).is_err());
}

#[test]
fn an_update_is_acknowledged_once_unless_its_acknowledgement_was_lost() {
    let mut driven = Driven::launched();
    let running = update("t.0", "TASK_RUNNING", "a");
    driven.event(&running);
    driven.event(&running);
    assert_eq!(driven.of("ACKNOWLEDGE").len(), 1, "one is under way");
    driven.answer("ACKNOWLEDGE", CallOutcome::Accepted);
    driven.event(&running);
    assert_eq!(driven.of("ACKNOWLEDGE").len(), 1, "they have crossed");
    driven.after(10);
    driven.event(&running);
    assert_eq!(driven.of("ACKNOWLEDGE").len(), 2, "it was lost");
    driven.answer("ACKNOWLEDGE", CallOutcome::Unknown);
    driven.event(&running);
    assert_eq!(driven.of("ACKNOWLEDGE").len(), 3);
    // Of tasks that it does not know, too; and nothing without a uuid.
    driven.event(&update("other", "TASK_RUNNING", "b"));
    driven.event(&update("t.0", "TASK_RUNNING", ""));
    assert_eq!(driven.of("ACKNOWLEDGE").len(), 4);
}

#[test]
fn an_older_state_changes_nothing() {
    let mut driven = Driven::launched();
    for (state, expected) in [
        ("TASK_RUNNING", TaskState::Running),
        ("TASK_STARTING", TaskState::Running),
        ("TASK_UNREACHABLE", TaskState::Unreachable),
        ("TASK_RUNNING", TaskState::Running),
        ("TASK_UNKNOWN", TaskState::Unknown),
        ("TASK_RUNNING", TaskState::Running),
        ("TASK_FAILED", TaskState::Failed),
        ("TASK_RUNNING", TaskState::Failed),
        ("TASK_GONE", TaskState::Failed),
    ] {
        driven.event(&update("t.0", state, ""));
        assert_eq!(driven.task().state, Some(expected), "{state}");
    }
}

#[test]
fn an_error_about_a_second_launch_does_not_end_the_task() {
    let duplicate = of_master("t.0", "TASK_ERROR", "REASON_TASK_INVALID", "Task has duplicate ID: t.0");
    let mut driven = Driven::launched();
    driven.event(&duplicate);
    assert_eq!(driven.of("RECONCILE")[0]["reconcile"]["tasks"][0]["task_id"]["value"], "t.0");
    driven.event(&update("t.0", "TASK_RUNNING", "a"));
    driven.event(&duplicate);
    assert_eq!(driven.task().state, Some(TaskState::Running));
    // An error about the first is its end.
    let mut driven = Driven::launched();
    driven.event(&of_master("t.0", "TASK_ERROR", "REASON_TASK_INVALID", "Total resources are more than available"));
    assert_eq!((driven.task().state, driven.task().phase), (Some(TaskState::Error), TaskPhase::Ended));
}

#[test]
fn a_launch_with_offers_that_are_gone_is_tried_again_under_another_id() {
    let mut driven = Driven::launched();
    for attempt in 2..=5 {
        let id = driven.task().id.to_string();
        driven.event(&of_master(&id, "TASK_DROPPED", "REASON_INVALID_OFFERS", "Offer O1 is no longer valid"));
        assert_eq!(driven.task().id.as_str(), format!("t.0.{attempt}"));
        driven.event(&offers(&[offer(&format!("O{attempt}"), "S0", 4.0)]));
    }
    assert_eq!((driven.of("ACCEPT").len(), driven.of("REVIVE").len()), (5, 4));
    driven.event(&of_master("t.0.5", "TASK_DROPPED", "REASON_INVALID_OFFERS", "Offer O5 is no longer valid"));
    assert_eq!((driven.task().state, driven.task().phase), (Some(TaskState::Dropped), TaskPhase::Ended));
}

#[test]
fn offers_are_used_held_for_seconds_or_declined() {
    let mut driven = Driven::idle();
    let targets = RunTargets::Each(BTreeSet::from([AgentId::from("S0")]));
    driven.wish(Wish::Run(Box::new(RunRequest { targets, ..request("t", 1) })));
    driven.event(&subscribed());
    driven.event(&offers(&[offer("O1", "S0", 0.3), offer("O2", "S1", 4.0), offer("O3", "S0", 0.1)]));
    let declined =
        |driven: &Driven| driven.of("DECLINE").iter().map(|call| call["decline"].clone()).collect::<Vec<_>>();
    assert_eq!(declined(&driven), [json!({"offer_ids": [{"value": "O2"}], "filters": {"refuse_seconds": 600.0}})]);
    assert_eq!(driven.task().unfit.as_ref().unwrap().missing, ["cpus"]);
    driven.event(&json!({"type": "RESCIND", "rescind": {"offer_id": {"value": "O3"}}}));
    driven.after(3);
    assert_eq!(declined(&driven)[1], json!({"offer_ids": [{"value": "O1"}], "filters": {"refuse_seconds": 5.0}}));
    driven.event(&offers(&[offer("O4", "S0", 0.3)]));
    driven.event(&offers(&[offer("O5", "S0", 0.3)]));
    assert_eq!(driven.of("ACCEPT")[0]["accept"]["offer_ids"], json!([{"value": "O4"}, {"value": "O5"}]));
    // What the master has not taken is given back.
    driven.answer("ACCEPT", CallOutcome::Refused(refusal(400, b"no")));
    driven.after(3);
    assert_eq!(declined(&driven)[2]["offer_ids"], json!([{"value": "O4"}, {"value": "O5"}]));
    assert!(driven.task().waits());
}

#[test]
fn each_task_of_a_run_is_on_an_agent_of_its_own() {
    let mut driven = Driven::idle();
    let among = Some(["S0", "S1", "S2"].map(AgentId::from).into());
    driven.wish(Wish::Run(Box::new(RunRequest { targets: RunTargets::Any { count: 2, among }, ..request("t", 2) })));
    driven.event(&subscribed());
    driven.event(&offers(&[offer("O1", "S0", 4.0), offer("O2", "S9", 4.0)]));
    driven.event(&offers(&[offer("O3", "S0", 4.0), offer("O4", "S1", 4.0)]));
    let used: Vec<&Value> = driven.of("ACCEPT").iter().map(|call| &call["accept"]["offer_ids"][0]["value"]).collect();
    assert_eq!(used, ["O1", "O4"]);
}

#[test]
fn reserved_resources_are_taken_as_they_are_reserved() {
    let mut driven = Driven::idle();
    driven.wish(Wish::Run(Box::new(request("t", 1))));
    driven.event(&subscribed());
    let mut some = offer("O1", "S0", 0.3);
    let layer = json!({"type": "DYNAMIC", "role": "dev", "principal": "ops", "labels": {"labels": [{"key": "k"}]}});
    let reserved = json!({"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.4}, "reservations": [layer],
        "allocation_info": {"role": "dev"}});
    let volume = json!({"name": "cpus", "type": "SCALAR", "scalar": {"value": 9}, "provider_id": {"value": "p"}});
    some["resources"].as_array_mut().unwrap().extend([reserved.clone(), volume]);
    driven.event(&offers(&[some]));
    let task = &driven.of("ACCEPT")[0]["accept"]["operations"][0]["launch"]["task_infos"][0];
    assert_eq!(task["resources"][0], reserved);
    assert_eq!(task["resources"][1]["scalar"]["value"], 0.1);
    // An offer to another role is of no use.
    let mut driven = Driven::running();
    let mut other = offer("O1", "S0", 4.0);
    other["allocation_info"]["role"] = "other".into();
    driven.event(&offers(&[other]));
    driven.after(3);
    assert_eq!((driven.of("ACCEPT").len(), driven.of("DECLINE").len()), (0, 1));
}

#[test]
fn another_subscriber_wins_until_a_user_says_otherwise() {
    let mut driven = Driven::launched();
    driven.event(&json!({"type": "ERROR", "error": {"message": "Framework failed over"}}));
    driven.after(3600);
    driven.input(SchedulerInput::StreamEnded(driven.stream, StreamEnd::Closed));
    assert_eq!((driven.scheduler.link(), driven.subscriptions.len()), (&LinkState::Ended(FrameworkEnd::FailedOver), 1));
    driven.wish(Wish::Reclaim);
    let again = &driven.subscriptions[1];
    assert_eq!(
        (&again["framework_id"]["value"], &again["subscribe"]["framework_info"]["id"]["value"]),
        (&json!("F"), &json!("F"))
    );
    assert_eq!(again["subscribe"]["force"], true);
}

#[test]
fn missed_heartbeats_open_another_stream_and_reconcile() {
    let mut driven = Driven::launched();
    driven.event(&update("t.0", "TASK_RUNNING", "a"));
    driven.after(74);
    assert_eq!(driven.closed, []);
    driven.after(1);
    assert_eq!(driven.closed, [StreamNumber(1)]);
    driven.after(1);
    assert_eq!(driven.subscriptions[1]["framework_id"]["value"], "F");
    assert_eq!(driven.subscriptions[1]["subscribe"]["suppressed_roles"], json!(["dev"]));
    driven.event(&subscribed());
    let asked: Vec<&Value> = driven.of("RECONCILE").iter().map(|call| &call["reconcile"]["tasks"]).collect();
    assert_eq!(asked, [&json!([]), &json!([{"task_id": {"value": "t.0"}, "agent_id": {"value": "S0"}}])]);
    // The first stream's bytes come late.
    driven.input(SchedulerInput::StreamChunk(StreamNumber(1), &stream(&[r#"{"type":"ERROR","error":{}}"#])));
    assert!(matches!(driven.scheduler.link(), LinkState::Subscribed { .. }));
    // The update was not acknowledged on the first.
    driven.event(&update("t.0", "TASK_RUNNING", "a"));
    assert_eq!(driven.of("ACKNOWLEDGE").len(), 2);
}

#[test]
fn a_framework_expires_with_its_failover_timeout() {
    let mut driven = Driven::launched();
    driven.input(SchedulerInput::StreamEnded(driven.stream, StreamEnd::Closed));
    for _ in 0..200 {
        driven.after(1);
        let refused = StreamEnd::Refused(refusal(503, b"Master has not finished recovery"));
        driven.input(SchedulerInput::StreamEnded(driven.stream, refused));
    }
    assert_eq!(driven.scheduler.link(), &LinkState::Ended(FrameworkEnd::Expired));
    assert!((5..30).contains(&driven.subscriptions.len()), "{}", driven.subscriptions.len());
}

#[test]
fn a_launch_whose_answer_was_lost_is_asked_for_and_not_repeated() {
    let mut driven = Driven::running();
    driven.event(&offers(&[offer("O1", "S0", 4.0)]));
    driven.answer("ACCEPT", CallOutcome::Unknown);
    driven.event(&offers(&[offer("O2", "S0", 4.0)]));
    driven.after(1);
    driven.after(15);
    assert_eq!((driven.of("ACCEPT").len(), driven.of("RECONCILE").len()), (1, 1));
    driven.event(&of_master("t.0", "TASK_UNKNOWN", "REASON_RECONCILIATION", "Reconciliation: Task is unknown"));
    assert_eq!((driven.task().state, driven.of("TEARDOWN").len()), (Some(TaskState::Unknown), 1));
}

#[test]
fn a_kill_waits_for_the_launch_and_is_repeated() {
    let mut driven = Driven::running();
    driven.event(&offers(&[offer("O1", "S0", 4.0)]));
    driven.wish(Wish::KillRun(RunId::new("t").unwrap()));
    assert!(driven.of("KILL").is_empty());
    driven.answer("ACCEPT", CallOutcome::Accepted);
    assert_eq!(driven.of("KILL")[0]["kill"], json!({"task_id": {"value": "t.0"}, "agent_id": {"value": "S0"}}));
    driven.after(1);
    driven.after(15);
    assert_eq!(driven.of("KILL").len(), 2);
    // One that waits is cancelled.
    let mut driven = Driven::running();
    driven.wish(Wish::KillTask(driven.task().id.clone()));
    assert_eq!((driven.task().phase, driven.of("KILL").len(), driven.of("TEARDOWN").len()), (TaskPhase::Ended, 0, 1));
}

#[test]
fn tearing_down_survives_a_lost_stream() {
    let mut driven = Driven::launched();
    driven.wish(Wish::TearDown);
    driven.input(SchedulerInput::StreamEnded(driven.stream, StreamEnd::Closed));
    driven.answer("TEARDOWN", CallOutcome::Unknown);
    driven.after(1);
    driven.event(&json!({"type": "ERROR", "error": {"message": "Framework has been removed"}}));
    assert_eq!(driven.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown));
    // Refused, it is not asked for ever.
    let mut driven = Driven::launched();
    driven.wish(Wish::TearDown);
    driven.answer("TEARDOWN", CallOutcome::Refused(refusal(403, b"Forbidden")));
    driven.event(&update("t.0", "TASK_FINISHED", ""));
    assert_eq!((driven.of("TEARDOWN").len(), driven.scheduler.refused_call()), (1, Some(&refusal(403, b"Forbidden"))));
}

#[test]
fn inverse_offers_are_declined_where_tasks_run() {
    let mut driven = Driven::launched();
    let inverse =
        |id: &str, agent: &str| json!({"id": {"value": id}, "agent_id": {"value": agent}, "unavailability": {}});
    let inverse = json!({"type": "INVERSE_OFFERS", "inverse_offers": {"inverse_offers": [inverse("I0", "S0"), inverse("I1", "S1")]}});
    driven.event(&inverse);
    let declined = json!({"inverse_offer_ids": [{"value": "I0"}], "filters": {"refuse_seconds": 60.0}});
    assert_eq!(driven.of("DECLINE_INVERSE_OFFERS")[0]["decline_inverse_offers"], declined);
    assert_eq!(driven.of("ACCEPT_INVERSE_OFFERS")[0]["accept_inverse_offers"]["inverse_offer_ids"][0]["value"], "I1");
}

#[test]
fn a_saved_framework_is_picked_up_again() {
    let mut driven = Driven::running();
    driven.event(&offers(&[offer("O1", "S0", 4.0)]));
    let saved = driven.scheduler.saved(driven.now).unwrap();
    let again = Scheduler::resumed(serde_json::from_str(&serde_json::to_string(&saved).unwrap()).unwrap(), 3);
    driven.scheduler = again;
    driven.after(60);
    assert_eq!(driven.subscriptions[1]["framework_id"]["value"], "F");
    driven.event(&subscribed());
    assert_eq!(driven.of("RECONCILE").last().unwrap()["reconcile"]["tasks"][0]["task_id"]["value"], "t.0");
    let mut late = Scheduler::resumed(saved, 3);
    late.handle(Timestamp(0) + Nanoseconds::from_secs(121), SchedulerInput::Tick);
    assert_eq!(late.link(), &LinkState::Ended(FrameworkEnd::Expired));
}

#[test]
fn strange_records_are_counted_and_broken_streams_opened_again() {
    let mut driven = Driven::launched();
    let strange = [
        r#"{"type":"SING"}"#,
        "[]",
        "{",
        r#"{"type":"UPDATE","update":{"status":{}}}"#,
        r#"{"type":"OFFERS","offers":{"offers":[{},7]}}"#,
    ];
    driven.input(SchedulerInput::StreamChunk(driven.stream, &stream(&strange)));
    driven.event(&update("t.0", "TASK_RUNNING", "a"));
    let counts = driven.scheduler.counts();
    assert_eq!((counts.unknown, counts.broken), (1, 3));
    assert!(counts.misfits >= 2);
    assert_eq!(driven.task().state, Some(TaskState::Running));
    driven.input(SchedulerInput::StreamChunk(driven.stream, b"99999999999\n"));
    assert!(matches!(driven.scheduler.link(), LinkState::Lost { .. }));
    for _ in 0..2000 {
        driven.input(SchedulerInput::Wish(Wish::Keep(true)));
    }
    assert!(driven.scheduler.log().entries().count() <= 300);
}

proptest! {
    #[test]
    fn hostile_bytes_cost_nothing(
        chunks in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[{}\\[\\]\":,a-zA-Z0-9]{0,40}".prop_map(|text| stream(&[&text])),
            ("(SUBSCRIBED|OFFERS|INVERSE_OFFERS|RESCIND|UPDATE|MESSAGE|FAILURE|ERROR)", "[{}\\[\\]\":,a-z0-9]{0,40}").prop_map(|(kind, rest)| {
                stream(&[&format!(r#"{{"type":"{kind}","{}":{rest}}}"#, kind.to_lowercase())])
            }),
        ], 0..12),
    ) {
        let mut driven = Driven::launched();
        for chunk in &chunks {
            driven.input(SchedulerInput::StreamChunk(driven.stream, chunk));
            driven.after(1);
        }
        prop_assert!(driven.calls.len() < 100);
    }
}
