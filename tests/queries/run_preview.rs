//! Where a command would run: agents with room, those left out, and the quota, counted again from the master's own state.

use std::collections::BTreeSet;

use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::scheduler::run::RunPool;
use mesoscope_core::views::roles::RoleColumn;
use mesoscope_core::views::run_preview::{RunAmong, RunPreview, RunPreviewQuery, RunRoom};
use mesoscope_core::views::table::TableQuery;

use crate::World;

fn query(among: RunAmong, cpus: f64) -> RunPreviewQuery {
    RunPreviewQuery {
        among,
        count: None,
        role: "*".into(),
        resources: Quantities::of("cpus", cpus) + Quantities::of("mem", 32.0),
        pool: RunPool::Any,
    }
}

fn filtered(filter: &str, cpus: f64) -> RunPreviewQuery {
    query(RunAmong::Filter(filter.to_owned()), cpus)
}

fn sum(preview: &RunPreview) -> u32 {
    let inactive: u32 = preview.inactive.iter().map(|(_, number)| number).sum();
    let small: u32 = preview.too_small.iter().map(|(_, number)| number).sum();
    preview.fits + preview.waits + inactive + small
}

#[test]
fn each_agent_of_the_filter_is_counted_once() {
    let world = World::new();
    for filter in ["", "state:active", "cpus>2", "-state:active"] {
        let preview = world.ask(&filtered(filter, 0.1));
        assert_eq!(preview.matched, world.agents(filter).matched, "{filter}");
        assert_eq!(sum(&preview), preview.matched, "{filter}");
        let targets = preview.targets.expect("they are few enough");
        assert_eq!((targets.len() as u32, preview.tasks), (preview.fits + preview.waits, preview.fits + preview.waits));
    }
}

#[test]
fn agents_without_offers_are_left_out() {
    let world = World::new();
    let inactive = world.agents("-state:active");
    assert!(inactive.matched > 0);
    let preview = world.ask(&filtered("-state:active", 0.1));
    assert_eq!((preview.fits, preview.waits, preview.tasks), (0, 0, 0));
    assert!(!preview.can_run(None) && preview.targets.is_some_and(|targets| targets.is_empty()));
    let all = world.ask(&filtered("", 0.1)).targets.expect("they are few enough");
    assert!(inactive.rows.iter().all(|row| !all.contains(&row.id)));
}

#[test]
fn an_agent_with_less_than_it_needs_free_waits_and_a_small_one_is_left_out() {
    let world = World::new();
    let active = world.agents("state:active");
    let amounts = |row: &mesoscope_core::views::agents::AgentRow| {
        let (total, free) = (row.total.expect("known"), row.free().expect("known"));
        (total.cpus.as_f64(), free.cpus.as_f64())
    };
    let row = active.rows.iter().find(|row| amounts(row).1 + 1.0 < amounts(row).0).expect("an agent is in use");
    let only = |cpus: f64| world.ask(&query(RunAmong::Chosen(BTreeSet::from([row.id.clone()])), cpus));
    let (total, free) = amounts(row);
    let missing = || vec!["cpus".to_owned()];
    let room = |preview: RunPreview| preview.agents.first().map(|agent| agent.room.clone());
    assert_eq!(room(only(free + 0.5)), Some(RunRoom::InUse(missing())));
    assert_eq!(room(only(total + 0.5)), Some(RunRoom::TooSmall(missing())));
    assert_eq!(only(total + 0.5).too_small, [(missing(), 1)]);
}

#[test]
fn a_chosen_agent_that_is_gone_is_named() {
    let world = World::new();
    let there = world.agents("state:active").rows.first().expect("one is active").id.clone();
    let gone = AgentId::from("gone-S1");
    let preview = world.ask(&query(RunAmong::Chosen(BTreeSet::from([there.clone(), gone.clone()])), 0.1));
    assert_eq!((preview.matched, preview.unlisted, preview.targets), (1, vec![gone], Some(BTreeSet::from([there]))));
}

#[test]
fn so_many_agents_must_be_there() {
    let world = World::new();
    let any = |count| RunPreviewQuery { count: Some(count), ..filtered("state:active", 0.1) };
    let preview = world.ask(&any(3));
    let all = preview.fits + preview.waits;
    assert_eq!((preview.tasks, preview.total.cpus.as_f64()), (3, 0.3));
    assert!(preview.can_run(Some(3)) && preview.can_run(Some(all)) && !preview.can_run(Some(all + 1)));
}

#[test]
fn a_limit_counts_for_the_roles_below_it() {
    let world = World::new();
    let with_limit = world.ask(&TableQuery::<RoleColumn>::all(500)).rows.into_iter().find(|row| {
        row.quota.as_ref().is_ok_and(|quota| quota.iter().any(|of| of.resource == "cpus" && of.limit.is_some()))
    });
    let row = with_limit.expect("a role has a limit of CPUs");
    let below = format!("{}/new", row.name);
    let preview = world.ask(&RunPreviewQuery { role: below.as_str().into(), ..filtered("state:active", 0.1) });
    let headroom = preview.headroom.expect("the quota is known");
    let cpus = headroom.iter().find(|limit| limit.resource == "cpus").expect("the limit above counts");
    assert_eq!((cpus.role.as_str(), cpus.needed), (row.name.as_str(), preview.total.cpus.as_f64()));
    let limit = row.quota.expect("known").into_iter().find(|of| of.resource == "cpus").and_then(|of| of.limit);
    assert_eq!(Some(cpus.limit), limit);
    assert!(!preview.is_role_known);
}

#[test]
fn users_are_suggested_without_root() {
    let users = World::new().ask(&filtered("", 0.1)).users;
    assert!(!users.contains(&"root".to_owned()), "{users:?}");
}
