//! Empty state in place of figures that are not known yet: one headline for each state of the connection.

use leptos::prelude::*;
use mesoscope_core::engine::stream_connection::ConnectionState;
use mesoscope_core::text::connection::{ROWS_APPEAR, waiting};

use crate::widgets::panel::EmptyState;
use crate::worker_link::link;

/// `words` says when the figures are known.
#[component]
pub(crate) fn Waiting(words: &'static str) -> impl IntoView {
    let state = link().settled();
    let texts = Memo::new(move |_| state.with(|state| waiting(state.as_ref(), words)));
    move || {
        let (title, words) = texts.get();
        view! { <EmptyState title words/> }
    }
}

/// What a table without rows shows until the first have arrived.
pub(crate) fn waiting_rows() -> AnyView {
    let state = link().settled();
    let texts = Memo::new(move |_| state.with(|state| waiting(state.as_ref(), ROWS_APPEAR)));
    view! { <b>{move || texts.get().0}</b><p class="dim">{move || texts.get().1}</p> }.into_any()
}

/// Whether there is no connection to the master that sends its state.
pub(crate) fn is_cut_off() -> Memo<bool> {
    let state = link().settled();
    Memo::new(move |_| {
        let is_connected = |link: &ConnectionState| {
            matches!(
                link,
                ConnectionState::Connecting { .. } | ConnectionState::Arriving { .. } | ConnectionState::Live { .. }
            )
        };
        state.with(|state| state.as_ref().is_some_and(|state| !is_connected(state)))
    })
}

/// Whether a snapshot arrives: the first one, so that figures are of the part that has arrived.
pub(crate) fn is_loading() -> Memo<bool> {
    let status = link().status;
    let arrives = |link: &ConnectionState| matches!(link, ConnectionState::Arriving { .. });
    Memo::new(move |_| {
        status.with(|status| status.as_ref().is_some_and(|status| !status.is_whole && arrives(&status.link)))
    })
}
