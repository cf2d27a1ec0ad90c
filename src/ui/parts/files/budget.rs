//! What the searches of a page may ask at a time, all together: a browser has six connections to a server, one of which the cluster's state
//! comes by, and who follows a file or looks at one is not to wait behind those who search.

use leptos::prelude::*;

use super::feed::Feed;

/// Questions of searches that may be out at a time.
const MOST: usize = 4;

/// The budget.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    out: StoredValue<usize>,
    /// Files whose search waits for its turn.
    waiting: StoredValue<Vec<Feed>>,
}

/// One question's part of it, until it is answered or given up.
pub(super) struct Slot(Budget);

impl Budget {
    pub(super) fn new() -> Self {
        Self { out: StoredValue::new(0), waiting: StoredValue::new(Vec::new()) }
    }

    /// Whether a search may ask now; if not, the file is woken when one may.
    pub(super) fn has_room(self, feed: Feed) -> bool {
        let is_free = self.out.try_get_value().is_some_and(|out| out < MOST);
        if !is_free {
            self.waiting.try_update_value(|waiting| waiting.push(feed));
        }
        is_free
    }

    pub(super) fn take(self) -> Slot {
        self.out.try_update_value(|out| *out += 1);
        Slot(self)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.out.try_update_value(|out| *out = out.saturating_sub(1));
        // Those that waited longest first, all of them: who finds no room waits again.
        let waiting = self.0.waiting.try_update_value(std::mem::take).unwrap_or_default();
        waiting.into_iter().for_each(Feed::wake);
    }
}
