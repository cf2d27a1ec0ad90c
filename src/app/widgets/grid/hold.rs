//! Pauses row moves while the pointer is active among the rows or a field in them has the focus.
//!
//! A row must not move away under a click, and a moved field loses its focus.

use std::time::Duration;

use leptos::prelude::*;

use crate::hooks::{Timer, set_if_changed};

/// Pointer inactivity after which rows move again.
const REST: Duration = Duration::from_secs(4);

/// Whether rows keep their positions.
#[derive(Clone, Copy)]
pub(super) struct RowMovePause {
    /// Subject of the rows under the active pointer.
    held: RwSignal<Option<String>>,
    typed: RwSignal<bool>,
    subject: Signal<String>,
    rest: Timer,
}

impl RowMovePause {
    pub(super) fn new(subject: Signal<String>) -> Self {
        Self { held: RwSignal::new(None), typed: RwSignal::new(false), subject, rest: Timer::new() }
    }

    pub(super) fn held(self) -> Signal<bool> {
        // A focused element may be removed without an event.
        Signal::derive(move || self.is_held() || self.typed.get() && is_typing())
    }

    fn is_held(self) -> bool {
        self.held.with(|held| held.as_ref().is_some_and(|held| *held == *self.subject.read()))
    }

    /// Records whether an element in a row has the focus.
    pub(super) fn typed(self, is_typed: bool) {
        self.typed.set(is_typed);
    }

    /// Handles a mouse move. Touch is ignored: a finger scrolls.
    pub(super) fn moved(self, event: &web_sys::PointerEvent) {
        if event.pointer_type() != "mouse" {
            return;
        }
        set_if_changed(self.held, Some(self.subject.get_untracked()));
        self.rest.start(REST, move || set_if_changed(self.held, None));
    }

    /// Ends the pause: the pointer has left.
    pub(super) fn release(self) {
        self.rest.stop();
        set_if_changed(self.held, None);
    }
}

fn is_typing() -> bool {
    document().active_element().is_some_and(|at| at.matches(".grid input[type=text]").unwrap_or(false))
}
