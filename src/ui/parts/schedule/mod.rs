//! The maintenance schedule: on a time axis, as a list, and, while it is edited, as a draft of which nothing is sent until it is
//! reviewed.

mod axis;
mod choose;
mod editor;
mod files;
mod list;

use leptos::prelude::*;
use mesoscope::act::Window;
use mesoscope::query::Maintenance;
use mesoscope::units::{Nanoseconds, Timestamp};

pub(crate) use self::editor::schedule;

/// The schedule as it is told, and as it is drawn up.
#[derive(Clone, Copy)]
struct Draft {
    told: Memo<Option<Maintenance>>,
    /// What stood when the editing began.
    base: RwSignal<Vec<Window>>,
    /// `None` while nothing is edited.
    windows: RwSignal<Option<Vec<Window>>>,
    /// The window that the form is about, by its place.
    chosen: RwSignal<Option<usize>>,
}

impl Draft {
    /// What the master tells.
    fn stands(self) -> Vec<Window> {
        self.told.with(|told| told.as_ref().map(told_windows).unwrap_or_default())
    }

    /// What is on screen.
    fn shown(self) -> Vec<Window> {
        self.windows.get().unwrap_or_else(|| self.stands())
    }

    fn is_editing(self) -> bool {
        self.windows.read().is_some()
    }

    fn begin(self) {
        let stands = untrack(|| self.stands());
        self.base.set(stands.clone());
        self.windows.set(Some(stands));
    }

    fn end(self) {
        self.windows.set(None);
        self.chosen.set(None);
    }

    fn change(self, with: impl FnOnce(&mut Vec<Window>)) {
        if self.windows.read_untracked().is_none() {
            self.begin();
        }
        self.windows.update(|windows| {
            if let Some(windows) = windows {
                with(windows);
            }
        });
    }

    fn change_one(self, at: usize, with: impl FnOnce(&mut Window)) {
        self.change(|windows| {
            if let Some(window) = windows.get_mut(at) {
                with(window);
            }
        });
    }

    fn window(self, at: usize) -> Option<Window> {
        self.windows.with(|windows| windows.as_ref()?.get(at).cloned())
    }

    fn add(self, window: Window) {
        self.change(|windows| windows.push(window));
        self.chosen.set(self.windows.with_untracked(|windows| windows.as_ref()?.len().checked_sub(1)));
    }

    fn remove(self, at: usize) {
        self.chosen.set(None);
        self.change(|windows| {
            if at < windows.len() {
                windows.remove(at);
            }
        });
    }

    /// Another of the same times. A machine stands in one window only, so it begins without any.
    fn copy(self, at: usize) {
        if let Some(window) = untrack(|| self.window(at)) {
            self.add(Window { machines: Vec::new(), ..window });
        }
    }

    /// Half of its machines into a window of their own, at the same times.
    fn split(self, at: usize) {
        let Some(window) = untrack(|| self.window(at)) else { return };
        let half = window.machines.len().div_ceil(2);
        let (stay, go) = window.machines.split_at_checked(half).unwrap_or_default();
        let (stay, go) = (stay.to_vec(), go.to_vec());
        self.change_one(at, |window| window.machines = stay);
        self.add(Window { machines: go, ..window });
    }

    /// Moves it, whole.
    fn shift(self, at: usize, by: Nanoseconds) {
        self.change_one(at, |window| window.start = window.start + by);
    }

    /// Moves its end; one without an end has none to move.
    fn stretch(self, at: usize, by: Nanoseconds) {
        self.change_one(at, |window| {
            window.duration = window.duration.map(|length| Nanoseconds((length + by).0.max(0)));
        });
    }
}

fn told_windows(told: &Maintenance) -> Vec<Window> {
    let window = |row: &mesoscope::query::WindowRow| Window {
        machines: row.machines.iter().map(|machine| machine.id.clone()).collect(),
        start: row.start,
        duration: row.duration,
    };
    told.windows.iter().map(window).collect()
}

/// The next full hour.
fn next_hour(now: Timestamp) -> Timestamp {
    const HOUR: i64 = 3_600_000_000_000;
    Timestamp((now.0.div_euclid(HOUR) + 1).saturating_mul(HOUR))
}
