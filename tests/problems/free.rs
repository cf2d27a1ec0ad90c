//! Agents by what is free on them.

use mesoscope_core::views::agents::AgentColumn;
use mesoscope_core::views::table::{Order, TableQuery};
use serde_json::{Value, json};

use super::super::{World, agent, task_since};

fn resources(cpus: f64, mebibytes: f64) -> Value {
    json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": cpus}, "role": "*"},
        {"name": "mem", "type": "SCALAR", "scalar": {"value": mebibytes}, "role": "*"}])
}

/// A large agent that is full, a small one that is empty, one that the master deactivated, one of unknown resources, and one that is
/// unreachable.
fn world() -> World {
    let sized = |id: &str, total: Value, allocated: Value| {
        agent(id, &json!({"total_resources": total, "allocated_resources": allocated}))
    };
    let state = json!({
    "get_tasks": {"unreachable_tasks": [task_since("t", "TASK_UNREACHABLE", "away", 5.0)]},
    "get_agents": {"agents": [
        sized("full", resources(32.0, 131_072.0), resources(30.0, 126_976.0)),
        sized("empty", resources(8.0, 16_384.0), json!([])),
        agent("off", &json!({"total_resources": resources(16.0, 8192.0), "active": false, "deactivated": true})),
        agent("unread", &json!({"total_resources": [{"name": 1}]})),
    ]}});
    World::new(&state, &[])
}

fn hosts(world: &World, filter: &str, sort: &str) -> Vec<String> {
    let query = TableQuery { filter: filter.to_owned(), sort: Order::parse(sort), ..TableQuery::<AgentColumn>::all(9) };
    world.answer(&query).rows.into_iter().map(|row| row.id.0).collect()
}

#[test]
fn agents_sort_by_what_is_free_and_unknown_amounts_come_last() {
    let world = world();
    assert_eq!(hosts(&world, "", "-free.mem"), ["empty", "off", "full", "unread", "away"]);
    assert_eq!(hosts(&world, "", "free.mem"), ["full", "off", "empty", "unread", "away"]);
    assert_eq!(hosts(&world, "", "-free.cpus"), ["off", "empty", "full", "unread", "away"]);
    assert_eq!(hosts(&world, "", "-mem"), ["full", "empty", "off", "unread", "away"], "by the share that is used");
    assert_eq!(hosts(&world, "", "mem"), ["empty", "off", "full", "unread", "away"]);
    assert_eq!(hosts(&world, "", "-free.gpus").len(), 5, "none has any");
}

#[test]
fn a_filter_finds_agents_with_room() {
    let world = world();
    assert_eq!(hosts(&world, "state:active free.cpus>=2 free.mem>=4", ""), ["empty", "full"]);
    assert_eq!(hosts(&world, "state:active free.cpus>=2 free.mem>=8", ""), ["empty"]);
    assert_eq!(hosts(&world, "free.cpus>=0", ""), ["empty", "full", "off"], "unknown is not none");
}
