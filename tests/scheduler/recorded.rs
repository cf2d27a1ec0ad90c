//! Every recorded exchange: its request is built, or cannot be for a reason; its events are read without a loss.

use std::collections::BTreeMap;

use mesoscope_core::base::ids::Role;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::mesos::wire::scheduler_event::{ReceivedUpdate, SchedulerEvent, decode};
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::io::{SchedulerInput, SchedulerOutput, StreamEnd, Wish};
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState, Scheduler};
use mesoscope_core::scheduler::numbers::StreamNumber;
use serde_json::{Value, json};

use super::exchange::{Exchange, all, numbered};
use super::machine::{framework, request, stream};
use super::typed::printed;

/// Requests that the core cannot build, and why.
const NOT_BUILT: [(&str, &str); 14] = [
    ("006", "a call without a framework's id"),
    ("007", "ACCEPT without its arguments"),
    ("008", "an unknown type"),
    ("009", "no JSON"),
    ("013", "a GET without a body"),
    ("033", "a task without a command"),
    ("069", "the two ids of SUBSCRIBE differ"),
    ("070", "one of the two ids of SUBSCRIBE is absent"),
    ("077", "a framework without a user"),
    ("078", "SUBSCRIBE without a framework"),
    ("079", "a framework without a failover timeout"),
    ("089", "the operator API"),
    ("091", "the operator API"),
    ("092", "the operator API"),
];

#[test]
fn every_request_is_built_as_it_was_sent() {
    let all = all();
    assert_eq!(all.len(), 95);
    let mut built = BTreeMap::<String, usize>::new();
    for exchange in &all {
        if NOT_BUILT.iter().any(|(number, _)| exchange.name.starts_with(number)) {
            continue;
        }
        let request = exchange.request.as_ref().unwrap_or_else(|| panic!("{} has a request", exchange.name));
        let own: Value = serde_json::from_slice(&printed(request)).unwrap();
        assert_eq!(with_doubles(&own), with_doubles(request), "{}", exchange.name);
        *built.entry(request["type"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(built.values().sum::<usize>(), 95 - NOT_BUILT.len());
    assert_eq!(built.len(), 14, "{built:?}");
}

/// `32` and `32.0` are the same amount.
fn with_doubles(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(with_doubles).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), with_doubles(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn every_event_is_read_without_a_loss() {
    let mut seen = BTreeMap::<String, usize>::new();
    for exchange in all().iter().filter(|exchange| !exchange.name.starts_with("095")) {
        for record in exchange.records() {
            let json: Value = serde_json::from_str(record).unwrap();
            let decoded = decode(record.as_bytes()).unwrap();
            assert_eq!((decoded.event.mesos_type(), decoded.misfits), (json["type"].as_str().unwrap(), 0), "{record}");
            check(&decoded.event, &json);
            *seen.entry(decoded.event.mesos_type().to_owned()).or_default() += 1;
        }
    }
    let expected = [("ERROR", 9), ("HEARTBEAT", 11), ("OFFERS", 20), ("RESCIND", 1), ("SUBSCRIBED", 8), ("UPDATE", 49)];
    for (kind, at_least) in expected {
        assert!(seen.get(kind).is_some_and(|seen| *seen >= at_least - 1), "{kind}: {seen:?}");
    }
}

fn check(event: &SchedulerEvent, json: &Value) {
    match event {
        SchedulerEvent::Subscribed(event) => {
            let json = &json["subscribed"];
            assert_eq!(event.framework.as_str(), json["framework_id"]["value"]);
            assert_eq!(
                (event.heartbeat_seconds, json["master_info"]["id"].as_str()),
                (Some(15.0), Some(&*event.master))
            );
        }
        SchedulerEvent::Offers(offers) => {
            let json = json["offers"]["offers"].as_array().unwrap();
            assert_eq!(offers.len(), json.len());
            for (offer, json) in offers.iter().zip(json) {
                assert_eq!(offer.id.as_str(), json["id"]["value"]);
                assert_eq!(
                    (offer.agent.as_str(), &json["hostname"]),
                    (json["agent_id"]["value"].as_str().unwrap(), &json!(offer.hostname))
                );
                assert_eq!(offer.role, Role::from(json["allocation_info"]["role"].as_str().unwrap()));
                assert_eq!(offer.resources.len(), json["resources"].as_array().unwrap().len());
            }
        }
        SchedulerEvent::Update(update) => check_update(update, &json["update"]["status"]),
        SchedulerEvent::Rescind(offer) => assert_eq!(offer.as_str(), json["rescind"]["offer_id"]["value"]),
        SchedulerEvent::Error(message) => assert_eq!(message, &json["error"]["message"]),
        SchedulerEvent::Heartbeat => {}
        other => panic!("not recorded: {other:?}"),
    }
}

fn check_update(update: &ReceivedUpdate, json: &Value) {
    let text = |way: &str| json[way].as_str().unwrap_or_default().to_owned();
    assert_eq!(update.task.as_str(), json["task_id"]["value"]);
    assert_eq!(update.agent.as_str(), json["agent_id"]["value"].as_str().unwrap_or_default());
    assert_eq!(update.state, TaskState::from_name(&text("state")));
    assert_eq!(update.uuid.as_deref(), json["uuid"].as_str());
    assert_eq!((&update.message, &update.reason, &update.source), (&text("message"), &text("reason"), &text("source")));
    assert_eq!(update.container, json["container_status"]["container_id"]["value"].as_str().unwrap_or_default());
}

/// What a scheduler is after it was given the whole recorded answer to its SUBSCRIBE.
fn after(exchange: &Exchange) -> Scheduler {
    let mut scheduler = Scheduler::new(framework(), 1);
    scheduler.handle(Timestamp(0), SchedulerInput::Wish(Wish::Run(Box::new(request("t", 1)))));
    if exchange.status == 200 {
        scheduler.handle(Timestamp(1), SchedulerInput::StreamOpened(StreamNumber(1), "s"));
        scheduler.handle(Timestamp(2), SchedulerInput::StreamChunk(StreamNumber(1), &stream(&exchange.records())));
        scheduler.handle(Timestamp(3), SchedulerInput::StreamEnded(StreamNumber(1), StreamEnd::Closed));
    } else {
        let refusal = mesoscope_core::mesos::calls::refusal(exchange.status, exchange.body.as_bytes());
        scheduler.handle(Timestamp(3), SchedulerInput::StreamEnded(StreamNumber(1), StreamEnd::Refused(refusal)));
    }
    scheduler
}

#[test]
fn a_refused_framework_ends_with_mesos_words() {
    let mut refused = 0;
    for exchange in all().iter().filter(|exchange| exchange.name.contains("SUBSCRIBE")) {
        let last = exchange.records().last().map(|record| serde_json::from_str::<Value>(record).unwrap());
        let words = last.as_ref().and_then(|event| event["error"]["message"].as_str());
        let expected = match words {
            Some("Framework failed over") => LinkState::Ended(FrameworkEnd::FailedOver),
            Some("Framework has been removed") => LinkState::Ended(FrameworkEnd::Removed),
            Some(words) => {
                LinkState::Ended(FrameworkEnd::Refused(mesoscope_core::mesos::calls::refusal(200, words.as_bytes())))
            }
            None if exchange.status == 200 => continue,
            None => LinkState::Ended(FrameworkEnd::Refused(mesoscope_core::mesos::calls::refusal(
                exchange.status,
                exchange.body.as_bytes(),
            ))),
        };
        let mut scheduler = after(exchange);
        assert_eq!(scheduler.link(), &expected, "{}", exchange.name);
        let later = Timestamp(0) + Nanoseconds::from_secs(86_400);
        assert_eq!(scheduler.handle(later, SchedulerInput::Tick), Vec::new(), "{}: it stays ended", exchange.name);
        refused += 1;
    }
    assert!(refused >= 13, "{refused}");
}

#[test]
fn a_stream_that_ends_without_a_word_is_opened_again() {
    for number in ["001", "068", "082"] {
        let mut scheduler = after(&numbered(number));
        let LinkState::Lost { retry_at, .. } = *scheduler.link() else { panic!("{:?}", scheduler.link()) };
        let outputs = scheduler.handle(retry_at, SchedulerInput::Tick);
        let body = outputs.iter().find_map(|output| match output {
            SchedulerOutput::OpenStream { body, .. } => Some(serde_json::from_slice::<Value>(body).unwrap()),
            _ => None,
        });
        let body = body.expect("it subscribes again");
        assert_eq!(body["framework_id"]["value"].as_str(), scheduler.id().map(|id| id.as_str()));
        assert_eq!(body["framework_id"], body["subscribe"]["framework_info"]["id"]);
    }
}
