//! A framework of this browser: its connection, offers and tasks.

mod controls;
mod log;
mod part;

use leptos::prelude::*;
use mesoscope_core::base::ids::FrameworkId;
use mesoscope_core::route::Route;
use mesoscope_core::scheduler::run::RunTask;
use mesoscope_core::text::{self, own_frameworks as words};
use mesoscope_core::views::own_frameworks::{HeldOfferRow, OwnFramework};
use mesoscope_core::views::runs::RunCounts;

use self::controls::controls;
use self::log::call_log;
use self::part::part;
use crate::clock::{AgoByBrowserClock, now_signal};
use crate::parts::byte_cell::{ByteUnit, byte_cell};
use crate::parts::detail::fact;
use crate::parts::links::{agent_link, none, role_link};
use crate::parts::state_badges::task_state;
use crate::widgets::copy::Copy;

/// Renders the panel; `None` once the framework is gone.
pub(crate) fn framework_panel(own: Memo<Option<OwnFramework>>) -> AnyView {
    let Some(first) = own.get_untracked() else { return ().into_any() };
    let key = first.key.clone();
    let title = first.framework.name.clone();
    // Several frameworks of this browser have one name.
    let label = format!("{title} {}", key.0.as_str());
    let described = words::described(&first.framework);
    let offers = part(own, |own| own.offers.clone());
    let tasks = part(own, |own| (own.live_tasks.clone(), own.counts, own.id.clone()));
    view! {
        <section class="panel own-framework" aria-label=label>
            <header><h2>{title}</h2><span class="dim">{described}</span>{connection_state(own)}<div class="aside">{controls(own)}</div></header>
            <p class="own-meaning">{meaning(own)}</p>
            {facts(own)}
            <h3>"Offers"</h3>
            {move || offers.get().map(|rows| offer_table(&rows))}
            <h3>"Tasks"</h3>
            {move || tasks.get().map(|(rows, counts, id)| task_table(&rows, counts, id.as_ref()))}
            {call_log(key)}
        </section>
    }
    .into_any()
}

fn connection_state(own: Memo<Option<OwnFramework>>) -> AnyView {
    let state = part(own, |own| (words::tone(&own.link), words::link(&own.link)));
    let state = move || state.get().map(|(tone, name)| view! { <span class="state" data-tone=tone>{name}</span> });
    let since = part(own, |own| own.link_since);
    let since = move || since.get().map(|at| view! { <span class="dim"><AgoByBrowserClock at/></span> });
    view! { <span class="own-state"><span role="status">{state}</span>{since}</span> }.into_any()
}

fn meaning(own: Memo<Option<OwnFramework>>) -> impl Fn() -> Option<String> {
    let link = part(own, |own| (own.link.clone(), own.why.clone(), own.framework.failover_timeout));
    let now = now_signal();
    move || link.get().map(|(link, why, timeout)| words::link_meaning(&link, why.as_ref(), timeout, now.get()))
}

fn facts(own: Memo<Option<OwnFramework>>) -> AnyView {
    let id = part(own, |own| own.id.clone());
    let of = part(own, |own| own.framework.clone());
    let runs = part(own, |own| own.runs.len());
    let refused = part(own, |own| own.refused_call.as_ref().map(ToString::to_string));
    let id = move || {
        match id.get().flatten() {
        Some(id) => view! { <a class="mono" href=Route::Framework(id.clone()).to_string()>{id.0.clone()}</a><Copy text=Signal::stored(id.0) label="the framework's id"/> }.into_any(),
        None => none(),
    }
    };
    let role = move || of.get().map(|of| role_link(of.role.as_str()));
    let user = move || of.get().map(|of| of.user.name().to_owned());
    let timeout = move || of.get().map(|of| text::span(of.failover_timeout));
    let refused = move || refused.get().flatten().map(|words| fact("Last refused call", words));
    view! {
        <dl class="facts">
            {fact("ID", id)}
            {fact("Role", role)}
            {fact("User", user)}
            {fact("Failover timeout", timeout)}
            {fact("Runs", move || runs.get().map(|runs| text::count(runs as u64)))}
            {refused}
        </dl>
    }
    .into_any()
}

fn offer_table(rows: &[HeldOfferRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="own-none dim">{words::NO_OFFERS}</p> }.into_any();
    }
    let now = now_signal();
    let line = |row: &HeldOfferRow| {
        let until = row.until;
        view! {
            <tr>
                <td>{agent_link(&row.agent, &row.hostname)}</td>
                <td class="num">{text::amount(row.resources.cpus.as_f64())}</td>
                <td class="num">{byte_cell(Some(row.resources), |of| of.mem, ByteUnit::Gibibytes)}</td>
                <td class="num">{move || words::offer_left(until, now.get())}</td>
                <td class="mono wrap">{row.id.0.clone()}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Offers"><table class="plain">
            <thead><tr><th>"Agent"</th><th class="num">"CPUs"</th><th class="num">"Memory"</th><th class="num">"Declined in"</th><th>"Offer"</th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}

fn task_table(rows: &[RunTask], counts: RunCounts, framework: Option<&FrameworkId>) -> AnyView {
    let summary = words::task_counts(counts);
    if rows.is_empty() {
        return view! { <p class="own-none dim">{summary}</p> }.into_any();
    }
    let line = |task: &RunTask| {
        let name = match framework.filter(|_| !task.waits()) {
            Some(framework) => {
                let there = Route::Task(framework.clone(), task.id.clone());
                view! { <a class="mono" href=there.to_string()>{task.id.0.clone()}</a> }.into_any()
            }
            None => view! { <span class="mono">{task.id.0.clone()}</span> }.into_any(),
        };
        let agent = task.agent.as_ref().or(task.target.as_ref());
        let state = match task.state {
            Some(state) => task_state(state),
            None => view! { <span class="state" data-tone="busy">{words::phase(task)}</span> }.into_any(),
        };
        view! {
            <tr>
                <td>{name}</td>
                <td>{agent.map_or_else(none, |agent| agent_link(agent, &task.hostname))}</td>
                <td>{state}</td>
                <td class="wrap">{task.message.clone()}</td>
            </tr>
        }
    };
    let more = (counts.live() as usize).saturating_sub(rows.len());
    view! {
        <p class="own-none">{summary}</p>
        <div class="scroll-x" tabindex="0" role="group" aria-label="Tasks"><table class="plain">
            <thead><tr><th>"Task"</th><th>"Agent"</th><th>"State"</th><th>"Message"</th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
        {(more > 0).then(|| view! { <p class="own-none dim">{words::more_tasks(more)}</p> })}
    }
    .into_any()
}
