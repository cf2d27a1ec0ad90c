//! The table of roles: a tree, and every amount of every resource as a column.

use std::collections::BTreeSet;

use mesoscope_core::views::cluster_summary;
use mesoscope_core::views::previews::SharesQuery;
use mesoscope_core::views::roles::{ResourceKind, RoleAmount, RoleColumn, RoleRow};
use mesoscope_core::views::table::{Column, Order, TableQuery, TableWindow};
use mesoscope_core::views::tasks::TaskColumn;

use crate::World;

fn roles(world: &World, filter: &str, sort: &str) -> TableWindow<RoleRow> {
    let query = TableQuery { sort: Order::parse(sort), filter: filter.into(), ..TableQuery::<RoleColumn>::all(500) };
    world.ask(&query)
}

fn names(window: &TableWindow<RoleRow>) -> Vec<&str> {
    window.rows.iter().map(|row| row.name.as_str()).collect()
}

#[test]
fn a_role_is_meant_with_those_below_it() {
    let world = World::new();
    let all = roles(&world, "", "");
    let data = roles(&world, "role:data/", "");
    assert!(data.matched > 1 && names(&data).iter().all(|name| *name == "data" || name.starts_with("data/")));
    let row = all.rows.iter().find(|row| row.name.as_str() == "data").expect("it is listed");
    assert_eq!(row.below + 1, data.matched);
    assert_eq!(row.tasks, world.tasks("role:data/ list:live", "").matched);
    assert_eq!(world.tasks("role:dat/", "").matched, 0, "a part of a name is another role");
}

#[test]
fn the_navigation_counts_the_roles_of_the_table() {
    let world = World::furnished();
    let all = roles(&world, "", "");
    assert_eq!(cluster_summary::cluster_summary(world.engine.shown()).roles, Some(all.total));
    let unused = |row: &RoleRow| row.tasks == 0 && row.frameworks == 0 && row.below == 0;
    assert!(all.rows.iter().any(unused), "a role that only has a reservation counts, too");
}

#[test]
fn a_role_is_folded_by_a_word_of_the_filter() {
    let world = World::new();
    let folded = roles(&world, "-role:data/*", "");
    assert!(names(&folded).contains(&"data") && names(&folded).iter().all(|name| !name.starts_with("data/")));
    assert!(roles(&world, "depth<1", "").rows.iter().all(|row| row.depth == 0 && !row.name.as_str().contains('/')));
    assert_eq!(RoleColumn::subject("-role:data/* depth<3"), "depth<3", "the table keeps its scroll position");
    assert_eq!(TaskColumn::subject("-role:data/*"), "-role:data/*", "only roles are folded");
}

#[test]
fn a_role_is_right_above_those_below_it() {
    let world = World::new();
    let all = roles(&world, "", "");
    let mut open = Vec::<&str>::new();
    for name in names(&all) {
        open.retain(|above| name.starts_with(&format!("{above}/")));
        assert_eq!(open.len(), name.matches('/').count(), "all above {name} stand above it: {open:?}");
        open.push(name);
    }
}

#[test]
fn every_amount_sorts_and_filters() {
    let world = World::new();
    let amounts: BTreeSet<&str> = RoleColumn::NUMBERS.iter().copied().collect();
    for column in RoleColumn::ALL {
        let RoleColumn::Of(amount, of) = *column else { continue };
        let name = column.name();
        assert!(amounts.contains(name), "{name} can be asked for");
        let value = |row: &RoleRow| row.amounts.get(amount, of).unwrap_or(-1.0);
        let sorted = roles(&world, "", &format!("-{name}"));
        assert!(sorted.rows.is_sorted_by(|a, b| value(a) >= value(b)), "{name}");
        let ascending = roles(&world, "", name);
        let is_known = |row: &RoleRow| row.amounts.get(amount, of).is_some();
        assert!(ascending.rows.is_sorted_by(|a, b| is_known(a) >= is_known(b)), "{name}: what is not set comes last");
        let some = roles(&world, &format!("{name}>0"), "");
        assert_eq!(some.matched as usize, sorted.rows.iter().filter(|row| value(row) > 0.0).count(), "{name}");
    }
    let etl = roles(&world, "role:=data/etl", "");
    let reserved = |of| etl.rows.first().and_then(|row| row.amounts.get(RoleAmount::Reserved, of)).unwrap_or_default();
    assert!(reserved(ResourceKind::Cpus) > 0.0 && reserved(ResourceKind::Mem) > 1e6, "bytes, not MiB");
}

#[test]
fn shares_of_roles_beside_one_another_are_all_there_is() {
    let world = World::new();
    let all = roles(&world, "", "");
    let top: f64 = all.rows.iter().filter(|row| !row.name.as_str().contains('/')).filter_map(|row| row.share).sum();
    assert!((top - 1.0).abs() < 1e-9, "{top}");
    let sorted = roles(&world, "", "-share");
    assert!(sorted.rows.is_sorted_by(|a, b| a.share.unwrap_or(-1.0) >= b.share.unwrap_or(-1.0)));
    assert!(roles(&world, "share>=50", "").rows.iter().all(|row| row.share >= Some(0.5)));
    let first = sorted.rows.first().expect("there is one");
    let then = world.ask(&SharesQuery(vec![(first.name.clone(), first.weight.clone().expect("it was read") * 100.0)]));
    assert!(then.get(first.name.as_str()).copied() >= first.share, "more weight is no less of a share");
}
