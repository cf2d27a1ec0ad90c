//! Rows keep their places while the pointer is busy among them, or somebody types in a field of theirs: what is about to be clicked
//! must not jump away, and a field that is moved loses the focus.

use std::time::Duration;

use leptos::prelude::*;

/// After so long without a movement the rows go on.
const REST: Duration = Duration::from_secs(4);

/// Whether rows keep their places.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    held: RwSignal<bool>,
    typed: RwSignal<bool>,
    rest: StoredValue<Option<TimeoutHandle>, LocalStorage>,
}

impl Hold {
    pub(super) fn new() -> Self {
        let hold = Self { held: RwSignal::new(false), typed: RwSignal::new(false), rest: StoredValue::new_local(None) };
        on_cleanup(move || hold.forget());
        hold
    }

    pub(super) fn held(self) -> Signal<bool> {
        // What has the focus may have gone without a word.
        Signal::derive(move || self.held.get() || self.typed.get() && is_typing())
    }

    /// Something in a row has the focus, or has it no longer.
    pub(super) fn typed(self, is_typed: bool) {
        self.typed.set(is_typed);
    }

    /// The pointer moved among the rows. A finger does not: it scrolls.
    pub(super) fn moved(self, event: &web_sys::PointerEvent) {
        if event.pointer_type() != "mouse" {
            return;
        }
        self.forget();
        if !self.held.get_untracked() {
            self.held.set(true);
        }
        let go_on = move || {
            self.held.try_set(false);
        };
        let rest = set_timeout_with_handle(go_on, REST).ok();
        self.rest.try_set_value(rest);
    }

    /// Lets the rows move again: the pointer has left, or the rows are others now.
    pub(super) fn release(self) {
        self.forget();
        if self.held.try_get_untracked() == Some(true) {
            self.held.set(false);
        }
    }

    fn forget(self) {
        let rest = self.rest.try_update_value(Option::take).flatten();
        rest.into_iter().for_each(|rest| rest.clear());
    }
}

fn is_typing() -> bool {
    document().active_element().is_some_and(|at| at.matches(".grid input[type=text]").unwrap_or(false))
}
