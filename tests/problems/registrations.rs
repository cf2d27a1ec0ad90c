//! Agents that register again and frameworks that subscribe again, as events: what shows them, and what does not.

use serde_json::{Value, json};

use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::engine::io::Input;
use mesoscope_core::engine::message::ToEngine;

use super::events::{events, lines, state, update, watched};
use crate::{World, agent, at, framework};

/// An agent that registered at the start, and again after so many seconds.
fn again(id: &str, after: i64) -> Value {
    agent(id, &json!({"registered_time": at(0), "reregistered_time": at(after)}))
}

/// A framework that subscribed at the start, and again after so many seconds; both times are equal at first.
fn subscribed(id: &str, after: i64) -> Value {
    let mut framework = framework(id, true, false);
    framework["registered_time"] = at(0);
    framework["reregistered_time"] = at(after);
    framework
}

fn lists(agents: &[Value], frameworks: &[Value]) -> [(&'static str, Value); 2] {
    [("GET_AGENTS", json!({"agents": agents})), ("GET_FRAMEWORKS", json!({"frameworks": frameworks}))]
}

fn reread(world: &mut World, answers: [(&'static str, Value); 2]) {
    world.answers.extend(answers);
    world.ask(ToEngine::Reread(vec![Topic::Agents, Topic::Frameworks]));
    world.later(2);
}

fn updated(framework: Value) -> Value {
    json!({"type": "FRAMEWORK_UPDATED", "framework_updated": {"framework": framework}})
}

#[test]
fn an_agent_that_restarts_within_the_ping_timeout_is_found_by_its_time() {
    let state = json!({"get_agents": {"agents": [agent("S1", &json!({"registered_time": at(0)}))]}});
    let first = [agent("S1", &json!({"registered_time": at(0)}))];
    let mut world = watched(&state, &lists(&first, &[]));
    assert_eq!(lines(&world, ""), [""; 0]);
    reread(&mut world, lists(&[again("S1", 20)], &[]));
    assert_eq!(lines(&world, ""), ["agent S1.local :  -> re-registered"]);
    reread(&mut world, lists(&[again("S1", 20)], &[]));
    assert_eq!(lines(&world, "").len(), 1, "the same time is no change");
    reread(&mut world, lists(&[again("S1", 40)], &[]));
    assert_eq!(events(&world, "state:re-registered kind:agent").len(), 2);
}

#[test]
fn an_agent_that_was_unreachable_registers_again_when_its_event_comes() {
    let mut world = watched(&state(), &[]);
    world.event(&update("t", "TASK_UNREACHABLE", "REASON_AGENT_REMOVED", "Agent S1.local unreachable"));
    world.event(&json!({"type": "AGENT_ADDED", "agent_added": {"agent": again("S1", 30)}}));
    // An agent that was unreachable since before the page opened is no new agent, one that never was is.
    world.event(&json!({"type": "AGENT_ADDED", "agent_added": {"agent": again("S8", 30)}}));
    let new = agent("S9", &json!({"registered_time": at(30)}));
    world.event(&json!({"type": "AGENT_ADDED", "agent_added": {"agent": new}}));
    assert_eq!(
        lines(&world, "kind:agent"),
        [
            "agent S1.local state: active -> unreachable",
            "agent S1.local :  -> re-registered",
            "agent S1.local state: unreachable -> active",
            "agent S8.local :  -> re-registered",
            "agent S9.local :  -> added",
        ]
    );
}

#[test]
fn a_framework_that_subscribes_again_differs_from_one_whose_info_changes() {
    let state = json!({"get_frameworks": {"frameworks": [subscribed("f", 0)]}});
    let mut world = watched(&state, &lists(&[], &[subscribed("f", 0)]));
    world.event(&updated(subscribed("f", 0)));
    world.event(&updated(subscribed("f", 30)));
    world.event(&json!({"type": "FRAMEWORK_ADDED", "framework_added": {"framework": subscribed("g", 0)}}));
    let known =
        ["framework name-f :  -> updated", "framework name-f :  -> re-registered", "framework name-g :  -> added"];
    assert_eq!(lines(&world, ""), known);
    // A disconnect changes no time.
    let mut gone = subscribed("f", 30);
    gone["connected"] = json!(false);
    gone["active"] = json!(false);
    reread(&mut world, lists(&[], &[gone, subscribed("g", 0)]));
    reread(&mut world, lists(&[], &[subscribed("f", 60), subscribed("g", 0)]));
    assert_eq!(
        lines(&world, "object:name-f").split_off(2),
        [
            "framework name-f state: active -> disconnected",
            "framework name-f :  -> re-registered",
            "framework name-f state: disconnected -> active",
        ]
    );
}

#[test]
fn all_register_again_with_a_new_master() {
    let old = json!({"get_agents": {"agents": [agent("S1", &json!({"registered_time": at(0)}))]},
        "get_frameworks": {"frameworks": [subscribed("f", 0)]}});
    let mut world = watched(&old, &[]);
    world.give(Input::StreamEnded(mesoscope_core::checks::disconnect::DisconnectReason::Closed));
    world.later(5);
    world.ask(ToEngine::Retry);
    world.give(Input::StreamOpened);
    world.snapshot(&json!({"get_agents": {"recovered_agents": [{"id": {"value": "S1"}, "hostname": "S1.local"}]},
        "get_frameworks": {"frameworks": [framework("f", false, true)]}}));
    world.event(&json!({"type": "AGENT_ADDED", "agent_added": {"agent": again("S1", 60)}}));
    world.event(&updated(subscribed("f", 60)));
    assert_eq!(
        lines(&world, "-kind:connection"),
        [
            "agent S1.local state: active -> recovered",
            "framework name-f state: active -> recovered",
            "agent S1.local :  -> re-registered",
            "agent S1.local state: recovered -> active",
            "framework name-f :  -> re-registered",
            "framework name-f state: recovered -> active",
        ]
    );
}
