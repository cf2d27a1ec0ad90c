//! The windows one by one, with their machines: what mode each is in, who is on it, what frameworks answered, and taking it
//! down and up.

use leptos::prelude::*;
use mesoscope::api::maintenance::MachineId;
use mesoscope::cluster::MachineMode;
use mesoscope::query::{MachineRow, WindowRow};
use mesoscope::text;
use mesoscope::units::Timestamp;

use super::Draft;
use crate::ui::acts::Proposal;
use crate::ui::clock::{Ago, now, to_the_minute};
use crate::ui::parts::act::{ActChoice, act_button};
use crate::ui::parts::{agent_link, agent_state, framework_link};
use crate::ui::widgets::Panel;

/// As the master tells it; a draft has a form of its own.
pub(super) fn list(draft: Draft) -> AnyView {
    let told = draft.told;
    let windows = move || {
        let windows = told.with(|told| told.as_ref().map(|told| told.windows.clone()).unwrap_or_default());
        windows.into_iter().map(window).collect_view()
    };
    let others = move || {
        let others = told.with(|told| told.as_ref().map(|told| told.others.clone()).unwrap_or_default());
        (!others.is_empty())
            .then(|| view! { <Panel title="In maintenance without a window">{machines(&others)}</Panel> })
    };
    view! { <div class="windows" data-draft=move || draft.is_editing().then_some("")>{windows}{others}</div> }
        .into_any()
}

fn window(row: WindowRow) -> AnyView {
    let length =
        row.duration.map_or_else(|| "without an end".to_owned(), |length| format!("for {}", text::span(length)));
    let end = row.duration.map(|length| row.start + length);
    let all = row.machines.clone();
    // Each has a name of its own for who hears the page.
    let first = row.machines.first().map(|machine| machine.id.to_string()).unwrap_or_default();
    let label = format!("Window of {first}, from {}", to_the_minute(row.start));
    let aside = move || view! { <span>{length.clone()}</span>{both(&all)} };
    view! {
        <section class="panel" aria-label=label>
            <header><h2>"Window"</h2><div class="aside">{aside()}</div></header>
            <dl class="facts">
                <div><dt>"Begins"</dt><dd>{moment(row.start)}</dd></div>
                <div><dt>"Ends"</dt><dd>{end.map_or_else(|| "never".into_any(), moment)}</dd></div>
                <div><dt>"Machines"</dt><dd>{text::count(row.machines.len() as u64)}</dd></div>
            </dl>
            {machines(&row.machines)}
        </section>
    }
    .into_any()
}

/// All of the window that can be taken down, and all that can be taken up.
fn both(rows: &[MachineRow]) -> AnyView {
    let of = |mode: MachineMode| {
        rows.iter().filter(|row| row.mode == Some(mode)).map(|row| row.id.clone()).collect::<Vec<MachineId>>()
    };
    let button = |ids: Vec<MachineId>, down: bool| {
        let name = if down { "Take all down" } else { "Take all up" };
        (ids.len() > 1).then(|| act_button(ActChoice { name, why_not: None, proposal: Proposal::Machines(down, ids) }))
    };
    view! { {button(of(MachineMode::Draining), true)}{button(of(MachineMode::Down), false)} }.into_any()
}

/// A moment that may lie ahead.
fn moment(at: Timestamp) -> AnyView {
    let date = view! { <span>{to_the_minute(at)}" · "</span> };
    if at > untrack(now) {
        view! { {date}"in "{move || text::age(at.since(now()))} }.into_any()
    } else {
        view! { {date}<Ago at/> }.into_any()
    }
}

fn machines(rows: &[MachineRow]) -> AnyView {
    let line = |row: &MachineRow| {
        let (tone, word) = match row.mode {
            Some(MachineMode::Draining) => ("busy", "draining"),
            Some(MachineMode::Down) => ("lost", "down"),
            None => ("ok", "up"),
        };
        let agents = row.agents.iter().map(|(id, hostname, state, tasks)| {
            view! { <span class="chip">{agent_link(id, hostname)}" "{agent_state(*state)}" "{text::plural(*tasks, "task", "tasks")}</span> }
        });
        let answers = row.answers.iter().map(|(id, name, answer)| {
            view! { <span class="chip">{framework_link(id, name)}" "{answer.to_lowercase()}</span> }
        });
        let button = row.mode.map(|mode| {
            let down = mode == MachineMode::Draining;
            let name = if down { "Take down" } else { "Take up" };
            act_button(ActChoice { name, why_not: None, proposal: Proposal::Machines(down, vec![row.id.clone()]) })
        });
        view! {
            <tr>
                <td>{row.id.to_string()}</td>
                <td><span class="state" data-tone=tone>{word}</span></td>
                <td class="wrap"><span class="chips">{agents.collect_view()}</span></td>
                <td class="wrap"><span class="chips">{answers.collect_view()}</span></td>
                <td class="num">{button}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Machines"><table class="plain">
            <thead><tr><th>"Machine"</th><th>"Mode"</th><th>"Agents on it"</th><th>"Frameworks' answers"</th><th><span class="unseen">"Actions"</span></th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}
