//! Resources that are no amounts, as ports: those of a task, of an agent, and those that are reserved for a role.

use std::collections::BTreeMap;

use mesoscope_core::views::roles::RoleColumn;
use mesoscope_core::views::table::{Order, TableQuery};
use serde_json::Value;

use crate::{World, items, text};

/// First and last of each range of ports in a list of resources, in order and joined where they touch.
fn ports(resources: &[&Value]) -> Vec<(u64, u64)> {
    let ports = resources.iter().filter(|resource| text(resource, "/name") == "ports");
    let mut ranges: Vec<(u64, u64)> = ports
        .flat_map(|resource| items(resource, "/ranges/range"))
        .map(|range| (range["begin"].as_u64().expect("a number"), range["end"].as_u64().expect("a number")))
        .collect();
    ranges.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (begin, end) in ranges {
        match joined.last_mut() {
            Some(last) if begin == last.1 + 1 => last.1 = end,
            _ => joined.push((begin, end)),
        }
    }
    joined
}

fn shown(ranges: &[(u64, u64)]) -> String {
    let one = |(begin, end): &(u64, u64)| if begin == end { begin.to_string() } else { format!("{begin}-{end}") };
    let all: Vec<String> = ranges.iter().map(one).collect();
    if all.is_empty() { String::new() } else { format!("ports [{}]", all.join(",")) }
}

#[test]
fn a_tasks_row_has_its_ports_and_keeps_them_while_it_changes() {
    for seconds in [0, 20] {
        let world = World::after(seconds);
        let reported: BTreeMap<&str, String> = world
            .all_tasks()
            .into_iter()
            .map(|task| (text(task, "/task_id/value"), shown(&ports(&items(task, "/resources")))))
            .collect();
        let rows = world.tasks("", "").rows;
        let known: Vec<_> = rows.iter().filter_map(|row| Some((row, reported.get(row.id.as_str())?))).collect();
        assert!(known.len() > 1000 && known.iter().any(|(_, reported)| !reported.is_empty()), "some tasks have ports");
        for (row, reported) in known {
            assert_eq!(
                (row.others.as_deref().unwrap_or_default(), row.message.contains("ports [")),
                (reported.as_str(), false),
                "{}",
                row.id
            );
        }
        let (with, without) = (world.tasks("others:ports*", "").rows, world.tasks("-others:ports*", "").rows);
        assert!(
            with.len() > 100
                && with.iter().all(|row| row.others.as_deref().is_some_and(|others| others.starts_with("ports [")))
        );
        assert!(without.len() > 100 && without.iter().all(|row| row.others.as_deref() == Some("")));
        let sorted = world.tasks("", "-others").rows;
        assert!(sorted.is_sorted_by(|a, b| a.others >= b.others));
    }
}

#[test]
fn an_agents_row_has_all_its_ports() {
    let world = World::new();
    let mut with = 0;
    for agent in world.list("/get_agents/agents") {
        let expected = shown(&ports(&items(agent, "/total_resources")));
        let id = text(agent, "/agent_info/id/value");
        let rows = world.agents(&format!("id:={id}")).rows;
        assert_eq!(rows.iter().map(|row| row.others.as_deref()).collect::<Vec<_>>(), [Some(expected.as_str())], "{id}");
        with += usize::from(!expected.is_empty());
    }
    assert!(with > 100, "only {with} agents have ports");
}

#[test]
fn a_roles_row_counts_the_ports_that_are_reserved_for_it() {
    let world = World::new();
    let mut reserved: BTreeMap<&str, u64> = BTreeMap::new();
    for resource in world.reserved() {
        let role = items(resource, "/reservations").last().map_or("", |last| text(last, "/role"));
        let count: u64 = ports(&[resource]).iter().map(|(begin, end)| end - begin + 1).sum();
        *reserved.entry(role).or_default() += count;
    }
    let sort = Order::parse("-reserved.others");
    let rows = world.ask(&TableQuery { sort, ..TableQuery::<RoleColumn>::all(500) }).rows;
    let counts: Vec<u64> = rows.iter().map(|row| row.pieces.iter().map(|(_, count)| count).sum()).collect();
    assert!(counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
    for (row, count) in rows.iter().zip(&counts) {
        let below = |role: &&str| *role == row.name.as_str() || role.starts_with(&format!("{}/", row.name));
        let expected: u64 = reserved.iter().filter(|(role, _)| below(role)).map(|(_, count)| count).sum();
        assert_eq!(*count, expected, "{}", row.name);
    }
}
