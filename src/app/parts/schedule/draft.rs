//! Draft of the maintenance schedule.

use crate::actions::{SavedDraft, action_store};
use leptos::prelude::*;
use mesoscope_core::actions::MaintenanceWindow;
use mesoscope_core::actions::merge::{merge, same_schedule};
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::text;
use mesoscope_core::views::maintenance::{Maintenance, WindowRow};

/// Default length of a window.
pub(super) const TWO_HOURS: Nanoseconds = Nanoseconds::from_secs(7200);

/// Minimum length that keys and pointer can set.
pub(super) const MIN_WINDOW: Nanoseconds = Nanoseconds::from_secs(5 * 60);

/// The reported schedule and the draft.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub(super) reported: ReadSignal<Option<Maintenance>>,
    pub(super) saved_draft: SavedDraft,
    /// The visible schedule: the draft, or the reported one.
    pub(super) shown: Memo<Vec<MaintenanceWindow>>,
    /// Unparsed input of the selected window's form.
    pub(super) typed: RwSignal<TypedWindow>,
    /// Machines changed by both sides in a merge.
    pub(super) conflicts: RwSignal<Vec<MachineId>>,
    /// Machines of a request from another page that are in a window already.
    pub(super) left_out: RwSignal<Vec<MachineId>>,
}

/// Input of the selected window's form that differs from the draft.
#[derive(Clone, Default)]
pub(super) struct TypedWindow {
    /// Start as typed, until the field is left with a valid time.
    pub(super) start: Option<String>,
    /// End as typed, until the field is left with a valid time.
    pub(super) end: Option<String>,
    /// Last length of an open-ended window.
    pub(super) length: Option<Nanoseconds>,
}

impl Draft {
    pub(super) fn of(reported: ReadSignal<Option<Maintenance>>) -> Self {
        let saved_draft = action_store().saved_draft;
        let shown =
            Memo::new(move |_| saved_draft.windows.get().unwrap_or_else(|| readable(reported).unwrap_or_default()));
        let (conflicts, left_out) = (RwSignal::new(Vec::new()), RwSignal::new(Vec::new()));
        Self { reported, saved_draft, shown, typed: RwSignal::default(), conflicts, left_out }
    }

    /// The master's schedule; `None` before it was reported.
    pub(super) fn current(self) -> Option<Vec<MaintenanceWindow>> {
        current(self.reported)
    }

    /// What the chart and the draft lack, where a window's times cannot be read.
    pub(super) fn undated(self) -> Option<&'static str> {
        (undated(self.reported) > 0).then_some(text::checks::UNDATED_WINDOW)
    }

    pub(super) fn is_editing(self) -> bool {
        self.saved_draft.windows.read().is_some()
    }

    pub(super) fn is_editing_untracked(self) -> bool {
        self.saved_draft.windows.read_untracked().is_some()
    }

    /// Starts a draft from the current schedule; does nothing until that is known.
    pub(super) fn begin(self) {
        let Some(current) = untrack(|| self.current()) else { return };
        self.saved_draft.base.set(current.clone());
        self.saved_draft.windows.set(Some(current));
        self.saved_draft.chosen.set(None);
        self.conflicts.set(Vec::new());
        self.left_out.set(Vec::new());
    }

    pub(super) fn end(self) {
        self.saved_draft.windows.set(None);
        self.saved_draft.chosen.set(None);
        self.saved_draft.refusal.set(None);
        self.conflicts.set(Vec::new());
        self.left_out.set(Vec::new());
    }

    pub(super) fn change(self, with: impl FnOnce(&mut Vec<MaintenanceWindow>)) {
        if !self.is_editing_untracked() {
            self.begin();
        }
        self.saved_draft.windows.update(|windows| {
            if let Some(windows) = windows {
                with(windows);
            }
        });
    }

    pub(super) fn change_one(self, at: usize, with: impl FnOnce(&mut MaintenanceWindow)) {
        let before = untrack(|| self.window(at));
        self.change(|windows| {
            if let Some(window) = windows.get_mut(at) {
                with(window);
            }
        });
        let length = before.and_then(|window| window.duration);
        if length.is_some() {
            self.typed.update(|typed| typed.length = length);
        }
    }

    /// Changes a window's times otherwise than in its form, whose unfinished input is dropped.
    pub(super) fn change_times(self, at: usize, with: impl FnOnce(&mut MaintenanceWindow)) {
        self.change_one(at, with);
        self.typed.update(|typed| (typed.start, typed.end) = (None, None));
    }

    pub(super) fn window(self, at: usize) -> Option<MaintenanceWindow> {
        self.saved_draft.windows.with(|windows| windows.as_ref()?.get(at).cloned())
    }

    pub(super) fn add(self, window: MaintenanceWindow) {
        self.change(|windows| windows.push(window));
        let last = self.saved_draft.windows.with_untracked(|windows| windows.as_ref()?.len().checked_sub(1));
        self.saved_draft.chosen.set(last);
    }

    pub(super) fn remove(self, at: usize) {
        self.saved_draft.chosen.set(None);
        self.change(|windows| {
            if at < windows.len() {
                windows.remove(at);
            }
        });
    }

    /// Adds a window of these machines, except those that are in a window already: Mesos allows each only once.
    pub(super) fn add_for(self, machines: Vec<MachineId>, now: Timestamp) {
        let windows = untrack(|| self.shown.get());
        let is_taken = |id: &MachineId| windows.iter().any(|window| window.machines.contains(id));
        let (taken, machines) = machines.into_iter().partition(is_taken);
        self.add(MaintenanceWindow { machines, start: next_hour(now), duration: Some(TWO_HOURS) });
        self.left_out.set(taken);
    }

    /// Adds a window with equal times and no machines: a machine may be in one window only.
    pub(super) fn copy(self, at: usize) {
        if let Some(window) = untrack(|| self.window(at)) {
            self.add(MaintenanceWindow { machines: Vec::new(), ..window });
        }
    }

    /// Moves half of its machines to a new window: at equal times, or `in_time` one after the other, each at half the length.
    pub(super) fn split(self, at: usize, in_time: bool) {
        let Some(window) = untrack(|| self.window(at)) else { return };
        let half = window.machines.len().div_ceil(2);
        let (stay, go) = window.machines.split_at_checked(half).unwrap_or_default();
        let (stay, go) = (stay.to_vec(), go.to_vec());
        let mut other = MaintenanceWindow { machines: go, ..window };
        let short = other.duration.filter(|_| in_time).map(|length| Nanoseconds(length.0 / 2));
        if let Some(short) = short {
            other.start = other.start + short;
            other.duration = Some(short);
        }
        self.change_one(at, |window| {
            window.machines = stay;
            window.duration = short.or(window.duration);
        });
        self.add(other);
    }

    /// Moves the whole window.
    pub(super) fn shift(self, at: usize, by: Nanoseconds) {
        self.change_times(at, |window| window.start = window.start + by);
    }

    /// Moves the end; an open-ended window gets one.
    pub(super) fn stretch(self, at: usize, by: Nanoseconds) {
        self.change_times(at, |window| {
            let length = window.duration.map_or(TWO_HOURS, |length| length + by);
            window.duration = Some(length.max(MIN_WINDOW));
        });
    }

    /// Toggles between open-ended and a default length.
    pub(super) fn open(self, at: usize) {
        let length = self.typed.with_untracked(|typed| typed.length).unwrap_or(TWO_HOURS);
        self.change_times(at, |window| window.duration = window.duration.is_none().then_some(length));
    }

    /// Merges the current schedule: the others' change where only they changed something, otherwise the draft's.
    pub(super) fn merge_theirs(self) {
        let Some(current) = untrack(|| self.current()) else { return };
        let mine = untrack(|| self.shown.get());
        let merged = self.saved_draft.base.with_untracked(|base| merge(base, &mine, &current));
        self.saved_draft.chosen.set(None);
        self.saved_draft.base.set(current);
        self.saved_draft.windows.set(Some(merged.windows));
        self.conflicts.set(merged.conflicts);
    }

    /// Whether another user has changed the schedule since the draft was started.
    pub(super) fn is_overtaken(self) -> bool {
        let base = self.saved_draft.base.read();
        self.current().is_some_and(|current| !same_schedule(&base, &current))
    }

    /// Whether the draft differs from its base.
    pub(super) fn is_changed(self) -> bool {
        let base = self.saved_draft.base.read();
        self.shown.with(|shown| !same_schedule(&base, shown))
    }
}

/// The whole schedule. With a window whose times cannot be read it is not known, since a draft would lose that window.
fn current(reported: ReadSignal<Option<Maintenance>>) -> Option<Vec<MaintenanceWindow>> {
    if undated(reported) == 0 { readable(reported) } else { None }
}

/// The windows whose times can be read.
fn readable(reported: ReadSignal<Option<Maintenance>>) -> Option<Vec<MaintenanceWindow>> {
    let window = |row: &WindowRow| {
        let (start, duration) = row.times?;
        let machines = row.machines.iter().map(|machine| machine.id.clone()).collect();
        Some(MaintenanceWindow { machines, start, duration })
    };
    reported.with(|reported| {
        let reported = reported.as_ref().filter(|reported| reported.schedule.is_ok())?;
        Some(reported.windows.iter().filter_map(window).collect())
    })
}

/// The number of windows whose times cannot be read.
fn undated(reported: ReadSignal<Option<Maintenance>>) -> usize {
    let count = |reported: &Maintenance| reported.windows.iter().filter(|window| window.times.is_none()).count();
    reported.with(|reported| reported.as_ref().map_or(0, count))
}

/// The next full hour.
pub(super) fn next_hour(now: Timestamp) -> Timestamp {
    const HOUR: i64 = 3_600_000_000_000;
    Timestamp((now.0.div_euclid(HOUR) + 1).saturating_mul(HOUR))
}
