//! The command palette, by Ctrl+K or ⌘K: search over all tables, the console's pages, and commands.
//!
//! A command opens an existing form or page; the palette changes nothing in the cluster by itself.

mod choice;
mod general;
mod kept;
mod row;
mod run;
mod step;
mod targets;

use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;

use self::run::{Asked, Runner};
use super::dialog_history::close_with_history;
use super::hooks::on_window;
use super::icon::Icon;

/// The button that opens the palette, and its dialog.
#[component]
pub(crate) fn Palette() -> impl IntoView {
    let dialog: NodeRef<Dialog> = NodeRef::new();
    // Number of the opening; each begins with the first step.
    let (open, last) = (RwSignal::new(None::<u32>), StoredValue::new(0));
    let show = move || {
        if let Some(dialog) = dialog.get_untracked()
            && !dialog.open()
            && dialog.show_modal().is_ok()
        {
            last.update_value(|last| *last += 1);
            open.set(Some(last.get_value()));
        }
    };
    on_window(ev::keydown, move |event| {
        if event.key().eq_ignore_ascii_case("k") && (event.ctrl_key() || event.meta_key()) && !event.alt_key() {
            event.prevent_default();
            show();
        }
    });
    let close = Callback::new(move |()| {
        let _ = dialog.get_untracked().map(|dialog| dialog.close());
    });
    // The event is delayed; the dialog may be open again by then.
    let closed = move |_| {
        if dialog.get_untracked().is_some_and(|dialog| !dialog.open()) {
            open.set(None);
        }
    };
    close_with_history(Signal::derive(move || open.get().is_some()), move || close.run(()));
    // A click on the backdrop closes the dialog; inside, the target is a child.
    let beside = move |event: web_sys::MouseEvent| {
        if event.target() == event.current_target() {
            close.run(());
        }
    };
    view! {
        <button class="search-button" aria-label="Search" title="Search, or run a command (Ctrl K)" aria-keyshortcuts="Control+K Meta+K" on:click=move |_| show()>
            {Icon::Search.view()}<span>"Search"</span>
        </button>
        <dialog class="search" node_ref=dialog aria-label="Search and commands" on:close=closed on:click=beside>
            {move || open.get().map(|_| view! { <Steps close/> })}
        </dialog>
    }
}

/// The current step of the palette.
#[component]
fn Steps(close: Callback<()>) -> impl IntoView {
    let runner = Runner::new(close);
    move || match runner.asked.get() {
        Asked::Anything => general::view(runner),
        Asked::Target(command, text) => targets::view(runner, command, text),
        Asked::ViewName => targets::view_name(runner),
        Asked::ViewToDelete => targets::view_to_delete(runner),
    }
}
