//! Limits the concurrent search requests of all files of a page.
//!
//! A browser opens six connections per server. One carries the cluster's state, and searches must not delay following or viewing a
//! file. While any file runs a time search, other searches pause: a time search sends many requests in sequence, and the user waits
//! for the last.

use leptos::prelude::*;

use crate::download::{Downloads, downloads};

/// Maximum number of concurrent search requests.
const MOST: usize = 4;

/// Wakes a waiting file.
type Wake = Box<dyn Fn() + Send + Sync>;

/// The request budget of a page.
#[derive(Clone, Copy)]
pub(super) struct RequestBudget {
    out: StoredValue<usize>,
    /// Wakers of the files whose search waits for a slot.
    waiting: StoredValue<Vec<Wake>>,
    /// Number of files with a running time search.
    looking: StoredValue<usize>,
    /// Each running download occupies a connection.
    downloads: Downloads,
}

/// One slot of the budget; released on drop.
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

    /// Returns whether a search may send a request now; otherwise wakes the file when a slot is free.
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

    /// Returns whether a time search pauses other searches; if so, wakes the file when the pause ends.
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

    /// Pauses other searches until the returned guard is dropped.
    pub(super) fn hold(self) -> SearchPause {
        self.looking.try_update_value(|looking| *looking += 1);
        SearchPause(self)
    }

    fn wake(self) {
        // Wakes all, longest wait first: a file that finds no room waits again.
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

/// Pauses the searches of all files while it exists.
pub(super) struct SearchPause(RequestBudget);

impl Drop for SearchPause {
    fn drop(&mut self) {
        self.0.looking.try_update_value(|looking| *looking = looking.saturating_sub(1));
        self.0.wake();
    }
}
