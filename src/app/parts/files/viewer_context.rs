//! What the page around a viewer is for it.

use leptos::prelude::*;
use mesoscope_core::route::browse_params::BrowseParams;

/// Panes at a time.
pub(super) const MOST: usize = 8;

/// What the page around a viewer is for it.
#[derive(Clone, Copy)]
pub(crate) struct ViewerContext {
    /// The file, and how it is looked at; but for where the reader is.
    pub(crate) place: Signal<BrowseParams>,
    /// To another place; whether as a step that "back" undoes.
    pub(crate) go: Callback<(BrowseParams, bool)>,
    /// Where the reader was on leaving.
    pub(crate) seen: Option<(usize, u64)>,
    /// Where the reader was in a place of the same files, each time that the browser leads there.
    pub(crate) back: Signal<(u32, Option<(usize, u64)>)>,
    /// Where the reader is now.
    pub(crate) rest: Callback<Option<(usize, u64)>>,
}

impl ViewerContext {
    /// Says something else in the address.
    pub(super) fn change(self, change: impl FnOnce(&mut BrowseParams)) {
        let mut place = self.place.get_untracked();
        change(&mut place);
        self.go.run((place, false));
    }

    /// Says something else in the address, as a step that "back" undoes.
    pub(super) fn step(self, change: impl FnOnce(&mut BrowseParams)) {
        let mut place = self.place.get_untracked();
        change(&mut place);
        self.go.run((place, true));
    }
}
