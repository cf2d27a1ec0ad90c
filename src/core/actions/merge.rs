//! Three-way merge of maintenance schedules, machine by machine. A machine is in one window at most, so that a schedule
//! maps machines to times; the grouping in windows matters less.

use std::collections::{BTreeMap, BTreeSet};

use super::MaintenanceWindow;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::maintenance::MachineId;

/// Result of a merge of two schedules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    /// Windows of the merged schedule.
    pub windows: Vec<MaintenanceWindow>,
    /// Machines that both sides changed differently; they stay as `mine` has them.
    pub conflicts: Vec<MachineId>,
}

/// Whether two schedules are equal, whatever the order of windows and machines, which means nothing to Mesos.
pub fn same_schedule(a: &[MaintenanceWindow], b: &[MaintenanceWindow]) -> bool {
    a.len() == b.len() && sorted(a) == sorted(b)
}

/// Merges the changes of both sides since `base`: theirs where only they changed a machine, else `mine`.
pub fn merge(base: &[MaintenanceWindow], mine: &[MaintenanceWindow], theirs: &[MaintenanceWindow]) -> Merged {
    let (was, have, reported) = (places(base), places(mine), places(theirs));
    let (mut moved, mut conflicts) = (BTreeSet::new(), Vec::new());
    let mut all: BTreeSet<&MachineId> = BTreeSet::new();
    // Of one machine in several spellings the first stays, as it was before both.
    all.extend(was.keys().chain(have.keys()).chain(reported.keys()));
    for machine in all {
        let (was, have, reported) = (was.get(machine), have.get(machine), reported.get(machine));
        if reported == was || reported == have {
            continue;
        }
        if have == was {
            moved.insert(machine);
        } else {
            conflicts.push(machine.clone());
        }
    }
    let stays = |window: &MaintenanceWindow| {
        let machines: Vec<MachineId> = window.machines.iter().filter(|id| !moved.contains(id)).cloned().collect();
        // A window that never had a machine is one's own, and only started.
        (!machines.is_empty() || window.machines.is_empty()).then(|| MaintenanceWindow { machines, ..window.clone() })
    };
    let mut windows: Vec<MaintenanceWindow> = mine.iter().filter_map(stays).collect();
    for window in theirs {
        let come: Vec<MachineId> = window.machines.iter().filter(|id| moved.contains(id)).cloned().collect();
        if come.is_empty() {
            continue;
        }
        let beside = |mine: &&mut MaintenanceWindow| {
            times(mine) == times(window) && mine.machines.iter().any(|id| window.machines.contains(id))
        };
        match windows.iter_mut().find(beside) {
            Some(mine) => mine.machines.extend(come),
            None => windows.push(MaintenanceWindow { machines: come, ..window.clone() }),
        }
    }
    Merged { windows, conflicts }
}

type Times = (Timestamp, Option<Nanoseconds>);

fn times(window: &MaintenanceWindow) -> Times {
    (window.start, window.duration)
}

fn sorted(windows: &[MaintenanceWindow]) -> Vec<(Times, Vec<&MachineId>)> {
    let mut all: Vec<_> = windows.iter().map(|window| (times(window), window.machines.iter().collect())).collect();
    all.iter_mut().for_each(|(_, machines): &mut (Times, Vec<&MachineId>)| machines.sort_unstable());
    all.sort_unstable();
    all
}

/// Times at which each machine is unavailable. A draft may name a machine twice, which is an error of its own.
fn places(windows: &[MaintenanceWindow]) -> BTreeMap<&MachineId, Vec<Times>> {
    let mut places: BTreeMap<&MachineId, Vec<Times>> = BTreeMap::new();
    for window in windows {
        for machine in &window.machines {
            places.entry(machine).or_default().push(times(window));
        }
    }
    places.values_mut().for_each(|times| times.sort_unstable());
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a b @ 10 + 5` is a window of the machines a and b, which begins at 10 and lasts 5.
    fn windows(text: &str) -> Vec<MaintenanceWindow> {
        let window = |text: &str| {
            let (names, times) = text.split_once('@').expect("machines @ times");
            let (start, length) = times.split_once('+').expect("start + length");
            let machine = |name: &str| MachineId { hostname: Some(name.to_owned()), ip: None };
            MaintenanceWindow {
                machines: names.split_whitespace().map(machine).collect(),
                start: Timestamp(start.trim().parse().expect("a number")),
                duration: length.trim().parse().ok().map(Nanoseconds),
            }
        };
        text.split(',').filter(|part| !part.trim().is_empty()).map(window).collect()
    }

    fn check(base: &str, mine: &str, theirs: &str, expected: &str, conflicts: &[&str]) {
        let merged = merge(&windows(base), &windows(mine), &windows(theirs));
        assert!(same_schedule(&merged.windows, &windows(expected)), "{:?}", merged.windows);
        let names: Vec<String> = merged.conflicts.iter().map(ToString::to_string).collect();
        assert_eq!(names, conflicts);
    }

    #[test]
    fn what_only_they_added_comes() {
        check("a @ 1 + 5", "a @ 2 + 5", "a @ 1 + 5, b @ 7 + 1", "a @ 2 + 5, b @ 7 + 1", &[]);
    }

    #[test]
    fn what_only_they_moved_moves() {
        check("a b @ 1 + 5", "a b @ 1 + 5, c @ 3 + 3", "a b @ 9 + 5", "a b @ 9 + 5, c @ 3 + 3", &[]);
    }

    #[test]
    fn what_only_they_deleted_goes() {
        check("a @ 1 + 5, b @ 2 + 5", "a @ 3 + 5, b @ 2 + 5", "a @ 1 + 5", "a @ 3 + 5", &[]);
    }

    #[test]
    fn what_i_deleted_stays_away() {
        check("a @ 1 + 5, b @ 2 + 5", "b @ 2 + 5", "a @ 1 + 5, b @ 2 + 6", "b @ 2 + 6", &[]);
    }

    #[test]
    fn what_both_moved_is_mine_and_reported() {
        check("a b @ 1 + 5", "a @ 3 + 5, b @ 1 + 5", "a b @ 9 + none", "a @ 3 + 5, b @ 9 + none", &["a"]);
        check("a @ 1 + 5", "", "a @ 2 + 5", "", &["a"]);
        check("", "a @ 1 + 5", "a @ 2 + 5", "a @ 1 + 5", &["a"]);
    }

    #[test]
    fn what_both_did_alike_is_no_clash() {
        check("a @ 1 + 5", "a @ 2 + 5", "a @ 2 + 5", "a @ 2 + 5", &[]);
    }

    #[test]
    fn a_machine_that_they_put_beside_mine_goes_there() {
        check("a @ 1 + 5", "a @ 1 + 5", "a b @ 1 + 5", "a b @ 1 + 5", &[]);
    }

    #[test]
    fn a_window_without_machines_is_only_started() {
        check("a @ 1 + 5", "a @ 1 + 5, @ 4 + 2", "a @ 2 + 5", "a @ 2 + 5, @ 4 + 2", &[]);
    }

    #[test]
    fn a_name_in_another_case_is_the_same_machine() {
        check("a @ 1 + 5", "A @ 1 + 5", "a @ 9 + 5", "a @ 9 + 5", &[]);
        check("Node @ 1 + 5", "node @ 3 + 5", "NODE @ 9 + 5", "node @ 3 + 5", &["Node"]);
        assert!(same_schedule(&windows("Node a @ 1 + 5"), &windows("A node @ 1 + 5")));
    }

    #[test]
    fn the_order_says_nothing() {
        assert!(same_schedule(&windows("a b @ 1 + 5, c @ 2 + 5"), &windows("c @ 2 + 5, b a @ 1 + 5")));
        assert!(!same_schedule(&windows("a @ 1 + 5, b @ 1 + 5"), &windows("a b @ 1 + 5")));
        assert!(!same_schedule(&windows("a @ 1 + 5"), &windows("a @ 1 + none")));
    }
}
