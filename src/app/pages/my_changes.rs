//! Page "My changes": changes from this tab, their outcomes and undo buttons, and the read-only switch.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::draining::DrainProgress;
use mesoscope_core::actions::execution::Outcome;
use mesoscope_core::actions::preview::{Preview, Progress};
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::mesos::credentials::Principal;
use mesoscope_core::text;
use mesoscope_core::views::previews::PreviewsQuery;

use crate::actions::journal::JournalEntry;
use crate::actions::{Proposal, action_store, is_served_read_only};
use crate::clock::{AgoByBrowserClock, now, to_the_minute};
use crate::hooks::on_update;
use crate::parts::action::control::{ActionChoice, action_button_of};
use crate::parts::action::drain_progress::draining_view;
use crate::parts::action::texts::{outcome_tone, outcome_words, request_view};
use crate::parts::run::list::runs_panel;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Number of newest changes per kind whose undo eligibility is queried; older ones are checked in their dialog.
const MOST_PLANNED: usize = 50;

/// Renders the page.
#[component]
pub(crate) fn MyChangesPage() -> impl IntoView {
    let actions = action_store();
    let plans = follow();
    let barred = barred();
    let entries = move || {
        let journal = actions.journal.read();
        if journal.is_empty() {
            let words =
                "Changes made in this tab appear here until it is closed: time, request, outcome, and a way to revert.";
            return view! { <EmptyState title="No changes yet" words/> }.into_any();
        }
        view! { <ol class="journal">{journal.iter().rev().map(|reported| entry(reported, plans, barred)).collect_view()}</ol> }
            .into_any()
    };
    let forced = is_served_read_only();
    let words = if forced {
        "This console is served with --read-only: its gateway refuses all changes."
    } else {
        "Applies to all tabs of this browser. Running batches stop after the current request."
    };
    view! {
        <div class="head"><h1 tabindex="-1">"My changes"</h1></div>
        <Panel title="Read-only mode">
            <label class="switch"><input type="checkbox" disabled=forced prop:checked=move || actions.is_read_only() on:change=move |event| actions.set_read_only(event_target_checked(&event))/>
                <span><b>"Read-only mode for this browser"</b><br/><span class="dim">{words}</span></span></label>
        </Panel>
        <Panel title="Changes in this tab">{entries}</Panel>
        {runs_panel()}
    }
}

/// Follows changes that were still in progress when their form closed, such as a drain or a reservation without an effect, and
/// returns the progress of drains.
fn follow() -> Memo<Vec<(Action, DrainProgress)>> {
    let journal = action_store().journal;
    let started = Memo::new(move |_| {
        let is_started = |entry: &&JournalEntry| entry.outcome == Some(Outcome::Started) || entry.is_awaited();
        journal.read().iter().filter(is_started).map(|entry| entry.action.clone()).collect::<Vec<Action>>()
    });
    let plans = plans(started);
    let reported = move || plans.get();
    on_update(reported, move |plans| {
        let (awaited, started): (Vec<_>, Vec<_>) = plans.into_iter().partition(|(_, plan)| !plan.signs.is_empty());
        let done = started.iter().filter(|(_, plan)| plan.progress == Progress::Applied);
        done.for_each(|(action, _)| journal.note_outcome(action, &Outcome::Confirmed));
        let current = awaited.into_iter().map(|(action, plan)| (action, plan.current));
        journal.note_late_effects(&current.collect::<Vec<_>>());
    });
    Memo::new(move |_| {
        plans.with(|plans| {
            plans.iter().filter_map(|(action, plan)| Some((action.clone(), plan.draining.clone()?))).collect::<Vec<_>>()
        })
    })
}

/// Previews of these changes.
fn plans(actions: Memo<Vec<Action>>) -> Memo<Vec<(Action, Preview)>> {
    // A number ties each response to its list.
    let number = Memo::new(move |last: Option<&u32>| {
        actions.track();
        last.map_or(0, |last| last.wrapping_add(1))
    });
    let answer = link().watch(move || PreviewsQuery { number: number.get(), actions: actions.get() });
    Memo::new(move |_| match answer.get() {
        Some((of, plans)) if of == number.get_untracked() => actions.get_untracked().into_iter().zip(plans).collect(),
        _ => Vec::new(),
    })
}

/// Undo actions that are impossible now, with the reason: the agent is gone, or the change was already undone.
fn barred() -> Memo<Vec<(Action, DisabledReason)>> {
    let of_agents = barred_of(|action| matches!(action, Action::Reactivate(_) | Action::Deactivate(_)));
    let of_machines = barred_of(|action| matches!(action, Action::StopMaintenance(_)));
    Memo::new(move |_| [of_agents.get(), of_machines.get()].concat())
}

/// Queries one kind at a time: the engine reads the topics of that kind.
fn barred_of(is_of_kind: fn(&Action) -> bool) -> Memo<Vec<(Action, DisabledReason)>> {
    let journal = action_store().journal;
    let backs = Memo::new(move |_| {
        let mut backs: Vec<Action> = Vec::new();
        for action in
            journal.read().iter().rev().filter_map(|entry| entry.back.as_ref()).filter(|action| is_of_kind(action))
        {
            if backs.len() < MOST_PLANNED && !backs.contains(action) {
                backs.push(action.clone());
            }
        }
        backs
    });
    let plans = plans(backs);
    Memo::new(move |_| {
        let gone = journal.gone();
        let disabled_reason = |(action, plan): &(Action, Preview)| match action {
            Action::Reactivate(agent) | Action::Deactivate(agent) if gone.contains(agent) => {
                Some(DisabledReason::GoneFromHere)
            }
            _ => plan.disabled_reason.clone(),
        };
        plans.with(|all| all.iter().filter_map(|of| Some((of.0.clone(), disabled_reason(of)?))).collect())
    })
}

fn entry(
    entry: &JournalEntry,
    draining: Memo<Vec<(Action, DrainProgress)>>,
    barred: Memo<Vec<(Action, DisabledReason)>>,
) -> AnyView {
    let (tone, outcome) = match &entry.outcome {
        None => ("busy", None),
        Some(outcome) => (outcome_tone(outcome), Some(outcome.clone())),
    };
    // A closure: an outcome may name times, which follow the setting.
    let outcome = move || outcome.as_ref().map_or_else(|| "In progress …".to_owned(), outcome_words);
    // A refused change has nothing to undo; one with an unknown outcome may have been applied.
    let may_be_done = entry.outcome.as_ref().is_some_and(Outcome::may_be_done);
    let back = entry.back.clone().filter(|_| may_be_done);
    let subject = entry.subject.clone();
    let title = if entry.is_undo { text::action_progress::revert_title } else { text::action_progress::title };
    let title = title(&entry.action, subject.as_deref());
    let back = back.map(|action| {
        let name = text::dialogs::revert(&action);
        let choice = Signal::derive(move || {
            let disabled_reason =
                barred.with(|all| all.iter().find(|(of, _)| *of == action).map(|(_, why)| why.clone()));
            Some(ActionChoice { name, disabled_reason, proposal: Proposal::Undo(action.clone(), subject.clone()) })
        });
        action_button_of(name, choice)
    });
    let (goes_on, action) = (entry.outcome == Some(Outcome::Started), entry.action.clone());
    let how_far = move || {
        draining.with(|all| all.iter().find(|(of, _)| *of == action).map(|(_, draining)| draining_view(draining)))
    };
    let (at, end) = (entry.at, reverts(entry));
    let by = entry.by.as_ref().map(|who| match who {
        Principal::User(name) => text::my_changes::by_user(name),
        Principal::Token => "with a token".to_owned(),
    });
    let left = move || {
        let left = end?.since(now());
        (left.0 > 0).then(|| text::my_changes::reverts_in(left))
    };
    view! {
        <li>
            <div class="line"><b>{title}</b><span class="dim" title=to_the_minute(at)><AgoByBrowserClock at/></span><span class="dim">{by}</span><span class="dim">{left}</span>{back}</div>
            <p class="state" data-tone=tone>{outcome}</p>
            {goes_on.then_some(how_far)}
            <details class="requests"><summary>"Request "<span class="mono dim">{entry.action.call()}</span></summary>{request_view(&entry.action, None)}</details>
        </li>
    }
    .into_any()
}

/// Time when the change reverts by itself.
fn reverts(entry: &JournalEntry) -> Option<mesoscope_core::base::units::Timestamp> {
    match (&entry.action, &entry.outcome) {
        (_, Some(outcome)) if !outcome.may_be_done() => None,
        (Action::LoggingLevel { length, .. }, _) => Some(entry.at + *length),
        _ => None,
    }
}
