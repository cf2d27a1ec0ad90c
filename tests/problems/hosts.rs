//! Last known hosts of agents that the master lists no more.

use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::engine::io::Input;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::views::agent::AgentQuery;
use mesoscope_core::views::agents::{AgentColumn, AgentState};
use mesoscope_core::views::hosts::{AgentHostsQuery, HostQuery};
use mesoscope_core::views::table::TableQuery;
use mesoscope_core::views::view::AbsentReason;
use serde_json::json;

use super::super::{World, agent, agents, task, task_since};

impl World {
    /// Another stream of the same master, with this state.
    fn reconnect(&mut self, state: &serde_json::Value) {
        self.give(Input::StreamEnded(DisconnectReason::Closed));
        self.later(5);
        self.ask(ToEngine::Retry);
        self.give(Input::StreamOpened);
        self.snapshot(state);
    }
}

#[test]
fn an_agent_that_left_keeps_its_last_host() {
    let mut world = World::new(&agents(&[agent("S1", &json!({})), agent("S2", &json!({}))]), &[]);
    world.event(&json!({"type": "AGENT_REMOVED", "agent_removed": {"agent_id": {"value": "S1"}}}));
    assert_eq!(world.answer(&HostQuery("S1".into())), "S1.local");
    assert_eq!(world.answer(&AgentQuery("S1".into())), Err(AbsentReason::Unlisted("S1.local".into())));
    // A task that names it later has its host, as has the list of another stream.
    world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("t", "TASK_LOST", "S1")}}));
    assert_eq!(world.tasks("").first().map(|row| row.hostname.clone()), Some("S1.local".to_owned()));
    world.reconnect(&json!({}));
    assert_eq!(world.answer(&HostQuery("S1".into())), "S1.local");
    assert_eq!(world.answer(&HostQuery("S2".into())), "S2.local", "it left while the stream was lost");
    assert_eq!(world.answer(&HostQuery("S3".into())), "");
}

#[test]
fn an_agent_that_a_new_snapshot_has_by_its_tasks_alone_keeps_its_host() {
    let mut world = World::new(&agents(&[agent("S1", &json!({}))]), &[]);
    world.reconnect(&json!({"get_tasks": {"unreachable_tasks": [task_since("t", "TASK_UNREACHABLE", "S1", 5.0)]}}));
    let rows = world.answer(&TableQuery::<AgentColumn>::all(9)).rows;
    let rows: Vec<_> = rows.iter().map(|row| (row.hostname.as_str(), row.state)).collect();
    assert_eq!(rows, [("S1.local", AgentState::Unreachable)]);
    assert_eq!(world.tasks("").first().map(|row| row.hostname.clone()), Some("S1.local".to_owned()));
}

#[test]
fn an_agent_that_was_removed_before_has_the_host_that_the_master_names() {
    let lost = |message: &str, source: &str| {
        let mut task = task("t", "TASK_LOST", "x-S9");
        task["statuses"] = json!([{"task_id": {"value": "t"}, "state": "TASK_LOST", "timestamp": 5.0,
            "source": source, "reason": "REASON_AGENT_REMOVED", "message": message}]);
        let world = World::new(&json!({"get_tasks": {"completed_tasks": [task]}}), &[]);
        (world.tasks("").first().map(|row| row.hostname.clone()), world.answer(&HostQuery("x-S9".into())))
    };
    let host = "agent9.local".to_owned();
    assert_eq!(lost("Agent agent9.local removed: drained", "SOURCE_MASTER"), (Some(host.clone()), host));
    assert_eq!(lost("Agent agent9.local removed: drained", "SOURCE_EXECUTOR").1, "", "only the master knows");
}

#[test]
fn an_id_that_nothing_names_is_unknown_unless_the_master_counts_more_agents_than_it_lists() {
    let absent = |world: &World, id: &str| world.answer(&AgentQuery(id.into())).err();
    let world = World::new(&agents(&[agent("S1", &json!({}))]), &[]);
    assert_eq!(absent(&world, "x-S7"), Some(AbsentReason::Unknown));
    let metrics = json!({"metrics": [{"name": "master/slaves_unreachable", "value": 1}]});
    let world = World::new(&agents(&[agent("S1", &json!({}))]), &[("GET_METRICS", metrics)]);
    assert_eq!(absent(&world, "x-S7"), Some(AbsentReason::Unlisted(String::new())));
    assert_eq!(absent(&world, "mistyped"), Some(AbsentReason::Unknown), "no master gives such an id");
}

#[test]
fn all_agents_are_listed_with_their_hosts_and_states() {
    let mut state = agents(&[agent("S1", &json!({})), agent("S2", &json!({"active": false}))]);
    state["get_agents"]["recovered_agents"] = json!([agent("S3", &json!({}))["agent_info"]]);
    let world = World::new(&state, &[]);
    let listed = world.answer(&AgentHostsQuery).expect("the snapshot is complete");
    let listed: Vec<_> = listed.iter().map(|(agent, state)| (agent.id.as_str(), &*agent.hostname, *state)).collect();
    let expected = [
        ("S1", "S1.local", AgentState::Active),
        ("S2", "S2.local", AgentState::Disconnected),
        ("S3", "S3.local", AgentState::Recovered),
    ];
    assert_eq!(listed, expected);
}
