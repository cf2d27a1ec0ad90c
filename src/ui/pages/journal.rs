//! What was changed from this page since it opened, how it ended, and the way back. And the switch that keeps all as it is.

use leptos::prelude::*;

use crate::ui::acts::{Entry, Proposal, acts, is_forced};
use crate::ui::clock::Ago;
use crate::ui::parts::{ActChoice, act_button, request_view};
use crate::ui::widgets::{Blank, Panel};

/// The page.
#[component]
pub(crate) fn JournalPage() -> impl IntoView {
    let acts = acts();
    let entries = move || {
        let journal = acts.journal.read();
        if journal.is_empty() {
            let words = "What you change from this page is listed here until it is closed: when, what, the request, how it ended, and the way back where there is one.";
            return view! { <Blank title="Nothing was changed yet" words/> }.into_any();
        }
        view! { <ol class="journal">{journal.iter().rev().map(entry).collect_view()}</ol> }.into_any()
    };
    let forced = is_forced();
    let words = if forced {
        "This console is served with --read-only: whatever would change anything is refused on the way."
    } else {
        "Kept in this browser. Every control that changes something is disabled while it is on."
    };
    view! {
        <div class="head"><h1 tabindex="-1">"Changes"</h1></div>
        <Panel title="Read-only">
            <label class="switch"><input type="checkbox" disabled=forced prop:checked=move || acts.is_read_only() on:change=move |event| acts.set_read_only(event_target_checked(&event))/>
                <span><b>"Change nothing from this browser"</b><br/><span class="dim">{words}</span></span></label>
        </Panel>
        <Panel title="Journal of this page">{entries}</Panel>
    }
}

fn entry(entry: &Entry) -> AnyView {
    let (tone, outcome) = match &entry.outcome {
        None => ("busy", "On its way …".to_owned()),
        Some((true, words)) => ("ok", words.clone()),
        Some((false, words)) => ("bad", words.clone()),
    };
    let is_well = entry.outcome.as_ref().is_some_and(|(is_well, _)| *is_well);
    let back = entry.back.clone().filter(|_| is_well);
    let back = back.map(|act| act_button(ActChoice { name: "Put back", why_not: None, proposal: Proposal::Back(act) }));
    view! {
        <li>
            <div class="line"><b>{entry.title.clone()}</b><span class="dim"><Ago at=entry.at/></span>{back}</div>
            <p class="state" data-tone=tone>{outcome}</p>
            <details class="requests"><summary>"The request "<span class="mono dim">{entry.act.call()}</span></summary>{request_view(&entry.act)}</details>
        </li>
    }
    .into_any()
}
