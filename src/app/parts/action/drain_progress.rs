//! Progress of an agent's drain: remaining tasks by framework, and the estimated end.

use leptos::prelude::*;
use mesoscope_core::actions::draining::DrainProgress;
use mesoscope_core::text;
use mesoscope_core::text::dialogs;

use crate::clock::{Ago, cluster_now_signal, time_of_day};
use crate::parts::links::framework_link;

/// Drain progress with the grounds of its estimated end.
pub(crate) fn draining_view(draining: &DrainProgress) -> AnyView {
    let DrainProgress { since, left, of, ends, grounds } = draining.clone();
    let since = since.map(|since| view! { <span class="dim">"started "<Ago at=since/></span> });
    let of = of.into_iter().map(|(id, name, tasks)| {
        view! { <span class="chip">{framework_link(&id, &name)}" "{text::count(u64::from(tasks))}</span> }
    });
    let now = cluster_now_signal();
    let end = move || ends.map(|ends| dialogs::expected_end(&time_of_day(ends)(), ends.since(now.get())));
    view! {
        <div class="stage draining">
            <p class="line"><b>{dialogs::tasks_left(left)}</b>{since}<span>{end}</span></p>
            <p class="chips">{of.collect_view()}</p>
            <p class="dim">{text::actions::estimate_basis(grounds)}</p>
        </div>
    }
    .into_any()
}

/// Short drain progress for a table cell.
pub(super) fn drain_text_in_table(draining: &DrainProgress) -> String {
    dialogs::draining(draining.left, draining.ends.map(|ends| time_of_day(ends)()).as_deref())
}
