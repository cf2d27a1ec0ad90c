//! Answers to queries against the simulated cluster's own state, counted again from its JSON: what is reported must be what is there.

mod queries {
    mod ahead;
    mod kept;
    mod others;
    mod roles;
    mod run_preview;
    mod search;
}

use std::collections::{BTreeMap, BTreeSet};

use mesoscope_core::base::units::{Cpus, Timestamp};
use mesoscope_core::checks::lint::ProblemKind;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::mesos::recordio;
use mesoscope_core::mesos::wire::json_splitter::SnapshotList;
use mesoscope_core::route::Route;
use mesoscope_core::route::problem::{failed_with, page};
use mesoscope_core::views::agents::{AgentColumn, AgentRow};
use mesoscope_core::views::changes::ChangesQuery;
use mesoscope_core::views::events::EventKind;
use mesoscope_core::views::map::CellQuery;
use mesoscope_core::views::map::{AgentMap, ColourBy, MapQuery};
use mesoscope_core::views::overview::Overview;
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_core::views::roles::{ResourceKind, RoleAmount, RoleColumn, RoleRow};
use mesoscope_core::views::table::{Column, Order, TableQuery, TableWindow};
use mesoscope_core::views::tasks::{TaskColumn, TaskRow};
use mesoscope_core::views::view::{Sources, View};
use mesoscope_core::views::volumes::{VolumeColumn, VolumeRow};
use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::cluster::Sim;
use sim::size::Size;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000_000);

/// The engine after a snapshot, and the state that the snapshot was of.
struct World {
    engine: Engine,
    state: Value,
}

fn simulated() -> Sim {
    Sim::at(3, Size::Custom { agents: 200, tasks: 2000, completed: 2000 }, NOW.0)
}

impl World {
    fn new() -> Self {
        Self::after(0)
    }

    /// So many seconds later, in which much happened.
    fn after(seconds: i64) -> Self {
        Self::of(simulated(), seconds)
    }

    /// With reservations of every kind, and volumes in use.
    fn furnished() -> Self {
        let mut sim = simulated();
        sim.furnish();
        Self::of(sim, 0)
    }

    fn of(mut sim: Sim, seconds: i64) -> Self {
        let state = sim.state();
        let mut pieces = sim.snapshot();
        let mut bytes = format!("{}\n", pieces.length()).into_bytes();
        while pieces.fill(&mut bytes, usize::MAX) {}
        let mut engine = Engine::new("test", 1);
        let hello = ToEngine::Hello { build: "test".into(), base: "http://here/".into() };
        engine.handle(Input::FromPage(Client(1), hello), NOW);
        engine.handle(Input::StreamOpened, NOW);
        bytes.chunks(7777).for_each(|chunk| engine.handle(Input::StreamChunk(chunk), NOW));
        assert!(!engine.shown().arriving(), "the snapshot came whole");
        engine.handle(Input::FromPage(Client(1), ToEngine::Reread(vec![Topic::Weights, Topic::Quota])), NOW);
        while let Some(output) = engine.poll() {
            let Output::Read { id, body, .. } = output else { continue };
            let body_text = String::from_utf8_lossy(&body);
            if ["GET_WEIGHTS", "GET_QUOTA"].iter().any(|call| body_text.contains(call)) {
                let answer = sim.answer(Target::Master, &body).body.into_bytes();
                engine.handle(Input::ReadFinished(id, Ok(&answer)), NOW);
            }
        }
        sim.set_rate(if seconds > 0 { 500.0 } else { 0.0 });
        sim.advance(NOW.0 + seconds * 1_000_000_000);
        while let Some(record) = sim.next_record() {
            let mut bytes = Vec::new();
            recordio::encode(&record, &mut bytes);
            engine.handle(Input::StreamChunk(&bytes), NOW);
        }
        Self { engine, state: state.get("get_state").cloned().unwrap_or(state) }
    }

    fn ask<V: View>(&self, query: &V) -> V::Answer {
        let (trouble, history, frameworks) = Default::default();
        query.answer(
            Sources { cluster: self.engine.shown(), trouble: &trouble, history: &history, frameworks: &frameworks },
            NOW,
        )
    }

    fn tasks(&self, filter: &str, sort: &str) -> TableWindow<TaskRow> {
        let query =
            TableQuery { sort: Order::parse(sort), filter: filter.into(), ..TableQuery::<TaskColumn>::all(5000) };
        self.ask(&query)
    }

    fn agents(&self, filter: &str) -> TableWindow<AgentRow> {
        let query = TableQuery { filter: filter.into(), ..TableQuery::<AgentColumn>::all(5000) };
        self.ask(&query)
    }

    fn volumes(&self, filter: &str) -> TableWindow<VolumeRow> {
        let query = TableQuery { filter: filter.into(), ..TableQuery::<VolumeColumn>::all(5000) };
        self.ask(&query)
    }

    fn map(&self, query: &MapQuery) -> AgentMap {
        self.ask(query)
    }

    fn overview(&self) -> Overview {
        self.ask(&OverviewQuery)
    }

    /// Everything in a list of the state, by a path.
    fn list(&self, path: &str) -> Vec<&Value> {
        self.state.pointer(path).and_then(Value::as_array).into_iter().flatten().collect()
    }

    fn all_tasks(&self) -> Vec<&Value> {
        let lists = ["tasks", "unreachable_tasks", "completed_tasks"];
        lists.iter().flat_map(|list| self.list(&format!("/get_tasks/{list}"))).collect()
    }

    /// What agents hold: each resource that is reserved.
    fn reserved(&self) -> Vec<&Value> {
        let totals = self.list("/get_agents/agents").into_iter().flat_map(|agent| items(agent, "/total_resources"));
        totals.filter(|resource| resource.get("reservations").is_some()).collect()
    }
}

fn items<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    value.pointer(path).and_then(Value::as_array).into_iter().flatten().collect()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn number(rows: usize) -> u32 {
    u32::try_from(rows).expect("a small number")
}

#[test]
fn labels_are_found_and_counted() {
    let world = World::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for task in world.all_tasks() {
        for label in items(task, "/labels/labels") {
            *counts.entry(format!("{}={}", text(label, "/key"), text(label, "/value"))).or_default() += 1;
        }
    }
    assert!(counts.len() > 3, "the simulated tasks have labels: {counts:?}");
    for (label, count) in &counts {
        assert_eq!(world.tasks(&format!("label:={label}"), "").matched, number(*count), "{label}");
    }
    let facet =
        world.tasks("", "").facets.into_iter().find(|facet| facet.field == "label").expect("labels are counted");
    assert!(!facet.values.is_empty());
    for (label, count) in facet.values {
        assert_eq!(counts.get(&label).copied().map(number), Some(count), "{label}");
    }
}

#[test]
fn a_second_key_orders_what_the_first_leaves_equal() {
    let world = World::new();
    let rows = world.tasks("", "state,-cpus").rows;
    let key = |row: &TaskRow| (row.section, row.state, std::cmp::Reverse(row.used.map(|of| of.cpus)));
    assert!(rows.is_sorted_by_key(key));
    assert!(
        !rows.is_sorted_by_key(|row| (row.section, row.state, row.used.map(|of| of.cpus))),
        "the second key says something"
    );
    assert_eq!(Order::<TaskColumn>::parse("state,-cpus").print(), "state,-cpus");
    assert_eq!(Order::<TaskColumn>::parse("state,state").print(), "state");
    assert_eq!(Order::<TaskColumn>::parse("-updated").print(), "");
    assert_eq!(Order::<TaskColumn>::parse("nonsense,-x").print(), "");
}

#[test]
fn values_of_a_field_are_those_that_rows_have() {
    let world = World::new();
    let values = |filter: &str, field: &str, part: &str| {
        world
            .ask(&TableQuery::<TaskColumn>::values(filter.into(), field, part))
            .facets
            .into_iter()
            .next()
            .expect("they were asked for")
            .values
    };
    for (field, part) in [("state", ""), ("framework", "MARA"), ("role", "data"), ("agent", "a00"), ("reason", "")] {
        let reported = values("list:completed", field, part);
        assert!(!reported.is_empty(), "{field}");
        for (value, count) in reported {
            assert!(value.to_lowercase().contains(&part.to_lowercase()), "{field}:{value}");
            assert_eq!(
                world.tasks(&format!("list:completed {field}:=\"{value}\""), "").matched,
                count,
                "{field}:{value}"
            );
        }
    }
    assert_eq!(values("", "no-such-field", ""), []);
    let names = world
        .ask(&TableQuery::<AgentColumn>::values(String::new(), "", ""))
        .facets
        .into_iter()
        .next()
        .expect("they were asked for")
        .values;
    assert!(
        names.iter().any(|(name, count)| name == "rack" && *count == world.agents("-state:unreachable").matched),
        "{names:?}"
    );
    for field in AgentColumn::WORDS {
        assert!(!field.is_empty() && !AgentColumn::NUMBERS.contains(field));
    }
}

#[test]
fn what_is_reserved_is_reported_whole() {
    let world = World::new();
    let reserved = world.reserved();
    let volumes: BTreeSet<&str> =
        reserved.iter().map(|resource| text(resource, "/disk/persistence/id")).filter(|id| !id.is_empty()).collect();
    assert!(!volumes.is_empty(), "the simulated agents have volumes");
    let reported = world.volumes("kind:volume").rows;
    assert_eq!(reported.iter().map(|row| row.volume.as_str()).collect::<BTreeSet<_>>(), volumes);
    assert!(reported.iter().all(|row| row.container_path == "data" && row.principal == "ops"));

    let cpus = |role: Option<&str>| {
        let of_role = |resource: &&&Value| role.is_none_or(|role| text(resource, "/reservations/0/role") == role);
        let cpus = reserved.iter().filter(|resource| text(resource, "/name") == "cpus").filter(of_role);
        Cpus::from_scalar(cpus.filter_map(|resource| resource.pointer("/scalar/value")?.as_f64()).sum())
    };
    let sum = world.volumes("").rows.iter().fold(Cpus::default(), |sum, row| sum + row.held.cpus);
    assert_eq!((sum, world.overview().capacity.reserved.cpus), (cpus(None), cpus(None)));
    let roles: Vec<RoleRow> = world.ask(&TableQuery::<RoleColumn>::all(100)).rows;
    let row = |role: &str| roles.iter().find(|row| row.name.as_str() == role).expect("the role is listed");
    let amount = |role: &str, amount| row(role).amounts.get(amount, ResourceKind::Cpus).expect("it is counted");
    let reserved = |role: &str| amount(role, RoleAmount::Reserved);
    assert_eq!(reserved("data/etl"), cpus(Some("data/etl")).as_f64());
    assert_eq!(
        reserved("data"),
        (cpus(Some("data/etl")) + cpus(Some("data/streams"))).as_f64(),
        "those below count too"
    );
    assert!(amount("data/etl", RoleAmount::Consumed) >= reserved("data/etl"));
}

#[test]
fn the_map_has_every_agent_once() {
    let world = World::new();
    let total = world.agents("").total as usize;
    for group in ["", "zone", "rack", "domain", "role", "no-such-attribute"] {
        for colour in ColourBy::ALL {
            let query = MapQuery { filter: String::new(), group: group.into(), colour };
            let map = world.map(&query);
            assert_eq!(map.groups.iter().map(|group| group.cells.len()).sum::<usize>(), total, "{group}");
            assert!(map.groups.iter().rev().skip(1).all(|group| !group.name.is_empty()), "what lacks it comes last");
        }
    }
    let query = MapQuery { group: "zone".into(), ..MapQuery::default() };
    let map = world.map(&query);
    let mut seen = BTreeSet::new();
    for (at, group) in (0..).zip(&map.groups) {
        // What is known by its tasks alone has no attributes.
        let filter =
            if group.name.is_empty() { "state:unreachable".to_owned() } else { format!("zone:={}", group.name) };
        assert_eq!(group.cells.len(), world.agents(&filter).matched as usize);
        for number in 0..number(group.cells.len()) {
            let row =
                world.ask(&CellQuery { map: query.clone(), group: at, cell: number }).expect("the map has the cell");
            assert_eq!(group.cells.get(number as usize), Some(&(row.state as u8)));
            seen.insert(row.id);
        }
    }
    assert_eq!(seen.len(), total);
    assert_eq!(world.ask(&CellQuery { map: query, group: 0, cell: 100_000 }), None);
    assert!(map.by.contains(&"zone".to_owned()) && map.by.contains(&"role".to_owned()), "{:?}", map.by);
}

#[test]
fn too_many_map_groups_are_dropped() {
    let mut cluster = Cluster::default();
    for number in 0..300 {
        let agent = json!({
            "agent_info": {
                "hostname": format!("h{number}"),
                "id": { "value": format!("a{number}") },
                "attributes": [{ "name": "host", "type": "TEXT", "text": { "value": format!("h{number}") } }],
            },
            "active": true,
            "version": "1.11.0",
        });
        cluster.arrive(SnapshotList::Agents, &agent.to_string(), NOW).expect("it is an agent");
    }
    let (trouble, history, frameworks) = Default::default();
    let of = |filter: &str| {
        let query = MapQuery { filter: filter.into(), group: "host".into(), ..MapQuery::default() };
        let sources = Sources { cluster: &cluster, trouble: &trouble, history: &history, frameworks: &frameworks };
        query.answer(sources, NOW)
    };
    let cells = |map: AgentMap| map.groups.iter().map(|group| group.cells.len()).collect::<Vec<_>>();
    assert_eq!(cells(of("")), [300]);
    assert_eq!(cells(of("host:h29")).len(), 11, "few are groups again");
}

#[test]
fn the_roles_that_use_most_come_first() {
    let overview = World::new().overview();
    assert!(!overview.roles.is_empty());
    assert!(overview.roles.is_sorted_by(|a, b| a.share >= b.share));
    assert!(overview.roles.iter().all(|role| role.share > 0.0 && role.share <= 1.0));
}

#[test]
fn changes_are_narrowed() {
    let world = World::after(5);
    let changes = |filter: &str| world.ask(&ChangesQuery { filter: filter.into(), count: 60 });
    assert!(changes("").is_sorted_by(|a, b| a.serial > b.serial) && !changes("").is_empty());
    let running = changes("kind:task state:running");
    assert!(!running.is_empty() && running.iter().all(|change| change.new == "running"));
    assert!(changes("-kind:task").iter().all(|change| change.kind != EventKind::Task));
    let (id, _) = running.first().expect("there is one").subject.named();
    assert!(changes(id).iter().all(|change| change.subject.named().0 == id));
    assert_eq!(changes("no-such-thing-at-all"), []);
}

#[test]
fn a_card_counts_the_rows_that_it_opens() {
    let world = World::after(20);
    let mut opened = 0;
    for problem in world.overview().problems {
        let matched = match page(&problem.kind) {
            // The difference of two counts is no number of rows.
            Route::Tasks(_) if matches!(problem.kind, ProblemKind::CountDiffers { .. }) => continue,
            Route::Tasks(table) => world.tasks(&table.filter, "").matched,
            Route::Agents(table) => world.agents(&table.filter).matched,
            _ => continue,
        };
        assert_eq!(matched, problem.count, "{:?}", problem.kind);
        opened += 1;
    }
    assert!(opened > 1, "{opened} cards");
}

#[test]
fn failed_tasks_are_grouped_by_what_they_have_in_common() {
    let world = World::after(20);
    let problem = world.overview().problems.into_iter().find_map(|problem| match problem.kind {
        ProblemKind::TasksFailing(failing) => Some((problem.count, failing)),
        _ => None,
    });
    let (count, failing) = problem.expect("some failed in the last minutes");
    for groups in [&failing.reasons, &failing.messages] {
        assert!(groups.is_sorted_by(|a, b| a.1 >= b.1));
        assert!(groups.iter().map(|(_, number)| number).sum::<u32>() <= count);
    }
    assert!(!failing.reasons.is_empty() && !failing.agents.is_empty());
    assert_eq!(failing.states.iter().map(|(_, number)| number).sum::<u32>(), count);
    let rows = |route| match route {
        Route::Tasks(table) => world.tasks(&table.filter, "").matched,
        other => panic!("{other:?} is no table of tasks"),
    };
    let agents: Vec<(String, u32)> = failing.agents.iter().map(|(_, host, number)| (host.clone(), *number)).collect();
    for (field, group) in [("agent", &agents), ("reason", &failing.reasons), ("message", &failing.messages)] {
        for (value, number) in group {
            assert_eq!(rows(failed_with(&failing, field, value)), *number, "{field} {value}");
        }
    }
    assert!(failing.reasons.iter().all(|(reason, _)| !reason.starts_with("REASON_")));
}
