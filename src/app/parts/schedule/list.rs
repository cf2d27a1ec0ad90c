//! List of windows with their machines: mode, running work, and the frameworks' answers.
//!
//! Machines are taken down or up alone, by window, or by selection across windows. Rows keep their elements while their content
//! changes.

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::cluster::role::MachineMode;
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::text;
use mesoscope_core::views::maintenance::{MachineRow, WindowRow};

use crate::actions::Proposal;
use crate::clock::{cluster_now as now, to_the_minute, window_times};
use crate::parts::action::control::{ActionChoice, action_button};
use crate::parts::links::{agent_link, framework_link};
use crate::parts::schedule::draft::Draft;
use crate::parts::state_badges::agent_state;
use crate::widgets::panel::Panel;

/// Machine rows of a window drawn at first, and added per request.
const ROWS: usize = 100;

/// Selected machines.
type Chosen = RwSignal<BTreeSet<MachineId>>;

/// Identifies a window: its times, and its index among windows with equal times.
type Key = (Option<(Timestamp, Option<Nanoseconds>)>, usize);

fn key_of(windows: &[WindowRow], at: usize) -> Option<Key> {
    let window = windows.get(at)?;
    let same = |other: &&WindowRow| other.times == window.times;
    Some((window.times, windows.iter().take(at).filter(same).count()))
}

/// Lists the reported schedule; a draft has its own table.
pub(super) fn list(draft: Draft) -> AnyView {
    let reported = draft.reported;
    let chosen: Chosen = RwSignal::new(BTreeSet::new());
    let windows = Memo::new(move |_| {
        reported.with(|reported| reported.as_ref().map(|reported| reported.windows.clone()).unwrap_or_default())
    });
    let others = Memo::new(move |_| {
        reported.with(|reported| reported.as_ref().map(|reported| reported.others.clone()).unwrap_or_default())
    });
    let keys = move || windows.with(|all| (0..all.len()).filter_map(|at| key_of(all, at)).collect::<Vec<_>>());
    let each = move |key: Key| {
        let machines = Memo::new(move |_| {
            windows.with(|all| {
                let at = (0..all.len()).find(|at| key_of(all, *at) == Some(key));
                at.and_then(|at| all.get(at)).map(|window| window.machines.clone()).unwrap_or_default()
            })
        });
        window(key, machines, chosen)
    };
    let has_others = Memo::new(move |_| !others.read().is_empty());
    view! {
        <div class="windows" data-draft=move || draft.is_editing().then_some("")>
            <For each=keys key=|key| *key children=each/>
            <Show when=move || has_others.get()><Panel title="In maintenance without a window">{machines(others, chosen)}</Panel></Show>
        </div>
        {bulk(windows, others, chosen)}
    }
    .into_any()
}

/// Actions for the selected machines of all windows, as one request.
fn bulk(windows: Memo<Vec<WindowRow>>, others: Memo<Vec<MachineRow>>, chosen: Chosen) -> AnyView {
    let some = Memo::new(move |_| {
        let (windows, others, chosen) = (windows.read(), others.read(), chosen.read());
        let all = windows.iter().flat_map(|window| &window.machines).chain(others.iter());
        let some: Vec<MachineRow> = all.filter(|row| chosen.contains(&row.id)).cloned().collect();
        (some.len(), of_mode(&some, MachineMode::Draining), of_mode(&some, MachineMode::Down))
    });
    (move || (!chosen.read().is_empty()).then(|| bulk_of(some.get(), chosen))).into_any()
}

fn bulk_of((there, draining, down): (usize, Vec<MachineId>, Vec<MachineId>), chosen: Chosen) -> AnyView {
    let button = |name: &'static str, mode: MachineMode, ids: Vec<MachineId>, none: DisabledReason| {
        let disabled_reason = ids.is_empty().then_some(none);
        action_button(ActionChoice {
            name,
            disabled_reason,
            proposal: Proposal::Machines(mode == MachineMode::Draining, ids),
        })
    };
    let says = text::schedule::selected(there);
    view! {
        <div class="panel chosen-bar" role="group" aria-label="Selected machines">
            <b>{says}</b><button class="text-button" on:click=move |_| chosen.set(BTreeSet::new())>"Clear"</button>
            {button("Start maintenance of selected", MachineMode::Draining, draining, DisabledReason::NoneScheduled)}
            {button("Stop maintenance of selected", MachineMode::Down, down, DisabledReason::NoneDown)}
        </div>
    }
    .into_any()
}

fn of_mode(rows: &[MachineRow], mode: MachineMode) -> Vec<MachineId> {
    rows.iter().filter(|row| row.mode == Ok(Some(mode))).map(|row| row.id.clone()).collect()
}

// A unique name for screen readers.
fn window((times, _): Key, rows: Memo<Vec<MachineRow>>, chosen: Chosen) -> AnyView {
    let length = times.and_then(|(_, duration)| duration).map(text::span);
    let end = times.map(|(start, duration)| duration.map(|length| start + length));
    let unknown = || view! { <span class="dim">"not known"</span> }.into_any();
    let title =
        move || times.map_or_else(|| "at unknown times".to_owned(), |(start, duration)| window_times(start, duration));
    let label = move || rows.with(|rows| text::schedule::window_label(&title(), rows.first().map(|row| &row.id)));
    view! {
        <section class="panel" aria-label=label>
            <header><h2>{title}</h2><div class="aside"><span>{length}</span>{both(rows)}</div></header>
            <dl class="facts">
                <div><dt>"Begins"</dt><dd>{times.map_or_else(unknown, |(start, _)| moment(start))}</dd></div>
                <div><dt>"Ends"</dt><dd>{end.map_or_else(unknown, |end| end.map_or_else(|| "no end".into_any(), moment))}</dd></div>
                <div><dt>"Machines"</dt><dd>{move || text::count(rows.read().len() as u64)}</dd></div>
            </dl>
            {machines(rows, chosen)}
        </section>
    }
    .into_any()
}

/// Actions for all machines of the window: take down the draining ones, take up those down.
fn both(rows: Memo<Vec<MachineRow>>) -> AnyView {
    let all =
        Memo::new(move |_| rows.with(|rows| [of_mode(rows, MachineMode::Draining), of_mode(rows, MachineMode::Down)]));
    let button = |ids: Vec<MachineId>, down: bool| {
        let name = if down { "Start maintenance" } else { "Stop maintenance" };
        (ids.len() > 1).then(|| {
            action_button(ActionChoice { name, disabled_reason: None, proposal: Proposal::Machines(down, ids) })
        })
    };
    (move || {
        let [draining, down] = all.get();
        view! { {button(draining, true)}{button(down, false)} }
    })
    .into_any()
}

/// A time that may be in the future.
fn moment(at: Timestamp) -> AnyView {
    view! { <span>{to_the_minute(at)}</span>" · "{move || text::ago(at, now())} }.into_any()
}

fn machines(rows: Memo<Vec<MachineRow>>, chosen: Chosen) -> AnyView {
    let most = RwSignal::new(ROWS);
    let ids = Memo::new(move |_| rows.with(|rows| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>()));
    let shown = move || ids.with(|ids| ids.iter().take(most.get()).cloned().collect::<Vec<_>>());
    let rest = move || {
        let rest = ids.read().len().saturating_sub(most.get());
        (rest > 0).then(|| {
            view! { <button class="text-button note" on:click=move |_| most.update(|most| *most += ROWS)>{text::schedule::more(rest)}</button> }
        })
    };
    let all_chosen = move || {
        let chosen = chosen.read();
        ids.with(|ids| !ids.is_empty() && ids.iter().all(|id| chosen.contains(id)))
    };
    let choose_all = move |event| {
        let ids = ids.get_untracked();
        let is_on = event_target_checked(&event);
        chosen.update(|chosen| match is_on {
            true => chosen.extend(ids),
            false => chosen.retain(|id| !ids.contains(id)),
        });
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Machines"><table class="plain machines">
            <thead><tr><th class="tick"><label><input type="checkbox" aria-label="Select all of these machines" prop:checked=all_chosen on:change=choose_all/><span class="phone" aria-hidden="true">"Select all"</span></label></th><th>"Machine"</th><th>"Mode"</th><th>"Agents"</th><th>"Responses"</th><th><span class="unseen">"Actions"</span></th></tr></thead>
            <tbody><For each=shown key=MachineId::clone children=move |id| machine(rows, id, chosen)/></tbody></table></div>
        {rest}
    }
    .into_any()
}

fn mode_button(mode: MachineMode, id: MachineId) -> impl IntoView {
    let down = mode == MachineMode::Draining;
    let name = if down { "Start maintenance on this machine" } else { "Stop maintenance on this machine" };
    action_button(ActionChoice { name, disabled_reason: None, proposal: Proposal::Machines(down, vec![id]) })
}

fn machine(rows: Memo<Vec<MachineRow>>, id: MachineId, chosen: Chosen) -> AnyView {
    let (name, title, label) = (text::schedule::host(&id).to_owned(), id.to_string(), format!("Select {id}"));
    let id = StoredValue::new(id);
    let row = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.id == *id.read_value()).cloned()));
    let mode = Memo::new(move |_| row.with(|row| row.as_ref().map_or(Ok(None), |row| row.mode.clone())));
    let (tone, word) = (
        move || match mode.get() {
            Ok(Some(MachineMode::Draining)) => "busy",
            Ok(Some(MachineMode::Down)) => "lost",
            Ok(None) => "ok",
            Err(_) => "idle",
        },
        move || match mode.get() {
            Ok(Some(MachineMode::Draining)) => "draining",
            Ok(Some(MachineMode::Down)) => "down",
            Ok(None) => "up",
            Err(why) => text::checks::unknown(&why),
        },
    );
    let agents = move || {
        let agents = row.with(|row| row.as_ref().map(|row| row.agents.clone()).unwrap_or_default());
        let agent = |(id, hostname, state, tasks): (_, String, _, u32)| {
            view! { <span class="chip">{agent_link(&id, &hostname)}" · "{agent_state(state)}" · "{text::plural(tasks, "task", "tasks")}</span> }
        };
        agents.into_iter().map(agent).collect_view()
    };
    let half_named = id.read_value().is_half_named().then_some(text::checks::INCOMPLETE_MACHINE);
    let answers = move || {
        let answers = row.with(|row| row.as_ref().map(|row| row.answers.clone()).unwrap_or_default());
        let answer = |(id, name, answer): (_, String, String)| {
            view! { <span class="chip">{framework_link(&id, &name)}" "{text::actions::response(&answer)}</span> }
        };
        answers.into_iter().map(answer).collect_view()
    };
    let button = move || mode.get().ok().flatten().map(|mode| mode_button(mode, id.get_value()));
    let choose = move |event| {
        let is_on = event_target_checked(&event);
        chosen.update(|chosen| match is_on {
            true => drop(chosen.insert(id.get_value())),
            false => drop(chosen.remove(&*id.read_value())),
        });
    };
    view! {
        <tr>
            <td class="tick"><input type="checkbox" aria-label=label prop:checked=move || chosen.read().contains(&*id.read_value()) on:change=choose/></td>
            <td><span title=title>{name}</span></td>
            <td><span class="state" data-tone=tone>{word}</span></td>
            <td class="wrap"><span class="chips">{agents}</span><span class="dim">{half_named}</span></td>
            <td class="wrap"><span class="chips">{answers}</span></td>
            <td class="num">{button}</td>
        </tr>
    }
    .into_any()
}
