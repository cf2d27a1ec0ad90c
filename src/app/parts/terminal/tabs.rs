//! The tabs of the dock, and its size. Shows no terminal.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use mesoscope_core::text::terminal as words;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::session::session;
use super::tab::{TabId, TabState, TerminalTab};
use super::{DockSize, Terminals};

/// Element id of a tab.
pub(super) fn tab_id(id: TabId) -> String {
    format!("terminal-tab-{id}")
}

/// Element id of a tab's panel.
pub(super) fn panel_id(id: TabId) -> String {
    format!("terminal-{id}")
}

/// Renders the bar of tabs.
pub(super) fn bar(terminals: Terminals) -> AnyView {
    let is = move |size: DockSize| terminals.size.get() == size;
    let toggle = move |size: DockSize| {
        let now = terminals.size.get_untracked();
        terminals.size.set(if now == size { DockSize::Part } else { size });
    };
    let full = move || if is(DockSize::Full) { "Smaller" } else { "Full page" };
    let least = move || if is(DockSize::Minimised) { "Show" } else { "Minimise" };
    view! {
        <header class="terminal-bar">
            <div role="tablist" aria-label="Terminals">
                <For each=move || terminals.tabs.get() key=|tab| tab.id let:one>{tab(terminals, one)}</For>
            </div>
            <div class="terminal-tools">
                <button class="text-button terminal-full" type="button" on:click=move |_| toggle(DockSize::Full)>{full}</button>
                <button class="text-button" type="button" aria-expanded=move || (!is(DockSize::Minimised)).to_string()
                    on:click=move |_| toggle(DockSize::Minimised)>{least}</button>
            </div>
        </header>
    }
    .into_any()
}

fn tab(terminals: Terminals, tab: TerminalTab) -> AnyView {
    let id = tab.id;
    let title = words::tab_title(&tab.order.host, tab.order.command());
    let hint = words::in_container(tab.order.container());
    let is_active = move || terminals.active.get() == id;
    let state = tab.state.clone();
    let (mark, tone) = (
        move || {
            state
                .with(|state| matches!(state, TabState::Ended(_)))
                .then(|| view! { <span class="unseen">", ended"</span> })
        },
        tone(&tab),
    );
    let click = move |_| {
        terminals.active.set(id);
        if terminals.size.get_untracked() == DockSize::Minimised {
            terminals.size.set(DockSize::Part);
        }
        session(id).iter().for_each(|session| session.emulator.focus());
    };
    view! {
        <button role="tab" type="button" id=tab_id(id) aria-controls=panel_id(id) aria-selected=move || is_active().to_string() title=hint
            tabindex=move || if is_active() { "0" } else { "-1" } on:click=click on:keydown=move |event| step(terminals, id, &event)>
            <span class="terminal-mark" data-tone=tone aria-hidden="true"></span>{title}{mark}
        </button>
    }
    .into_any()
}

/// Colour of a tab's mark.
fn tone(tab: &TerminalTab) -> impl Fn() -> &'static str + Send + Sync + 'static {
    let state = tab.state.clone();
    move || {
        state.with(|state| match state {
            TabState::Opening => "busy",
            TabState::Open => "ok",
            TabState::Ended(end) if end.is_success() => "idle",
            TabState::Ended(_) => "bad",
        })
    }
}

/// Moves to the tab beside.
fn step(terminals: Terminals, id: TabId, event: &KeyboardEvent) {
    let step: isize = match event.key().as_str() {
        "ArrowLeft" => -1,
        "ArrowRight" => 1,
        _ => return,
    };
    event.prevent_default();
    let next = terminals.tabs.with_untracked(|tabs| {
        let place = tabs.iter().position(|tab| tab.id == id)?.checked_add_signed(step)?;
        tabs.get(place).map(|tab| tab.id)
    });
    let Some(next) = next else { return };
    terminals.active.set(next);
    let tab = document().get_element_by_id(&tab_id(next)).and_then(|tab| tab.dyn_into::<HtmlElement>().ok());
    let _ = tab.map(|tab| tab.focus());
}
