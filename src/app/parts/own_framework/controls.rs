//! Buttons of a framework of this browser. A teardown shows first what it kills.

use leptos::prelude::*;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::scheduler::hosted_io::{FrameworkKey, RunMessage};
use mesoscope_core::scheduler::machine::LinkState;
use mesoscope_core::text::own_frameworks as words;
use mesoscope_core::views::own_frameworks::OwnFramework;

use super::part::part;
use crate::actions::action_store;
use crate::worker_link::link;

/// What a button is for, as far as the framework allows it.
#[derive(Clone, PartialEq)]
struct Choices {
    key: FrameworkKey,
    has_ended: bool,
    is_connected: bool,
    /// What to disconnect does.
    leaving: String,
    /// What to resume does; `None` if it cannot be resumed.
    resuming: Option<&'static str>,
    /// Why it cannot be resumed now.
    lacks_stream: Option<String>,
}

impl Choices {
    fn of(own: &OwnFramework) -> Self {
        Self {
            key: own.key.clone(),
            has_ended: matches!(own.link, LinkState::Ended(_)),
            is_connected: matches!(
                own.link,
                LinkState::Opening { .. } | LinkState::Subscribed { .. } | LinkState::Lost { .. }
            ),
            leaving: words::leaving(own.framework.failover_timeout),
            resuming: own.may_be_resumed.then(|| words::resuming(&own.link)),
            lacks_stream: own.lacks_stream.then(words::no_stream),
        }
    }
}

/// Renders the buttons.
pub(super) fn controls(own: Memo<Option<OwnFramework>>) -> AnyView {
    let choices = part(own, Choices::of);
    let buttons = move || choices.get().map(|choices| buttons(choices, own));
    buttons.into_any()
}

fn buttons(choices: Choices, own: Memo<Option<OwnFramework>>) -> AnyView {
    let Choices { key, has_ended, is_connected, leaving, resuming, lacks_stream } = choices;
    let actions = action_store();
    let lacks_stream = StoredValue::new(lacks_stream);
    let refusal = move || actions.run_refusal().or_else(|| lacks_stream.get_value());
    let free = || None::<String>;
    let leave = is_connected.then(|| button("Disconnect", leaving, free, RunMessage::Leave(key.clone())));
    let resume = resuming.map(|words| button("Resume", words.to_owned(), refusal, RunMessage::Resume(key.clone())));
    let forget = has_ended.then(|| {
        let words = "Removes the framework and its runs from this browser.".to_owned();
        button("Remove from list", words, free, RunMessage::Forget(key.clone()))
    });
    let tear_down = (!has_ended).then(|| tear_down(key, own));
    // A button's title is not to be seen on a touch screen.
    let why = lacks_stream.get_value().filter(|_| resume.is_some());
    let why = why.map(|why| view! { <small class="own-why dim">{why}</small> });
    view! { {resume}{leave}{forget}{tear_down}{why} }.into_any()
}

fn button(
    name: &'static str,
    effect: String,
    refusal: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    message: RunMessage,
) -> AnyView {
    let link = link();
    let title = move || refusal().unwrap_or_else(|| effect.clone());
    let click = move |_| {
        if untrack(refusal).is_none() {
            link.send(&ToEngine::Run(message.clone()));
        }
    };
    view! { <button class="button small" aria-disabled=move || refusal().map(|_| "true") title=title on:click=click>{name}</button> }
        .into_any()
}

/// Asks before it tears down: which tasks that kills.
fn tear_down(key: FrameworkKey, own: Memo<Option<OwnFramework>>) -> AnyView {
    let (link, is_open) = (link(), RwSignal::new(false));
    let actions = action_store();
    let refusal = move || actions.run_refusal();
    let toggle = move |_| {
        if untrack(refusal).is_none() {
            is_open.update(|open| *open = !*open);
        }
    };
    let confirm = StoredValue::new(move || {
        link.send(&ToEngine::Run(RunMessage::TearDown(key.clone())));
        is_open.set(false);
    });
    let preview = move || {
        let kills = own.with(|own| own.as_ref().map(kills));
        view! {
            <div class="own-confirm" role="group" aria-label="Tear down">
                {kills}
                <div class="actions">
                    <button class="button" data-danger="" on:click=move |_| confirm.with_value(|confirm| confirm())>"Tear down"</button>
                    <button class="button" on:click=move |_| is_open.set(false)>"Cancel"</button>
                </div>
            </div>
        }
    };
    view! {
        <button class="button small" data-danger="" aria-expanded=move || is_open.get().to_string() aria-disabled=move || refusal().map(|_| "true")
            title=refusal on:click=toggle>"Tear down …"</button>
        <Show when=move || is_open.get()>{preview}</Show>
    }
    .into_any()
}

/// The tasks that a teardown kills, by agent.
fn kills(own: &OwnFramework) -> AnyView {
    let live = own.counts.live() as usize;
    let named = |task: &mesoscope_core::scheduler::run::RunTask| {
        let host = if task.hostname.is_empty() { String::new() } else { format!(" on {}", task.hostname) };
        view! { <li><span class="mono">{task.id.0.clone()}</span>{host}</li> }
    };
    let listed: Vec<_> = own.live_tasks.iter().take(MOST_LISTED).map(named).collect();
    let more = live.saturating_sub(listed.len());
    view! {
        <p>{words::teardown_kills(live)}</p>
        <ul>{listed}{(more > 0).then(|| view! { <li>{words::more_tasks(more)}</li> })}</ul>
    }
    .into_any()
}

/// Tasks that are listed before a teardown.
const MOST_LISTED: usize = 20;
