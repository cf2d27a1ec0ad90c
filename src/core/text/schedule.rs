//! Words for the maintenance schedule: its draft, the form of a window, and what a new schedule changes.

use super::{count, listed, plural};
use crate::actions::MaintenanceWindow;
use crate::actions::schedule_change::{Author, ScheduleChange};
use crate::actions::window_time::TimeError;
use crate::mesos::calls::maintenance::MachineId;
use crate::views::window_impact::WindowImpact;

/// Maximum number of machines named in a sentence.
const NAMED: usize = 10;

/// Title of a new schedule's review, with the times of a single window.
pub fn title(change: &ScheduleChange, times: impl Fn(&MaintenanceWindow) -> String) -> String {
    match (change.added.as_slice(), change.changed.as_slice(), change.removed.as_slice()) {
        ([], [], []) => "Schedule without changes".to_owned(),
        ([one], [], []) => format!("Add window {}", times(one)),
        ([], [one], []) => format!("Change window {}", times(one)),
        ([], [], [one]) => format!("Remove window {}", times(one)),
        (added, changed, removed) => {
            let parts = [(added.len(), "added"), (changed.len(), "changed"), (removed.len(), "removed")];
            let parts = parts.into_iter().filter(|(number, _)| *number > 0);
            let parts: Vec<String> = parts.map(|(number, word)| format!("{} {word}", windows(number))).collect();
            format!("Change schedule: {}", parts.join(", "))
        }
    }
}

/// Label of the button that sends a new schedule.
pub fn verb(change: &ScheduleChange) -> &'static str {
    if change.added.is_empty() && change.changed.is_empty() && !change.removed.is_empty() {
        "Remove"
    } else {
        "Schedule"
    }
}

/// Who made a difference.
pub const fn author(author: Author) -> &'static str {
    match author {
        Author::You => "you",
        Author::Other => "another user; yours undoes it",
        Author::Both => "you and another user; yours replaces theirs",
    }
}

/// Why a typed time is no moment.
pub fn time_error(error: &TimeError, zone: &str) -> String {
    match error {
        TimeError::Empty => "Enter a time, as 2026-11-30 14:00.".to_owned(),
        TimeError::Unreadable => "Not a time. Use 24 hours, as 2026-11-30 14:00, or 14:00 alone.".to_owned(),
        TimeError::NoSuchDay => "The calendar has no such day.".to_owned(),
        TimeError::OutOfRange => "Mesos stores times from 1677-09-22 to 2262-04-11 only.".to_owned(),
        TimeError::Skipped => "Clocks skip this time on that day. Use another, or UTC.".to_owned(),
        TimeError::OtherZone(name) => format!("The zone {name} is not available here. Use {zone}, or UTC."),
        TimeError::EndsFirst => "The end must be after the beginning.".to_owned(),
    }
}

/// A time of a window that the clocks show twice on its day: `zone` names the moment that is taken.
pub fn shown_twice(time: &str, zone: &str) -> String {
    format!("Clocks show {time} twice on that day. {zone} is taken.")
}

/// Label of the button that takes the other moment.
pub fn take_other(time: &str, zone: &str) -> String {
    format!("Use {time} {zone}")
}

/// Notes that the selected window is in the past.
pub const IS_OVER: &str = "This window is in the past. Mesos accepts it, still asks frameworks to leave its machines, and keeps it until it is removed.";

/// Notes that the selected window has started.
pub const HAS_STARTED: &str = "This window has already started.";

/// Name of a window of the draft, by its index.
pub fn window_name(at: usize) -> String {
    format!("Window {}", at + 1)
}

/// Name of a button for a window of the draft, as `Edit window 2`.
pub fn window_button(verb: &str, at: usize) -> String {
    format!("{verb} window {}", at + 1)
}

/// What runs on the machines of a window.
pub fn impact(machines: usize, impact: &WindowImpact) -> String {
    if machines == 0 {
        return "Add machines to see their frameworks and tasks.".to_owned();
    }
    let on = plural(impact.agents, "agent", "agents");
    match (impact.agents, impact.tasks) {
        (0, _) => "No registered agent runs on these machines.".to_owned(),
        (_, 0) => format!("No live tasks on {on}."),
        (_, tasks) => format!(
            "{} of {} on {on}",
            plural(tasks, "live task", "live tasks"),
            plural(impact.frameworks, "framework", "frameworks")
        ),
    }
}

/// What happens to tasks on scheduled machines.
pub const IMPACT_NOTE: &str = "Scheduling kills nothing: frameworks receive inverse offers and can move their tasks. Tasks still there are lost when maintenance starts.";

/// Further frameworks that are not listed; `None` if all are.
pub fn more_frameworks(impact: &WindowImpact) -> Option<String> {
    let more = (impact.frameworks as usize).saturating_sub(impact.listed.len());
    (more > 0).then(|| format!("and {} more", count(more as u64)))
}

/// Why the schedule cannot be edited yet: `unread` has the headline and text of what was not read.
pub fn not_known(unread: Option<(String, String)>) -> String {
    unread.map_or_else(|| "The current schedule is not known yet.".to_owned(), |(title, why)| format!("{title}. {why}"))
}

/// State of the draft, above its buttons.
pub fn draft_state(number: usize, is_changed: bool) -> String {
    format!("Draft of {}, {}", windows(number), if is_changed { "not sent yet" } else { "no changes" })
}

/// Mesos' refusal of a schedule, in its words.
pub fn refused(words: &str) -> String {
    format!("Mesos refused it: {words}")
}

/// Machines that two users changed differently in a merge.
pub fn conflicts(machines: &[MachineId]) -> String {
    format!("Merged. Both of you changed {}; your version is kept.", machine_names(machines))
}

/// Machines of a request that were not added, since Mesos allows each in one window only.
pub fn already_scheduled(machines: &[MachineId]) -> Option<String> {
    let names = || format!("Already scheduled, so not added: {}.", machine_names(machines));
    (!machines.is_empty()).then(names)
}

/// Machines that were pasted and are in a window; `at` is the edited window.
pub fn not_added(window: usize, at: usize, machines: &[MachineId]) -> String {
    let place = if window == at { "this window".to_owned() } else { format!("window {}", window + 1) };
    format!("Not added, since already in {place}: {}.", machine_names(machines))
}

/// Pasted hosts without a registered agent.
pub fn unknown_hosts(hosts: &[String]) -> String {
    format!("No agent is registered on: {}. ", listed(hosts.iter().map(String::as_str), NAMED))
}

/// Label of a button that adds so many machines.
pub fn add_machines(number: usize) -> String {
    format!("Add {}", machines(number))
}

/// Label of the button that adds all machines that match a filter.
pub fn add_all(number: u32) -> String {
    format!("Add all {}", count(u64::from(number)))
}

/// Name of the button that adds a machine to a window.
pub fn add_machine(machine: &MachineId) -> String {
    format!("Add {machine}")
}

/// Label of the button that removes a machine from a window.
pub fn remove_machine(machine: &MachineId) -> String {
    format!("Remove {machine}")
}

/// A machine to choose, with its live tasks.
pub fn machine_choice(machine: &MachineId, tasks: u32) -> String {
    format!("{machine} · {}", plural(tasks, "live task", "live tasks"))
}

/// Host of a machine, or its address if it has no host name.
pub fn host(machine: &MachineId) -> &str {
    if machine.host().is_empty() { machine.address() } else { machine.host() }
}

/// First machines of a window, and how many more there are.
pub fn first_hosts(machines: &[MachineId], most: usize) -> String {
    listed(machines.iter().map(host), most)
}

/// Row of the time axis for all further machines of its window.
pub fn and_more(name: &str, more: usize) -> String {
    format!("{name} and {} more", count(more as u64))
}

/// Windows that the time axis leaves out.
pub fn windows_left_out(number: usize) -> String {
    format!("and {} more, listed below", windows(number))
}

/// Windows before or after the visible part of the time axis.
pub fn windows_out_of_view(number: usize, is_later: bool) -> String {
    format!("{} {}", windows(number), if is_later { "later →" } else { "earlier" })
}

/// Accessible name of a window's bar.
pub fn bar(name: &str, times: &str, length: Option<&str>) -> String {
    match length {
        Some(length) => format!("{name}, {times} ({length})"),
        None => format!("{name}, {times}"),
    }
}

/// Accessible name of a window in the list.
pub fn window_label(times: &str, first: Option<&MachineId>) -> String {
    format!("Window {times}{}", first.map(|first| format!(", {}", host(first))).unwrap_or_default())
}

/// Number of selected machines.
pub fn selected(number: usize) -> String {
    format!("{} selected", machines(number))
}

/// Label of the button that draws more machines.
pub fn more(number: usize) -> String {
    format!("{} more", count(number as u64))
}

/// What a file to import has.
pub fn importable(in_file: Option<usize>, left_out: usize) -> String {
    match (in_file, left_out) {
        (None, _) => "The file has no window that can be imported. Nothing is changed.".to_owned(),
        (Some(number), 0) => format!("{} can be imported.", windows(number)),
        (Some(number), 1) => format!("{} can be imported; 1 entry is left out.", windows(number)),
        (Some(number), out) => {
            format!("{} can be imported; {} entries are left out.", windows(number), count(out as u64))
        }
    }
}

/// Label of the button that imports so many windows.
pub fn import(number: usize) -> String {
    format!("Import {}", windows(number))
}

/// The browser's own zone among the zones for an import.
pub fn browser_zone(name: &str) -> String {
    format!("{name} (this browser)")
}

fn windows(number: usize) -> String {
    plural(u32::try_from(number).unwrap_or(u32::MAX), "window", "windows")
}

fn machines(number: usize) -> String {
    plural(u32::try_from(number).unwrap_or(u32::MAX), "machine", "machines")
}

fn machine_names(machines: &[MachineId]) -> String {
    let names: Vec<String> = machines.iter().map(ToString::to_string).collect();
    listed(names.iter().map(String::as_str), NAMED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Timestamp;

    fn window() -> MaintenanceWindow {
        MaintenanceWindow { machines: vec![MachineId::named("a")], start: Timestamp(0), duration: None }
    }

    #[test]
    fn a_schedule_is_titled_by_what_it_changes() {
        let none = ScheduleChange::default;
        let check = |change: ScheduleChange, words: &str, button: &str| {
            assert_eq!(
                (title(&change, |_| "Nov 29, 02:00–04:00 UTC".to_owned()).as_str(), verb(&change)),
                (words, button)
            );
        };
        let one = || vec![window()];
        check(ScheduleChange { added: one(), ..none() }, "Add window Nov 29, 02:00–04:00 UTC", "Schedule");
        check(ScheduleChange { changed: one(), ..none() }, "Change window Nov 29, 02:00–04:00 UTC", "Schedule");
        check(ScheduleChange { removed: one(), ..none() }, "Remove window Nov 29, 02:00–04:00 UTC", "Remove");
        let several = ScheduleChange { added: vec![window(), window()], removed: one(), ..none() };
        check(several, "Change schedule: 2 windows added, 1 window removed", "Schedule");
    }

    #[test]
    fn the_impact_of_a_window_counts_tasks_frameworks_and_agents() {
        let of = |agents, tasks, frameworks| WindowImpact { agents, tasks, frameworks, listed: Vec::new() };
        assert_eq!(impact(3, &of(3, 59, 14)), "59 live tasks of 14 frameworks on 3 agents");
        assert_eq!(impact(1, &of(1, 1, 1)), "1 live task of 1 framework on 1 agent");
        assert_eq!(impact(1, &of(1, 0, 0)), "No live tasks on 1 agent.");
        assert_eq!(impact(1, &of(0, 0, 0)), "No registered agent runs on these machines.");
        assert_eq!(impact(0, &of(0, 0, 0)), "Add machines to see their frameworks and tasks.");
        assert_eq!(more_frameworks(&of(1, 60, 14)), Some("and 14 more".to_owned()));
    }
}
