//! Runs on the simulated cluster, from the first offer to the end of the framework: what the cluster does to them, and what is lost on
//! the way.

use std::collections::{BTreeMap, BTreeSet};

use mesoscope_core::base::units::{Cpus, Nanoseconds};
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::io::Wish;
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState, Scheduler};
use mesoscope_core::scheduler::run::{RunAs, RunCommand, RunFile, RunId, RunRequest, RunTask};
use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::cluster::Sim;

use super::machine::request;
use super::simulation::Simulation;

/// A running command that lasts that many seconds.
fn running(seconds: u32) -> Simulation {
    let mut simulation = Simulation::new();
    simulation.run("a", &format!("sleep {seconds}"), 1);
    simulation.until("the start", |it| it.task().state == Some(TaskState::Running));
    simulation
}

fn states(simulation: &Simulation) -> Vec<Option<TaskState>> {
    simulation.scheduler.tasks().map(|task| task.state).collect()
}

fn operate(sim: &mut Sim, call: &Value) {
    assert_eq!(sim.answer(Target::Master, call.to_string().as_bytes()).status, 200, "{call}");
}

/// Uuids of the updates that were acknowledged, in order.
fn acknowledged(simulation: &Simulation) -> Vec<&str> {
    simulation.calls("ACKNOWLEDGE").iter().map(|call| call["acknowledge"]["uuid"].as_str().unwrap()).collect()
}

/// Uuids of the updates that came, each once, in order.
fn came(simulation: &Simulation) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    let uuids = simulation.events.iter().filter_map(|event| event["update"]["status"]["uuid"].as_str());
    uuids.filter(|uuid| seen.insert(*uuid)).collect()
}

/// Ids of the offers that the master counts as held by the framework.
fn outstanding(simulation: &Simulation) -> BTreeSet<String> {
    let state = simulation.sim.state();
    let frameworks = state["get_state"]["get_frameworks"]["frameworks"].as_array().unwrap();
    let offers = frameworks.iter().filter_map(|framework| framework["offers"].as_array()).flatten();
    offers.map(|offer| offer["id"]["value"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn commands_run_on_agents_and_the_framework_ends_with_them() {
    let mut simulation = Simulation::new();
    simulation.run("a", "echo hello from $MESOS_TASK_ID; exit 7", 2);
    simulation.until_torn_down();
    let tasks: Vec<RunTask> = simulation.scheduler.tasks().cloned().collect();
    for task in &tasks {
        assert_eq!((task.state, &*task.message), (Some(TaskState::Failed), "Command exited with status 7"));
        assert_eq!(simulation.stdout(task), format!("hello from {}\n", task.id));
    }
    assert_ne!(tasks[0].agent, tasks[1].agent);
    let failed = |id: &str| (id.to_owned(), "TASK_FAILED".to_owned());
    assert_eq!(simulation.reported(), [failed("a.0"), failed("a.1")]);
    assert_eq!(acknowledged(&simulation), came(&simulation));
    assert_eq!((acknowledged(&simulation).len(), outstanding(&simulation).len()), (6, 0));
}

#[test]
fn a_kill_is_soft_first_and_hard_after_the_grace_period() {
    for (line, seconds, message) in [
        ("sleep 10000", 1, "Command terminated with signal Terminated"),
        ("trap '' TERM; sleep 10000", 6, "Command terminated with signal Killed"),
    ] {
        let mut simulation = Simulation::new();
        let grace = Some(Nanoseconds::from_secs(5));
        simulation.begin(RunRequest { command: RunCommand::Shell(line.to_owned()), grace, ..request("a", 1) });
        simulation.until("the start", |it| it.task().state == Some(TaskState::Running));
        simulation.wish(Wish::KillRun(RunId::new("a").unwrap()));
        let before = simulation.now;
        simulation.until("the signal", |it| it.task().state == Some(TaskState::Killing));
        simulation.until_torn_down();
        let task = simulation.task();
        assert_eq!((task.state, &*task.message), (Some(TaskState::Killed), message));
        assert_eq!((simulation.now - before) / 1_000_000_000 + 1, seconds, "{line}");
    }
}

#[test]
fn a_command_ends_by_its_limit() {
    let mut simulation = Simulation::new();
    let timeout = Some(Nanoseconds::from_secs(3));
    simulation.begin(RunRequest { command: RunCommand::Shell("sleep 99".to_owned()), timeout, ..request("a", 1) });
    simulation.until_torn_down();
    let task = simulation.task();
    assert_eq!((task.state, &*task.reason), (Some(TaskState::Failed), "REASON_MAX_COMPLETION_TIME_REACHED"));
}

#[test]
fn a_launch_with_a_rescinded_offer_takes_place_later() {
    let mut simulation = Simulation::new();
    simulation.meanwhile = Some(("ACCEPT", |sim| drop(sim.rescind_offer())));
    simulation.run("a", "true", 1);
    simulation.until_torn_down();
    let task = simulation.task();
    assert_eq!((task.id.as_str(), task.state), ("a.0.2", Some(TaskState::Finished)));
    assert_eq!(simulation.reported(), [("a.0.2".to_owned(), "TASK_FINISHED".to_owned())]);
    assert_eq!(simulation.calls("ACCEPT").len(), 2);
    let dropped = simulation.events.iter().find(|event| event["update"]["status"]["state"] == "TASK_DROPPED").unwrap();
    assert_eq!(dropped["update"]["status"]["reason"], "REASON_INVALID_OFFERS");
}

#[test]
fn an_offer_that_is_held_may_be_rescinded() {
    let mut simulation = Simulation::new();
    let mut large = request("a", 1);
    large.resources.cpus = Cpus::from_scalar(400.0);
    simulation.begin(large);
    simulation.until("offers", |it| it.scheduler.offers().count() == 2);
    simulation.sim.rescind_offer().unwrap();
    simulation.pass(100);
    assert_eq!((simulation.scheduler.offers().count(), outstanding(&simulation).len()), (1, 1));
    assert_eq!(simulation.task().unfit.as_ref().unwrap().missing, ["cpus"]);
    // What fits nowhere holds no offer for longer than seconds.
    let mut since: BTreeMap<String, i64> = BTreeMap::new();
    let mut longest = 0;
    for _ in 0..600 {
        simulation.pass(100);
        for offer in outstanding(&simulation) {
            let first = *since.entry(offer).or_insert(simulation.now);
            longest = longest.max(simulation.now - first);
        }
    }
    assert!((1..=3_200_000_000).contains(&longest), "held for {longest} ns");
    let declined = simulation.calls("DECLINE");
    assert!(declined.len() > 5 && declined.iter().all(|call| call["decline"]["filters"]["refuse_seconds"] == 5.0));
    simulation.wish(Wish::KillRun(RunId::new("a").unwrap()));
    simulation.until_torn_down();
    assert_eq!(simulation.reported(), []);
}

#[test]
fn lost_updates_come_again_and_each_is_acknowledged_once_and_in_order() {
    for lost in 1..=3 {
        let mut simulation = Simulation::new();
        simulation.run("a", "true", 1);
        for _ in 0..lost {
            simulation.sim.lose_scheduler_update();
        }
        simulation.until_torn_down();
        assert_eq!(simulation.task().state, Some(TaskState::Finished), "{lost}");
        assert_eq!(acknowledged(&simulation), came(&simulation), "{lost}");
        assert_eq!(acknowledged(&simulation).len(), 3, "{lost}");
    }
}

#[test]
fn a_lost_acknowledgement_is_made_again_for_the_repeated_update() {
    let mut simulation = Simulation::new();
    simulation.run("a", "true", 1);
    simulation.lost = vec!["ACKNOWLEDGE", "ACKNOWLEDGE"];
    simulation.until_torn_down();
    let (sent, updates) = (acknowledged(&simulation), came(&simulation));
    assert_eq!(updates.len(), 3);
    let states: Vec<&str> = [updates[0], updates[0], updates[0], updates[1], updates[2]].to_vec();
    assert_eq!(sent, states, "10 and 20 seconds later");
    assert_eq!(simulation.task().state, Some(TaskState::Finished));
}

#[test]
fn a_launch_that_was_lost_is_asked_for_and_not_made_again() {
    let mut simulation = Simulation::new();
    simulation.lost = vec!["ACCEPT"];
    simulation.run("a", "true", 1);
    simulation.until_torn_down();
    assert_eq!((simulation.task().state, simulation.calls("ACCEPT").len()), (Some(TaskState::Gone), 1));
    assert_eq!(simulation.reported(), []);
    assert_eq!(outstanding(&simulation).len(), 0, "its offers are given back");
}

#[test]
fn a_task_on_an_unreachable_agent_comes_back_with_it() {
    let mut simulation = running(600);
    let agent = simulation.agent_of(simulation.task());
    simulation.sim.lose_agent(agent);
    simulation.pass(100);
    assert_eq!(states(&simulation), [Some(TaskState::Unreachable)]);
    assert!(simulation.events.iter().any(|event| event["type"] == "FAILURE"));
    simulation.pass(60_000);
    simulation.sim.return_agent(agent);
    simulation.until("the return", |it| it.task().state == Some(TaskState::Running));
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Finished)]);
}

#[test]
fn a_kill_reaches_an_agent_that_comes_back() {
    let mut simulation = running(10_000);
    let agent = simulation.agent_of(simulation.task());
    simulation.sim.stop_agent(agent);
    simulation.wish(Wish::KillRun(RunId::new("a").unwrap()));
    simulation.pass(75_000);
    assert_eq!(states(&simulation), [Some(TaskState::Running)], "its agent does not hear of it");
    simulation.sim.lose_agent(agent);
    simulation.pass(100);
    assert_eq!(states(&simulation), [Some(TaskState::Unreachable)]);
    simulation.sim.return_agent(agent);
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Killed)]);
    assert!(simulation.calls("KILL").len() > 1);
}

#[test]
fn a_task_on_an_agent_that_is_marked_gone_has_ended() {
    let mut simulation = running(10_000);
    let agent = simulation.task().agent.clone().unwrap();
    let gone = json!({"type": "MARK_AGENT_GONE", "mark_agent_gone": {"agent_id": {"value": agent.as_str()}}});
    operate(&mut simulation.sim, &gone);
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::GoneByOperator)]);
}

#[test]
fn a_drained_agent_ends_the_command() {
    let mut simulation = running(10_000);
    let agent = simulation.task().agent.clone().unwrap();
    let drain = json!({"type": "DRAIN_AGENT", "drain_agent": {"agent_id": {"value": agent.as_str()}}});
    operate(&mut simulation.sim, &drain);
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Killed)]);
}

#[test]
fn files_images_and_users_that_are_missing_fail_the_launch() {
    let file = |uri: &str| RunFile { uri: uri.to_owned(), ..RunFile::default() };
    let failed = Some(TaskState::Failed);
    for (run, state, reason) in [
        (RunRequest { files: vec![file("http://x/tool")], ..request("a", 1) }, Some(TaskState::Finished), ""),
        (RunRequest { image: Some("alpine:3".to_owned()), ..request("a", 1) }, Some(TaskState::Finished), ""),
        (
            RunRequest { files: vec![file("http://x/missing")], ..request("a", 1) },
            failed,
            "REASON_CONTAINER_LAUNCH_FAILED",
        ),
        (
            RunRequest { image: Some("missing:1".to_owned()), ..request("a", 1) },
            failed,
            "REASON_CONTAINER_LAUNCH_FAILED",
        ),
        (
            RunRequest { user: Some(RunAs::user("missing").unwrap()), ..request("a", 1) },
            Some(TaskState::Dropped),
            "REASON_EXECUTOR_TERMINATED",
        ),
    ] {
        let mut simulation = Simulation::new();
        simulation.begin(run.clone());
        simulation.until_torn_down();
        let task = simulation.task();
        assert_eq!((task.state, &*task.reason), (state, reason), "{run:?}");
    }
}

#[test]
fn the_user_of_a_command_is_its_own_or_the_frameworks() {
    for (user, name) in [(None, "ops\n"), (Some(RunAs::user("web").unwrap()), "web\n"), (Some(RunAs::root()), "root\n")]
    {
        let mut simulation = Simulation::new();
        simulation.begin(RunRequest { command: RunCommand::Shell("whoami".to_owned()), user, ..request("a", 1) });
        simulation.until_torn_down();
        let task = simulation.task().clone();
        assert_eq!(simulation.stdout(&task), name);
    }
}

#[test]
fn a_cut_stream_is_opened_again_and_the_command_goes_on() {
    let mut simulation = running(100);
    for _ in 0..3 {
        simulation.cut();
        simulation.until_subscribed();
        simulation.pass(1_000);
    }
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Finished)]);
    assert_eq!((simulation.calls("ACCEPT").len(), simulation.calls("SUBSCRIBE").len()), (1, 4));
    assert_eq!(acknowledged(&simulation), came(&simulation));
}

#[test]
fn a_command_that_ended_meanwhile_is_reported_when_the_stream_is_back() {
    let mut simulation = running(30);
    simulation.is_cut_off = true;
    simulation.cut();
    simulation.pass(60_000);
    assert_eq!(states(&simulation), [Some(TaskState::Running)]);
    simulation.is_cut_off = false;
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Finished)]);
}

#[test]
fn a_framework_expires_with_its_timeout_and_the_master_removes_it() {
    let mut simulation = running(10_000);
    simulation.is_cut_off = true;
    simulation.cut();
    simulation.until("the end", |it| matches!(it.scheduler.link(), LinkState::Ended(_)));
    assert_eq!(simulation.scheduler.link(), &LinkState::Ended(FrameworkEnd::Expired));
    assert_eq!(simulation.reported(), [("a.0".to_owned(), "TASK_KILLED".to_owned())]);
    simulation.is_cut_off = false;
    simulation.wish(Wish::Reclaim);
    simulation.pass(100);
    assert_eq!(simulation.scheduler.link(), &LinkState::Ended(FrameworkEnd::Removed));
}

#[test]
fn an_operator_may_tear_the_framework_down() {
    let mut simulation = running(10_000);
    let id = simulation.scheduler.id().unwrap().as_str().to_owned();
    operate(&mut simulation.sim, &json!({"type": "TEARDOWN", "teardown": {"framework_id": {"value": id}}}));
    simulation.until("the end", |it| matches!(it.scheduler.link(), LinkState::Ended(_)));
    assert_eq!(simulation.scheduler.link(), &LinkState::Ended(FrameworkEnd::Removed));
}

#[test]
fn a_new_master_hears_of_the_command_from_its_agent() {
    let mut simulation = running(300);
    simulation.sim.replace_master();
    simulation.cut();
    simulation.until_subscribed();
    simulation.pass(30_000);
    assert_eq!(states(&simulation), [Some(TaskState::Running)]);
    (0..2).for_each(|agent| simulation.sim.return_agent(agent));
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Finished)]);
    assert_eq!(simulation.calls("ACCEPT").len(), 1);
    assert_eq!(acknowledged(&simulation), came(&simulation));
}

#[test]
fn a_run_is_picked_up_after_a_reload() {
    let mut simulation = running(60);
    let saved = simulation.scheduler.saved(mesoscope_core::base::units::Timestamp(simulation.now)).unwrap();
    simulation.cut();
    simulation.scheduler = Scheduler::resumed(saved, 3);
    simulation.wish(Wish::Keep(false));
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Finished)]);
    assert_eq!(simulation.calls("ACCEPT").len(), 1);
}

#[test]
fn a_quota_leaves_offers_that_are_too_small() {
    let mut simulation = Simulation::new();
    let limits = json!({"cpus": {"value": 0.2}, "mem": {"value": 1000.0}});
    let quota = json!({"type": "UPDATE_QUOTA", "update_quota": {"force": true, "quota_configs": [{"role": "dev", "limits": limits}]}});
    operate(&mut simulation.sim, &quota);
    simulation.run("a", "true", 1);
    simulation.pass(20_000);
    let unfit = simulation.task().unfit.clone().unwrap();
    assert_eq!((unfit.missing, simulation.calls("ACCEPT").len()), (vec!["cpus".to_owned()], 0));
    // Without the limit it runs.
    let quota = json!({"type": "UPDATE_QUOTA", "update_quota": {"force": true, "quota_configs": [{"role": "dev"}]}});
    operate(&mut simulation.sim, &quota);
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Finished)]);
}

#[test]
fn an_agent_with_a_command_is_not_given_up_for_maintenance() {
    let mut simulation = running(100);
    let hostname = simulation.task().hostname.clone();
    let windows = json!([{"machine_ids": [{"hostname": hostname, "ip": "127.0.0.1"}],
        "unavailability": {"start": {"nanoseconds": 1_895_306_100_000_000_000_i64}}}]);
    let schedule = json!({"schedule": {"windows": windows}});
    let call = json!({"type": "UPDATE_MAINTENANCE_SCHEDULE", "update_maintenance_schedule": schedule});
    operate(&mut simulation.sim, &call);
    simulation.pass(5_000);
    assert_eq!(simulation.calls("DECLINE_INVERSE_OFFERS").len(), 1);
    let status = simulation.sim.answer(Target::Master, br#"{"type": "GET_MAINTENANCE_STATUS"}"#);
    assert!(String::from_utf8(status.body.into_bytes()).unwrap().contains("\"DECLINE\""));
    simulation.until_torn_down();
    assert_eq!(states(&simulation), [Some(TaskState::Finished)]);
    assert!(simulation.calls("DECLINE_INVERSE_OFFERS").len() <= 3, "it is asked again once a minute");
}

#[test]
fn every_chosen_agent_runs_the_command_once() {
    let mut simulation = Simulation::of(Sim::recorded(30));
    let chosen: Vec<u32> = (0..30).step_by(3).collect();
    let targets = simulation.on(&chosen);
    let command = RunCommand::Shell("hostname".to_owned());
    simulation.begin(RunRequest { command, targets, ..request("a", 1) });
    simulation.until_torn_down();
    let tasks: Vec<RunTask> = simulation.scheduler.tasks().cloned().collect();
    assert_eq!(
        tasks.iter().map(|task| simulation.agent_of(task)).collect::<BTreeSet<u32>>(),
        chosen.into_iter().collect()
    );
    for task in &tasks {
        assert_eq!(simulation.stdout(task), format!("{}\n", task.hostname));
    }
}
