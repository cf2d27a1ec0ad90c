//! What only reads bring: not yet, refused, failed and none are four different things.

use std::collections::{BTreeMap, BTreeSet};

use mesoscope_core::actions::{self, Action};
use mesoscope_core::base::ids::{AgentId, TaskKey};
use mesoscope_core::checks::eligibility::{self, DisabledReason};
use mesoscope_core::checks::lint::ProblemKind;
use mesoscope_core::checks::trouble;
use mesoscope_core::checks::visibility::{Evidence, FilteredList, Visibility, VisibilityLevel};
use mesoscope_core::cluster::role::MachineMode;
use mesoscope_core::cluster::task::TaskCounts;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::{ReadFailure, Unknown};
use mesoscope_core::engine::io::Input;
use mesoscope_core::engine::message::{ToEngine, ViewId};
use mesoscope_core::mesos::calls::Refusal;
use mesoscope_core::mesos::calls::answer::CallError;
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::text;
use mesoscope_core::views::agent::AgentQuery;
use mesoscope_core::views::agents::{AgentColumn, AgentRow};
use mesoscope_core::views::cluster_summary;
use mesoscope_core::views::entry::EntryQuery;
use mesoscope_core::views::entry::{EntryKey, EntryKind};
use mesoscope_core::views::executor::AgentFrameworkQuery;
use mesoscope_core::views::executors::{ExecutorColumn, ExecutorRow};
use mesoscope_core::views::frameworks::FrameworkColumn;
use mesoscope_core::views::master::MasterQuery;
use mesoscope_core::views::previews::QuotaAmountsQuery;
use mesoscope_core::views::roles::{ResourceKind, RoleAmount, RoleColumn, RoleRow};
use mesoscope_core::views::table::{Order, TableQuery};
use mesoscope_core::views::task::TaskQuery;
use mesoscope_core::views::tasks::TaskColumn;
use serde_json::{Value, json};

use crate::{World, agent, agents as listed, framework, task};

/// A framework in the role `dev`, and no read answered.
fn world() -> World {
    let state = json!({"get_frameworks": {"frameworks": [framework("f", true, false)]}});
    World::new(&state, &[])
}

fn roles(world: &World, filter: &str) -> Vec<RoleRow> {
    world.answer(&TableQuery { filter: filter.into(), ..TableQuery::<RoleColumn>::all(10) }).rows
}

fn role(world: &World) -> RoleRow {
    roles(world, "").pop().expect("the framework's role is listed")
}

fn read(world: &mut World, part: Topic) {
    world.ask(ToEngine::Reread(vec![part]));
    world.later(2);
}

#[test]
fn what_a_framework_has_allocated_is_not_none_where_it_cannot_be_read() {
    let state = |allocated: Value, offered: Value| {
        let mut of = framework("f", true, false);
        (of["allocated_resources"], of["offered_resources"]) = (allocated, offered);
        json!({"frameworks": [of]})
    };
    let four = json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": 4}, "role": "*"}]);
    let row = |world: &World| {
        let row = world.answer(&TableQuery::<FrameworkColumn>::all(1)).rows.pop().expect("it is listed");
        (row.allocated.map(|of| of.cpus.as_f64()), row.offered.map(|of| of.cpus.as_f64()), row.share.is_some())
    };
    let mut world = World::new(&json!({"get_frameworks": state(json!("none"), json!({"cpus": 0}))}), &[]);
    assert_eq!(row(&world), (None, None, false));
    world.answers.insert("GET_FRAMEWORKS", state(four.clone(), json!([])));
    read(&mut world, Topic::Frameworks);
    assert_eq!(row(&world), (Some(4.0), Some(0.0), true));
    world.answers.insert("GET_FRAMEWORKS", state(json!(4), four));
    read(&mut world, Topic::Frameworks);
    assert_eq!(row(&world), (None, Some(4.0), false));
}

#[test]
fn a_quota_that_cannot_be_read_is_not_none_and_leaves_the_others_as_they_are() {
    let mut world = world();
    let configs = json!([
        {"role": "eng", "limits": {"cpus": "3", "mem": {"value": 512}}},
        {"role": "ops", "guarantees": [1]},
        {"role": "web", "limits": {"cpus": {"value": 2}}},
    ]);
    let infos = json!([{"role": "old", "guarantee": 5}]);
    world.answers.insert("GET_QUOTA", json!({"status": {"configs": configs, "infos": infos}}));
    read(&mut world, Topic::Quota);
    let quotas: Vec<_> = roles(&world, "")
        .into_iter()
        .map(|row| (row.name.to_string(), row.quota.map(|rows| rows.len()).ok()))
        .collect();
    let expected = [("eng", None), ("eng/web", Some(0)), ("old", None), ("ops", None), ("web", Some(1))];
    assert_eq!(quotas, expected.map(|(name, rows)| (name.to_owned(), rows)));
    world.answers.insert("GET_QUOTA", json!({"status": {}}));
    read(&mut world, Topic::Quota);
    assert!(roles(&world, "").iter().all(|row| row.quota == Ok(Vec::new())));
}

#[test]
fn an_agent_of_which_amounts_are_not_known_is_neither_free_nor_used() {
    let eight = json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": 8}}]);
    let known = json!({"agent_info": {"id": {"value": "a"}}, "total_resources": eight});
    let unknown =
        json!({"agent_info": {"id": {"value": "b"}}, "total_resources": eight, "allocated_resources": {"cpus": 1}});
    let world = World::new(&listed(&[known, unknown]), &[]);
    let overview = world.overview();
    let capacity = overview.capacity;
    assert_eq!(
        (capacity.total.cpus.as_f64(), capacity.allocated.cpus.as_f64(), overview.unreadable_agents),
        (8.0, 0.0, 1)
    );
}

/// An agent that a read brought, before the stream's snapshot.
#[test]
fn nothing_counts_as_none_while_the_snapshot_arrives() {
    let mut world = World::opening();
    world.answers.insert("GET_AGENTS", listed(&[agent("S1", &json!({}))])["get_agents"].clone());
    let query = AgentQuery(AgentId::from("S1"));
    world.ask(ToEngine::Watch(ViewId(3), query.clone().into()));
    world.give(Input::DateHeader("Sun, 29 Nov 2026 12:00:00 GMT", world.now));
    world.event(&json!({"type": "HEARTBEAT"}));
    read(&mut world, Topic::Agents);
    let short = cluster_summary::cluster_summary(world.engine.shown());
    assert_eq!((short.agents, short.frameworks, short.tasks, short.roles), (Some(1), None, None, None));
    assert_eq!(world.answer(&query).expect("the read brought it").tasks, None);
    let no_tasks =
        text::empty_master_list(FilteredList::Tasks, ("No tasks", "."), &Visibility::of(world.engine.shown(), false));
    assert_eq!(no_tasks.0, "Loading cluster state");

    world.snapshot(&listed(&[agent("S1", &json!({}))]));
    let short = cluster_summary::cluster_summary(world.engine.shown());
    assert_eq!((short.agents, short.frameworks, short.tasks, short.roles), (Some(1), Some(0), Some(0), Some(0)));
    assert_eq!(world.answer(&query).expect("it is in the snapshot").tasks, Some(TaskCounts::default()));
}

#[test]
fn a_list_that_is_none_is_named_where_it_is_missing_and_in_the_report_of_troubles() {
    let mut world = world();
    world.answers.insert("GET_OPERATIONS", json!({"operations": {"a": 1}}));
    read(&mut world, Topic::Operations);
    let words = "the answer is not what Mesos sends: “operations” is an object where a list is expected";
    let why = world.engine.shown().unknown(Topic::Operations).expect("nothing was read").clone();
    let expected = ("Cannot read operations".to_owned(), format!("GET_OPERATIONS: {words}."));
    assert_eq!(text::unknown(Topic::Operations, &why, true), expected);
    let [kind] = world.engine.trouble().misread.as_slice() else { panic!("one answer is misread") };
    assert_eq!(
        (kind.what.to_string(), kind.why.as_ref().map(ToString::to_string)),
        ("GET_OPERATIONS".to_owned(), Some(words.to_owned()))
    );
}

#[test]
fn a_quota_is_not_none_before_that_was_read() {
    let mut world = world();
    assert_eq!(role(&world).quota, Err(Unknown::NotYet));
    assert!(roles(&world, "quota:no").is_empty() && roles(&world, "quota:yes").is_empty());
    assert!(roles(&world, "limit:none").is_empty(), "it may have a limit");
    world.failures.insert("GET_QUOTA", (403, "Forbidden"));
    read(&mut world, Topic::Quota);
    let refused = Unknown::Refused("Forbidden".into());
    assert_eq!(role(&world).quota, Err(refused.clone()));
    let name = role(&world).name;
    let (_, budget) = world.answer(&QuotaAmountsQuery(name.clone()));
    assert_eq!(budget, Err(refused.clone()), "a form cannot begin from none");
    let entry = world.answer(&EntryQuery(EntryKey::Role(name))).expect("it has a page");
    let EntryKind::Role { row, .. } = entry.what else { panic!("a role") };
    assert_eq!(row.quota, Err(refused));
    world.failures.insert("GET_QUOTA", (503, "busy"));
    read(&mut world, Topic::Quota);
    assert_eq!(role(&world).quota, Err(failed(503, "busy")));
    world.failures.clear();
    world.answers.insert("GET_QUOTA", json!({"status": {}}));
    read(&mut world, Topic::Quota);
    assert_eq!(role(&world).quota, Ok(vec![]));
    assert_eq!(roles(&world, "quota:no").len(), 2, "and the role above it");
    // What was read stays, though it grows old.
    world.failures.insert("GET_QUOTA", (403, "Forbidden"));
    read(&mut world, Topic::Quota);
    assert_eq!(role(&world).quota, Ok(vec![]));
}

#[test]
fn a_weight_that_cannot_be_read_is_neither_none_nor_one() {
    let mut world = world();
    let name = role(&world).name;
    world.answers.insert("GET_ROLES", json!({"roles": [{"name": name.as_str(), "weight": {"value": 2}}]}));
    read(&mut world, Topic::Roles);
    assert_eq!(role(&world).weight, Err(Unknown::NotYet), "GET_WEIGHTS has not been answered");
    world.answers.insert("GET_WEIGHTS", json!({"weight_infos": [{"role": name.as_str(), "weight": [2]}]}));
    read(&mut world, Topic::Weights);
    let reported = role(&world).weight;
    assert!(
        matches!(&reported, Err(Unknown::Failed(ReadFailure::Field(misfit))) if misfit.path.contains("weight")),
        "{reported:?}"
    );
    assert_eq!(role(&world).share, None);
    world.answers.insert("GET_WEIGHTS", json!({}));
    read(&mut world, Topic::Weights);
    assert_eq!(role(&world).weight, Ok(1.0), "GET_WEIGHTS lists all that were set");
}

#[test]
fn what_only_a_page_reads_is_counted_once_where_it_cannot_be_read() {
    let mut strange = task("t", "TASK_RUNNING", "a");
    strange["user"] = json!(["root"]);
    let mut world = World::new(&json!({"get_tasks": {"tasks": [strange]}}), &[]);
    let before = world.engine.trouble().total;
    let key = TaskKey { framework: "f".into(), task: "t".into() };
    world.ask(ToEngine::Watch(ViewId(9), TaskQuery(key).into()));
    for _ in 0..5 {
        world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("other", "TASK_STAGING", "a")}}));
        world.ask(ToEngine::Rendered(ViewId(9)));
        world.later(2);
    }
    let fields = &world.engine.trouble().fields;
    let why = |kind: &trouble::TroubleEntry| kind.why.as_ref().map(ToString::to_string).unwrap_or_default();
    let reported = fields.iter().map(|kind| (kind.what.to_string(), why(kind), kind.count));
    assert_eq!(
        reported.collect::<Vec<_>>(),
        [("the page of a task".to_owned(), "user: a list, not a text".to_owned(), 1)]
    );
    assert_eq!(world.engine.trouble().total, before + 1);
}

#[test]
fn an_agent_has_no_sums_of_amounts_that_cannot_be_read() {
    let known = json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": 8}}]);
    let capacity = |field: &str, list: serde_json::Value| {
        let mut agent =
            json!({"agent_info": {"id": {"value": "a"}, "hostname": "h"}, "total_resources": known.clone()});
        agent[field] = list;
        let world = World::new(&json!({"get_agents": {"agents": [agent]}}), &[]);
        world.answer(&AgentQuery("a".into())).expect("it has a page").capacity
    };
    let reported = capacity("allocated_resources", json!([])).expect("each list can be read");
    assert_eq!((reported.total.cpus.as_f64(), reported.allocated.cpus.as_f64()), (8.0, 0.0));
    assert!(capacity("total_resources", json!({"cpus": 4})).is_none());
    assert!(capacity("allocated_resources", json!("none")).is_none());
    assert!(capacity("offered_resources", json!([{"name": "cpus", "scalar": {"value": "many"}}])).is_none());
    assert!(capacity("registered_time", json!(5)).is_some(), "a time is no amount");
}

#[test]
fn a_weight_is_not_one_before_that_was_read() {
    let mut world = world();
    assert_eq!((role(&world).weight, role(&world).share), (Err(Unknown::NotYet), None));
    assert!(roles(&world, "weight>0").is_empty());
    let name = role(&world).name;
    let action = Action::Weights(vec![(name.clone(), 2.0)]);
    let plan = actions::dry_run::preview(world.engine.shown(), &action, world.now);
    assert_eq!((plan.current.len(), plan.back), (0, None), "nothing can be put back");
    world.failures.insert("GET_WEIGHTS", (401, ""));
    read(&mut world, Topic::Weights);
    assert_eq!(role(&world).weight, Err(Unknown::Refused(String::new())));
    // GET_ROLES tells the weights of roles, too.
    world.answers.insert("GET_ROLES", json!({"roles": [{"name": name.as_str(), "weight": 2.5}]}));
    read(&mut world, Topic::Roles);
    assert_eq!((role(&world).weight, role(&world).share), (Ok(2.5), Some(1.0)));
    world.failures.clear();
    world.answers.insert("GET_WEIGHTS", json!({}));
    world.answers.insert("GET_ROLES", json!({}));
    read(&mut world, Topic::Roles);
    read(&mut world, Topic::Weights);
    assert_eq!(role(&world).weight, Ok(1.0));
}

#[test]
fn nobody_says_of_a_machine_that_it_is_up_before_that_was_read() {
    let mut world = world();
    let machine = MachineId { hostname: Some("h".into()), ip: Some("10.0.0.1".into()) };
    let unknown = |why| Err(DisabledReason::ModeUnknown(machine.clone(), why));
    assert_eq!(eligibility::start_maintenance(&machine, world.engine.shown()), unknown(Unknown::NotYet));
    world.failures.insert("GET_MAINTENANCE_STATUS", (403, "Forbidden"));
    let window =
        json!({"machine_ids": [{"hostname": "h", "ip": "10.0.0.1"}], "unavailability": {"start": {"nanoseconds": 5}}});
    world.answers.insert("GET_MAINTENANCE_SCHEDULE", json!({"schedule": {"windows": [window]}}));
    read(&mut world, Topic::Machines);
    read(&mut world, Topic::Schedule);
    let page = world.maintenance();
    let row = page.windows.first().and_then(|window| window.machines.first()).expect("it is scheduled");
    assert_eq!(row.mode, Err(Unknown::Refused("Forbidden".into())));
    let refused = unknown(Unknown::Refused("Forbidden".into()));
    assert_eq!(eligibility::stop_maintenance(&machine, world.engine.shown()), refused);
    world.failures.clear();
    world.answers.insert("GET_MAINTENANCE_STATUS", json!({"status": {}}));
    read(&mut world, Topic::Machines);
    assert_eq!(eligibility::mode(&machine, world.engine.shown()), Ok(Some(MachineMode::Draining)));
}

#[test]
fn the_master_and_its_metrics_are_not_empty_before_they_were_read() {
    let mut world = world();
    let master = |world: &World| world.answer(&MasterQuery);
    let page = master(&world);
    assert!(page.leader.is_err() && page.flags.is_err() && page.metrics.is_err());
    world.answers.insert("GET_METRICS", json!({"metrics": []}));
    read(&mut world, Topic::Metrics);
    assert_eq!(master(&world).metrics, Ok(vec![]));
}

/// What the page of tasks says where no task is listed.
fn said(world: &World) -> (String, String) {
    let visibility = Visibility::of(world.engine.shown(), false);
    text::empty_master_list(FilteredList::Tasks, ("No tasks", "No framework has started a task."), &visibility)
}

fn flags(flags: serde_json::Value) -> (&'static str, serde_json::Value) {
    ("GET_FLAGS", json!({"flags": flags}))
}

#[test]
fn an_empty_list_is_none_only_where_nothing_can_be_hidden() {
    let of = |answers: &[(&'static str, serde_json::Value)]| said(&World::new(&json!({}), answers));
    let nothing = ("No tasks".to_owned(), "No framework has started a task.".to_owned());
    assert_eq!(of(&[flags(json!([{"name": "authorizers", "value": "local"}]))]), nothing);
    let hidden = "No tasks that you may see".to_owned();
    assert_eq!(of(&[]).0, hidden, "whether the master has ACLs is not known");
    let acls = json!([{"name": "authorizers", "value": "local"}, {"name": "acls", "value": "{\"view_tasks\":[]}"}]);
    assert_eq!(of(&[flags(acls)]).0, hidden);
    assert_eq!(of(&[flags(json!([{"name": "authorizers", "value": "org_example_Authorizer"}]))]).0, hidden);
}

#[test]
fn an_empty_list_that_other_answers_contradict_says_so() {
    let metrics = json!({"metrics": [{"name": "master/tasks_running", "value": 2}, {"name": "master/tasks_staging", "value": 1},
        {"name": "master/frameworks_connected", "value": 1}, {"name": "allocator/mesos/quota/roles/a/b/resources/cpus/limit", "value": 4},
        {"name": "allocator/mesos/quota/roles/a/b/resources/cpus/consumed", "value": 4}]});
    let world = World::new(&json!({}), &[("GET_METRICS", metrics), ("GET_QUOTA", json!({"status": {}}))]);
    let visibility = Visibility::of(world.engine.shown(), false);
    assert_eq!((visibility.sight, visibility.is_noticed()), (VisibilityLevel::Unknown, true));
    let counted = |list, count| (list, Evidence::Counted(count));
    assert_eq!(
        visibility.contradicted,
        [counted(FilteredList::Tasks, 3), counted(FilteredList::Frameworks, 1), counted(FilteredList::Quotas, 1)]
    );
    let (title, words) = said(&world);
    assert_eq!(title, "No tasks that you may see");
    assert!(words.starts_with("The master's metrics, as last read, count 3 tasks; its list has none."), "{words}");

    let used = json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": 2}}]);
    let agent = json!({"agent_info": {"id": {"value": "a"}, "hostname": "h"}, "allocated_resources": used});
    let world = World::new(&json!({"get_agents": {"agents": [agent]}}), &[]);
    let visibility = Visibility::of(world.engine.shown(), false);
    assert_eq!(
        visibility.contradicted,
        [(FilteredList::Tasks, Evidence::Allocated), (FilteredList::Frameworks, Evidence::Allocated)]
    );

    let world = World::new(&json!({"get_tasks": {"tasks": [task("t", "TASK_RUNNING", "gone")]}}), &[]);
    let visibility = Visibility::of(world.engine.shown(), false);
    assert_eq!(
        visibility.contradicted,
        [(FilteredList::Frameworks, Evidence::Referenced), (FilteredList::Agents, Evidence::Referenced)]
    );
}

#[test]
fn tasks_that_acls_hide_are_no_lost_updates() {
    let acls = json!([{"name": "acls", "value": "{}"}]);
    let metrics = json!({"metrics": [{"name": "master/tasks_running", "value": 2}]});
    for (answers, expected) in [(vec![], true), (vec![flags(acls)], false)] {
        let mut world = World::new(&json!({}), &answers);
        world.answers.insert("GET_METRICS", metrics.clone());
        world.later(40);
        let is_said = world.problems().iter().any(|problem| matches!(problem.kind, ProblemKind::CountDiffers { .. }));
        assert_eq!(is_said, expected);
    }
}

fn agents(world: &World, filter: &str) -> Vec<AgentRow> {
    let query = TableQuery::<AgentColumn> { filter: filter.into(), ..TableQuery::all(10) };
    world.answer(&query).rows
}

#[test]
fn the_table_of_agents_has_no_zero_for_an_amount_that_cannot_be_read() {
    let eight = json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": 8}}]);
    let agent = |total: &serde_json::Value| {
        json!({"agent_info": {"id": {"value": "a"}, "hostname": "h"}, "total_resources": total, "active": true,
            "allocated_resources": eight})
    };
    let mut world = World::new(&json!({"get_agents": {"agents": [agent(&json!({"cpus": 4}))]}}), &[]);
    let row = |world: &World| agents(world, "").pop().expect("the agent is listed");
    let cpus = |row: &AgentRow| (row.total.map(|of| of.cpus.as_f64()), row.allocated.map(|of| of.cpus.as_f64()));
    assert_eq!(cpus(&row(&world)), (None, Some(8.0)));
    assert_eq!(world.overview().unreadable_agents, 1);
    for filter in ["total.cpus<1", "free.cpus<1", "total.cpus>0"] {
        assert!(agents(&world, filter).is_empty(), "{filter}");
    }
    world.answers.insert("GET_AGENTS", json!({"agents": [agent(&eight)]}));
    world.later(30);
    assert_eq!(cpus(&row(&world)), (Some(8.0), Some(8.0)));
    assert_eq!(world.overview().unreadable_agents, 0);
    world.event(&json!({"type": "AGENT_ADDED", "agent_added": {"agent": agent(&json!("many"))}}));
    assert_eq!(cpus(&row(&world)), (None, Some(8.0)));

    // One that only its tasks tell of has amounts that nobody reported.
    let lost = json!({"get_tasks": {"unreachable_tasks": [task("t", "TASK_UNREACHABLE", "b")]}});
    let world = World::new(&lost, &[]);
    assert_eq!(cpus(&row(&world)), (None, None));
    let recovered = json!({"id": {"value": "c"}, "hostname": "c", "resources": eight});
    let world = World::new(&json!({"get_agents": {"recovered_agents": [recovered]}}), &[]);
    assert_eq!(cpus(&row(&world)), (Some(8.0), None));
}

fn failed(status: u16, words: &str) -> Unknown {
    let refusal = Refusal { status, words: words.to_owned() };
    ReadFailure::Unanswered(CallError::Refused(refusal)).into()
}

fn executors(world: &World, filter: &str) -> Vec<ExecutorRow> {
    world.answer(&TableQuery::<ExecutorColumn> { filter: filter.into(), ..TableQuery::all(10) }).rows
}

/// Tasks on agent `a`: one whose resources are fine, and three with some that cannot be read.
fn world_of_unread_tasks() -> World {
    let with = |id: &str, resources: Value| {
        let mut task = task(id, "TASK_RUNNING", "a");
        task["resources"] = resources;
        task
    };
    let in_dev = |name: &str, value: Value| json!({"name": name, "type": "SCALAR", "scalar": {"value": value}, "allocation_info": {"role": "dev"}});
    let no_amount = with("no-amount", json!([in_dev("mem", json!(128)), in_dev("cpus", json!("two"))]));
    let no_role =
        with("no-role", json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": 1}, "allocation_info": "dev"}]));
    let tasks = [
        with("fine", json!([in_dev("cpus", json!(2))])),
        no_amount,
        no_role,
        with("no-list", json!({"cpus": 2})),
        with("none", json!([])),
    ];
    World::new(&json!({"get_tasks": {"tasks": tasks}, "get_agents": {"agents": [agent("a", &json!({}))]}}), &[])
}

#[test]
fn resources_of_a_task_that_cannot_be_read_are_not_none() {
    let world = world_of_unread_tasks();
    let row = |id: &str| {
        let row = world.tasks(&format!("id:={id}")).pop().expect("it is listed");
        let key = TaskKey { framework: "f".into(), task: id.into() };
        assert_eq!(world.answer(&TaskQuery(key)).expect("it has a page").row, row, "its page says the same");
        (row.role.unwrap_or("?".to_owned()), row.used.map(|of| of.cpus.as_f64()))
    };
    assert_eq!(row("fine"), ("dev".to_owned(), Some(2.0)));
    assert_eq!(row("no-amount"), ("dev".to_owned(), None));
    assert_eq!(row("no-role"), ("?".to_owned(), None));
    assert_eq!(row("no-list"), ("?".to_owned(), None));
    assert_eq!(row("none"), ("*".to_owned(), Some(0.0)));
    let ids = |filter: &str| world.tasks(filter).into_iter().map(|row| row.id.0).collect::<BTreeSet<_>>();
    let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(ids("cpus<1"), set(&["none"]));
    assert_eq!(ids("cpus>0"), set(&["fine"]));
    assert_eq!(ids("mem>0"), set(&[]));
    assert_eq!(ids("role:dev"), set(&["fine", "no-amount"]));
    assert_eq!(ids("role:=*"), set(&["none"]));
    let sort = Order::parse("cpus");
    let sorted = world.answer(&TableQuery::<TaskColumn> { sort, ..TableQuery::all(10) }).rows;
    let sorted: Vec<_> = sorted.iter().map(|row| row.used.map(|of| of.cpus.as_f64())).collect();
    assert_eq!(sorted, [Some(0.0), Some(2.0), None, None, None], "unknown amounts come last");
}

#[test]
fn sums_say_which_tasks_they_leave_out() {
    let mut world = world_of_unread_tasks();
    let summary = |world: &World| cluster_summary::cluster_summary(world.engine.shown());
    assert_eq!(summary(&world).sum_gaps.tasks, 3);
    let words = text::sums_without(summary(&world).sum_gaps);
    assert_eq!(words.as_deref(), Some("Sums by role may leave out 3 tasks, whose resources cannot be read."));
    let reported = |world: &World| {
        let row = |row: RoleRow| {
            (row.name.0, (row.tasks, row.amounts.get(RoleAmount::Allocated, ResourceKind::Cpus), row.gaps.tasks))
        };
        roles(world, "").into_iter().map(row).collect::<BTreeMap<_, _>>()
    };
    let expected = [("*", (1, Some(0.0), 0)), ("dev", (2, Some(2.0), 1))].map(|(name, sums)| (name.to_owned(), sums));
    assert_eq!(reported(&world), BTreeMap::from(expected));
    let there = world.answer(&AgentFrameworkQuery("a".into(), "f".into())).expect("it has a page");
    assert_eq!(there.used, None);
    let share = world.answer(&AgentQuery("a".into())).expect("it has a page").frameworks.pop().expect("it runs there");
    assert_eq!((share.tasks, share.allocated), (5, None));
    world.engine.shown().check().expect("what is derived agrees");
    for id in ["no-amount", "no-role", "no-list"] {
        let status = json!({"task_id": {"value": id}, "state": "TASK_FINISHED"});
        let update = json!({"framework_id": {"value": "f"}, "state": "TASK_FINISHED", "status": status});
        world.event(&json!({"type": "TASK_UPDATED", "task_updated": update}));
    }
    assert_eq!(text::sums_without(summary(&world).sum_gaps), None);
    let there = world.answer(&AgentFrameworkQuery("a".into(), "f".into())).expect("it has a page");
    assert_eq!(there.used.map(|of| of.cpus.as_f64()), Some(2.0));
    world.engine.shown().check().expect("what is derived agrees");
}

#[test]
fn own_resources_of_an_executor_that_cannot_be_read_are_not_none() {
    let executor = |id: &str, resources: Value| {
        json!({"agent_id": {"value": "a"}, "executor_info": {"executor_id": {"value": id}, "framework_id": {"value": "f"},
            "resources": resources}})
    };
    let one = |value: Value| json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": value}, "allocation_info": {"role": "dev"}}]);
    let list = [
        executor("fine", one(json!(1))),
        executor("no-amount", one(json!("one"))),
        executor("no-list", json!("one")),
        executor("none", json!([])),
    ];
    let mut named = task("t", "TASK_RUNNING", "a");
    named["executor_id"] = json!({"value": "named"});
    let world = World::new(&json!({"get_executors": {"executors": list}, "get_tasks": {"tasks": [named]}}), &[]);
    let rows = executors(&world, "");
    let reported: Vec<_> =
        rows.iter().map(|row| (row.id.as_str(), row.role.as_deref(), row.used.map(|of| of.cpus.as_f64()))).collect();
    let expected = [
        ("fine", Some("dev"), Some(1.0)),
        ("named", None, None),
        ("no-amount", Some("dev"), None),
        ("no-list", None, None),
        ("none", Some(""), Some(0.0)),
    ];
    assert_eq!(reported, expected);
    let ids = |filter: &str| executors(&world, filter).into_iter().map(|row| row.id.0).collect::<Vec<_>>();
    assert_eq!((ids("cpus<1"), ids("cpus>0")), (vec!["none".to_owned()], vec!["fine".to_owned()]));
}

#[test]
fn an_answer_without_its_content_leaves_what_was_known() {
    let state = crate::agents(&[agent("S1", &json!({}))]);
    for (content, quota) in [(json!(null), json!({})), (json!({"agents": null}), json!({"status": null}))] {
        let answers =
            [("GET_AGENTS", json!({"agents": [agent("S1", &json!({}))]})), ("GET_QUOTA", json!({"status": {}}))];
        let mut world = World::new(&state, &answers);
        world.later(60);
        assert!(world.engine.shown().quota().is_ok());
        world.answers.extend([("GET_AGENTS", content), ("GET_QUOTA", quota)]);
        world.later(300);
        assert_eq!(world.engine.shown().agents().count(), 1, "it is not gone");
    }
    let mut world = World::new(&state, &[("GET_QUOTA", json!({})), ("GET_MAINTENANCE_SCHEDULE", json!({}))]);
    world.later(60);
    assert!(world.maintenance().schedule.is_err() && world.engine.shown().quota().is_err(), "unknown is not none");
}
