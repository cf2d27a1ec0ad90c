//! What was changed from this tab, how it ended, and the way back. And the switch that keeps all as it is.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::draining::Draining;
use mesoscope_core::actions::execution::Outcome;
use mesoscope_core::actions::plan::{Plan, Progress};
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::mesos::credentials::Who;
use mesoscope_core::text;
use mesoscope_core::views::plans::PlansQuery;

use crate::acts::journal::Entry;
use crate::acts::{Proposal, acts, is_forced};
use crate::clock::{AgoHere, now, to_the_minute};
use crate::hooks::on_each;
use crate::link::link;
use crate::parts::act::control::{Choice as ActChoice, act_button_of};
use crate::parts::act::draining::draining_view;
use crate::parts::act::words::{outcome_tone, outcome_words, request_view};
use crate::widgets::panel::{Blank, Panel};

const PUT_BACK: &str = "Put back";
/// The newest changes of a kind are looked at, whether they can be put back; of an older one its dialog says it.
const MOST_PLANNED: usize = 50;

/// The page.
#[component]
pub(crate) fn JournalPage() -> impl IntoView {
    let acts = acts();
    let plans = follow();
    let barred = barred();
    let entries = move || {
        let journal = acts.journal.read();
        if journal.is_empty() {
            let words = "What you change from here is listed until this tab is closed: when, what, the request, how it ended, and the way back where there is one.";
            return view! { <Blank title="Nothing was changed yet" words/> }.into_any();
        }
        view! { <ol class="journal">{journal.iter().rev().map(|reported| entry(reported, plans, barred)).collect_view()}</ol> }
            .into_any()
    };
    let forced = is_forced();
    let words = if forced {
        "This console is served with --read-only: whatever would change anything is refused on the way."
    } else {
        "Kept in this browser, for all its tabs. Every control that changes something is disabled while it is on, and what is on its way stops after what was sent."
    };
    view! {
        <div class="head"><h1 tabindex="-1">"Changes"</h1></div>
        <Panel title="Read-only">
            <label class="switch"><input type="checkbox" disabled=forced prop:checked=move || acts.is_read_only() on:change=move |event| acts.set_read_only(event_target_checked(&event))/>
                <span><b>"Change nothing from this browser"</b><br/><span class="dim">{words}</span></span></label>
        </Panel>
        <Panel title="Journal of this tab">{entries}</Panel>
    }
}

/// What had only started when its form was closed may be done by now: an agent is drained. Until then, how far each is.
fn follow() -> Memo<Vec<(Action, Draining)>> {
    let journal = acts().journal;
    let started = Memo::new(move |_| {
        let is_started = |entry: &&Entry| entry.outcome == Some(Outcome::Started);
        journal.read().iter().filter(is_started).map(|entry| entry.act.clone()).collect::<Vec<Action>>()
    });
    let plans = plans(started);
    let reported = move || plans.get();
    on_each(reported, move |plans| {
        let done = plans.iter().filter(|(_, plan)| plan.shows == Progress::Applied);
        done.for_each(|(act, _)| journal.note_outcome(act, &Outcome::Shown));
    });
    Memo::new(move |_| {
        plans.with(|plans| {
            plans.iter().filter_map(|(act, plan)| Some((act.clone(), plan.draining.clone()?))).collect::<Vec<_>>()
        })
    })
}

/// The plans of these changes, once they came.
fn plans(acts: Memo<Vec<Action>>) -> Memo<Vec<(Action, Plan)>> {
    // Each list has its number: an answer is of one of them alone.
    let number = Memo::new(move |last: Option<&u32>| {
        acts.track();
        last.map_or(0, |last| last.wrapping_add(1))
    });
    let answer = link().watch(move || PlansQuery { number: number.get(), acts: acts.get() });
    Memo::new(move |_| match answer.get() {
        Some((of, plans)) if of == number.get_untracked() => acts.get_untracked().into_iter().zip(plans).collect(),
        _ => Vec::new(),
    })
}

/// What cannot be put back now, and why: its agent is gone, or it was put back already.
fn barred() -> Memo<Vec<(Action, DisabledReason)>> {
    let of_agents = barred_of(|act| matches!(act, Action::Reactivate(_) | Action::Deactivate(_)));
    let of_machines = barred_of(|act| matches!(act, Action::StopMaintenance(_)));
    Memo::new(move |_| [of_agents.get(), of_machines.get()].concat())
}

/// The engine reads for the plans of one kind what they need.
fn barred_of(is_of_kind: fn(&Action) -> bool) -> Memo<Vec<(Action, DisabledReason)>> {
    let journal = acts().journal;
    let backs = Memo::new(move |_| {
        let mut backs: Vec<Action> = Vec::new();
        for act in journal.read().iter().rev().filter_map(|entry| entry.back.as_ref()).filter(|act| is_of_kind(act)) {
            if backs.len() < MOST_PLANNED && !backs.contains(act) {
                backs.push(act.clone());
            }
        }
        backs
    });
    let plans = plans(backs);
    Memo::new(move |_| {
        let gone = journal.gone();
        let why_not = |(act, plan): &(Action, Plan)| match act {
            Action::Reactivate(agent) | Action::Deactivate(agent) if gone.contains(agent) => {
                Some(DisabledReason::GoneFromHere)
            }
            _ => plan.why_not.clone(),
        };
        plans.with(|all| all.iter().filter_map(|of| Some((of.0.clone(), why_not(of)?))).collect())
    })
}

fn entry(
    entry: &Entry,
    draining: Memo<Vec<(Action, Draining)>>,
    barred: Memo<Vec<(Action, DisabledReason)>>,
) -> AnyView {
    let (tone, outcome) = match &entry.outcome {
        None => ("busy", "On its way …".to_owned()),
        Some(outcome) => (outcome_tone(outcome), outcome_words(outcome)),
    };
    // Of what was refused there is nothing to put back; what nobody knows of may have been done.
    let may_be_done = entry.outcome.as_ref().is_some_and(Outcome::is_perhaps_done);
    let back = entry.back.clone().filter(|_| may_be_done);
    let subject = entry.subject.clone();
    let title = if entry.puts_back { text::changes::put_back_title } else { text::changes::title };
    let title = title(&entry.act, subject.as_deref());
    let back = back.map(|act| {
        let choice = Signal::derive(move || {
            let why_not = barred.with(|all| all.iter().find(|(of, _)| *of == act).map(|(_, why)| why.clone()));
            Some(ActChoice { name: PUT_BACK, why_not, proposal: Proposal::Back(act.clone(), subject.clone()) })
        });
        act_button_of(PUT_BACK, choice)
    });
    let (goes_on, act) = (entry.outcome == Some(Outcome::Started), entry.act.clone());
    let how_far =
        move || draining.with(|all| all.iter().find(|(of, _)| *of == act).map(|(_, draining)| draining_view(draining)));
    let (at, end) = (entry.at, reverts(entry));
    let by = entry.by.as_ref().map(|who| match who {
        Who::User(name) => format!("by {name}"),
        Who::Token => "by the bearer of a token".to_owned(),
    });
    let left = move || {
        let left = end?.since(now());
        (left.0 > 0).then(|| format!("falls back in {}", text::span(left)))
    };
    view! {
        <li>
            <div class="line"><b>{title}</b><span class="dim" title=to_the_minute(at)><AgoHere at/></span><span class="dim">{by}</span><span class="dim">{left}</span>{back}</div>
            <p class="state" data-tone=tone>{outcome}</p>
            {goes_on.then_some(how_far)}
            <details class="requests"><summary>"The request "<span class="mono dim">{entry.act.call()}</span></summary>{request_view(&entry.act, None)}</details>
        </li>
    }
    .into_any()
}

/// When it falls back by itself.
fn reverts(entry: &Entry) -> Option<mesoscope_core::base::units::Timestamp> {
    match (&entry.act, &entry.outcome) {
        (_, Some(outcome)) if !outcome.is_perhaps_done() => None,
        (Action::LoggingLevel { length, .. }, _) => Some(entry.at + *length),
        _ => None,
    }
}
