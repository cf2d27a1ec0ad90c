//! Interface between a viewer and the page around it.

use leptos::prelude::*;
use mesoscope_core::route::browse_params::BrowseParams;

/// Maximum number of panes.
pub(crate) const MAX_PANES: usize = 8;

/// Interface between a viewer and the page around it.
#[derive(Clone, Copy)]
pub(crate) struct ViewerContext {
    /// Files and view settings of the address, without the position.
    pub(crate) place: Signal<BrowseParams>,
    /// Navigates to other parameters; `true` adds a history entry.
    pub(crate) go: Callback<(BrowseParams, bool)>,
    /// Position when the user last left.
    pub(crate) seen: Option<(usize, u64)>,
    /// Counter and position, set each time the browser goes back or forward within the same files.
    pub(crate) back: Signal<(u32, Option<(usize, u64)>)>,
    /// Reports the current position.
    pub(crate) rest: Callback<Option<(usize, u64)>>,
}

impl ViewerContext {
    /// Changes the parameters of the address without a history entry.
    pub(super) fn change(self, change: impl FnOnce(&mut BrowseParams)) {
        let mut place = self.place.get_untracked();
        change(&mut place);
        self.go.run((place, false));
    }

    /// Changes the parameters of the address with a history entry.
    pub(super) fn step(self, change: impl FnOnce(&mut BrowseParams)) {
        let mut place = self.place.get_untracked();
        change(&mut place);
        self.go.run((place, true));
    }
}
