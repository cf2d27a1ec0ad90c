//! Details of a container: its actions, its end, its output, and all statistics that Mesos reports.

use leptos::prelude::*;
use mesoscope_core::actions::container_action::ContainerChange;
use mesoscope_core::mesos::calls;
use mesoscope_core::mesos::wait_status::WaitStatus;
use mesoscope_core::mesos::wire::containers::{Container, Statistic, statistics};
use mesoscope_core::route::terminal_params::TerminalPlace;
use mesoscope_core::text;
use mesoscope_core::text::containers::{GROUPS, group, in_order, statistic_name, statistic_value};

use super::output::output;
use super::state::{ContainerPanel, ContainerPath};
use super::waits::WaitState;
use crate::actions::ContainerForm;
use crate::clock::AgoByBrowserClock;
use crate::parts::action::control::{ActionChoice, action_button_of};
use crate::parts::detail::fact;
use crate::parts::terminal::form::terminal_link;
use crate::widgets::copy::Copy;

pub(super) fn more(
    panel: ContainerPanel,
    path: ContainerPath,
    container: Memo<Container>,
    is_ended: Memo<bool>,
) -> AnyView {
    let path = StoredValue::new(path);
    let is_nested = path.with_value(|path| path.len() > 1);
    let is_own = Memo::new(move |_| container.with(|container| container.executor.is_empty()));
    let is_of_executor = Memo::new(move |_| path.with_value(|path| panel.is_of_executor(path)));
    let is_attachable = Memo::new(move |_| !is_ended.get() && is_of_executor.get() == Some(true));
    let output_is_open = RwSignal::new(false);
    let remove = is_nested.then(|| button(panel, path, "Remove", Verb::Remove));
    let wait = move || is_own.get().then(|| wait_button(panel, path, is_ended));
    let show = move || if output_is_open.get() { "Close output" } else { "Attach output" };
    let attach = move || {
        (is_attachable.get() || output_is_open.get()).then(|| {
            view! { <button class="button" type="button" aria-expanded=move || output_is_open.get().to_string() on:click=move |_| output_is_open.update(|is_open| *is_open = !*is_open)>{show}</button> }
        })
    };
    let note = move || {
        (is_of_executor.get() == Some(false)).then(|| view! { <p class="dim">{text::containers::NOT_ATTACHABLE}</p> })
    };
    view! {
        <div class="container-more">
            <div class="tools">
                {button(panel, path, "Launch inside", Verb::Launch)}
                {wait}
                {attach}
                {move || is_attachable.get().then(|| terminal(panel, path))}
                {button(panel, path, "Kill", Verb::Kill)}
                {remove}
            </div>
            {note}
            {facts(path, container)}
            <div role="status">{move || path.with_value(|path| panel.waits.state(path)).map(|state| wait_state(panel, path, state))}</div>
            <Show when=move || output_is_open.get()>{path.with_value(|path| output(panel, path))}</Show>
            {move || figures(&container.read(), is_ended.get())}
        </div>
    }
    .into_any()
}

/// Link to the form that opens a terminal in the container.
fn terminal(panel: ContainerPanel, path: StoredValue<ContainerPath>) -> Option<AnyView> {
    let container = path.with_value(|path| calls::container_path::ContainerPath::of(path))?;
    Some(terminal_link(TerminalPlace::Container(panel.agent.get_value(), container)))
}

/// What identifies the container on its host; what is not reported is left out.
fn facts(path: StoredValue<ContainerPath>, container: Memo<Container>) -> impl IntoView {
    let id = path.with_value(|path| path.last().cloned()).unwrap_or_default();
    let label = "the container's id";
    let id = view! { <span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label/> };
    let pid = move || container.with(|container| container.pid).map(|pid| fact("PID", pid));
    let addresses = move || {
        let addresses = container.with(|container| container.addresses.join(", "));
        (!addresses.is_empty()).then(|| fact("Addresses", addresses))
    };
    view! { <dl class="facts">{fact("ID", id)}{pid}{addresses}</dl> }
}

/// A change that a container's details offer.
#[derive(Clone, Copy)]
enum Verb {
    Launch,
    Kill,
    Remove,
}

fn button(panel: ContainerPanel, path: StoredValue<ContainerPath>, name: &'static str, verb: Verb) -> AnyView {
    let choice = Signal::derive(move || {
        panel.host.track();
        let path = path.get_value();
        let (form, reason) = match verb {
            Verb::Launch => {
                let new = [path.clone(), vec![String::new()]].concat();
                let launch = ContainerChange::Launch(Box::default());
                (
                    ContainerForm::Launch { is_attachable: panel.is_of_executor(&path) == Some(true), parent: path },
                    panel.obstacle(&new, launch),
                )
            }
            Verb::Kill => (ContainerForm::Kill(path.clone()), panel.obstacle(&path, ContainerChange::Kill(None))),
            Verb::Remove => (ContainerForm::Remove(vec![path.clone()]), panel.obstacle(&path, ContainerChange::Remove)),
        };
        Some(ActionChoice { name, disabled_reason: reason, proposal: panel.proposal(form) })
    });
    action_button_of(name, choice)
}

/// Button that asks for the end of a container. It changes nothing.
fn wait_button(panel: ContainerPanel, path: StoredValue<ContainerPath>, is_ended: Memo<bool>) -> impl IntoView {
    let state = move || path.with_value(|path| panel.waits.state(path));
    let is_waiting = Memo::new(move |_| matches!(state(), Some(WaitState::Waiting(_))));
    let is_off = move || (!is_waiting.get() && !panel.waits.has_room()).then_some("true");
    let why = move || is_off().map(|_| "Two waits are open already. Stop one of them first.");
    let name = move || match (is_waiting.get(), is_ended.get()) {
        (true, _) => "Stop waiting",
        (false, true) => "Exit status",
        (false, false) => "Wait for the end",
    };
    let click = move |_| {
        if is_waiting.get_untracked() {
            path.with_value(|path| panel.waits.stop(path));
        } else {
            panel.waits.start(path.get_value());
        }
    };
    view! { <button class="button" type="button" aria-disabled=is_off title=why aria-description=why on:click=click>{name}</button> }
}

fn wait_state(panel: ContainerPanel, path: StoredValue<ContainerPath>, state: WaitState) -> AnyView {
    match state {
        WaitState::Waiting(since) => {
            view! { <p class="state" data-tone="busy">"Waiting for the end, started "<AgoByBrowserClock at=since/></p> }
                .into_any()
        }
        WaitState::Ended(end) => {
            let is_success = end.status.is_some_and(|status| WaitStatus::of(status).is_success());
            let tone = if is_success { "ok" } else { "warn" };
            view! { <p class="state" data-tone=tone>{text::containers::end(&end)}</p> }.into_any()
        }
        WaitState::Lost(was_cut) => {
            view! { <p class="state" data-tone="warn">{text::containers::lost_end(was_cut)}</p> }.into_any()
        }
        WaitState::Failed(words) => {
            let is_listed =
                path.with_value(|path| panel.source.report.with(|report| report.find(path).is_some()) == Some(true));
            let note = (!is_listed).then_some(" The agent keeps no exit status of it.");
            view! { <p class="state" data-tone="bad">{words}{note}</p> }.into_any()
        }
    }
}

/// All statistics by group; groups of which nothing is reported are left out.
fn figures(container: &Container, is_ended: bool) -> AnyView {
    let all = in_order(statistics(&container.json));
    let of = |at: usize| all.iter().filter(move |figure| group(figure) == at);
    let groups = GROUPS.iter().enumerate().filter(|(at, _)| of(*at).next().is_some());
    let one = |figure: &Statistic| fact_of(figure);
    let groups = groups.map(|(at, (title, _))| {
        view! { <section aria-label=*title><h3>{*title}</h3><dl class="facts">{of(at).map(one).collect_view()}</dl></section> }
    });
    if all.is_empty() {
        let words = if is_ended { "The agent no longer lists it." } else { "The agent reports no statistics of it." };
        return view! { <p class="dim">{words}</p> }.into_any();
    }
    view! { <div class="figures">{groups.collect_view()}</div> }.into_any()
}

fn fact_of(figure: &Statistic) -> AnyView {
    let name = statistic_name(figure);
    let value = view! { <span title=figure.name.clone()>{statistic_value(figure)}</span> };
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}
