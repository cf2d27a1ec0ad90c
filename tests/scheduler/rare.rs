//! Events that seldom come, calls that users make by hand, and calls that cannot be made.

use mesoscope_core::mesos::calls::answer::{CallError, Intercepted};
use mesoscope_core::mesos::calls::refusal;
use mesoscope_core::mesos::calls::resource::Resource;
use mesoscope_core::mesos::calls::scheduler::*;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::call_log::SchedulerMessage;
use mesoscope_core::scheduler::io::{CallOutcome, ManualCall, SchedulerInput, StreamEnd, Wish};
use mesoscope_core::scheduler::run::TaskPhase;
use serde_json::{Value, json};

use super::machine::{Driven, of_master, offer, offers, request, update};
use super::typed::IntoId;

fn failure(failure: Value) -> Value {
    json!({"type": "FAILURE", "failure": failure})
}

#[test]
fn a_failure_asks_for_the_tasks_of_its_agent() {
    let mut driven = Driven::launched();
    driven.event(&update("t.0", "TASK_RUNNING", "a"));
    for other in [json!({"agent_id": {"value": "S1"}}), json!({}), json!({"executor_id": {"value": "t.0"}})] {
        driven.event(&failure(other));
    }
    assert!(driven.of("RECONCILE").is_empty());
    let of_executor = json!({"agent_id": {"value": "S0"}, "executor_id": {"value": "e"}, "status": 256});
    for (nth, own) in [json!({"agent_id": {"value": "S0"}}), of_executor].into_iter().enumerate() {
        driven.event(&failure(own));
        let asked = driven.of("RECONCILE");
        let tasks = json!([{"task_id": {"value": "t.0"}, "agent_id": {"value": "S0"}}]);
        assert_eq!((asked.len(), &asked[nth]["reconcile"]["tasks"]), (nth + 1, &tasks));
    }
    assert_eq!(driven.scheduler.counts().misfits, 0);
    // An agent that is not heard of may come back; one that is gone does not.
    driven.event(&of_master("t.0", "TASK_UNREACHABLE", "REASON_RECONCILIATION", "Reconciliation: Task is unreachable"));
    assert_eq!((driven.task().state, driven.task().phase), (Some(TaskState::Unreachable), TaskPhase::Launched));
    driven.answer("ACKNOWLEDGE", CallOutcome::Accepted);
    driven.event(&of_master("t.0", "TASK_GONE_BY_OPERATOR", "REASON_RECONCILIATION", "Reconciliation: Task is gone"));
    assert_eq!((driven.task().state, driven.task().phase), (Some(TaskState::GoneByOperator), TaskPhase::Ended));
    assert_eq!(driven.of("TEARDOWN").len(), 1);
    driven.event(&failure(json!({"agent_id": {"value": "S0"}})));
    assert_eq!(driven.of("RECONCILE").len(), 2, "nothing of it is left to ask for");
}

#[test]
fn a_message_is_kept_in_the_log_alone() {
    let mut driven = Driven::launched();
    let (calls, task) = (driven.calls.len(), driven.task().clone());
    let message = json!({"type": "MESSAGE", "message": {"agent_id": {"value": "S0"}, "executor_id": {"value": "e"}, "data": "aGk="}});
    driven.event(&message);
    assert_eq!((driven.calls.len(), driven.task(), driven.scheduler.counts().misfits), (calls, &task, 0));
    let last = driven.scheduler.log().entries().last().map(|entry| &entry.message);
    let expected = SchedulerMessage::Event { kind: "MESSAGE".to_owned(), json: message.to_string(), times: 1 };
    assert_eq!(last, Some(&expected));
}

#[test]
fn inverse_offers_are_answered_once_and_may_be_taken_back() {
    let inverse = |id: &str| json!({"type": "INVERSE_OFFERS", "inverse_offers": {"inverse_offers": [{"id": {"value": id}, "agent_id": {"value": "S0"}, "unavailability": {}}]}});
    let answered =
        |driven: &Driven| (driven.of("DECLINE_INVERSE_OFFERS").len(), driven.of("ACCEPT_INVERSE_OFFERS").len());
    let mut driven = Driven::running();
    driven.event(&inverse("I0"));
    assert_eq!(answered(&driven), (0, 1), "nothing of it is there");
    driven.event(&offers(&[offer("O1", "S0", 4.0)]));
    driven.event(&inverse("I1"));
    assert_eq!(answered(&driven), (1, 1), "the answer of its launch has not come");
    driven.answer_all();
    driven.event(&update("t.0", "TASK_RUNNING", ""));
    driven.event(&inverse("I2"));
    assert_eq!(answered(&driven), (2, 1));
    let calls = driven.calls.len();
    driven.event(
        &json!({"type": "RESCIND_INVERSE_OFFER", "rescind_inverse_offer": {"inverse_offer_id": {"value": "I2"}}}),
    );
    assert_eq!((driven.calls.len(), driven.scheduler.counts().misfits), (calls, 0));
    driven.wish(Wish::Keep(true));
    driven.event(&update("t.0", "TASK_FINISHED", ""));
    driven.event(&inverse("I3"));
    assert_eq!(answered(&driven), (2, 2), "its task has ended");
    // One for all agents names none.
    driven.event(&json!({"type": "INVERSE_OFFERS", "inverse_offers": {"inverse_offers": [{"id": {"value": "I4"}}]}}));
    assert_eq!(answered(&driven), (3, 2));
}

#[test]
fn calls_made_by_hand_are_sent_as_they_are() {
    let roles = || OfRoles { roles: vec!["dev".into()] };
    let (agent, executor) = (|| "S0".into_id(), || "e".into_id());
    let request = ResourceRequest { agent_id: Some("S0".into_id()), resources: vec![Resource::scalar("cpus", 2.0)] };
    let task = ReconciledTask { task_id: "x".into_id(), agent_id: None };
    let message = MessageToExecutor { agent_id: agent(), executor_id: executor(), data: "aGk=".to_owned() };
    let shut_down = ShutDownExecutor { executor_id: executor(), agent_id: agent() };
    let (agent, executor) = (json!({"value": "S0"}), json!({"value": "e"}));
    let cpus = json!({"name": "cpus", "type": "SCALAR", "scalar": {"value": 2.0}});
    for (call, kind, arguments) in [
        (ManualCall::Suppress(roles()), "SUPPRESS", json!({"roles": ["dev"]})),
        (ManualCall::Revive(roles()), "REVIVE", json!({"roles": ["dev"]})),
        (
            ManualCall::Reconcile(ReconcileTasks { tasks: vec![task] }),
            "RECONCILE",
            json!({"tasks": [{"task_id": {"value": "x"}}]}),
        ),
        (ManualCall::Message(message), "MESSAGE", json!({"agent_id": agent, "executor_id": executor, "data": "aGk="})),
        (ManualCall::ShutDown(shut_down), "SHUTDOWN", json!({"agent_id": agent, "executor_id": executor})),
        (
            ManualCall::Request(RequestResources { requests: vec![request] }),
            "REQUEST",
            json!({"requests": [{"agent_id": agent, "resources": [cpus]}]}),
        ),
    ] {
        let mut driven = Driven::launched();
        driven.calls.clear();
        driven.wish(Wish::Send(call.clone()));
        let sent = json!({"type": kind, "framework_id": {"value": "F"}, kind.to_lowercase(): arguments});
        assert_eq!(driven.of(kind), [&sent]);
        driven.answer(kind, CallOutcome::Refused(refusal(400, b"no")));
        assert_eq!(driven.scheduler.refused_call(), Some(&refusal(400, b"no")));
        // Without a stream there is nothing to send it on.
        driven.input(SchedulerInput::StreamEnded(driven.stream, StreamEnd::Closed));
        driven.calls.clear();
        driven.wish(Wish::Send(call));
        assert!(driven.calls.is_empty(), "{kind}");
    }
}

/// What a user does by hand must not leave a later run without offers.
#[test]
fn a_run_gets_offers_after_suppress_by_hand() {
    let mut driven = Driven::running();
    driven.wish(Wish::Send(ManualCall::Suppress(OfRoles::default())));
    assert_eq!(driven.calls.last().map(|(_, call)| &call["type"]), Some(&json!("REVIVE")), "a task waits");
    let mut driven = Driven::launched();
    driven.wish(Wish::Send(ManualCall::Suppress(OfRoles::default())));
    driven.wish(Wish::Run(Box::new(request("u", 1))));
    assert_eq!(driven.calls.last().map(|(_, call)| &call["type"]), Some(&json!("REVIVE")));
}

#[test]
fn a_kept_framework_stays_until_its_user_says_otherwise() {
    let mut driven = Driven::launched();
    driven.wish(Wish::Keep(true));
    driven.event(&update("t.0", "TASK_FINISHED", ""));
    driven.after(60);
    assert_eq!((driven.of("TEARDOWN").len(), driven.scheduler.takes_runs()), (0, true));
    driven.wish(Wish::Run(Box::new(request("u", 1))));
    driven.event(&offers(&[offer("O2", "S0", 4.0)]));
    driven.answer_all();
    driven.event(&update("u.0", "TASK_FINISHED", ""));
    assert_eq!((driven.of("ACCEPT").len(), driven.of("TEARDOWN").len()), (2, 0));
    driven.wish(Wish::Keep(false));
    assert_eq!(driven.of("TEARDOWN").len(), 1);
    assert!(!driven.scheduler.takes_runs());
}

#[test]
fn a_later_update_of_a_task_waits_for_the_answer_of_the_acknowledgement_before() {
    let mut driven = Driven::launched();
    for (state, uuid) in [("TASK_STARTING", "a"), ("TASK_RUNNING", "b"), ("TASK_FINISHED", "c")] {
        driven.event(&update("t.0", state, uuid));
    }
    driven.event(&update("other", "TASK_RUNNING", "d"));
    let uuids = |driven: &Driven| -> Vec<String> {
        let calls = driven.of("ACKNOWLEDGE");
        calls.iter().map(|call| call["acknowledge"]["uuid"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(uuids(&driven), ["a", "d"], "tasks do not wait for each other");
    driven.answer_all();
    assert_eq!(uuids(&driven), ["a", "d", "b"]);
    assert!(driven.of("TEARDOWN").is_empty(), "the last update is not acknowledged");
    driven.answer_all();
    driven.answer_all();
    assert_eq!(uuids(&driven), ["a", "d", "b", "c"]);
    assert_eq!(driven.of("TEARDOWN").len(), 1);
}

#[test]
fn a_launch_that_the_master_does_not_allow_ends_with_its_words() {
    for (reason, message) in [
        (
            "REASON_TASK_UNAUTHORIZED",
            "Task 't.0' is not authorized to launch task t.0 of framework F under user 'root'",
        ),
        (
            "REASON_TASK_INVALID",
            "Total resources cpus(allocated: dev):9 required by task and its executor is more than available cpus(allocated: dev):4",
        ),
    ] {
        let mut driven = Driven::launched();
        driven.event(&of_master("t.0", "TASK_ERROR", reason, message));
        let task = driven.task();
        assert_eq!((task.state, task.phase, &*task.message), (Some(TaskState::Error), TaskPhase::Ended, message));
        assert!(driven.of("ACKNOWLEDGE").is_empty(), "it has no uuid");
        assert_eq!((driven.of("ACCEPT").len(), driven.of("TEARDOWN").len()), (1, 1));
    }
}

#[test]
fn heartbeats_are_counted_in_the_log() {
    let mut driven = Driven::launched();
    (0..3).for_each(|_| driven.event(&json!({"type": "HEARTBEAT"})));
    let last = driven.scheduler.log().entries().last().map(|entry| entry.message.clone());
    let json = json!({"type": "HEARTBEAT"}).to_string();
    assert_eq!(last, Some(SchedulerMessage::Event { kind: "HEARTBEAT".to_owned(), json, times: 3 }));
}

#[test]
fn a_command_that_is_too_large_is_not_sent_again() {
    let mut driven = Driven::running();
    driven.event(&offers(&[offer("O1", "S0", 4.0)]));
    driven.answer("ACCEPT", CallOutcome::Refused(refusal(413, b"A request has at most 8 MiB.")));
    assert_eq!((driven.task().phase, &*driven.task().message), (TaskPhase::Ended, "A request has at most 8 MiB."));
    driven.event(&offers(&[offer("O2", "S0", 4.0)]));
    assert_eq!((driven.of("ACCEPT").len(), driven.of("TEARDOWN").len()), (1, 1));
}

#[test]
fn a_frameworks_description_can_be_replaced() {
    let framework = FrameworkDescription { name: "new".to_owned(), roles: vec!["dev".into()], ..Default::default() };
    let call = SchedulerCall::UpdateFramework(UpdateFramework { framework, suppressed_roles: vec!["dev".into()] });
    let sent: Value = serde_json::from_slice(&call.request(&"F".into())).unwrap();
    let info = &sent["update_framework"]["framework_info"];
    assert_eq!((&sent["type"], &sent["framework_id"]), (&json!("UPDATE_FRAMEWORK"), &info["id"]));
    assert_eq!((&info["name"], &info["id"]), (&json!("new"), &json!({"value": "F"})));
    assert_eq!(sent["update_framework"]["suppressed_roles"], json!(["dev"]));
}

#[test]
fn an_answer_says_what_became_of_its_call() {
    let gateways = |status| Err(CallError::NotSent(refusal(status, b"words")));
    let page = Intercepted { status: 200, title: "Sign in".to_owned(), signs_in: true };
    let other = CallError::NotMesos { status: 504, words: String::new() };
    for (judged, outcome) in [
        (Ok(()), CallOutcome::Accepted),
        (Err(CallError::Refused(refusal(400, b"words"))), CallOutcome::Refused(refusal(400, b"words"))),
        (gateways(502), CallOutcome::NotSent),
        (gateways(503), CallOutcome::NotSent),
        (gateways(413), CallOutcome::Refused(refusal(413, b"words"))),
        (gateways(403), CallOutcome::Refused(refusal(403, b"words"))),
        (Err(CallError::Intercepted(page)), CallOutcome::NotSent),
        (Err(CallError::Standby), CallOutcome::NotSent),
        (Err(CallError::Unclear(refusal(502, b"words"))), CallOutcome::Unknown),
        (Err(other), CallOutcome::Unknown),
        (Err(CallError::TooLong("KILL".to_owned(), 9)), CallOutcome::Unknown),
    ] {
        assert_eq!(CallOutcome::of(judged), outcome);
    }
}
