//! What a new maintenance schedule changes, window by window, and whose change each difference is.

use super::MaintenanceWindow;
use super::preview::Difference;
use super::schedule::entries;
use crate::base::order;
use crate::mesos::calls::maintenance::MachineId;

/// Windows that differ between two schedules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduleChange {
    /// Windows of the new schedule that the old one lacks.
    pub added: Vec<MaintenanceWindow>,
    /// Windows of the new schedule with other times or other machines than before.
    pub changed: Vec<MaintenanceWindow>,
    /// Windows of the old schedule that the new one lacks.
    pub removed: Vec<MaintenanceWindow>,
}

/// Compares two schedules. A window with equal machines or equal times, or with a machine in common, is the same one.
pub fn compare(before: &[MaintenanceWindow], after: &[MaintenanceWindow]) -> ScheduleChange {
    let mut old: Vec<&MaintenanceWindow> = before.iter().collect();
    let mut new: Vec<&MaintenanceWindow> = after.iter().collect();
    pair(&mut old, &mut new, |a, b| same_times(a, b) && same_machines(a, b));
    let mut changed = pair(&mut old, &mut new, same_machines);
    changed.extend(pair(&mut old, &mut new, same_times));
    changed.extend(pair(&mut old, &mut new, |a, b| a.machines.iter().any(|machine| b.machines.contains(machine))));
    let owned = |windows: Vec<&MaintenanceWindow>| windows.into_iter().cloned().collect();
    ScheduleChange { added: owned(new), changed, removed: owned(old) }
}

/// Takes pairs out of both lists; returns their second halves.
fn pair(
    old: &mut Vec<&MaintenanceWindow>,
    new: &mut Vec<&MaintenanceWindow>,
    is_same: impl Fn(&MaintenanceWindow, &MaintenanceWindow) -> bool,
) -> Vec<MaintenanceWindow> {
    let mut paired = Vec::new();
    new.retain(|after| match old.iter().position(|before| is_same(before, after)) {
        Some(at) => {
            old.remove(at);
            paired.push((*after).clone());
            false
        }
        None => true,
    });
    paired
}

fn same_times(a: &MaintenanceWindow, b: &MaintenanceWindow) -> bool {
    (a.start, a.duration) == (b.start, b.duration)
}

fn same_machines(a: &MaintenanceWindow, b: &MaintenanceWindow) -> bool {
    let sorted = |window: &MaintenanceWindow| {
        let mut machines: Vec<MachineId> = window.machines.clone();
        order::sort(&mut machines);
        machines
    };
    a.machines.len() == b.machines.len() && sorted(a) == sorted(b)
}

/// Who made a difference between the current schedule and a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The draft changes what was there when it was started.
    You,
    /// Another user has changed it since, and the draft would undo that.
    Other,
    /// Both have changed it.
    Both,
}

/// The author of each difference, by the schedule at the start of the draft.
pub fn authors(base: &[MaintenanceWindow], differences: &[Difference]) -> Vec<Author> {
    let base = entries(base);
    let author = |row: &Difference| {
        let was = base.iter().find(|entry| entry.key == row.key).map(|entry| &entry.value);
        match (was == row.before.as_ref(), was == row.after.as_ref()) {
            (true, _) => Author::You,
            (false, true) => Author::Other,
            (false, false) => Author::Both,
        }
    };
    differences.iter().map(author).collect()
}

#[cfg(test)]
mod tests {
    use super::super::preview::differences;
    use super::*;
    use crate::base::units::{Nanoseconds, Timestamp};

    fn window(start: i64, machines: &[&str]) -> MaintenanceWindow {
        let machines = machines.iter().map(|host| MachineId::named(host)).collect();
        MaintenanceWindow { machines, start: Timestamp(start), duration: Some(Nanoseconds(1)) }
    }

    #[track_caller]
    fn check(before: &[MaintenanceWindow], after: &[MaintenanceWindow], expected: [&[MaintenanceWindow]; 3]) {
        let change = compare(before, after);
        assert_eq!([&change.added[..], &change.changed, &change.removed], expected);
    }

    #[test]
    fn windows_are_added_changed_or_removed() {
        let (a, b) = (window(1, &["a", "c"]), window(2, &["b"]));
        let turned = window(1, &["c", "A"]);
        check(&[a.clone(), b.clone()], &[b.clone(), turned], [&[], &[], &[]]);
        check(std::slice::from_ref(&a), &[a.clone(), b.clone()], [std::slice::from_ref(&b), &[], &[]]);
        check(&[a.clone(), b.clone()], std::slice::from_ref(&a), [&[], &[], std::slice::from_ref(&b)]);
        let moved = window(5, &["b"]);
        check(&[a.clone(), b.clone()], &[a.clone(), moved.clone()], [&[], std::slice::from_ref(&moved), &[]]);
        let grown = window(2, &["b", "d"]);
        check(&[a.clone(), b.clone()], &[a.clone(), grown.clone()], [&[], std::slice::from_ref(&grown), &[]]);
        // A split leaves one of the two as the window that was there.
        let (left, right) = (window(1, &["a"]), window(1, &["c"]));
        check(&[a], &[left.clone(), right.clone()], [&[right], &[left], &[]]);
    }

    #[test]
    fn each_difference_has_its_author() {
        let base = [window(1, &["a"]), window(2, &["b"]), window(3, &["c"])];
        let current = [window(1, &["a"]), window(2, &["b", "x"]), window(3, &["c", "y"]), window(9, &["n"])];
        let draft = [window(1, &["a", "m"]), window(2, &["b"]), window(3, &["c", "z"])];
        let rows = differences(&entries(&current), &entries(&draft));
        let found = authors(&base, &rows);
        assert_eq!(found, [Author::You, Author::Other, Author::Both, Author::Other]);
    }
}
