//! What the overview says needs attention, and what it must not say before it knows: each problem is made once, by the records
//! and answers of a scripted master.

mod problems {
    mod clocks;
    mod entries;
    mod events;
    mod free;
    mod gaps;
    mod hosts;
    mod registrations;
    mod roles;
    mod unknown;
}

use std::collections::BTreeMap;

use mesoscope_core::base::ids::TaskKey;
use mesoscope_core::base::units::{Cpus, Nanoseconds, Timestamp};
use mesoscope_core::checks::lint::{Problem, ProblemKind};
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{FailedRead, Input, Output};
use mesoscope_core::engine::message::{ToEngine, ViewId};
use mesoscope_core::engine::poller::ReadId;
use mesoscope_core::mesos::calls::Refusal;
use mesoscope_core::mesos::calls::answer::CallError;
use mesoscope_core::mesos::recordio;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::views::agent::AgentQuery;
use mesoscope_core::views::agents::{AgentColumn, AgentState};
use mesoscope_core::views::executor::{AgentFrameworkQuery, ExecutorKey, ExecutorQuery};
use mesoscope_core::views::framework::FrameworkQuery;
use mesoscope_core::views::frameworks::FrameworkColumn;
use mesoscope_core::views::maintenance::Maintenance;
use mesoscope_core::views::maintenance::MaintenanceQuery;
use mesoscope_core::views::overview::Overview;
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_core::views::roles::{ResourceKind, RoleAmount, RoleColumn, RoleRow};
use mesoscope_core::views::table::{Order, TableQuery};
use mesoscope_core::views::task::TaskQuery;
use mesoscope_core::views::tasks::{TaskColumn, TaskRow};
use mesoscope_core::views::view::{AbsentReason, View};
use serde_json::{Value, json};

const START: Timestamp = Timestamp(1_800_000_000_000_000_000);

/// An engine before a master that says what the test wants.
struct World {
    engine: Engine,
    now: Timestamp,
    /// By call, what is answered; others wait until there is an answer.
    answers: BTreeMap<&'static str, Value>,
    /// By call, the status and the words that it fails with.
    failures: BTreeMap<&'static str, (u16, &'static str)>,
    /// Reads without an answer, and their calls.
    waiting: Vec<(ReadId, String)>,
}

impl World {
    /// Before the snapshot.
    fn opening() -> Self {
        let (answers, failures) = (BTreeMap::new(), BTreeMap::new());
        let mut world = Self { engine: Engine::new("test", 1), now: START, answers, failures, waiting: Vec::new() };
        world.ask(ToEngine::Hello { build: "test".into(), base: "http://here/".into() });
        world.ask(ToEngine::Watch(ViewId(1), OverviewQuery.into()));
        world.ask(ToEngine::Watch(ViewId(2), MaintenanceQuery.into()));
        world.give(Input::StreamOpened);
        world
    }

    /// After a snapshot of that state, and after these answers.
    fn new(state: &Value, answers: &[(&'static str, Value)]) -> Self {
        let mut world = Self::opening();
        world.answers.extend(answers.iter().cloned());
        world.snapshot(state);
        world.later(1);
        world
    }

    fn snapshot(&mut self, state: &Value) {
        let subscribed = json!({"get_state": state, "heartbeat_interval_seconds": 15});
        self.event(&json!({"type": "SUBSCRIBED", "subscribed": subscribed}));
    }

    fn event(&mut self, event: &Value) {
        let mut bytes = Vec::new();
        recordio::encode(event.to_string().as_bytes(), &mut bytes);
        self.give(Input::StreamChunk(&bytes));
    }

    fn ask(&mut self, message: ToEngine) {
        self.give(Input::FromPage(Client(1), message));
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, self.now);
        self.settle();
    }

    /// Reads are answered as they come, or once there is an answer.
    fn settle(&mut self) {
        for (id, kind) in std::mem::take(&mut self.waiting) {
            self.reply(id, kind);
        }
        while let Some(output) = self.engine.poll() {
            let Output::Read { id, body, .. } = output else { continue };
            let call: Value = serde_json::from_slice(&body).expect("a call is JSON");
            self.reply(id, call.get("type").and_then(Value::as_str).unwrap_or_default().to_owned());
        }
    }

    fn reply(&mut self, id: ReadId, kind: String) {
        let (reported, failure) = (self.answers.get(kind.as_str()), self.failures.get(kind.as_str()));
        let failure = failure.map(|(status, words)| {
            FailedRead::from(CallError::Refused(Refusal { status: *status, words: (*words).to_owned() }))
        });
        let reply = reported.map(|reported| json!({"type": kind, kind.to_lowercase(): reported}).to_string());
        match (failure, reply) {
            (Some(failure), _) => self.engine.handle(Input::ReadFinished(id, Err(failure)), self.now),
            (None, Some(reply)) => self.engine.handle(Input::ReadFinished(id, Ok(reply.as_bytes())), self.now),
            (None, None) => self.waiting.push((id, kind)),
        }
    }

    /// So many seconds pass; what is due is read.
    fn later(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now = self.now + Nanoseconds::from_secs(1);
            self.ask(ToEngine::Pong);
            self.event(&json!({"type": "HEARTBEAT"}));
        }
    }

    fn answer<V: View>(&self, query: &V) -> V::Answer {
        query.answer(self.engine.sources(), self.now)
    }

    fn overview(&self) -> Overview {
        self.answer(&OverviewQuery)
    }

    fn problems(&self) -> Vec<Problem> {
        self.overview().problems
    }

    fn headlines(&self) -> Vec<String> {
        self.problems().iter().map(text::problems::headline).collect()
    }

    fn tasks(&self, filter: &str) -> Vec<TaskRow> {
        let query = TableQuery { filter: filter.into(), ..TableQuery::<TaskColumn>::all(100) };
        self.answer(&query).rows
    }

    fn roles(&self, filter: &str, sort: &str) -> Vec<RoleRow> {
        let query =
            TableQuery { filter: filter.into(), sort: Order::parse(sort), ..TableQuery::<RoleColumn>::all(100) };
        self.answer(&query).rows
    }

    fn maintenance(&self) -> Maintenance {
        self.answer(&MaintenanceQuery)
    }
}

fn cpus(role: &str, amount: f64) -> Value {
    json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": amount}, "allocation_info": {"role": role}}])
}

/// A task of one CPU that has no status yet.
fn task(id: &str, state: &str, agent: &str) -> Value {
    json!({"name": id, "task_id": {"value": id}, "framework_id": {"value": "f"}, "agent_id": {"value": agent},
        "state": state, "resources": cpus("eng/web", 1.0)})
}

/// A task with its newest status, as many seconds before the start.
fn task_since(id: &str, state: &str, agent: &str, seconds: f64) -> Value {
    let mut task = task(id, state, agent);
    let timestamp = START.as_millis() / 1000.0 - seconds;
    task["statuses"] = json!([{"task_id": {"value": id}, "state": state, "timestamp": timestamp}]);
    task
}

fn agent(id: &str, more: &Value) -> Value {
    let total = json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": 10}, "role": "*"}]);
    let mut agent = json!({"agent_info": {"id": {"value": id}, "hostname": format!("{id}.local")}, "active": true,
        "pid": "slave(1)@10.0.0.1:5051", "total_resources": total});
    agent.as_object_mut().expect("it is one").extend(more.as_object().expect("it is one").clone());
    agent
}

fn agents(all: &[Value]) -> Value {
    json!({"get_agents": {"agents": all}})
}

fn framework(id: &str, connected: bool, recovered: bool) -> Value {
    json!({"framework_info": {"id": {"value": id}, "name": format!("name-{id}"), "user": "u", "roles": ["eng/web"]},
        "active": connected, "connected": connected, "recovered": recovered})
}

fn at(seconds: i64) -> Value {
    json!({"nanoseconds": START.0 + seconds * 1_000_000_000})
}

#[test]
fn a_task_that_never_started_is_stuck() {
    let mut world = World::new(&json!({"get_tasks": {"tasks": [task_since("old", "TASK_RUNNING", "a", 5.0)]}}), &[]);
    world.later(10);
    let added = world.now;
    world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("new", "TASK_STAGING", "a")}}));
    let first = world.tasks("").first().map(|row| (row.id.as_str().to_owned(), row.updated));
    assert_eq!(first, Some(("new".to_owned(), Some(added))), "what was launched last comes first, with its time");
    world.later(300);
    assert_eq!(world.problems(), []);
    world.later(1);
    let expected = Problem { kind: ProblemKind::TasksStuck(TaskState::Staging), count: 1, since: Some(added) };
    assert_eq!(world.problems(), [expected]);
}

#[test]
fn a_task_that_the_snapshot_found_staging_is_stuck_after_a_while() {
    let state =
        json!({"get_tasks": {"tasks": [task("t", "TASK_STAGING", "a"), task_since("k", "TASK_KILLING", "a", 400.0)]}});
    let mut world = World::new(&state, &[]);
    assert_eq!(world.headlines(), ["1 task stuck in killing"]);
    assert_eq!(world.tasks("id:=t").first().map(|row| row.updated), Some(None), "nobody knows when it was launched");
    world.later(300);
    assert_eq!(world.headlines(), ["1 task stuck in staging", "1 task stuck in killing"]);
    // Another connection does not make it younger.
    let known = world.problems();
    world.give(Input::StreamEnded(mesoscope_core::checks::disconnect::DisconnectReason::Closed));
    world.later(5);
    world.ask(ToEngine::Retry);
    world.give(Input::StreamOpened);
    world.snapshot(&state);
    assert_eq!(world.problems(), known);
}

#[test]
fn unreachable_agents_are_known_by_their_tasks_and_counted_by_the_master() {
    let state = json!({"get_tasks": {"unreachable_tasks": [task_since("t", "TASK_UNREACHABLE", "gone-S1", 50.0)]},
        "get_agents": {"agents": [agent("S2", &json!({}))]}});
    let metrics = json!({"metrics": [{"name": "master/slaves_unreachable", "value": 3}]});
    let world = World::new(&state, &[("GET_METRICS", metrics)]);
    assert_eq!(world.overview().agents.unreachable, 3);
    assert_eq!(world.headlines(), ["1 task unreachable", "3 agents unreachable"]);
    let since = START + Nanoseconds::from_secs(-50);
    assert!(world.problems().iter().all(|problem| problem.since == Some(since)), "{:?}", world.problems());
    let window = world.answer(&TableQuery::<AgentColumn>::all(9));
    let rows: Vec<_> = window.rows.iter().map(|row| (row.hostname.as_str(), row.state)).collect();
    assert_eq!(rows, [("S2.local", AgentState::Active), ("", AgentState::Unreachable)], "known ones first");
    let detail = world.answer(&AgentQuery("gone-S1".into())).expect("it has a page");
    let tasks = detail.tasks.expect("they have come");
    assert_eq!((tasks.unreachable, tasks.live()), (1, 0));
    // Without a word of it in any list, the count alone is reported.
    let metrics = json!({"metrics": [{"name": "master/slaves_unreachable", "value": 2}]});
    let world = World::new(&json!({}), &[("GET_METRICS", metrics)]);
    assert_eq!(world.headlines(), ["2 agents unreachable"]);
}

#[test]
fn what_cannot_be_used_is_no_capacity() {
    let down = agent("S2", &json!({"active": false, "deactivated": true}));
    let state = json!({
        "get_tasks": {"unreachable_tasks": [task_since("t", "TASK_UNREACHABLE", "S9", 5.0)]},
        "get_agents": {
            "agents": [agent("S1", &json!({"allocated_resources": cpus("eng", 4.0)})), down],
            "recovered_agents": [{"id": {"value": "S3"}, "hostname": "c", "resources": cpus("*", 10.0)}]}});
    let capacity = World::new(&state, &[]).overview().capacity;
    let reported = [capacity.total, capacity.allocated, capacity.withheld].map(|of| of.cpus);
    assert_eq!(reported, [20.0, 4.0, 10.0].map(Cpus::from_scalar));
}

fn quota(limits: &[(&str, f64)]) -> Value {
    let config = |(role, limit): &(&str, f64)| json!({"role": role, "limits": {"cpus": {"value": limit}}});
    json!({"status": {"configs": limits.iter().map(config).collect::<Vec<_>>()}})
}

#[test]
fn executors_and_idle_reservations_count_against_a_limit() {
    let reserved =
        json!({"name": "cpus", "scalar": {"value": 2}, "reservations": [{"type": "DYNAMIC", "role": "eng/db"}]});
    let total = json!([{"name": "cpus", "scalar": {"value": 10}}, reserved]);
    // The task has one of what is allocated, its executor the rest.
    let reported = agent("S1", &json!({"total_resources": total, "allocated_resources": cpus("eng/web", 1.5)}));
    let state = json!({"get_tasks": {"tasks": [task_since("t", "TASK_RUNNING", "S1", 5.0)]}, "get_agents": {"agents": [reported]}});
    let near = |limit: f64| World::new(&state, &[("GET_QUOTA", quota(&[("eng", limit)]))]).headlines();
    assert_eq!(near(3.5), ["Role eng uses 100\u{202f}% of its CPUs limit"]);
    assert_eq!(near(2.5), ["Role eng exceeds its CPUs limit: 140\u{202f}%"]);
    assert_eq!(near(0.0), ["Role eng uses CPUs, but its limit is 0"]);
    assert_eq!(near(4.0), [""; 0]);
    let mut world = World::new(&state, &[("GET_QUOTA", quota(&[("eng", 100.0)]))]);
    let Some(row) = world.roles("role:=eng", "").pop() else { panic!("the role is listed") };
    let cpus_of = |row: &RoleRow, amount| row.amounts.get(amount, ResourceKind::Cpus);
    assert_eq!(
        [RoleAmount::Allocated, RoleAmount::Consumed].map(|amount| cpus_of(&row, amount)),
        [Some(1.5), Some(3.5)]
    );
    // A second task counts at once, on top of what the executors have.
    world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("u", "TASK_RUNNING", "S1")}}));
    assert_eq!(world.roles("role:=eng", "").first().and_then(|row| cpus_of(row, RoleAmount::Consumed)), Some(4.5));
}

#[test]
fn many_roles_near_their_limits_are_few_lines() {
    let names: Vec<String> = (0..8).map(|n| format!("r{n}")).collect();
    let allocated: Vec<Value> =
        names.iter().flat_map(|name| cpus(name, 1.0).as_array().cloned().unwrap_or_default()).collect();
    let state = agents(&[agent("S1", &json!({"allocated_resources": allocated}))]);
    let limits: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 1.0)).collect();
    let headlines = World::new(&state, &[("GET_QUOTA", quota(&limits))]).headlines();
    assert_eq!(headlines.len(), 6);
    assert_eq!(headlines.last().map(String::as_str), Some("3 more roles near or over their limits"));
}

#[test]
fn a_nested_role_is_reported_whole_outside_its_tree() {
    let state = json!({"get_tasks": {"tasks": [task_since("t", "TASK_RUNNING", "S1", 5.0)]}});
    let world = World::new(&state, &[]);
    let depths = |filter: &str, sort: &str| {
        world.roles(filter, sort).iter().map(|row| (row.name.0.clone(), row.depth)).collect::<BTreeMap<_, _>>()
    };
    let (eng, web) = ("eng".to_owned(), "eng/web".to_owned());
    assert_eq!(depths("", ""), BTreeMap::from([(eng.clone(), 0), (web.clone(), 1)]));
    assert_eq!(depths("", "-cpus"), BTreeMap::from([(eng, 0), (web.clone(), 0)]));
    assert_eq!(depths("web", ""), BTreeMap::from([(web, 0)]));
    assert_eq!(world.tasks("role:eng/").len(), 1);
    assert_eq!(world.tasks("role:en/").len(), 0);
}

#[test]
fn frameworks_that_have_not_come_back_are_one_line() {
    let all: Vec<Value> = (0..40).map(|n| framework(&format!("f{n:02}"), false, true)).collect();
    let master = json!({"master_info": {"id": "m", "hostname": "h", "port": 5050}, "elected_time": START.as_millis() / 1000.0 - 3600.0});
    let world = World::new(&json!({"get_frameworks": {"frameworks": all}}), &[("GET_MASTER", master)]);
    assert_eq!(world.headlines(), ["40 frameworks not re-registered since the master started"]);
    let problem = world.problems().remove(0);
    assert_eq!(problem.since, Some(START + Nanoseconds::from_secs(-3600)));
    assert_eq!(text::problems::explanation(&problem), "name-f00, name-f01, name-f02, 37 more · 0 live tasks");
}

#[test]
fn frameworks_that_lost_their_connection_are_reported_since_when() {
    let all = |connected: bool, count: usize| {
        let reported: Vec<Value> = (0..count).map(|n| framework(&format!("f{n}"), connected, false)).collect();
        json!({"frameworks": reported})
    };
    let mut world = World::new(&json!({"get_frameworks": all(true, 2)}), &[("GET_FRAMEWORKS", all(true, 2))]);
    assert_eq!(world.headlines(), [""; 0]);
    world.answers.insert("GET_FRAMEWORKS", all(false, 2));
    world.later(30);
    assert_eq!(world.headlines(), ["Framework name-f0 is disconnected", "Framework name-f1 is disconnected"]);
    let since = world.problems().first().and_then(|problem| problem.since).expect("it was seen");
    assert!(since > START && since < world.now);
    world.later(30);
    assert_eq!(
        world.problems().first().and_then(|problem| problem.since),
        Some(since),
        "reading again changes nothing"
    );
    world.answers.insert("GET_FRAMEWORKS", all(false, 6));
    world.later(30);
    assert_eq!(world.headlines(), ["6 frameworks disconnected"]);
}

#[test]
fn agent_problems_say_since_when() {
    let reported = |more: Value| json!({"agents": [agent("S1", &more)]});
    let mut world = World::new(&agents(&[agent("S1", &json!({}))]), &[("GET_AGENTS", reported(json!({})))]);
    world.answers.insert("GET_AGENTS", reported(json!({"active": false})));
    world.later(30);
    assert_eq!(world.headlines(), ["1 agent disconnected"]);
    assert!(world.problems().iter().all(|problem| problem.since.is_some_and(|since| since > START)));
    let drain = json!({"active": false, "deactivated": true, "drain_info": {"state": "DRAINING"}, "estimated_drain_start_time": at(-500)});
    world.answers.insert("GET_AGENTS", reported(drain));
    world.later(30);
    assert_eq!(world.headlines(), ["1 agent draining or drained"]);
    assert_eq!(world.problems().first().and_then(|problem| problem.since), Some(START + Nanoseconds::from_secs(-500)));
}

#[test]
fn maintenance_is_due_then_started_then_over() {
    let machine = json!({"hostname": "S1.local", "ip": "10.0.0.1"});
    let begins = |seconds: i64| {
        let unavailability = json!({"start": at(seconds), "duration": {"nanoseconds": 1_000_000_000_000_i64}});
        let windows = json!([{"machine_ids": [machine.clone()], "unavailability": unavailability}]);
        let draining = json!({"status": {"draining_machines": [{"id": machine.clone()}]}});
        let schedule = json!({"schedule": {"windows": windows}});
        let answers = [("GET_MAINTENANCE_SCHEDULE", schedule), ("GET_MAINTENANCE_STATUS", draining)];
        World::new(&agents(&[agent("S1", &json!({}))]), &answers)
    };
    assert_eq!(begins(4000).headlines(), [""; 0]);
    assert_eq!(begins(3000).headlines(), ["Maintenance of 1 machine is due"]);
    let started = begins(-500).problems();
    assert_eq!(
        started.iter().map(text::problems::headline).collect::<Vec<_>>(),
        ["Maintenance of 1 machine has started"]
    );
    assert_eq!(started.first().and_then(|problem| problem.since), Some(START + Nanoseconds::from_secs(-500)));
    let mut world = begins(-2000);
    assert_eq!(world.headlines(), ["The maintenance window of 1 machine has ended"]);
    world.answers.insert("GET_MAINTENANCE_STATUS", json!({"status": {"down_machines": [machine.clone()]}}));
    world.later(30);
    assert_eq!(world.headlines(), ["1 machine down for maintenance"]);
    assert!(world.problems().iter().all(|problem| problem.since.is_some_and(|since| since > START)));
    let windows = world.maintenance().windows;
    let row = windows.first().and_then(|window| window.machines.first()).expect("it is told");
    assert_eq!(row.agents.iter().map(|agent| agent.1.as_str()).collect::<Vec<_>>(), ["S1.local"]);
}

#[test]
fn nothing_is_scheduled_only_once_that_was_read() {
    let mut world = World::new(&json!({}), &[]);
    assert!(world.maintenance().schedule.is_err());
    world.answers.insert("GET_MAINTENANCE_SCHEDULE", json!({"schedule": {}}));
    world.answers.insert("GET_MAINTENANCE_STATUS", json!({"status": {}}));
    world.ask(ToEngine::Reread(vec![
        mesoscope_core::cluster::topic::Topic::Schedule,
        mesoscope_core::cluster::topic::Topic::Machines,
    ]));
    world.later(200);
    assert!(world.maintenance().schedule.is_ok() && world.maintenance().status.is_ok());
}

#[test]
fn a_new_master_is_reported() {
    let master = json!({"master_info": {"id": "m", "hostname": "h", "port": 5050}, "elected_time": START.as_millis() / 1000.0 - 300.0});
    let mut world = World::new(&json!({}), &[("GET_MASTER", master)]);
    let since = Some(START + Nanoseconds::from_secs(-300));
    assert_eq!(world.problems(), [Problem { kind: ProblemKind::MasterElected, count: 1, since }]);
    world.later(300);
    assert_eq!(world.problems(), []);
}

#[test]
fn what_may_be_on_its_way_is_not_unknown() {
    let absent = |world: &World| {
        let task = TaskKey { framework: "f".into(), task: "t".into() };
        let executor = ExecutorKey { agent: "S1".into(), framework: "f".into(), executor: "e".into() };
        [
            world.answer(&AgentQuery("S1".into())).err(),
            world.answer(&FrameworkQuery("f".into())).err(),
            world.answer(&TaskQuery(task)).err(),
            world.answer(&AgentFrameworkQuery("S1".into(), "f".into())).err(),
            world.answer(&ExecutorQuery(executor)).err(),
        ]
    };
    let mut world = World::opening();
    assert!(absent(&world).iter().all(|why| *why == Some(AbsentReason::Arriving)));
    world.snapshot(&json!({}));
    assert!(absent(&world).iter().all(|why| *why == Some(AbsentReason::Unknown)));
}

#[test]
fn what_has_ended_is_counted_by_the_master() {
    let metrics = json!({"metrics": [{"name": "master/tasks_finished", "value": 123_456}, {"name": "master/tasks_gone", "value": 2},
        {"name": "master/tasks_gone_by_operator", "value": 3}]});
    let ended = World::new(&json!({}), &[("GET_METRICS", metrics)]).overview().ended;
    assert_eq!(ended, BTreeMap::from([("finished".to_owned(), 123_456), ("gone".to_owned(), 5)]));
}

#[test]
fn tasks_are_found_by_when_they_changed() {
    let completed = [task_since("a", "TASK_FAILED", "S1", 30.0), task_since("b", "TASK_FAILED", "S1", 7200.0)];
    let world = World::new(&json!({"get_tasks": {"completed_tasks": completed}}), &[]);
    let ids = |filter: &str| world.tasks(filter).iter().map(|row| row.id.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids("state:failed changed<=10m"), ["a"]);
    assert_eq!(ids("changed>1h"), ["b"]);
    assert_eq!(world.headlines(), ["1 task failed in 10 min"]);
}

#[test]
fn a_card_counts_the_tasks_that_its_filter_finds() {
    let task = |id: &str, state: &str, ago: f64| task_since(id, state, "S1", ago);
    let completed = [
        task("a", "TASK_FAILED", 30.0),
        task("b", "TASK_LOST", 590.0),
        task("c", "TASK_LOST", 610.0),
        task("d", "TASK_DROPPED", 60.0),
        task("e", "TASK_KILLED", 60.0),
    ];
    // An ended task that is not acknowledged is still in the list of live ones.
    let live = [task("f", "TASK_ERROR", 10.0), task("g", "TASK_STAGING", 290.0), task("h", "TASK_STAGING", 310.0)];
    let unreachable = [task("i", "TASK_LOST", 20.0)];
    let lists = json!({"completed_tasks": completed, "tasks": live, "unreachable_tasks": unreachable});
    let world = World::new(&json!({"get_tasks": lists}), &[]);
    let cards = [
        (
            "1 task failed, 1 in error, 1 lost, 1 dropped in 10 min",
            "state:failed,error,lost,dropped changed<10m",
            "abdf",
        ),
        ("1 task unreachable", "state:unreachable -list:completed", "i"),
        ("1 task stuck in staging", "list:live state:staging unchanged>5m", "h"),
    ];
    let ids = |filter: &str| {
        let ids = world.tasks(filter).into_iter().map(|row| row.id.as_str().to_owned());
        ids.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<String>()
    };
    let problems = world.problems();
    let tasks = problems.iter().filter_map(|problem| match mesoscope_core::route::problem::page(&problem.kind) {
        Route::Tasks(table) => Some((text::problems::headline(problem), table.filter)),
        _ => None,
    });
    let found: Vec<_> = tasks.map(|(headline, filter)| (headline, ids(&filter), filter)).collect();
    let expected = cards.map(|(headline, filter, ids)| (headline.to_owned(), ids.to_owned(), filter.to_owned()));
    assert_eq!(found, expected);
    let minutes = world.overview().failures;
    assert_eq!((minutes.len(), minutes.iter().sum::<u32>()), (60, 4), "of those that have ended, the last hour");
}

#[test]
fn a_state_is_not_found_inside_another() {
    let all = json!({"frameworks": [framework("on", true, false),
        json!({"framework_info": {"id": {"value": "idle"}, "name": "idle"}, "active": false, "connected": true})]});
    let world = World::new(&json!({"get_frameworks": all}), &[]);
    let query = TableQuery { filter: "state:active".into(), ..TableQuery::<FrameworkColumn>::all(9) };
    let window = world.answer(&query);
    assert_eq!(window.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["on"]);
}
