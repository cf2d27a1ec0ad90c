//! One offer, one operation, one role; what keeps all rows out of a table; the feed by names.

use mesoscope_core::base::ids::AgentId;
use mesoscope_core::checks::lint::ProblemKind;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::Unknown;
use mesoscope_core::engine::message::{ToEngine, ViewId};
use mesoscope_core::views::agent::AgentQuery;
use mesoscope_core::views::bulk_eligibility::BulkEligibilityQuery;
use mesoscope_core::views::bulk_eligibility::BulkSubjects;
use mesoscope_core::views::changes::ChangesQuery;
use mesoscope_core::views::entry::EntryQuery;
use mesoscope_core::views::entry::{EntryDetail, EntryKey, EntryKind};
use mesoscope_core::views::map::MapQuery;
use mesoscope_core::views::offers::OfferColumn;
use mesoscope_core::views::pools::PoolsQuery;
use mesoscope_core::views::table::{EmptyReason, Order, TableQuery};
use mesoscope_core::views::tasks::TaskColumn;
use mesoscope_core::views::view::AbsentReason;
use serde_json::{Value, json};

use crate::{World, agent, agents, framework, task};

fn scalar(name: &str, value: f64) -> Value {
    json!({"name": name, "type": "SCALAR", "scalar": {"value": value}, "allocation_info": {"role": "eng/web"}})
}

fn frameworks() -> Value {
    let mut with_offers = framework("f", true, false);
    with_offers["offers"] = json!([{"id": {"value": "o1"}, "framework_id": {"value": "f"}, "agent_id": {"value": "a"},
        "hostname": "a.local", "allocation_info": {"role": "eng/web"}, "resources": [scalar("cpus", 2.0)], "new": 1.50}]);
    with_offers["inverse_offers"] = json!([{"id": {"value": "i1"}, "framework_id": {"value": "f"}, "agent_id": {"value": "a"},
        "unavailability": {"start": {"nanoseconds": 5}}}]);
    json!({"frameworks": [with_offers]})
}

fn operations() -> Value {
    json!({"operations": [{"uuid": {"value": "a/b+c=="}, "agent_id": {"value": "a"}, "framework_id": {"value": "f"},
        "info": {"id": {"value": "mine"}, "type": "RESERVE", "reserve": {"source": [], "resources": [scalar("disk", 7.0)]}},
        "latest_status": {"state": "OPERATION_PENDING", "message": "soon"}}]})
}

fn world() -> World {
    let state = json!({"get_agents": agents(&[agent("a", &json!({}))])["get_agents"],
        "get_frameworks": frameworks(), "get_tasks": {"tasks": [task("t", "TASK_RUNNING", "a")]}});
    let roles = json!({"roles": [{"name": "eng/web", "weight": 2.5, "frameworks": [{"value": "f"}]}]});
    let quota = json!({"status": {"configs": [{"role": "eng", "limits": {"cpus": {"value": 4.0}}}]}});
    let answers = [
        ("GET_FRAMEWORKS", frameworks()),
        ("GET_OPERATIONS", operations()),
        ("GET_ROLES", roles),
        ("GET_QUOTA", quota),
        ("GET_WEIGHTS", json!({})),
    ];
    let mut world = World::new(&state, &answers);
    // What nobody looks at is not read.
    for (view, key) in [EntryKey::Operation("x".into()), EntryKey::Role("x".into())].into_iter().enumerate() {
        world.ask(ToEngine::Watch(ViewId(10 + view as u32), EntryQuery(key).into()));
    }
    world.later(30);
    world
}

fn entry(world: &World, key: EntryKey) -> EntryDetail {
    world.answer(&EntryQuery(key)).expect("it has a page")
}

#[test]
fn an_offer_is_reported_with_its_own_json() {
    let world = world();
    let EntryDetail { what, json, .. } = entry(&world, EntryKey::Offer("o1".into()));
    let EntryKind::Offer(row, resources) = what else { panic!("{what:?}") };
    assert_eq!((row.framework_name.as_str(), row.role.as_str(), row.inverse), ("name-f", "eng/web", None));
    assert_eq!(resources.iter().map(|resource| resource.name.as_str()).collect::<Vec<_>>(), ["cpus"]);
    let [(part, text)] = json.as_slice() else { panic!("{json:?}") };
    assert_eq!(*part, Topic::Frameworks);
    assert_eq!(serde_json::from_str::<Value>(text).expect("it is JSON"), frameworks()["frameworks"][0]["offers"][0]);
}

#[test]
fn offers_and_inverse_offers_stand_in_one_table() {
    let world = world();
    let ids = |filter: &str| {
        let query =
            TableQuery { filter: filter.into(), sort: Order::parse("id"), ..TableQuery::<OfferColumn>::all(10) };
        world.answer(&query).rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(""), ["i1", "o1"]);
    assert_eq!(ids("kind:inverse agent:a.local"), ["i1"]);
    assert_eq!(ids("cpus>1"), ["o1"]);
    let EntryKind::Offer(row, resources) = entry(&world, EntryKey::Offer("i1".into())).what else { panic!() };
    assert_eq!(row.inverse.and_then(|of| of.start).map(|at| at.0), Some(5));
    assert_eq!(resources, []);
}

#[test]
fn an_operation_is_found_by_its_uuid() {
    let EntryDetail { what, json, .. } = entry(&world(), EntryKey::Operation("a/b+c==".into()));
    let EntryKind::Operation(row, resources) = what else { panic!("{what:?}") };
    assert_eq!((row.kind.as_str(), row.state.as_str(), row.id.as_str()), ("RESERVE", "PENDING", "mine"));
    assert_eq!(resources.iter().map(|resource| resource.scalar).collect::<Vec<_>>(), [Some(7.0)]);
    assert!(json.iter().all(|(part, text)| *part == Topic::Operations && text.contains("a/b+c==")));
}

#[test]
fn a_role_is_reported_by_all_reads_that_know_it() {
    let world = world();
    let parts = |key: &str| entry(&world, EntryKey::Role(key.into())).json.into_iter().map(|(part, _)| part);
    assert_eq!(parts("eng/web").collect::<Vec<_>>(), [Topic::Roles]);
    assert_eq!(parts("eng").collect::<Vec<_>>(), [Topic::Quota]);
    let EntryKind::Role { row, frameworks, below } = entry(&world, EntryKey::Role("eng".into())).what else { panic!() };
    assert_eq!((row.below, below.as_slice(), frameworks.len()), (1, ["eng/web".into()].as_slice(), 0));
    let EntryKind::Role { row, frameworks, .. } = entry(&world, EntryKey::Role("eng/web".into())).what else {
        panic!()
    };
    assert_eq!((row.weight, row.tasks, frameworks.len()), (Ok(2.5), 1, 1));
}

#[test]
fn what_no_read_has_reported_yet_is_not_unknown() {
    let mut world = World::opening();
    world.snapshot(&json!({}));
    let absent = |world: &World, key: EntryKey| world.answer(&EntryQuery(key)).expect_err("it has none");
    let unread = |part| AbsentReason::Unread(part, Unknown::NotYet);
    assert_eq!(absent(&world, EntryKey::Operation("x".into())), unread(Topic::Operations));
    assert_eq!(absent(&world, EntryKey::Offer("x".into())), unread(Topic::Frameworks));
    assert_eq!(absent(&world, EntryKey::Role("x".into())), unread(Topic::Roles));
    let world = self::world();
    for key in [EntryKey::Operation("x".into()), EntryKey::Offer("x".into()), EntryKey::Role("x".into())] {
        assert_eq!(absent(&world, key), AbsentReason::Unknown);
    }
}

#[test]
fn an_empty_table_says_which_word_empties_it() {
    let world = world();
    let empty_reasons = |filter: &str| {
        let query = TableQuery { filter: filter.into(), ..TableQuery::<TaskColumn>::all(10) };
        world.answer(&query).empty_reasons
    };
    let said = |word: &str, alone, unknown: Option<&str>| EmptyReason {
        word: word.into(),
        alone,
        unknown: unknown.map(str::to_owned),
        no_number: None,
    };
    assert_eq!(empty_reasons("state:running"), []);
    assert_eq!(
        empty_reasons("state:running  role:\"b c\""),
        [said("state:running", 0, None), said("role:\"b c\"", 1, None)]
    );
    assert_eq!(empty_reasons("rakc:r1 t"), [said("rakc:r1", 1, Some("rakc")), said("t", 0, None)]);
    assert_eq!(empty_reasons("x y"), [said("x", 0, None), said("y", 0, None)], "it takes both");
}

#[test]
fn changes_are_narrowed_by_names() {
    let mut world = world();
    world.event(&json!({"type": "TASK_ADDED", "task_added": {"task": task("new", "TASK_STAGING", "a")}}));
    let count = |filter: &str, most: u32| world.answer(&ChangesQuery { filter: filter.into(), count: most }).len();
    for filter in ["framework:name-f", "framework:=f", "agent:a.local", "host:a.local", "role:eng/", "state:staging"] {
        assert_eq!(count(filter, 60), 1, "{filter}");
    }
    for filter in ["framework:other", "agent:b", "role:=web"] {
        assert_eq!(count(filter, 60), 0, "{filter}");
    }
    assert_eq!(count("", 0), 0);
}

#[test]
fn an_agent_tells_of_frameworks_that_have_no_more_than_an_executor_there() {
    let held = json!([
        {"name": "cpus", "type": "SCALAR", "scalar": {"value": 2.0}, "reservations": [{"type": "STATIC", "role": "b"}]},
        {"name": "cpus", "type": "SCALAR", "scalar": {"value": 3.0}, "reservations": [{"type": "STATIC", "role": "a"}]},
        {"name": "cpus", "type": "SCALAR", "scalar": {"value": 1.0},
            "reservations": [{"type": "DYNAMIC", "role": "a", "principal": "p"}]}]);
    let executor = json!({"agent_id": {"value": "a"}, "executor_info": {"executor_id": {"value": "e"},
        "framework_id": {"value": "idle"}, "type": "CUSTOM", "resources": [scalar("cpus", 0.5)]}});
    let state = json!({
        "get_agents": {"agents": [agent("a", &json!({"total_resources": held,
            "resource_providers": [{"resource_provider_info": {"type": "t", "name": "n"},
                "total_resources": [{"name": "disk", "scalar": {"value": 5.0}}]}]}))]},
        "get_frameworks": {"frameworks": [framework("f", true, false), framework("idle", true, false)]},
        "get_executors": {"executors": [executor]},
        "get_tasks": {"tasks": [task("t", "TASK_RUNNING", "a"), task("u", "TASK_STAGING", "a")],
            "completed_tasks": [task("v", "TASK_FINISHED", "a")]}});
    let world = World::new(&state, &[]);
    let detail = world.answer(&AgentQuery("a".into())).expect("it has a page");
    let shares = detail.frameworks.iter().map(|share| {
        (
            share.name.as_str(),
            share.user.as_str(),
            share.tasks,
            share.executors,
            share.allocated.map(|of| of.cpus.as_f64()),
        )
    });
    assert_eq!(shares.collect::<Vec<_>>(), [("name-f", "u", 2, 0, Some(2.0)), ("name-idle", "u", 0, 1, Some(0.5))]);
    let tasks = detail.tasks.expect("they have come");
    assert_eq!((tasks.running, tasks.staging, tasks.completed()), (1, 1, 1));
    let pools = world.answer(&PoolsQuery(vec!["a".into(), "nowhere".into()]));
    let items = pools.iter().flat_map(|pool| &pool.items).map(|item| &item.resource);
    let held = items.filter_map(|resource| Some((resource.role()?.as_str(), resource.amount.number())));
    assert_eq!(held.collect::<Vec<_>>(), [("a", 3.0), ("a", 1.0), ("b", 2.0)]);
    assert_eq!(detail.providers, [("t".to_owned(), "n".to_owned(), 5.0)]);
    let [(row, allocated)] = detail.executors.as_slice() else { panic!("{:?}", detail.executors) };
    assert_eq!((row.id.as_str(), allocated.map(|of| of.cpus.as_f64())), ("e", Some(0.5)));
    // It holds something for two roles, and is a cell of one group all the same.
    let query = MapQuery { group: "role".into(), ..MapQuery::default() };
    let map = world.answer(&query);
    let groups = map.groups.iter().map(|group| (group.name.as_str(), group.cells.len())).collect::<Vec<_>>();
    assert_eq!((groups, map.by.contains(&"role".to_owned())), (vec![("a, b", 1)], true));
    let query = MapQuery { filter: "role:=b".into(), ..MapQuery::default() };
    let map = world.answer(&query);
    assert_eq!(map.groups.len(), 1);
}

#[test]
fn attributes_may_have_blanks() {
    let attributes = json!([{"name": "os", "type": "TEXT", "text": {"value": "Big Iron 7"}},
        {"name": "rack", "type": "TEXT", "text": {"value": "r1"}}]);
    let mut one = agent("a", &json!({}));
    one["agent_info"]["attributes"] = attributes;
    let world = World::new(&json!({"get_agents": {"agents": [one]}}), &[]);
    let query = MapQuery { group: "os".into(), filter: "os:=\"Big Iron 7\" rack:r1".into(), ..MapQuery::default() };
    let map = world.answer(&query);
    assert_eq!(map.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["Big Iron 7"]);
    assert_eq!(map.by, ["os", "rack"]);
}

#[test]
fn guarantees_beyond_what_there_is_are_a_problem() {
    let quota = |cpus: f64| {
        json!({"status": {"configs": [
            {"role": "a", "guarantees": {"cpus": {"value": cpus}, "mem": {"value": 64.0}}},
            {"role": "b", "guarantees": {"cpus": {"value": 4.0}}}]}})
    };
    let total = json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": 10}, "role": "*"},
        {"name": "mem", "type": "SCALAR", "scalar": {"value": 64}, "role": "*"}]);
    let state = json!({"get_agents": {"agents": [agent("a", &json!({"total_resources": total}))]}});
    let world = World::new(&state, &[("GET_QUOTA", quota(6.0))]);
    assert_eq!(world.headlines(), Vec::<String>::new());
    let world = World::new(&state, &[("GET_QUOTA", quota(6.5))]);
    assert_eq!(world.headlines(), ["Guarantees exceed the cluster's CPUs: 10.5 guaranteed, 10 in total"]);
    assert!(matches!(&world.problems()[0].kind, ProblemKind::GuaranteesExceed { resource, .. } if resource == "cpus"));
    assert_eq!(world.problems()[0].count, 2);
}

#[test]
fn a_role_comes_near_its_limit_at_some_time() {
    let quota = |cpus: f64| json!({"status": {"configs": [{"role": "eng", "limits": {"cpus": {"value": cpus}}}]}});
    let state = json!({"get_agents": {"agents": [agent("a", &json!({}))]},
        "get_tasks": {"tasks": [task("t", "TASK_RUNNING", "a")]}});
    let mut world = World::new(&state, &[("GET_QUOTA", quota(9.0))]);
    world.later(20);
    assert_eq!(world.problems(), []);
    world.answers.insert("GET_QUOTA", quota(1.0));
    world.later(60);
    let [problem] = world.problems().try_into().expect("there is one");
    let since = problem.since.expect("it was seen to come");
    assert!(since < world.now && world.now.since(since).as_secs() < 60, "{since:?}");
    // Of one that was so from the start nobody knows since when.
    let mut world = World::new(&state, &[("GET_QUOTA", quota(1.0))]);
    world.later(60);
    assert_eq!(world.problems().into_iter().map(|problem| problem.since).collect::<Vec<_>>(), [None]);
}

#[test]
fn selected_rows_that_a_filter_hides_are_counted() {
    let state = json!({"get_agents": {"agents": [agent("a", &json!({})), agent("b", &json!({"deactivated": true}))]},
        "get_frameworks": {"completed_frameworks": [framework("old", false, false)],
            "frameworks": [framework("f", true, false)]}});
    let world = World::new(&state, &[]);
    let hidden = |whom: &BulkSubjects, filter: &str| {
        world.answer(&BulkEligibilityQuery { whom: whom.clone(), filter: filter.to_owned() }).hidden
    };
    let agents = BulkSubjects::Agents(vec!["a".into(), "b".into(), "unknown".into()]);
    let frameworks = BulkSubjects::Frameworks(vec!["f".into(), "old".into()]);
    for (whom, filter, expected) in [
        (&agents, "", 0),
        (&agents, "state:deactivated", 1),
        (&agents, "state:draining", 2),
        (&frameworks, "state:completed", 1),
        (&frameworks, "id:f", 1),
    ] {
        assert_eq!(hidden(whom, filter), expected, "{whom:?} {filter}");
    }
}

#[test]
fn actions_possible_on_no_row_are_disabled() {
    let state = json!({"get_agents": {"agents": [agent("a", &json!({})), agent("b", &json!({"deactivated": true}))]},
        "get_frameworks": {"completed_frameworks": [framework("old", false, false)],
            "frameworks": [framework("f", true, false)]}});
    let world = World::new(&state, &[]);
    let cannot = |whom: BulkSubjects| {
        world
            .answer(&BulkEligibilityQuery { whom, filter: String::new() })
            .disabled_reason
            .into_iter()
            .map(|why| why.is_some())
            .collect::<Vec<_>>()
    };
    let agents = |ids: &[&str]| BulkSubjects::Agents(ids.iter().map(|id| AgentId::from(*id)).collect());
    // Drain, deactivate, reactivate, mark gone.
    assert_eq!(cannot(agents(&["a"])), [false, false, true, false]);
    assert_eq!(cannot(agents(&["b", "unknown"])), [false, true, false, false]);
    assert_eq!(cannot(agents(&["a", "b"])), [false; 4]);
    assert_eq!(cannot(agents(&[])), [false; 4]);
    assert_eq!(cannot(BulkSubjects::Frameworks(vec!["old".into()])), [true]);
    assert_eq!(cannot(BulkSubjects::Frameworks(vec!["old".into(), "f".into()])), [false]);
}
