//! Roles near their limits: the pages that their problems lead to list exactly them. Unknown values sort last.

use mesoscope_core::checks::lint::{Problem, ProblemKind};
use mesoscope_core::route::{Route, problem};
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_core::views::roles::{DominantShare, ResourceKind, RoleColumn};
use mesoscope_core::views::table::{Order, TableQuery};
use mesoscope_core::views::tasks::TaskColumn;
use serde_json::{Value, json};

use crate::{World, agent, agents, cpus, quota, task};

/// Roles that use one CPU each: eight at their limit, one below its limit, and one without a limit.
fn limited() -> World {
    let names: Vec<String> = (0..8).map(|n| format!("r{n}")).chain(["calm", "free"].map(str::to_owned)).collect();
    let of = |name: &String| cpus(name, 1.0).as_array().cloned().unwrap_or_default();
    let allocated: Vec<Value> = names.iter().flat_map(of).collect();
    let total = json!([{"name": "cpus", "scalar": {"value": 40}}, {"name": "mem", "scalar": {"value": 4096}}]);
    let state = agents(&[agent("S1", &json!({"total_resources": total, "allocated_resources": allocated}))]);
    let limit = |name: &str| if name == "calm" { 10.0 } else { 1.0 };
    let limits: Vec<(&str, f64)> =
        names.iter().filter(|name| *name != "free").map(|name| (name.as_str(), limit(name))).collect();
    World::new(&state, &[("GET_QUOTA", quota(&limits))])
}

fn roles(world: &World, filter: &str) -> Vec<String> {
    let rows = world.answer(&TableQuery { filter: filter.into(), ..TableQuery::<RoleColumn>::all(50) }).rows;
    rows.into_iter().map(|row| row.name.0).collect()
}

/// The roles on the page that a problem leads to.
fn on_page(world: &World, problem: &Problem) -> Vec<String> {
    let Route::Roles(table) = problem::page(&problem.kind) else { panic!("it leads to the roles") };
    roles(world, &table.filter)
}

#[test]
fn the_page_of_further_roles_near_their_limits_lists_them_alone() {
    let world = limited();
    let problems = world.answer(&OverviewQuery).problems;
    let further = problems.iter().find(|problem| matches!(problem.kind, ProblemKind::RolesNearLimits(_)));
    let further = further.expect("there are more than are listed each");
    assert_eq!((further.count, on_page(&world, further)), (3, ["r5", "r6", "r7"].map(str::to_owned).to_vec()));
}

#[test]
fn roles_are_found_by_how_near_they_are_to_their_limits() {
    let world = limited();
    assert_eq!(roles(&world, "limit:near").len(), 8);
    assert_eq!(roles(&world, "limit:over"), [""; 0]);
    assert_eq!(roles(&world, "limit:below"), ["calm"]);
    assert_eq!(roles(&world, "limit:none"), ["free"]);
}

#[test]
fn the_page_of_exceeding_guarantees_lists_the_roles_that_have_them() {
    let guaranteed = json!({"role": "eng", "guarantees": {"cpus": {"value": 50}}});
    let limited = json!({"role": "ops", "limits": {"cpus": {"value": 50}}});
    let state = agents(&[agent("S1", &json!({"total_resources": [{"name": "cpus", "scalar": {"value": 40}}]}))]);
    let world = World::new(&state, &[("GET_QUOTA", json!({"status": {"configs": [guaranteed, limited]}}))]);
    let problems = world.answer(&OverviewQuery).problems;
    let exceed = problems.iter().find(|problem| matches!(problem.kind, ProblemKind::GuaranteesExceed { .. }));
    let exceed = exceed.expect("50 CPUs are guaranteed of 40");
    assert_eq!((exceed.count, on_page(&world, exceed)), (1, vec!["eng".to_owned()]));
}

#[test]
fn a_role_says_of_which_resource_it_has_its_largest_share() {
    let world = limited();
    let rows = world.answer(&TableQuery::<RoleColumn>::all(50)).rows;
    let free = rows.iter().find(|row| row.name.as_str() == "free").and_then(|row| row.dominant);
    assert_eq!(free, Some(DominantShare { share: 1.0 / 40.0, resource: ResourceKind::Cpus }));
    assert_eq!(roles(&world, "dominant>=2.5").len(), 10);
    assert_eq!(roles(&world, "dominant>2.5"), [""; 0]);
}

#[test]
fn unknown_amounts_of_tasks_come_last_in_both_directions() {
    let amounts = [("few", json!(1)), ("broken", json!("many")), ("some", json!(2))];
    let one = |(name, amount): &(&str, Value)| {
        let mut task = task(name, "TASK_RUNNING", "S1");
        task["resources"] = json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": amount}}]);
        task
    };
    let tasks: Vec<Value> = amounts.iter().map(one).collect();
    let world = World::new(&json!({"get_tasks": {"tasks": tasks}}), &[]);
    let sorted = |sort: &str| {
        let query = TableQuery { sort: Order::parse(sort), ..TableQuery::<TaskColumn>::all(9) };
        world.answer(&query).rows.into_iter().map(|row| row.id.0).collect::<Vec<_>>()
    };
    assert_eq!((sorted("cpus"), sorted("-cpus")), (ids(["few", "some", "broken"]), ids(["some", "few", "broken"])));
}

fn ids(ids: [&str; 3]) -> Vec<String> {
    ids.map(str::to_owned).to_vec()
}
