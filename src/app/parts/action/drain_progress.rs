//! Progress of an agent's drain: remaining tasks by framework, and the estimated end.

use leptos::prelude::*;
use mesoscope_core::actions::draining::DrainProgress;
use mesoscope_core::text;

use crate::clock::{Ago, cluster_now_signal, time_of_day};
use crate::parts::links::framework_link;

/// Drain progress with the grounds of its estimated end.
pub(crate) fn draining_view(draining: &DrainProgress) -> AnyView {
    let DrainProgress { since, left, of, ends, grounds } = draining.clone();
    let since = since.map(|since| view! { <span class="dim">"begun "<Ago at=since/></span> });
    let of = of.into_iter().map(|(id, name, tasks)| {
        view! { <span class="chip">{framework_link(&id, &name)}" "{text::count(u64::from(tasks))}</span> }
    });
    let now = cluster_now_signal();
    let end = move || {
        let ends = ends?;
        Some(if ends > now.get() {
            format!("Should end by {}, in {}.", time_of_day(ends)(), text::until(ends.since(now.get())))
        } else {
            format!("Should have ended by {}, {} ago.", time_of_day(ends)(), text::span(now.get().since(ends)))
        })
    };
    view! {
        <div class="stage draining">
            <p class="line"><b>{left_words(left)}</b>{since}<span>{end}</span></p>
            <p class="chips">{of.collect_view()}</p>
            <p class="dim">{text::actions::estimate_basis(grounds)}</p>
        </div>
    }
    .into_any()
}

/// Short drain progress for a table cell.
pub(super) fn drain_text_in_table(draining: &DrainProgress) -> String {
    let end = draining.ends.map(|ends| format!(", until about {}", time_of_day(ends)())).unwrap_or_default();
    format!("Draining: {}{end}", left_words(draining.left))
}

fn left_words(left: u32) -> String {
    format!("{} left", text::plural(left, "task", "tasks"))
}
