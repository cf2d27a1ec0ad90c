//! The schedule page: the reported schedule or the draft, and the way to its review.

use leptos::prelude::*;
use mesoscope_core::actions::form::FormField;
use mesoscope_core::actions::merge::same_schedule;
use mesoscope_core::actions::{Action, MaintenanceWindow};
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::error_text::names_machine;
use mesoscope_core::text;
use mesoscope_core::views::machines::MachineQuery;
use mesoscope_core::views::maintenance::Maintenance;

use super::axis::axis;
use super::bar::open_form;
use super::files::{Import, files};
use super::form::{form, unparsed_input};
use super::list::list;
use super::table::table;
use crate::actions::{Proposal, action_store};
use crate::clock::cluster_now as now;
use crate::hooks::on_update;
use crate::parts::action::control::{ActionChoice, action_button};
use crate::parts::data_age::{empty_list_text, not_reported};
use crate::parts::schedule::draft::{Draft, TWO_HOURS, next_hour};
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Renders the schedule with its controls.
pub(crate) fn schedule(reported: ReadSignal<Option<Maintenance>>) -> AnyView {
    let draft = Draft::of(reported);
    let untold = not_reported(&[Topic::Schedule, Topic::Machines]);
    let import = Import::new(untold);
    let editing = Memo::new(move |_| draft.is_editing());
    settle(draft);
    let blank = move || {
        if editing.get() || !draft.shown.read().is_empty() {
            return None;
        }
        let nothing = "No machine is in maintenance. A window says when machines will be unavailable, so that frameworks can move their tasks.";
        let (title, words) = match (untold.get(), draft.current()) {
            (Some(unknown), _) => unknown,
            (None, Some(_)) => empty_list_text(FilteredList::Machines, "Nothing is scheduled", nothing),
            (None, None) => return None,
        };
        Some(view! { <EmptyState title words/> })
    };
    let some = Memo::new(move |_| !draft.shown.read().is_empty());
    let tools = move || {
        let closed = action_store().disabled_reason().map(|why| text::checks::disabled_reason(&why));
        view! { {undo(draft)}{new_window(draft, closed, untold)}{files(draft, import)} }
    };
    let chosen =
        move || draft.saved_draft.chosen.get().filter(|at| editing.get() && *at < draft.shown.read_untracked().len());
    view! {
        <Panel title="Schedule" aside=tools>
            {import.view(draft)}
            {blank}
            {requested(draft)}
            <Show when=move || some.get() || editing.get()>{axis(draft)}</Show>
            {move || draft.undated().map(|words| view! { <p class="dim note">{words}</p> })}
            {move || chosen().map(|at| form(draft, at))}
            <Show when=move || editing.get() && some.get()>{table(draft)}</Show>
            <Show when=move || editing.get()>{foot(draft)}</Show>
        </Panel>
        {list(draft)}
    }
    .into_any()
}

/// Ends the draft once the cluster reports it. Changes sent from this tab do not count as another user's.
fn settle(draft: Draft) {
    let journal = action_store().journal;
    let reported = move || (draft.current(), journal.read().len());
    on_update(reported, move |(current, _)| {
        let Some(current) = current else { return };
        if !draft.is_editing() || draft.saved_draft.base.with(|base| same_schedule(base, &current)) {
            return;
        }
        if draft.shown.with(|shown| same_schedule(shown, &current)) {
            return draft.end();
        }
        let entries = journal.read();
        let sent = entries.iter().rev().find_map(|entry| match &entry.action {
            Action::Schedule(windows) => Some(windows),
            _ => None,
        });
        if sent.is_some_and(|sent| same_schedule(sent, &current)) {
            draft.saved_draft.base.set(current);
        }
    });
}

/// Adds a window for the machines that another page has requested, once the schedule and the machines are known.
fn requested(draft: Draft) -> AnyView {
    let requested = draft.saved_draft.requested;
    let resolve = move |query: MachineQuery| {
        let answer = link().watch(move || query.clone());
        on_update(
            move || (answer.get(), draft.current().is_some()),
            move |(found, is_known)| {
                let Some(found) = found.filter(|_| is_known) else { return };
                draft.add_for(found.rows.into_iter().map(|row| row.id).collect(), now());
                requested.set(None);
                draft.saved_draft.chosen.get().into_iter().for_each(|at| open_form(draft, at));
            },
        );
    };
    (move || {
        requested.get().map(|query| {
            resolve(query);
            view! { <p class="dim note" role="status">"Loading the schedule for the new window …"</p> }
        })
    })
    .into_any()
}

/// Button that reverts the last schedule sent from this tab, while it is the current one.
fn undo(draft: Draft) -> AnyView {
    let back = Memo::new(move |_| {
        let entries = action_store().journal.read();
        let last = entries.iter().rev().find(|entry| matches!(entry.action, Action::Schedule(_)))?;
        let Action::Schedule(sent) = &last.action else { return None };
        let is_current = draft.current().is_some_and(|current| same_schedule(sent, &current));
        last.back.clone().filter(|_| is_current && !draft.is_editing())
    });
    let button = |action: Action| {
        let proposal = Proposal::Undo(action, None);
        action_button(ActionChoice { name: "Undo last change", disabled_reason: None, proposal })
    };
    (move || back.get().map(button)).into_any()
}

fn new_window(draft: Draft, closed: Option<String>, untold: Memo<Option<(String, String)>>) -> AnyView {
    let disabled_reason = Signal::derive(move || {
        let unknown = || draft.current().is_none().then(|| text::schedule::not_known(untold.get()));
        closed.clone().or_else(|| draft.undated().map(str::to_owned)).or_else(unknown)
    });
    let edit = move |_| {
        if disabled_reason.read_untracked().is_none() {
            draft.begin();
        }
    };
    let add = move |_| {
        if disabled_reason.read_untracked().is_none() {
            draft.add(MaintenanceWindow {
                machines: Vec::new(),
                start: next_hour(untrack(now)),
                duration: Some(TWO_HOURS),
            });
            let last = untrack(|| draft.saved_draft.chosen.get());
            last.into_iter().for_each(|at| open_form(draft, at));
        }
    };
    let off = move || disabled_reason.read().is_some().then_some("true");
    view! {
        <Show when=move || !draft.is_editing()><button class="button" aria-disabled=off title=disabled_reason aria-description=disabled_reason on:click=edit>"Edit"</button></Show>
        <button class="button" aria-disabled=off title=disabled_reason aria-description=disabled_reason on:click=add>"New window"</button>
    }
    .into_any()
}

/// Footer: what the draft changes, with buttons to review or discard it.
fn foot(draft: Draft) -> AnyView {
    let faults = Memo::new(move |_| {
        let formal = draft.shown.with(|windows| Action::Schedule(windows.clone()).faults());
        let formal = formal.into_iter().map(|fault| match fault.field {
            FormField::Window(at) => (Some(at), text::actions::form_error(&fault.wrong)),
            _ => (None, text::actions::form_error(&fault.wrong)),
        });
        let chosen = draft.saved_draft.chosen.get();
        let unread = chosen.and_then(|at| unparsed_input(draft, at)).map(|words| (chosen, words));
        unread.into_iter().chain(formal).collect::<Vec<_>>()
    });
    let says = move || {
        let number = draft.shown.read().len();
        text::schedule::draft_state(number, draft.is_changed())
    };
    let wrong = move || faults.get().into_iter().map(|(at, words)| fault(draft, at, words)).collect_view();
    let refused = move || {
        draft.saved_draft.refusal.get().map(|words| {
            let at = draft.shown.with(|windows| named(windows, &words));
            fault(draft, at, text::schedule::refused(&words))
        })
    };
    let is_stuck = move || !faults.read().is_empty() || !draft.is_changed();
    let review = move |_| {
        if !untrack(is_stuck) {
            action_store().propose(Proposal::Schedule(draft.shown.get_untracked()));
        }
    };
    view! {
        <div class="draft">
            {overtaken(draft)}
            <ul class="wrong">{refused}{wrong}</ul>
            <div class="tools"><span class="dim" role="status">{says}</span>
                <button class="button" on:click=move |_| draft.end()>"Discard"</button>
                <button class="button primary" aria-disabled=move || is_stuck().then_some("true") on:click=review>"Review …"</button></div>
        </div>
    }
    .into_any()
}

fn fault(draft: Draft, at: Option<usize>, words: String) -> AnyView {
    let name = at.map(|at| {
        let go = move |_| open_form(draft, at);
        view! { <button class="text-button" on:click=go>{text::schedule::window_name(at)}</button>": " }
    });
    view! { <li>{name}{words}</li> }.into_any()
}

/// Index of the window with the machine that Mesos' message names.
fn named(windows: &[MaintenanceWindow], words: &str) -> Option<usize> {
    windows.iter().rposition(|window| {
        window.machines.iter().any(|machine| names_machine(words, (machine.host(), machine.address())))
    })
}

fn overtaken(draft: Draft) -> AnyView {
    let changed = move || {
        draft.is_overtaken().then(|| {
            view! {
                <div class="stage" data-tone="warn">
                    <p class="state" data-tone="warn">"Another user has changed the schedule since you started. Sending replaces the whole schedule, and their changes with it. The review shows who made each change."</p>
                    <div class="tools"><button class="button" on:click=move |_| draft.merge_theirs()>"Merge their changes"</button><button class="button" on:click=move |_| draft.begin()>"Start over from theirs"</button></div>
                </div>
            }
        })
    };
    let conflicts = move || {
        let machines = draft.conflicts.read();
        (!machines.is_empty()).then(|| {
            let words = text::schedule::conflicts(&machines);
            view! { <p class="stage" data-tone="warn">{words}</p> }
        })
    };
    view! { {changed}{conflicts} }.into_any()
}
