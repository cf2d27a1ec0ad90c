//! The dock of terminals at the foot of every page. Empty until the first terminal is opened.

use leptos::prelude::*;

use super::panel::panel;
use super::tabs::bar;
use super::{DockSize, terminals};

/// Renders the dock.
#[component]
pub(crate) fn TerminalDock() -> impl IntoView {
    let terminals = terminals();
    let some = Memo::new(move |_| !terminals.tabs.read().is_empty());
    move || {
        some.get().then(|| {
            DOCK.lazily((), |(), notice| {
                view! { <section class="terminals" aria-label="Terminals">{notice}</section> }.into_any()
            })
        })
    }
}

chunk! {
    /// The dock with its terminals.
    pub(crate) DOCK, objects, terminal, preload_terminal, dock, ()
}

fn dock((): ()) -> AnyView {
    let terminals = terminals();
    let size = move || match terminals.size.get() {
        DockSize::Part => "part",
        DockSize::Full => "full",
        DockSize::Minimised => "minimised",
    };
    view! {
        <section class="terminals" aria-label="Terminals" data-size=size>
            {bar(terminals)}
            <For each=move || terminals.tabs.get() key=|tab| tab.id let:tab>{panel(terminals, tab)}</For>
        </section>
    }
    .into_any()
}
