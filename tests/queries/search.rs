//! The search from everywhere: whatever the state has can be found by what it is called.

use mesoscope_core::actions::pool::selector::PoolSelector;
use mesoscope_core::base::ids::{AgentId, FrameworkId};
use mesoscope_core::checks::eligibility::{AgentAction, DisabledReason};
use mesoscope_core::checks::reservations::ReservationBlock;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::views::search::hit::{CommandTarget, Hit, HitTarget};
use mesoscope_core::views::search::object_names::{NamedObject, ObjectNamesQuery};
use mesoscope_core::views::search::reserved::ReservedAction;
use mesoscope_core::views::search::target::{TargetKind, TargetSearch};
use mesoscope_core::views::search::tasks::TaskSearch;
use mesoscope_core::views::search::{ExecutorSearch, GeneralSearch};
use serde_json::Value;

use crate::{World, items, text};

fn found(world: &World, typed: &str) -> Vec<Hit> {
    let tasks = [false, true].map(|rest| world.ask(&TaskSearch { text: typed.into(), rest }));
    let others = [world.ask(&GeneralSearch(typed.into())), world.ask(&ExecutorSearch(typed.into()))];
    let mut hits: Vec<Hit> = others.into_iter().chain(tasks).flatten().collect();
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
    hits
}

/// What is found first.
fn first(world: &World, typed: &str) -> HitTarget {
    found(world, typed).into_iter().next().unwrap_or_else(|| panic!("{typed} is found")).what
}

fn is_task(found: &HitTarget, task: &Value) -> bool {
    matches!(found, HitTarget::Task(_, id, _) if id.as_str() == text(task, "/task_id/value"))
}

#[test]
fn everything_is_found_by_its_id() {
    let world = World::new();
    let agent = world.list("/get_agents/agents")[7];
    let id = text(agent, "/agent_info/id/value");
    assert!(matches!(first(&world, id), HitTarget::Agent(found) if found.as_str() == id));
    let framework = world.list("/get_frameworks/frameworks")[1];
    let id = text(framework, "/framework_info/id/value");
    assert!(matches!(first(&world, id), HitTarget::Framework(found) if found.as_str() == id));
    let task = world.all_tasks()[1234];
    assert!(is_task(&first(&world, text(task, "/task_id/value")), task));
    let executor = world.list("/get_executors/executors")[3];
    let id = text(executor, "/executor_info/executor_id/value");
    let hits = found(&world, id);
    assert!(
        hits.iter().any(|hit| matches!(&hit.what, HitTarget::Executor(_, _, found) if found.as_str() == id)),
        "{id}"
    );
    let volume = world.reserved().into_iter().map(|held| text(held, "/disk/persistence/id")).find(|id| !id.is_empty());
    let volume = volume.expect("the simulated agents have volumes");
    assert!(found(&world, volume).iter().any(|hit| hit.what == HitTarget::Volume(volume.into())));
}

#[test]
fn a_task_is_found_by_its_container_and_its_address() {
    let world = World::new();
    let tasks = world.all_tasks();
    let of = |task: &Value, path: &str| {
        let status = items(task, "/statuses").into_iter().rev().find(|status| status.pointer(path).is_some());
        status.map(|status| text(status, path).to_owned())
    };
    let container = "/container_status/container_id/value";
    let (task, id) = tasks.iter().find_map(|task| Some((task, of(task, container)?))).expect("some ran");
    assert!(is_task(&first(&world, &id), task), "{id}");
    assert!(found(&world, &id[..12]).iter().any(|hit| is_task(&hit.what, task)), "by its beginning");
    assert_eq!(world.tasks(&format!("container:={id}"), "").matched, 1);
    let parent = "/container_status/container_id/parent/value";
    let (pod, outer) = tasks.iter().find_map(|task| Some((task, of(task, parent)?))).expect("some are nested");
    assert!(found(&world, &outer).iter().any(|hit| is_task(&hit.what, pod)), "by the container around it");
    let address = of(task, "/container_status/network_infos/0/ip_addresses/0/ip_address").expect("it has one");
    assert!(
        world
            .tasks(&format!("address:={address}"), "")
            .rows
            .iter()
            .any(|row| row.id.as_str() == text(task, "/task_id/value"))
    );
    assert!(!found(&world, &address).is_empty());
}

#[test]
fn what_comes_after_the_snapshot_is_found_too() {
    let world = World::after(20);
    let row = world.tasks("state:running", "-updated").rows.into_iter().next().expect("tasks run");
    assert!(matches!(first(&world, row.id.as_str()), HitTarget::Task(_, id, _) if id == row.id));
}

#[test]
fn roles_labels_and_users_are_found() {
    let world = World::new();
    assert_eq!(first(&world, "data/etl"), HitTarget::Role("data/etl".into()));
    assert!(found(&world, "data").iter().any(|hit| hit.what == HitTarget::Role("data".into())), "a role above others");
    let task = world.all_tasks()[17];
    let label = items(task, "/labels/labels")[1];
    let label = format!("{}={}", text(label, "/key"), text(label, "/value"));
    assert!(found(&world, &label).iter().any(|hit| matches!(hit.what, HitTarget::Task(..))), "{label}");
    let framework = world.list("/get_frameworks/frameworks")[0];
    let user = text(framework, "/framework_info/user");
    assert!(found(&world, user).iter().any(|hit| matches!(hit.what, HitTarget::Framework(_))), "{user}");
    let both = format!("{} {}", text(task, "/name"), world.tasks("", "").rows[0].role.as_deref().unwrap_or_default());
    let hits = found(&world, &both);
    assert!(hits.iter().all(|hit| !matches!(hit.what, HitTarget::Agent(_))), "every word must fit");
    assert!(found(&world, " ").is_empty() && found(&world, "no-such-thing-anywhere").is_empty());
}

#[test]
fn names_mean_more_than_what_they_belong_to() {
    let world = World::new();
    let hostname = text(world.list("/get_agents/agents")[5], "/agent_info/hostname");
    let hits = found(&world, hostname);
    assert!(matches!(hits[0].what, HitTarget::Agent(_)), "{hits:?}");
    assert!(hits.iter().any(|hit| matches!(hit.what, HitTarget::Task(..))), "its tasks come after it");
    let name = text(world.list("/get_frameworks/frameworks")[0], "/framework_info/name");
    assert!(matches!(first(&world, name), HitTarget::Framework(_)), "{name}");
}

fn targets(world: &World, kind: TargetKind, typed: &str) -> Vec<CommandTarget> {
    world.ask(&TargetSearch { kind, text: typed.into() })
}

#[test]
fn a_command_is_offered_what_it_can_change() {
    let world = World::new();
    let is_drained = |agent: &&Value| agent.get("drain_info").is_some() || agent["deactivated"] == true;
    let all = world.list("/get_agents/agents");
    let drained = all.iter().copied().filter(|agent| is_drained(agent));
    let hosts: std::collections::BTreeSet<&str> = drained.map(|agent| text(agent, "/agent_info/hostname")).collect();
    let reactivate = TargetKind::Agent(AgentAction::Reactivate);
    let found = targets(&world, reactivate, "");
    assert!(!found.is_empty(), "the simulated cluster has some");
    assert!(found.iter().all(|it| hosts.contains(it.title.as_str()) && it.disabled_reason.is_none()), "{found:?}");

    // One that is named is listed, with the reason why not.
    let active = all.iter().copied().find(|agent| !is_drained(agent)).expect("most are active");
    let found = targets(&world, reactivate, text(active, "/agent_info/hostname"));
    assert_eq!(found[0].disabled_reason, Some(DisabledReason::NotDeactivated), "{found:?}");

    let found = targets(&world, TargetKind::QuotaRole, "data");
    assert_eq!(found[0].title, "data");
    assert!(found[0].disabled_reason.is_none());
    let nested = found.iter().find(|it| it.title == "data/ml").expect("roles below match as well");
    assert!(matches!(nested.disabled_reason, Some(DisabledReason::NestedRole(_))));
    assert!(targets(&world, TargetKind::WeightRole, "data/ml")[0].disabled_reason.is_none());

    let ended = targets(&world, TargetKind::Framework, "");
    assert!(ended.iter().all(|it| it.disabled_reason.is_none()), "ended frameworks are left out: {ended:?}");
    let running = targets(&world, TargetKind::RunningTask, "");
    assert!(running.iter().all(|it| matches!(it.what, HitTarget::Task(_, _, TaskState::Running))), "{running:?}");
    let first = running.first().expect("tasks run");
    assert!(targets(&world, TargetKind::RunningTask, &first.title).iter().any(|it| it.title == first.title));
    assert_eq!(targets(&world, TargetKind::Machine, "no such host \u{202e}"), Vec::new());
}

#[test]
fn commands_on_reservations_and_volumes_find_them_by_role_host_and_id() {
    let world = World::furnished();
    let of = |action, typed: &str| targets(&world, TargetKind::Reserved(action), typed);
    let volumes = of(ReservedAction::Destroy, "");
    assert!(!volumes.is_empty() && volumes.iter().all(|it| it.disabled_reason.is_none()), "{volumes:?}");
    let volume = &volumes[0];
    let found = of(ReservedAction::Resize, &volume.title);
    assert!(found.iter().any(|it| it.what == volume.what), "{found:?}");
    let host = volume.detail.rsplit(" · ").next().unwrap_or_default().to_owned();
    assert!(of(ReservedAction::Destroy, &host).iter().any(|it| it.detail.contains(&host)), "{host}");

    // What cannot be done is listed once it is named, with the reason.
    let is_static = |it: &&CommandTarget| {
        matches!(&it.what, HitTarget::Reserved(_, _, PoolSelector::Newest { is_dynamic: false, .. }))
    };
    assert!(!of(ReservedAction::Unreserve, "").iter().any(|it| is_static(&it)));
    let agents = world.list("/get_agents/agents").into_iter();
    let resources = agents.flat_map(|agent| agent["total_resources"].as_array().expect("resources"));
    let mut layers = resources.filter_map(|resource| resource.pointer("/reservations/0"));
    let fixed = layers.find(|layer| layer["type"] == "STATIC").expect("a static reservation");
    let found = of(ReservedAction::Unreserve, text(fixed, "/role"));
    let block = found.iter().find(is_static).and_then(|it| it.disabled_reason.clone());
    assert_eq!(block, Some(DisabledReason::Reservation(Box::new(ReservationBlock::Static))), "{found:?}");
}

#[test]
fn kept_addresses_get_the_names_of_today() {
    let world = World::new();
    let agent = world.list("/get_agents/agents")[7];
    let known = NamedObject::Agent(AgentId::from(text(agent, "/agent_info/id/value")));
    let gone = NamedObject::Framework(FrameworkId::from("no-such-framework"));
    let names = world.ask(&ObjectNamesQuery(vec![gone, known.clone()]));
    assert_eq!(names, [(known, text(agent, "/agent_info/hostname").to_owned())]);
}
