//! The maintenance of machines: the schedule, how far it is, and what frameworks say to it.

use leptos::prelude::*;
use mesoscope::cluster::{MachineMode, Part};
use mesoscope::query::{Answer, MachineRow, Maintenance, Query, WindowRow};
use mesoscope::text;
use mesoscope::units::Timestamp;

use crate::ui::clock::{Ago, now};
use crate::ui::link::link;
use crate::ui::parts::{Fresh, agent_link, agent_state, framework_link, inverse_offers};
use crate::ui::widgets::{Blank, Panel};

/// The page.
#[component]
pub(crate) fn MaintenancePage() -> impl IntoView {
    let answer = link().watch(|| Query::Maintenance);
    let told = Memo::new(move |_| match answer.get() {
        Some(Answer::Maintenance(told)) => Some(*told),
        _ => None,
    });
    view! {
        <div class="head"><h1 tabindex="-1">"Maintenance"</h1><Fresh parts=&[Part::Schedule, Part::Machines]/></div>
        {move || told.get().map(page)}
    }
}

fn page(told: Maintenance) -> AnyView {
    let Maintenance { windows, others, inverse_offers: inverse } = told;
    let none = windows.is_empty() && others.is_empty();
    let nothing = none.then(|| {
        view! { <section class="panel"><Blank title="Nothing is scheduled" words="No machine is in maintenance, and none will be. Every machine is up."/></section> }
    });
    let more = (!others.is_empty())
        .then(|| view! { <Panel title="In maintenance without a window">{machines(&others)}</Panel> });
    let asked =
        (!inverse.is_empty()).then(|| view! { <Panel title="Inverse offers">{inverse_offers(&inverse)}</Panel> });
    view! { {nothing} {windows.into_iter().map(window).collect_view()} {more} {asked} }.into_any()
}

fn window(row: WindowRow) -> AnyView {
    let length =
        row.duration.map_or_else(|| "without an end".to_owned(), |length| format!("for {}", text::age(length)));
    let end = row.duration.map(|length| row.start + length);
    let aside = move || view! { <span>{length.clone()}</span> };
    view! {
        <Panel title="Window" aside=aside>
            <dl class="facts">
                <div><dt>"Begins"</dt><dd>{moment(row.start)}</dd></div>
                <div><dt>"Ends"</dt><dd>{end.map_or_else(|| "never".into_any(), moment)}</dd></div>
                <div><dt>"Machines"</dt><dd>{text::count(row.machines.len() as u64)}</dd></div>
            </dl>
            {machines(&row.machines)}
        </Panel>
    }
    .into_any()
}

/// A moment that may lie ahead.
fn moment(at: Timestamp) -> AnyView {
    if at > now() {
        view! { "in "{move || text::age(at.since(now()))} }.into_any()
    } else {
        view! { <Ago at/> }.into_any()
    }
}

fn machines(rows: &[MachineRow]) -> AnyView {
    let line = |row: &MachineRow| {
        let mode = match row.mode {
            Some(MachineMode::Draining) => view! { <span class="state" data-tone="busy">"draining"</span> },
            Some(MachineMode::Down) => view! { <span class="state" data-tone="lost">"down"</span> },
            None => view! { <span class="state" data-tone="ok">"up"</span> },
        };
        let agents = row.agents.iter().map(|(id, hostname, state, tasks)| {
            view! { <span class="chip">{agent_link(id, hostname)}" "{agent_state(*state)}" "{text::count(u64::from(*tasks))}" tasks"</span> }
        });
        let answers = row.answers.iter().map(|(id, name, answer)| {
            view! { <span class="chip">{framework_link(id, name)}" "{answer.to_lowercase()}</span> }
        });
        view! {
            <tr>
                <td>{row.id.to_string()}</td>
                <td>{mode}</td>
                <td class="wrap"><span class="chips">{agents.collect_view()}</span></td>
                <td class="wrap"><span class="chips">{answers.collect_view()}</span></td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Machines"><table class="plain">
            <thead><tr><th>"Machine"</th><th>"Mode"</th><th>"Agents on it"</th><th>"Frameworks' answers"</th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}
