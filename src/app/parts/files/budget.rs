//! What the searches of a page may ask at a time, all together: a browser has six connections to a server, one of which the cluster's state
//! comes by, and who follows a file or looks at one is not to wait behind those who search. While a time is looked for in a file, no
//! search asks anything: that takes many questions one after the other, and the reader waits for the last.

use leptos::prelude::*;

use crate::download::{Downloads, downloads};

/// Questions of searches that may be out at a time.
const MOST: usize = 4;

/// Wakes a file.
type Wake = Box<dyn Fn() + Send + Sync>;

/// The budget.
#[derive(Clone, Copy)]
pub(super) struct RequestBudget {
    out: StoredValue<usize>,
    /// What wakes the files whose search waits for its turn.
    waiting: StoredValue<Vec<Wake>>,
    /// Files in which a time is looked for.
    looking: StoredValue<usize>,
    /// Each that runs has a connection of its own.
    downloads: Downloads,
}

/// One question's part of it, until it is answered or given up.
pub(super) struct Slot(RequestBudget);

impl RequestBudget {
    pub(super) fn new() -> Self {
        Self {
            out: StoredValue::new(0),
            waiting: StoredValue::new(Vec::new()),
            looking: StoredValue::new(0),
            downloads: downloads(),
        }
    }

    /// Whether a search may ask now; if not, the file is woken when one may.
    pub(super) fn has_room(self, wake: impl Fn() + Send + Sync + Copy + 'static) -> bool {
        if self.is_held(wake) {
            return false;
        }
        let is_free = self.out.try_get_value().is_some_and(|out| out + self.downloads.running() < MOST);
        if !is_free {
            self.wait(wake);
        }
        is_free
    }

    /// Whether searches wait until a time is found; the file is woken then.
    pub(super) fn is_held(self, wake: impl Fn() + Send + Sync + 'static) -> bool {
        let is_held = self.looking.try_get_value().is_some_and(|looking| looking > 0);
        if is_held {
            self.wait(wake);
        }
        is_held
    }

    fn wait(self, wake: impl Fn() + Send + Sync + 'static) {
        self.waiting.try_update_value(|waiting| waiting.push(Box::new(wake)));
    }

    /// One more file in which a time is looked for, until this is dropped.
    pub(super) fn hold(self) -> SearchPause {
        self.looking.try_update_value(|looking| *looking += 1);
        SearchPause(self)
    }

    fn wake(self) {
        // Those that waited longest first, all of them: who finds no room waits again.
        let waiting = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        waiting.into_iter().for_each(|wake| wake());
    }

    pub(super) fn take(self) -> Slot {
        self.out.try_update_value(|out| *out += 1);
        Slot(self)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.out.try_update_value(|out| *out = out.saturating_sub(1));
        self.0.wake();
    }
}

/// Holds up the searches of all files.
pub(super) struct SearchPause(RequestBudget);

impl Drop for SearchPause {
    fn drop(&mut self) {
        self.0.looking.try_update_value(|looking| *looking = looking.saturating_sub(1));
        self.0.wake();
    }
}
