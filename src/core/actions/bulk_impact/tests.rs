//! Sums over several agents and frameworks, and where their tasks would fit.

use super::*;
use crate::base::ids::Role;
use crate::base::units::{Quantities, Timestamp};
use crate::mesos::wire::json_splitter::SnapshotList;

/// Agents with their CPUs, and tasks that each have one CPU: agent, framework, and how many.
fn cluster(agents: &[(&str, u32)], tasks: &[(&str, &str, u32)]) -> Cluster {
    let mut cluster = Cluster::default();
    for (id, cpus) in agents {
        arrive_agent(
            &mut cluster,
            id,
            &format!(r#""attributes":[{{"name":"rack","text":{{"value":"r{id}"}}}}]"#),
            &format!(r#"{{"name":"cpus","type":"SCALAR","scalar":{{"value":{cpus}}}}}"#),
        );
    }
    let frameworks: BTreeSet<&str> = tasks.iter().map(|(_, framework, _)| *framework).collect();
    for id in frameworks {
        arrive_framework(&mut cluster, id, "{}");
    }
    let mut number = 0;
    for (agent, framework, count) in tasks {
        for _ in 0..*count {
            number += 1;
            arrive_task(&mut cluster, &format!("t{number}"), agent, framework, "RUNNING", 1.0);
        }
    }
    cluster
}

fn arrive_agent(cluster: &mut Cluster, id: &str, info: &str, resources: &str) {
    let json = format!(
        r#"{{"agent_info":{{"id":{{"value":"{id}"}},"hostname":"node-{id}",{info}}},"active":true,"total_resources":[{resources}]}}"#
    );
    cluster.arrive(SnapshotList::Agents, &json, Timestamp(1)).expect("it is an agent");
}

fn arrive_framework(cluster: &mut Cluster, id: &str, constraints: &str) {
    let json = format!(
        r#"{{"framework_info":{{"id":{{"value":"{id}"}},"name":"name of {id}","roles":["dev"]}},"active":true,"connected":true,"offer_constraints":{constraints}}}"#
    );
    cluster.arrive(SnapshotList::Frameworks, &json, Timestamp(1)).expect("it is a framework");
}

fn arrive_task(cluster: &mut Cluster, id: &str, agent: &str, framework: &str, state: &str, cpus: f64) {
    let json = format!(
        r#"{{"name":"t","task_id":{{"value":"{id}"}},"framework_id":{{"value":"{framework}"}},"agent_id":{{"value":"{agent}"}},"state":"TASK_{state}","resources":[{{"name":"cpus","type":"SCALAR","scalar":{{"value":{cpus}}},"allocation_info":{{"role":"dev"}}}}]}}"#
    );
    let list = if state == "UNREACHABLE" { SnapshotList::UnreachableTasks } else { SnapshotList::Tasks };
    cluster.arrive(list, &json, Timestamp(1)).expect("it is a task");
}

fn drains(agents: &[&str]) -> Vec<Action> {
    let drain = |id: &&str| Action::Drain { agent: AgentId::from(*id), grace: Some(60), mark_gone: false };
    agents.iter().map(drain).collect()
}

fn sum(cluster: &Cluster, actions: &[Action]) -> BulkImpact {
    bulk_impact(cluster, actions).expect("they concern tasks")
}

#[test]
fn agents_with_as_many_tasks_are_each_counted() {
    let tasks = [("1", "A", 17), ("2", "A", 20), ("2", "B", 1), ("3", "C", 21), ("4", "D", 9)];
    let mut cluster = cluster(&[("1", 30), ("2", 30), ("3", 30), ("4", 100)], &tasks);
    cluster.arrived(None);
    let sum = sum(&cluster, &drains(&["1", "2", "3"]));
    assert_eq!((sum.tasks, sum.frameworks, sum.agents, sum.refused), (59, 3, 3, 0));
    assert_eq!(sum.fate, TaskFate::Killed(Some(60)));
    let top: Vec<_> = sum.top.iter().map(|(id, name, tasks)| (id.as_str(), name.as_str(), *tasks)).collect();
    assert_eq!(top, [("A", "name of A", 37), ("C", "name of C", 21), ("B", "name of B", 1)]);
}

#[test]
fn what_a_master_would_refuse_is_not_summed_up() {
    let mut cluster = cluster(&[("1", 30)], &[("1", "A", 3)]);
    cluster.arrived(None);
    let sum = sum(&cluster, &drains(&["1", "no-such-agent"]));
    assert_eq!((sum.tasks, sum.agents, sum.refused), (3, 1, 1));
    assert!(bulk_impact(&cluster, &[Action::Reactivate("1".into())]).is_none());
    assert!(bulk_impact(&cluster, &[]).is_none());
}

#[test]
fn unreachable_tasks_are_given_up_only_with_an_agent_that_is_gone() {
    let mut cluster = cluster(&[("1", 30)], &[("1", "A", 2)]);
    arrive_task(&mut cluster, "lost", "2", "A", "UNREACHABLE", 1.0);
    cluster.arrived(None);
    let gone = |ids: &[&str]| ids.iter().map(|id| Action::MarkGone(AgentId::from(*id))).collect::<Vec<_>>();
    let both = sum(&cluster, &gone(&["1", "2"]));
    assert_eq!((both.fate, both.tasks, both.given_up, both.agents), (TaskFate::Gone, 2, 1, 1));
    assert_eq!(sum(&cluster, &drains(&["1"])).given_up, 0);
    let teardown = sum(&cluster, &[Action::Teardown("A".into())]);
    assert_eq!((teardown.fate, teardown.tasks, teardown.frameworks, teardown.given_up), (TaskFate::TornDown, 2, 1, 0));
    assert_eq!(teardown.placement, None, "its tasks end with it");
}

#[test]
fn tasks_fit_only_where_a_single_agent_has_room_for_each() {
    // 9 CPUs are free on the others, but agent 3 has room for none that needs 2.
    let mut cluster = cluster(&[("1", 10), ("2", 8), ("3", 1)], &[]);
    arrive_framework(&mut cluster, "A", "{}");
    for number in 0..5 {
        arrive_task(&mut cluster, &format!("t{number}"), "1", "A", "RUNNING", 2.0);
    }
    cluster.arrived(None);
    let placement = sum(&cluster, &drains(&["1"])).placement.expect("they are killed");
    assert_eq!((placement.agents, placement.tasks(), placement.fits(), placement.constrained), (2, 5, 4, 0));
    let [dev] = placement.roles.as_slice() else { panic!("one role: {placement:?}") };
    assert_eq!((dev.role.as_ref().map(Role::as_str), dev.tasks, dev.fits), (Some("dev"), 5, 4));
    let cpus = |amount: f64| Quantities::of("cpus", amount);
    assert_eq!((dev.needs, dev.free), (cpus(10.0), cpus(9.0)));
}

#[test]
fn resources_of_another_role_are_not_free_and_those_of_an_ancestor_are() {
    let reserved = |role: &str| {
        format!(
            r#"{{"name":"cpus","type":"SCALAR","scalar":{{"value":4}},"reservations":[{{"type":"STATIC","role":"{role}"}}]}}"#
        )
    };
    let check = |role: &str, fits: u32| {
        let mut cluster = cluster(&[("1", 10)], &[("1", "A", 3)]);
        arrive_agent(&mut cluster, "2", r#""port":1"#, &reserved(role));
        cluster.arrived(None);
        let placement = sum(&cluster, &drains(&["1"])).placement.expect("they are killed");
        assert_eq!(placement.fits(), fits, "{role}");
    };
    check("dev", 3);
    check("ops", 0);
    check("dev/web", 0);
}

#[test]
fn agents_that_take_no_tasks_have_no_room() {
    let mut cluster = cluster(&[("1", 10), ("2", 10)], &[("1", "A", 3)]);
    let gpus =
        r#"{"name":"cpus","type":"SCALAR","scalar":{"value":4}},{"name":"gpus","type":"SCALAR","scalar":{"value":1}}"#;
    arrive_agent(&mut cluster, "3", r#""port":1"#, gpus);
    cluster.arrived(None);
    let placed = |agents: &[&str]| sum(&cluster, &drains(agents)).placement.map(|it| (it.agents, it.fits()));
    assert_eq!(placed(&["1"]), Some((2, 3)));
    assert_eq!(placed(&["1", "2"]), Some((1, 0)), "agents with GPUs are for frameworks that know of GPUs");
    assert_eq!(placed(&["1", "2", "3"]), Some((0, 0)));
}

#[test]
fn offer_constraints_exclude_agents() {
    let only = |rack: &str| {
        format!(
            r#"{{"role_constraints":{{"dev":{{"groups":[{{"attribute_constraints":[{{"selector":{{"attribute_name":"rack"}},"predicate":{{"text_equals":{{"value":"{rack}"}}}}}}]}}]}}}}}}"#
        )
    };
    let check = |constraints: &str, expected: (u32, u32, u32)| {
        let mut cluster = cluster(&[("1", 10), ("2", 2), ("3", 10)], &[("1", "A", 3)]);
        arrive_framework(&mut cluster, "A", constraints);
        cluster.arrived(None);
        let placement = sum(&cluster, &drains(&["1"])).placement.expect("they are killed");
        assert_eq!((placement.fits(), placement.constrained, placement.unevaluated_count), expected, "{constraints}");
    };
    check("{}", (3, 0, 0));
    check(&only("r2"), (2, 1, 0));
    check(&only("r9"), (0, 1, 0));
    check(r#"{"role_constraints":{"dev":{"groups":[{"attribute_constraints":[{}]}]}}}"#, (3, 0, 1));
}
