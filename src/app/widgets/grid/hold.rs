//! Rows keep their places while the pointer is busy among them, or a user types in a field of theirs: what is about to be clicked
//! must not jump away, and a field that is moved loses the focus.

use std::time::Duration;

use leptos::prelude::*;

use crate::hooks::{Timer, set_if_changed};

/// After so long without a movement the rows go on.
const REST: Duration = Duration::from_secs(4);

/// Whether rows keep their places.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    /// The subject of the rows among which the pointer is busy.
    held: RwSignal<Option<String>>,
    typed: RwSignal<bool>,
    subject: Signal<String>,
    rest: Timer,
}

impl Hold {
    pub(super) fn new(subject: Signal<String>) -> Self {
        Self { held: RwSignal::new(None), typed: RwSignal::new(false), subject, rest: Timer::new() }
    }

    pub(super) fn held(self) -> Signal<bool> {
        // What has the focus may have gone without a word.
        Signal::derive(move || self.is_held() || self.typed.get() && is_typing())
    }

    fn is_held(self) -> bool {
        self.held.with(|held| held.as_ref().is_some_and(|held| *held == *self.subject.read()))
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
        set_if_changed(self.held, Some(self.subject.get_untracked()));
        self.rest.start(REST, move || set_if_changed(self.held, None));
    }

    /// Lets the rows move again: the pointer has left.
    pub(super) fn release(self) {
        self.rest.stop();
        set_if_changed(self.held, None);
    }
}

fn is_typing() -> bool {
    document().active_element().is_some_and(|at| at.matches(".grid input[type=text]").unwrap_or(false))
}
