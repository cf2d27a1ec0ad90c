//! Tests of a new master, of lost agents that do not return, and of operations.

use serde_json::{Value, json};

use super::fold::{Copy, check_copy};
use super::{LATER, SECOND, TINY, ask, events, id, list};
use crate::answer::reply::Target;
use crate::cluster::Sim;
use crate::size::Size;
use crate::world::agent::AgentState;
use crate::world::cause::Cause;
use crate::world::task::State;

fn tasks<'a>(state: &'a Value, which: &str) -> &'a Vec<Value> {
    list(state, &format!("/get_state/get_tasks/{which}"))
}

#[test]
fn a_new_master_knows_agents_by_name_until_they_are_back() {
    let mut sim = Sim::new(4, Size::Small);
    let before = sim.state();
    sim.replace_master();
    let state = sim.state();
    for (path, count) in [
        ("/get_state/get_tasks/tasks", 0),
        ("/get_state/get_tasks/completed_tasks", 0),
        ("/get_state/get_executors/executors", 0),
        ("/get_state/get_frameworks/frameworks", 0),
        ("/get_state/get_frameworks/completed_frameworks", 0),
        ("/get_state/get_agents/agents", 0),
        ("/get_state/get_agents/recovered_agents", 99),
    ] {
        assert_eq!(list(&state, path).len(), count, "{path}");
    }
    let mut copy = Copy::of(&state);
    sim.set_rate(20.0);
    sim.advance(LATER + 90 * SECOND);
    let reported = events(&mut sim);
    reported.iter().for_each(|event| copy.apply(event));
    check_copy(copy, &sim);
    let state = sim.state();
    assert!(list(&state, "/get_state/get_agents/recovered_agents").is_empty());
    assert!(tasks(&state, "tasks").len() * 10 > tasks(&before, "tasks").len() * 9);
    let added = reported.iter().filter(|event| event["type"] == "FRAMEWORK_ADDED");
    let recovered = added.filter(|event| event["framework_added"]["framework"]["recovered"] == true).count();
    assert!(recovered >= 9, "{recovered} of 11 frameworks were announced as recovered");
    let drains = |state: &Value| {
        let agents = list(state, "/get_state/get_agents/agents").iter();
        agents.filter(|agent| !agent["drain_info"].is_null()).count()
    };
    assert_eq!(drains(&state), drains(&before), "the registry knows");
}

#[test]
fn an_unreachable_agent_that_is_marked_gone_takes_its_tasks_along() {
    let mut sim = Sim::new(4, TINY);
    let agent = sim.lose_some_agent().expect("an agent");
    let lost = events(&mut sim).len();
    let silent = tasks(&sim.state(), "unreachable_tasks").iter().filter(|task| task["state"] == "TASK_LOST").count();
    assert_eq!(sim.give_up_some_agent().as_deref(), Some(agent.as_str()));
    let reported = events(&mut sim);
    assert!(silent > 0 && silent < lost, "tasks of both kinds: {silent} of {lost}");
    assert_eq!(reported.len(), lost - silent, "a lost task is completed without a word");
    assert!(reported.iter().all(|event| event["task_updated"]["state"] == "TASK_GONE_BY_OPERATOR"));
    let state = sim.state();
    assert!(tasks(&state, "unreachable_tasks").is_empty() && sim.return_some_agent().is_none());
    let gone = |task: &&Value| id(task, "agent_id") == agent && !task["statuses"].is_null();
    assert!(tasks(&state, "completed_tasks").iter().filter(gone).count() >= lost);
}

#[test]
fn tasks_of_frameworks_that_know_no_partitions_are_lost_with_an_agent_marked_gone() {
    let mut sim = Sim::new(4, TINY);
    let number = (0..3).find(|number| !sim.world.agent(*number).tasks.is_empty()).expect("an agent with tasks");
    sim.part_agent(number, State::GoneByOperator, Cause::AgentGone);
    let state = sim.state();
    assert!(!tasks(&state, "unreachable_tasks").is_empty());
    assert!(tasks(&state, "unreachable_tasks").iter().all(|task| task["state"] == "TASK_LOST"));
    assert!(tasks(&state, "tasks").iter().all(|task| id(task, "agent_id") != sim.world.agent_id_text(number)));
}

#[test]
fn what_ended_out_of_sight_returns_ended() {
    let mut sim = Sim::new(4, Size::Small);
    let numbers: Vec<u32> = (20..60).collect();
    numbers.iter().for_each(|number| sim.lose_agent(*number));
    events(&mut sim);
    numbers.iter().for_each(|number| sim.return_agent(*number));
    let added = events(&mut sim);
    let ended = added.iter().filter(|event| event["task_added"]["task"]["state"] == "TASK_FINISHED").count();
    assert!(ended > 0 && ended < added.len() / 4, "{ended} of {}", added.len());
    assert!(sim.world.agents.iter().filter(|it| it.standing == AgentState::Unreachable).count() <= 1);
}

#[test]
fn rings_are_as_long_as_the_flags_say() {
    let mut sim = Sim::new(4, TINY);
    sim.keep(3, 2, 1);
    (0..40).for_each(|_| drop(sim.finish_task()));
    sim.lose_some_agent().expect("an agent");
    (0..2).for_each(|_| drop(sim.remove_framework()));
    let state = sim.state();
    let most = |which: &str| {
        let mut by_framework = std::collections::BTreeMap::<&str, usize>::new();
        tasks(&state, which).iter().for_each(|task| *by_framework.entry(id(task, "framework_id")).or_default() += 1);
        by_framework.into_values().max().unwrap_or(0)
    };
    assert_eq!((most("completed_tasks"), most("unreachable_tasks") <= 2), (3, true));
    assert_eq!(list(&state, "/get_state/get_frameworks/completed_frameworks").len(), 1);
    let flags = ask(&mut sim, Target::Master, json!({"type": "GET_FLAGS"}));
    let ring = json!({"name": "max_completed_tasks_per_framework", "value": "3"});
    assert!(list(&flags, "/get_flags/flags").contains(&ring));
}

#[test]
fn a_short_task_ends_before_it_is_said_to_run() {
    let mut sim = Sim::new(4, TINY);
    let task = sim.add_short_task().expect("there is room");
    let reported = events(&mut sim);
    let updates: Vec<_> = reported[1..]
        .iter()
        .map(|event| (&event["task_updated"]["status"]["state"], &event["task_updated"]["state"]))
        .collect();
    let (running, finished) = (json!("TASK_RUNNING"), json!("TASK_FINISHED"));
    assert_eq!(updates, [(&running, &finished), (&finished, &finished)]);
    let state = sim.state();
    let held = tasks(&state, "completed_tasks").iter().find(|held| id(held, "task_id") == task).expect("it is kept");
    assert_eq!(held["statuses"].as_array().map(Vec::len), Some(2));
}

#[test]
fn an_operation_stays_until_it_is_acknowledged() {
    let mut sim = Sim::new(4, TINY);
    let states = |sim: &mut Sim| -> Vec<Value> {
        let answer = ask(sim, Target::Master, json!({"type": "GET_OPERATIONS"}));
        let all = answer["get_operations"]["operations"].as_array().cloned().unwrap_or_default();
        all.iter().map(|one| one["latest_status"]["state"].clone()).collect()
    };
    assert_eq!(states(&mut sim), [Value::Null; 0]);
    assert!(sim.acknowledge_operation().is_none() && sim.start_operation().is_some());
    assert_eq!(states(&mut sim), ["OPERATION_PENDING"]);
    assert!(sim.acknowledge_operation().is_none() && sim.fail_operation().is_some());
    assert_eq!(states(&mut sim), ["OPERATION_FAILED"]);
    assert!(sim.acknowledge_operation().is_some());
    assert_eq!(states(&mut sim), [Value::Null; 0]);
}
