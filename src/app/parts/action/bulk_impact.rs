//! Sum of what several changes do to tasks, and the estimate of where those could run.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::bulk_impact::{BulkImpact, TaskFate};
use mesoscope_core::actions::placement::{Placement, RolePlacement};
use mesoscope_core::text::{self, bulk_impact as words};
use mesoscope_core::views::bulk_impact::BulkImpactQuery;

use super::runner::BatchRunner;
use crate::parts::links::framework_link;

/// The sum for the changes of the form; once they are started, as it was then.
pub(super) fn bulk_impact(runner: BatchRunner) -> Memo<Option<BulkImpact>> {
    let BatchRunner { run, link, .. } = runner;
    let started = Memo::new(move |_| run.read().has_started());
    // A number ties each response to its list.
    let asked = Memo::new(move |last: Option<&(u32, Vec<Action>)>| {
        let actions = if started.get() { Vec::new() } else { run.read().actions().to_vec() };
        (last.map_or(0, |last| last.0.wrapping_add(1)), actions)
    });
    let answer = link.watch(move || {
        let (number, actions) = asked.get();
        BulkImpactQuery { number, actions }
    });
    Memo::new(move |last: Option<&Option<BulkImpact>>| match answer.get() {
        Some((number, sum)) if !started.get() && number == asked.read_untracked().0 => sum,
        _ => last.cloned().flatten(),
    })
}

/// The sum of several changes.
pub(super) fn total(sum: &BulkImpact) -> AnyView {
    let tone = if sum.tasks > 0 && sum.fate != TaskFate::Continue { "bad" } else { "idle" };
    let chips = sum.top.iter().map(|(id, name, tasks)| {
        view! { <span class="chip">{framework_link(id, name)}" "{text::count(u64::from(*tasks))}</span> }
    });
    let more = words::more_frameworks(sum).map(|more| view! { <span class="dim">{more}</span> });
    let given_up = words::given_up(sum).map(|words| view! { <p class="state" data-tone="bad">{words}</p> });
    let refused = words::refused(sum).map(|words| view! { <p class="dim">{words}</p> });
    view! {
        <div class="sum" role="group" aria-label="Total">
            <p class="state" data-tone=tone><b>{words::total(sum)}</b></p>
            <p class="chips">{chips.collect_view()}{more}</p>
            {given_up}{refused}
        </div>
    }
    .into_any()
}

/// Whether the tasks fit on the rest of the cluster.
pub(super) fn placement(placement: &Placement) -> AnyView {
    let fits = placement.fits() >= placement.tasks();
    let line = |role: &RolePlacement| {
        let tone = if role.fits >= role.tasks { "ok" } else { "warn" };
        let name = role.role.as_ref().map_or_else(|| "not known".to_owned(), |role| role.0.clone());
        view! {
            <tr><th scope="row">{name}</th><td>{text::count(u64::from(role.tasks))}</td><td class="wrap">{words::quantities(role.needs)}</td>
                <td class="wrap">{words::quantities(role.free)}</td><td class="wrap"><span class="state" data-tone=tone>{words::role_fit(role)}</span></td></tr>
        }
    };
    view! {
        <div class="sum" role="group" aria-label="Room on the rest of the cluster">
            <p class="state" data-tone=if fits { "ok" } else { "warn" }>{words::fit(placement)}</p>
            <p class="dim">{words::basis(placement).join(" ")}</p>
            <details open=!fits><summary>"By role"</summary>
                <div class="scroll-x" tabindex="0" role="group" aria-label="Room by role"><table class="plain changes">
                    <thead><tr><th>"Role"</th><th>"Tasks"</th><th>"Needed"</th><th>"Free for the role"</th><th>"Fit"</th></tr></thead>
                    <tbody>{placement.roles.iter().map(line).collect_view()}</tbody></table></div></details>
        </div>
    }
    .into_any()
}
