//! What was changed from this tab, how it ended, and the way back. And the switch that keeps all as it is.

use leptos::prelude::*;
use mesoscope_core::actions::Act;
use mesoscope_core::actions::course::Outcome;
use mesoscope_core::actions::draining::Draining;
use mesoscope_core::actions::plan::Shows;
use mesoscope_core::mesos::credentials::Who;
use mesoscope_core::text;
use mesoscope_core::views::plans::PlansQuery;

use crate::acts::journal::Entry;
use crate::acts::{Proposal, acts, is_forced};
use crate::clock::{AgoHere, now, to_the_minute};
use crate::link::link;
use crate::parts::act::control::{Choice as ActChoice, act_button};
use crate::parts::act::draining::draining_view;
use crate::parts::act::words::{act_title, outcome_tone, outcome_words, request_view};
use crate::widgets::panel::{Blank, Panel};

/// The page.
#[component]
pub(crate) fn JournalPage() -> impl IntoView {
    let acts = acts();
    let plans = follow();
    let entries = move || {
        let journal = acts.journal.read();
        if journal.is_empty() {
            let words = "What you change from here is listed until this tab is closed: when, what, the request, how it ended, and the way back where there is one.";
            return view! { <Blank title="Nothing was changed yet" words/> }.into_any();
        }
        view! { <ol class="journal">{journal.iter().rev().map(|told| entry(told, plans)).collect_view()}</ol> }
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

/// What had only begun when its form was closed may be done by now: an agent is drained. Until then, how far each is.
fn follow() -> Memo<Vec<(Act, Draining)>> {
    let journal = acts().journal;
    let begun = Memo::new(move |_| {
        let is_begun = |entry: &&Entry| entry.outcome == Some(Outcome::Begun);
        journal.read().iter().filter(is_begun).map(|entry| entry.act.clone()).collect::<Vec<Act>>()
    });
    // Each list has its number: an answer is of one of them alone.
    let number = Memo::new(move |last: Option<&u32>| {
        begun.track();
        last.map_or(0, |last| last.wrapping_add(1))
    });
    let answer = link().watch(move || PlansQuery { number: number.get(), acts: begun.get() });
    let plans = Memo::new(move |_| match answer.get() {
        Some((of, plans)) if of == number.get_untracked() => {
            begun.get_untracked().into_iter().zip(plans).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    });
    Effect::new(move |_| {
        let done = plans.get().into_iter().filter(|(_, plan)| plan.shows == Shows::Done);
        done.for_each(|(act, _)| journal.note_outcome(&act, &Outcome::Shown));
    });
    Memo::new(move |_| {
        plans.with(|plans| {
            plans.iter().filter_map(|(act, plan)| Some((act.clone(), plan.draining.clone()?))).collect::<Vec<_>>()
        })
    })
}

fn entry(entry: &Entry, draining: Memo<Vec<(Act, Draining)>>) -> AnyView {
    let (tone, outcome) = match &entry.outcome {
        None => ("busy", "On its way …".to_owned()),
        Some(outcome) => (outcome_tone(outcome), outcome_words(outcome)),
    };
    // Of what was refused there is nothing to put back; what nobody knows of may have been done.
    let may_be_done = entry.outcome.as_ref().is_some_and(Outcome::is_perhaps_done);
    let back = entry.back.clone().filter(|_| may_be_done);
    let back = back.map(|act| act_button(ActChoice { name: "Put back", why_not: None, proposal: Proposal::Back(act) }));
    let (goes_on, act) = (entry.outcome == Some(Outcome::Begun), entry.act.clone());
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
            <div class="line"><b>{act_title(&entry.act)}</b><span class="dim" title=to_the_minute(at)><AgoHere at/></span><span class="dim">{by}</span><span class="dim">{left}</span>{back}</div>
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
        (Act::LoggingLevel { length, .. }, _) => Some(entry.at + *length),
        _ => None,
    }
}
