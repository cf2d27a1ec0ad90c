//! What a master leaves out, or sends in a form that cannot be read, is neither none nor dropped without a word.

use mesoscope_core::checks::trouble::Category;
use mesoscope_core::cluster::role_sums::SumGaps;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::Unknown;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::text;
use mesoscope_core::views::cluster_summary;
use mesoscope_core::views::frameworks::FrameworkColumn;
use mesoscope_core::views::master::MasterQuery;
use mesoscope_core::views::roles::{ResourceKind, RoleAmount, RoleRow};
use mesoscope_core::views::table::TableQuery;
use serde_json::{Value, json};

use crate::{World, agent, cpus, framework, task};

fn offered(row: &RoleRow) -> Option<f64> {
    row.amounts.get(RoleAmount::Offered, ResourceKind::Cpus)
}

/// A framework in `eng/web` that has an offer of these resources.
fn with_offer(resources: &Value) -> Value {
    let mut framework = framework("f", true, false);
    framework["offers"] = json!([{"id": {"value": "o"}, "agent_id": {"value": "a"}, "hostname": "a.local",
        "allocation_info": {"role": "eng/web"}, "resources": resources}]);
    framework
}

fn row(world: &World, name: &str) -> RoleRow {
    world.roles(&format!("role:={name}"), "").pop().expect("the role is listed")
}

#[test]
fn offers_that_were_never_read_are_not_none() {
    let state = json!({"get_frameworks": {"frameworks": [with_offer(&cpus("eng/web", 2.0))]}});
    let mut world = World::new(&state, &[]);
    assert_eq!(
        (offered(&row(&world, "eng")), row(&world, "eng").offers),
        (Some(2.0), Ok(())),
        "as the snapshot has it"
    );
    world.failures.insert("GET_FRAMEWORKS", (403, "Forbidden"));
    world.ask(ToEngine::Reread(vec![Topic::Frameworks]));
    world.later(2);
    let refused = Err(Unknown::Refused("Forbidden".into()));
    for name in ["eng", "eng/web"] {
        assert_eq!((offered(&row(&world, name)), row(&world, name).offers), (None, refused.clone()), "{name}");
    }
    world.failures.clear();
    world.answers.insert("GET_FRAMEWORKS", json!({"frameworks": [with_offer(&cpus("eng/web", 3.0))]}));
    world.ask(ToEngine::Reread(vec![Topic::Frameworks]));
    world.later(2);
    assert_eq!((offered(&row(&world, "eng/web")), row(&world, "eng/web").offers), (Some(3.0), Ok(())));
}

#[test]
fn sums_say_whose_offers_and_reservations_they_leave_out() {
    let odd = json!([cpus("eng/web", 2.0)[0], {"name": "mem", "type": "SCALAR", "scalar": {"value": "much"}}]);
    let lost = agent("b", &json!({"total_resources": {"cpus": 4}}));
    let state = json!({"get_frameworks": {"frameworks": [with_offer(&odd)]},
        "get_agents": {"agents": [agent("a", &json!({})), lost]}});
    let world = World::new(&state, &[]);
    let gaps = SumGaps { tasks: 0, frameworks: 1, agents: 1 };
    for name in ["eng", "eng/web"] {
        assert_eq!((row(&world, name).gaps, offered(&row(&world, name))), (gaps, Some(2.0)), "{name}");
    }
    assert_eq!(cluster_summary::cluster_summary(world.engine.shown()).sum_gaps, gaps);
    let words = |tasks, frameworks, agents| text::sums_without(SumGaps { tasks, frameworks, agents });
    assert_eq!(
        words(1, 1, 2).as_deref(),
        Some(
            "Sums by role may leave out 1 task, offers to 1 framework and reservations on 2 agents, whose resources cannot be read."
        )
    );
    assert_eq!(
        words(0, 2, 0).as_deref(),
        Some("Sums by role may leave out offers to 2 frameworks, whose resources cannot be read.")
    );
    assert_eq!(words(0, 0, 0), None);
}

#[test]
fn an_update_of_a_task_that_nobody_listed_is_counted() {
    let state = json!({"get_frameworks": {"frameworks": [framework("f", true, false)]},
        "get_tasks": {"tasks": [task("known", "TASK_RUNNING", "a")]}});
    let mut world = World::new(&state, &[]);
    let mut update = |framework: &str, id: &str| {
        let status = json!({"task_id": {"value": id}, "state": "TASK_FAILED"});
        let update = json!({"framework_id": {"value": framework}, "state": "TASK_FAILED", "status": status});
        world.event(&json!({"type": "TASK_UPDATED", "task_updated": update}));
        world.engine.trouble().count(Category::Misfit)
    };
    assert_eq!([update("f", "known"), update("f", "ghost"), update("f-ghost", "known")], [0, 1, 2]);
    let [kind] = world.engine.trouble().of(Category::Misfit) else { panic!("one kind") };
    let why = kind.why.as_ref().map(ToString::to_string);
    assert_eq!((kind.what.to_string(), kind.count), ("TASK_UPDATED".to_owned(), 2));
    assert_eq!(why.as_deref(), Some("it changes a task that the master has not listed, and is left out"));
    assert!(kind.head.contains("ghost"), "{}", kind.head);
}

#[test]
fn a_snapshot_without_a_state_is_no_empty_cluster() {
    for subscribed in [json!({}), json!({"get_state": null}), json!({"get_state": "none"}), json!({"getState": {}})] {
        let mut world = World::opening();
        world.event(&json!({"type": "SUBSCRIBED", "subscribed": subscribed}));
        let losses: Vec<_> = world.engine.trouble().losses.iter().collect();
        let [loss] = losses.as_slice() else { panic!("the stream is lost: {subscribed}") };
        assert_eq!(loss.cause.to_string(), "the stream brings no snapshot", "{subscribed}");
        let known = cluster_summary::cluster_summary(world.engine.shown());
        assert_eq!((known.agents, known.frameworks, known.tasks), (None, None, None), "{subscribed}");
    }
    let mut world = World::opening();
    world.event(&json!({"type": "SUBSCRIBED", "subscribed": {"get_state": {}}}));
    assert_eq!(cluster_summary::cluster_summary(world.engine.shown()).agents, Some(0), "a state says it");
}

#[test]
fn roles_that_cannot_be_read_are_not_the_role_of_who_has_none() {
    let with = |roles: Value| {
        let mut framework = framework("f", true, false);
        framework["framework_info"]["roles"] = roles;
        json!({"get_frameworks": {"frameworks": [framework]}})
    };
    let roles = |world: &World| {
        let row = world.answer(&TableQuery::<FrameworkColumn>::all(9)).rows.pop().expect("it is listed");
        let listed = world.roles("", "").into_iter().map(|row| row.name.0).collect::<Vec<_>>();
        (row.roles.into_iter().map(|role| role.0).collect::<Vec<_>>(), listed)
    };
    for odd in [json!("eng/web"), json!({"role": "eng"}), json!(5), json!(true)] {
        let mut world = World::new(&with(odd.clone()), &[]);
        assert_eq!(roles(&world), (vec![], vec![]), "{odd}");
        assert_eq!(world.engine.trouble().count(Category::Field), 1, "{odd}");
        let update = with(odd.clone())["get_frameworks"]["frameworks"][0].clone();
        world.event(&json!({"type": "FRAMEWORK_UPDATED", "framework_updated": {"framework": update}}));
        assert_eq!(roles(&world), (vec![], vec![]), "{odd}, by an event");
    }
    assert_eq!(roles(&World::new(&with(json!([])), &[])), (vec!["*".to_owned()], vec!["*".to_owned()]));
}

#[test]
fn flags_and_metrics_that_an_answer_lacks_are_not_none() {
    let answers = [("GET_FLAGS", json!({})), ("GET_METRICS", json!({"metrics": null}))];
    let mut world = World::new(&json!({}), &answers);
    world.ask(ToEngine::Reread(vec![Topic::Flags, Topic::Metrics]));
    world.later(2);
    let page = world.answer(&MasterQuery);
    let words = |why: Unknown| match why {
        Unknown::Failed(why) => why.to_string(),
        other => format!("{other:?}"),
    };
    let flags = "the answer is not what Mesos sends: “flags” is absent where a list is expected";
    assert_eq!(page.flags.map_err(words), Err(flags.to_owned()));
    let metrics = "the answer is not what Mesos sends: “metrics” is null where a list is expected";
    assert_eq!(page.metrics.map_err(words), Err(metrics.to_owned()));
}
