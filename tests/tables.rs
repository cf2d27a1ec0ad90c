//! Large tables through the engine: counts of values beside a window, and exports in pieces, while the cluster changes.

use std::collections::BTreeSet;

use mesoscope_core::base::encoding::decode;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::{FromEngine, ToEngine, ViewId};
use mesoscope_core::mesos::recordio;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::query::Query;
use mesoscope_core::views::table::{Order, TableQuery, TableWindow};
use mesoscope_core::views::tasks::TaskRow;

const TAB: Client = Client(1);
const VIEW: ViewId = ViewId(7);
const TASKS: usize = 9000;

/// An engine that holds many tasks.
struct World {
    engine: Engine,
    now: i64,
}

impl World {
    fn new() -> Self {
        let mut world = Self { engine: Engine::new("test", 1), now: 1_800_000_000_000_000_000 };
        world.ask(ToEngine::Hello { build: "test".into(), base: "http://here/".into() });
        world.connect();
        world
    }

    /// A snapshot, on a new stream.
    fn connect(&mut self) {
        let tasks: Vec<String> = (0..TASKS).map(|n| task(n, ["RUNNING", "STAGING", "FAILED"][n % 3])).collect();
        let state = format!(r#"{{"get_tasks":{{"tasks":[{}]}}}}"#, tasks.join(","));
        self.give(Input::StreamOpened);
        self.record(&format!(
            r#"{{"type":"SUBSCRIBED","subscribed":{{"get_state":{state},"heartbeat_interval_seconds":15.0}}}}"#
        ));
    }

    fn record(&mut self, json: &str) {
        let mut bytes = Vec::new();
        recordio::encode(json.as_bytes(), &mut bytes);
        self.give(Input::StreamChunk(&bytes));
    }

    fn give(&mut self, input: Input<'_>) -> Vec<TableWindow<TaskRow>> {
        self.now += 1_000_000;
        self.engine.handle(input, Timestamp(self.now));
        let mut reported = Vec::new();
        while let Some(output) = self.engine.poll() {
            if let Output::SendToPage(TAB, FromEngine::View(VIEW, bytes)) = output {
                reported.push(decode(&bytes).expect("a window of tasks"));
            }
        }
        reported
    }

    fn ask(&mut self, message: ToEngine) -> Vec<TableWindow<TaskRow>> {
        self.give(Input::FromPage(TAB, message))
    }

    /// The only answer to the message.
    fn one(&mut self, message: ToEngine) -> TableWindow<TaskRow> {
        let mut reported = self.ask(message);
        assert_eq!(reported.len(), 1);
        reported.swap_remove(0)
    }

    fn window(&mut self, filter: &str) -> TableWindow<TaskRow> {
        self.one(ToEngine::Watch(VIEW, query(filter)))
    }
}

fn task(n: usize, state: &str) -> String {
    let framework = n % 4;
    format!(
        r#"{{"name":"web-{n}","task_id":{{"value":"t{n}"}},"framework_id":{{"value":"f{framework}"}},"agent_id":{{"value":"a"}},"state":"TASK_{state}","resources":[{{"name":"cpus","type":"SCALAR","scalar":{{"value":1}},"allocation_info":{{"role":"r{}"}}}}]}}"#,
        n % 40
    )
}

fn query(filter: &str) -> Query {
    Query::Tasks(TableQuery {
        filter: filter.to_owned(),
        sort: Order::parse("name"),
        first: 0,
        count: 10,
        values: None,
    })
}

fn count(window: &TableWindow<TaskRow>, field: &str, value: &str) -> Option<u32> {
    let facet = window.facets.iter().find(|facet| facet.field == field)?;
    facet.values.iter().find(|(name, _)| name == value).map(|(_, count)| *count)
}

#[test]
fn as_many_are_counted_as_the_filter_then_lets_through() {
    let mut world = World::new();
    for filter in [
        "",
        "web-1",
        "state:failed",
        "state:failed role:=r1",
        "state:failed,running",
        "-state:running framework:=f0",
        "nothing",
    ] {
        let window = world.window(filter);
        for facet in &window.facets {
            for (value, count) in &facet.values {
                let own = format!("{}:", facet.field);
                let rest = filter.split(' ').filter(|word| !word.starts_with(&own)).collect::<Vec<_>>().join(" ");
                let asked = format!("{rest} {}", Filter::word(&facet.field, value));
                assert_eq!(world.window(&asked).matched, *count, "{filter} and {}:{value}", facet.field);
            }
        }
    }
}

#[test]
fn the_commonest_values_are_reported_and_those_asked_for() {
    let mut world = World::new();
    let window = world.window("");
    assert_eq!((window.total, window.matched), (9000, 9000));
    assert_eq!(count(&window, "state", "failed"), Some(3000));
    let roles = |window: &TableWindow<TaskRow>| {
        window.facets.iter().find(|facet| facet.field == "role").map(|facet| facet.values.len())
    };
    assert_eq!(roles(&window), Some(16));
    assert_eq!(count(&window, "role", "r9"), None);
    let window = world.window("role:=r9");
    assert_eq!((count(&window, "role", "r9"), roles(&window)), (Some(225), Some(17)));
    // Another state could be chosen in place of this one.
    assert_eq!(count(&world.window("state:failed"), "state", "running"), Some(3000));
}

/// All pieces; `between` happens after the first.
fn export(world: &mut World, filter: &str, between: impl FnOnce(&mut World)) -> Vec<TaskRow> {
    let mut piece = world.one(ToEngine::Export(VIEW, query(filter)));
    let mut rows = Vec::new();
    between(world);
    loop {
        if piece.first == 0 {
            rows.clear();
        }
        rows.append(&mut piece.rows);
        if !piece.arriving {
            return rows;
        }
        piece = world.one(ToEngine::Rendered(VIEW));
    }
}

fn names(rows: &[TaskRow]) -> BTreeSet<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}

#[test]
fn an_export_has_each_row_once_and_in_order() {
    let rows = export(&mut World::new(), "", |_| {});
    assert_eq!((rows.len(), names(&rows).len()), (TASKS, TASKS));
    assert!(rows.is_sorted_by_key(|row| row.name.clone()));
}

#[test]
fn what_changes_meanwhile_is_reported_as_it_is_by_then() {
    let rows = export(&mut World::new(), "-state:killing", |world| {
        let added = task(TASKS, "RUNNING");
        world.record(&format!(r#"{{"type":"TASK_ADDED","task_added":{{"task":{added}}}}}"#));
        let status = r#"{"task_id":{"value":"t8997"},"state":"TASK_KILLING"}"#;
        world.record(&format!(
            r#"{{"type":"TASK_UPDATED","task_updated":{{"framework_id":{{"value":"f1"}},"status":{status},"state":"TASK_KILLING"}}}}"#
        ));
    });
    assert!(!names(&rows).contains("web-8997"), "the filter lets it through no longer");
    assert_eq!((rows.len(), names(&rows).len()), (TASKS - 1, TASKS - 1), "and one that came later is not in the order");
}

#[test]
fn another_snapshot_begins_an_export_replaced() {
    let rows = export(&mut World::new(), "", |world| {
        world.give(Input::StreamEnded(mesoscope_core::checks::disconnect::DisconnectReason::Closed));
        world.ask(ToEngine::Retry);
        world.connect();
    });
    assert_eq!((rows.len(), names(&rows).len()), (TASKS, TASKS));
}

#[test]
fn an_export_that_is_stopped_says_nothing_more() {
    let mut world = World::new();
    assert!(world.one(ToEngine::Export(VIEW, query(""))).arriving);
    assert!(world.ask(ToEngine::Pong).is_empty(), "the page draws first");
    world.ask(ToEngine::Unwatch(VIEW));
    assert!(world.ask(ToEngine::Rendered(VIEW)).is_empty());
}
