//! One terminal: its state, its tools, and the element of its emulator.

use leptos::html::{Div, Input};
use leptos::prelude::*;
use mesoscope_core::mesos::calls::terminal::SessionTarget;
use mesoscope_core::route::Route;
use mesoscope_core::route::terminal_params::{TerminalParams, TerminalPlace};
use mesoscope_core::text::terminal as words;
use wasm_bindgen_futures::JsFuture;

use super::Terminals;
use super::keys::{copy_selection, handle};
use super::session::{session, start};
use super::tab::{TabId, TabState, TerminalTab};
use super::tabs::{panel_id, tab_id};
use super::touch_keys::touch_keys;
use crate::hooks::{on_change, spawn_unscoped};
use crate::theme::colour_changes;
use crate::widgets::copy::Copy;
use crate::worker_link::{base_url, link};

/// Renders a terminal. It stays mounted while its tab exists.
pub(super) fn panel(terminals: Terminals, tab: TerminalTab) -> AnyView {
    let (id, link) = (tab.id, link());
    let host: NodeRef<Div> = NodeRef::new();
    let started = tab.clone();
    Effect::new(move |was: Option<bool>| {
        let element = host.get();
        if let Some(element) = element.clone().filter(|_| was != Some(true)) {
            spawn_unscoped(start(started.clone(), element.into(), link, handle));
        }
        was == Some(true) || element.is_some()
    });
    let colours = colour_changes();
    on_change(move || colours.get(), move |_| session(id).iter().for_each(|session| session.emulator.recolour()));
    on_change(
        move || terminals.active.get() == id,
        move |is_active| {
            if let Some(session) = session(id).filter(|_| *is_active) {
                session.emulator.focus();
            }
        },
    );
    let hidden = move || terminals.active.get() != id;
    view! {
        <div class="terminal-panel" role="tabpanel" id=panel_id(id) aria-labelledby=tab_id(id) hidden=hidden>
            {strip(terminals, &tab)}
            {question(terminals, &tab)}
            {touch_keys(&tab)}
            <div class="terminal-screen" node_ref=host></div>
        </div>
    }
    .into_any()
}

/// The line above a terminal: what runs where, how it ended, and its tools.
fn strip(terminals: Terminals, tab: &TerminalTab) -> AnyView {
    let order = &tab.order;
    let running = words::running(order.command(), order.user(), &order.host);
    let title = words::in_container(order.container());
    let command = order.command().map(str::to_owned);
    let state = tab.state.clone();
    let status = move || {
        state.with(|state| match state {
            TabState::Opening => view! { <span class="dim">"Opening"</span> }.into_any(),
            TabState::Open => view! { <span class="dim">{words::WAY_OUT}</span> }.into_any(),
            TabState::Ended(end) => {
                let tone = if end.is_success() { "ok" } else { "bad" };
                view! { <b class="state" data-tone=tone>{words::ended(end)}</b><span>{words::advice(end, command.as_deref())}</span> }
                    .into_any()
            }
        })
    };
    let (refused, of) = (tab.input_refused.clone(), tab.state.clone());
    // What has ended takes no input from anyone.
    let refused = move || refused.get().filter(|_| !of.with(|state| matches!(state, TabState::Ended(_))));
    let said = tab.said.clone();
    view! {
        <div class="terminal-strip">
            <p class="terminal-status"><span class="mono" title=title>{running}</span>
                <span role="status">{status}<span class="warn">{refused}</span><span>{move || said.get()}</span></span></p>
            {tools(terminals, tab)}
        </div>
    }
    .into_any()
}

fn tools(terminals: Terminals, tab: &TerminalTab) -> AnyView {
    let id = tab.id;
    let is_ended = {
        let state = tab.state.clone();
        Memo::new(move |_| state.with(|state| matches!(state, TabState::Ended(_))))
    };
    let reads = RwSignal::new(false);
    let read_aloud = move |_| {
        reads.update(|reads| *reads = !*reads);
        session(id).iter().for_each(|session| session.emulator.read_aloud(reads.get_untracked()));
    };
    let searches = tab.searches.clone();
    let (open_search, shown) = (searches.clone(), searches.clone());
    let closing = tab.clone();
    let again = move || {
        is_ended.get().then(|| {
            view! { <button class="button small" type="button" on:click=move |_| terminals.reopen(id)>"Open again"</button> }
        })
    };
    view! {
        <div class="terminal-tools">
            {again}
            {move || shown.get().then(|| search(id, searches.clone()))}
            <button class="text-button" type="button" on:click=move |_| open_search.set(true)>"Search"</button>
            <button class="text-button" type="button" on:click=move |_| copy_selection(id)>"Copy"</button>
            <button class="text-button" type="button" on:click=move |_| paste(id)>"Paste"</button>
            <button class="text-button" type="button" aria-pressed=move || reads.get().to_string() on:click=read_aloud
                title="Gives the output to a screen reader. Turn it off for programs that print much.">"Screen reader"</button>
            {join_link(tab)}
            <button class="text-button" type="button" on:click=move |_| terminals.ask_to_close(&closing)>"Close"</button>
        </div>
    }
    .into_any()
}

/// Copies a link that joins this terminal, once it is open.
fn join_link(tab: &TerminalTab) -> AnyView {
    let (agent, container) = (tab.order.agent.clone(), tab.container.clone());
    let link = move || {
        container.get().map(|container| {
            let params = TerminalParams { joins: true, ..TerminalParams::default() };
            let route = Route::Terminal(TerminalPlace::Container(agent.clone(), container), params);
            let address = format!("{}{route}", base_url());
            view! { <Copy text=Signal::stored(address) label="a link that joins this terminal"/> }
        })
    };
    link.into_any()
}

/// The search in a terminal.
fn search(id: TabId, shown: ArcRwSignal<bool>) -> AnyView {
    let (text, missed) = (RwSignal::new(String::new()), RwSignal::new(false));
    let input: NodeRef<Input> = NodeRef::new();
    Effect::new(move |_| {
        let _ = input.get().map(|input| input.focus());
    });
    let find = move |backwards: bool| {
        let text = text.get_untracked();
        let found = session(id).is_some_and(|session| session.emulator.find(&text, backwards));
        missed.set(!found && !text.is_empty());
    };
    let close = move || {
        shown.set(false);
        session(id).iter().for_each(|session| session.emulator.focus());
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        find(true);
    };
    let leave = close.clone();
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            leave();
        }
    };
    view! {
        <form class="terminal-search" role="search" on:submit=submit on:keydown=escape>
            <input class="inline" type="search" node_ref=input aria-label="Search in this terminal" placeholder="Search" autocomplete="off" spellcheck="false"
                prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))/>
            <span role="status">{move || missed.get().then_some(words::NO_MATCH)}</span>
            <button class="text-button" type="submit">"Previous"</button>
            <button class="text-button" type="button" on:click=move |_| find(false)>"Next"</button>
            <button class="text-button" type="button" on:click=move |_| close()>"Close search"</button>
        </form>
    }
    .into_any()
}

/// Pastes from the clipboard, if the browser gives access to it. Plain http off loopback has none, but the keys work there.
fn paste(id: TabId) {
    let Some(session) = session(id) else { return };
    session.emulator.focus();
    let navigator = window().navigator();
    if !js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object()) {
        return session.say(words::PASTE_BY_KEY);
    }
    let promise = navigator.clipboard().read_text();
    spawn_unscoped(async move {
        match JsFuture::from(promise).await.ok().and_then(|text| text.as_string()) {
            Some(text) => session.emulator.paste(&text),
            None => session.say(words::PASTE_BY_KEY),
        }
    });
}

/// Asks before a running command ends.
fn question(terminals: Terminals, tab: &TerminalTab) -> AnyView {
    let id = tab.id;
    let words = match tab.order.target {
        SessionTarget::Launch { .. } => words::CLOSE_RUNNING,
        SessionTarget::Attach { .. } => words::CLOSE_JOINED,
    };
    let keep = move |_| {
        terminals.closing.set(None);
        session(id).iter().for_each(|session| session.emulator.focus());
    };
    let asked = move || {
        (terminals.closing.get() == Some(id)).then(|| {
            view! {
                <p class="terminal-question" role="alert">{words}
                    <button class="button small" type="button" data-danger="" on:click=move |_| terminals.close(id)>"Close terminal"</button>
                    <button class="button small" type="button" on:click=keep>"Keep open"</button></p>
            }
        })
    };
    asked.into_any()
}
