//! The history of changes: what counts as one, by an event or by comparing what is read again, and what does not.

use serde_json::{Value, json};

use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::cluster::change::ChangeSource;
use mesoscope_core::cluster::change_log::MOST_CHANGES;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::engine::io::Input;
use mesoscope_core::engine::message::{ToEngine, ViewId};
use mesoscope_core::text;
use mesoscope_core::views::events::{EventColumn, EventLogQuery, EventRow};
use mesoscope_core::views::table::TableQuery;

use super::super::{START, World, agent, at, framework, quota, task, task_since};

/// Watches the table of events, so that what it shows is read.
pub fn watched(state: &Value, answers: &[(&'static str, Value)]) -> World {
    let mut world = World::new(state, answers);
    world.ask(ToEngine::Watch(ViewId(3), TableQuery::<EventColumn>::all(100).into()));
    world.later(15);
    world
}

pub fn events(world: &World, filter: &str) -> Vec<EventRow> {
    let query = TableQuery { filter: filter.into(), ..TableQuery::<EventColumn>::all(1000) };
    world.answer(&query).rows
}

/// Each event that passes the filter as `object field: old -> new`, the oldest first.
pub fn lines(world: &World, filter: &str) -> Vec<String> {
    let line = |event: EventRow| {
        let EventRow { subject, field, old, new, .. } = event;
        format!("{} {field}: {old} -> {new}", text::events::subject(&subject))
    };
    events(world, filter).into_iter().rev().map(line).collect()
}

pub fn state() -> Value {
    json!({
        "get_agents": {"agents": [agent("S1", &json!({})), agent("S2", &json!({}))]},
        "get_frameworks": {"frameworks": [framework("f", true, false)]},
        "get_tasks": {"tasks": [task_since("t", "TASK_RUNNING", "S1", 5.0)],
            "completed_tasks": [task_since("old", "TASK_FAILED", "S1", 50.0)]}})
}

pub fn update(id: &str, state: &str, reason: &str, message: &str) -> Value {
    let status = json!({"task_id": {"value": id}, "state": state, "reason": reason, "message": message,
        "agent_id": {"value": "S1"}, "timestamp": START.as_millis() / 1000.0});
    json!({"type": "TASK_UPDATED", "task_updated": {"framework_id": {"value": "f"}, "state": state, "status": status}})
}

#[test]
fn what_the_snapshot_brings_is_no_change() {
    let answers = [
        ("GET_QUOTA", quota(&[("eng", 4.0)])),
        ("GET_WEIGHTS", json!({"weight_infos": [{"role": "eng", "weight": 2.0}]})),
        ("GET_AGENTS", json!({"agents": [agent("S1", &json!({})), agent("S2", &json!({}))]})),
        ("GET_FRAMEWORKS", json!({"frameworks": [framework("f", true, false)]})),
    ];
    let world = watched(&state(), &answers);
    assert_eq!(lines(&world, ""), [""; 0]);
    let extent = world.answer(&EventLogQuery);
    assert_eq!((extent.since, extent.dropped_tasks), (Some(START), None));
}

#[test]
fn events_of_tasks_have_both_states_the_reason_and_the_message() {
    let mut world = watched(&state(), &[]);
    world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("new", "TASK_STAGING", "S1")}}));
    world.event(&update("t", "TASK_FAILED", "REASON_COMMAND_EXECUTOR_FAILED", "exited with 1"));
    // An update that is sent again changes nothing.
    world.event(&update("t", "TASK_FAILED", "REASON_COMMAND_EXECUTOR_FAILED", "exited with 1"));
    assert_eq!(lines(&world, ""), ["new state:  -> staging", "t state: running -> failed"]);
    let failed = events(&world, "state:failed");
    let failed: Vec<_> = failed.iter().map(|row| (row.reason.as_str(), row.message.as_str(), row.source)).collect();
    assert_eq!(failed, [("COMMAND_EXECUTOR_FAILED", "exited with 1", ChangeSource::Event)]);
    for (filter, number) in [
        ("kind:task", 2),
        ("framework:name-f", 2),
        ("role:eng/", 2),
        ("agent:S1.local", 2),
        ("reason:command_executor_failed", 1),
        ("message:exited", 1),
        ("old:running", 1),
        ("object:new", 1),
        ("changed<1m", 2),
        ("changed>1m", 0),
        ("kind:agent", 0),
    ] {
        assert_eq!(events(&world, filter).len(), number, "{filter}");
    }
    world.later(120);
    assert_eq!((events(&world, "changed<1m").len(), events(&world, "changed>1m").len()), (0, 2));
}

#[test]
fn what_has_no_event_is_found_by_comparing_reads() {
    let schedule = |windows: Value| json!({"schedule": {"windows": windows}});
    let machine = json!({"hostname": "S1.local", "ip": "10.0.0.1"});
    let answers = [
        ("GET_QUOTA", quota(&[("eng", 4.0)])),
        ("GET_WEIGHTS", json!({"weight_infos": []})),
        ("GET_MAINTENANCE_SCHEDULE", schedule(json!([]))),
        ("GET_MAINTENANCE_STATUS", json!({"status": {}})),
        ("GET_AGENTS", json!({"agents": [agent("S1", &json!({})), agent("S2", &json!({}))]})),
        ("GET_FRAMEWORKS", json!({"frameworks": [framework("f", true, false)]})),
    ];
    let mut world = watched(&state(), &answers);
    assert_eq!(lines(&world, ""), [""; 0]);
    let draining = agent("S1", &json!({"deactivated": true, "drain_info": {"state": "DRAINING", "config": {}}}));
    let upgraded = json!({"agent_info": {"id": {"value": "S3"}, "hostname": "S3.local"}, "active": true});
    world.answers.extend([
        ("GET_QUOTA", quota(&[("eng", 8.0)])),
        ("GET_WEIGHTS", json!({"weight_infos": [{"role": "eng", "weight": 2.5}]})),
        (
            "GET_MAINTENANCE_SCHEDULE",
            schedule(json!([{"machine_ids": [machine], "unavailability": {"start": at(0),
                "duration": {"nanoseconds": 7_200_000_000_000_i64}}}])),
        ),
        ("GET_MAINTENANCE_STATUS", json!({"status": {"down_machines": [machine]}})),
        ("GET_AGENTS", json!({"agents": [draining, upgraded]})),
        ("GET_FRAMEWORKS", json!({"frameworks": [framework("f", false, false)]})),
    ]);
    world.ask(ToEngine::Reread(vec![Topic::Quota, Topic::Weights, Topic::Schedule, Topic::Machines, Topic::Agents]));
    world.ask(ToEngine::Reread(vec![Topic::Frameworks]));
    world.later(2);
    assert_eq!(
        lines(&world, "kind:agent"),
        ["agent S1.local state: active -> draining", "agent S3.local : -> added", "agent S2.local : -> unlisted",]
            .map(|line| line.replace(" : ->", " :  ->"))
    );
    assert_eq!(lines(&world, "kind:framework"), ["framework name-f state: active -> disconnected"]);
    assert_eq!(lines(&world, "kind:quota"), ["role eng quota: limit cpus 4 -> limit cpus 8"]);
    assert_eq!(lines(&world, "kind:weight"), ["role eng weight: 1 (default) -> 2.5"]);
    assert_eq!(
        lines(&world, "kind:maintenance field:window"),
        ["machine S1.local window: none -> 2027-01-15 08:00 UTC – 2027-01-15 10:00 UTC"]
    );
    assert_eq!(lines(&world, "kind:maintenance field:mode"), ["machine S1.local mode: up -> down"]);
    let found: Vec<_> = events(&world, "kind:quota").into_iter().map(|row| row.source).collect();
    let [ChangeSource::Read { topic: Topic::Quota, previous: Some(previous) }] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert!(*previous >= START && *previous < world.now, "the read before");
    // A read that brings the same again is no change.
    let number = events(&world, "").len();
    world.later(60);
    assert_eq!(events(&world, "").len(), number);
}

#[test]
fn an_agent_that_its_tasks_show_to_be_lost_is_unreachable() {
    let mut world = watched(&state(), &[]);
    world.event(&update("t", "TASK_UNREACHABLE", "REASON_AGENT_REMOVED", "Agent S1.local unreachable"));
    assert_eq!(lines(&world, "kind:agent"), ["agent S1.local state: active -> unreachable"]);
    world.event(&json!({"type": "AGENT_ADDED", "agent_added": {"agent": agent("S1", &json!({"version": "1.11.0"}))}}));
    assert_eq!(
        lines(&world, "kind:agent field:state").last().map(String::as_str),
        Some("agent S1.local state: unreachable -> active")
    );
    world.event(&json!({"type": "AGENT_REMOVED", "agent_removed": {"agent_id": {"value": "S1"}}}));
    assert_eq!(lines(&world, "state:removed"), ["agent S1.local :  -> removed"]);
}

#[test]
fn a_read_that_is_ahead_of_the_stream_reports_each_change_once() {
    let both = [agent("S1", &json!({})), agent("S2", &json!({}))];
    let mut world = watched(&state(), &[("GET_AGENTS", json!({"agents": both}))]);
    let three = [both[0].clone(), both[1].clone(), agent("S3", &json!({}))];
    world.answers.insert("GET_AGENTS", json!({"agents": three}));
    world.ask(ToEngine::Reread(vec![Topic::Agents]));
    world.later(1);
    world.event(&json!({"type": "AGENT_ADDED", "agent_added": {"agent": agent("S3", &json!({}))}}));
    assert_eq!(lines(&world, "kind:agent"), ["agent S3.local :  -> added"]);
}

#[test]
fn what_changed_while_the_connection_was_lost_is_found_afterwards() {
    let mut world = watched(&state(), &[("GET_QUOTA", quota(&[("eng", 4.0)]))]);
    world.event(&update("t", "TASK_KILLING", "", ""));
    let lost = world.now;
    world.give(Input::StreamEnded(DisconnectReason::Closed));
    world.later(5);
    world.answers.insert("GET_QUOTA", quota(&[]));
    world.ask(ToEngine::Retry);
    world.give(Input::StreamOpened);
    world.snapshot(&json!({
        "get_agents": {"agents": [agent("S2", &json!({"deactivated": true})), agent("S3", &json!({}))]},
        "get_frameworks": {"frameworks": [framework("f", true, false)]},
        "get_tasks": {"tasks": [task("new", "TASK_STAGING", "S2")],
            "completed_tasks": [task_since("t", "TASK_KILLED", "S1", 1.0), task_since("old", "TASK_FAILED", "S1", 50.0)]}}));
    world.later(15);
    let mut found = lines(&world, "-kind:quota");
    found.sort();
    assert_eq!(
        found,
        [
            "agent S1.local :  -> unlisted",
            "agent S2.local state: active -> deactivated",
            "agent S3.local :  -> added",
            "connection to the master :  -> reconnected",
            "new state:  -> staging",
            "t state: killing -> killed",
            "t state: running -> killing",
        ]
    );
    let sources: Vec<_> = events(&world, "state:killed").into_iter().map(|row| row.source).collect();
    assert_eq!(sources, [ChangeSource::Snapshot { lost }]);
    assert_eq!(
        lines(&world, "kind:quota"),
        ["role eng quota: limit cpus 4 -> none"],
        "it is compared with what was known"
    );
    assert_eq!(world.answer(&EventLogQuery).since, Some(START), "the history goes on");
}

#[test]
fn another_user_sees_no_history_of_the_one_before() {
    use mesoscope_core::mesos::credentials::Credentials;
    let mut world = watched(&state(), &[]);
    world.event(&update("t", "TASK_FAILED", "", ""));
    assert_eq!(events(&world, "").len(), 1);
    world.ask(ToEngine::SignIn(Credentials::basic("bob", "secret").expect("it is a name")));
    world.give(Input::StreamOpened);
    world.snapshot(&state());
    assert_eq!(lines(&world, ""), [""; 0]);
}

#[test]
fn a_flood_of_tasks_is_bounded_and_says_what_it_dropped() {
    let mut world = watched(&state(), &[]);
    world.event(&json!({"type": "AGENT_REMOVED", "agent_removed": {"agent_id": {"value": "S2"}}}));
    // Five hundred a second, for four minutes.
    let number = 120_000;
    for at in 0..number {
        let state = if at % 2 == 0 { "TASK_RUNNING" } else { "TASK_STARTING" };
        let state = if at == 0 { "TASK_STARTING" } else { state };
        world.event(&update("t", state, "", &"m".repeat(300)));
    }
    let extent = world.answer(&EventLogQuery);
    let (dropped, _) = extent.dropped_tasks.expect("many were dropped");
    let kept = world.engine.shown().changes().count();
    assert!(kept <= MOST_CHANGES, "{kept}");
    assert_eq!(dropped + kept as u64, number, "one agent was removed, and the first update changed the state, too");
    assert_eq!((extent.dropped_others, lines(&world, "kind:agent").len()), (None, 1));
}
