//! Frameworks and tasks on the machines of the selected window, updated as it is filled in.

use leptos::prelude::*;
use mesoscope_core::base::ids::FrameworkId;
use mesoscope_core::text;
use mesoscope_core::views::window_impact::WindowImpactQuery;

use crate::parts::links::framework_link;
use crate::parts::schedule::draft::Draft;
use crate::worker_link::link;

pub(super) fn impact(draft: Draft, at: usize) -> AnyView {
    let machines = Memo::new(move |_| draft.window(at).map(|window| window.machines).unwrap_or_default());
    let answer = link().watch(move || WindowImpactQuery(machines.get()));
    let says = move || {
        let number = machines.read().len();
        match answer.get() {
            Some(impact) => text::schedule::impact(number, &impact),
            None => "Loading …".to_owned(),
        }
    };
    let rows =
        Memo::new(move |_| answer.with(|answer| answer.as_ref().map(|of| of.listed.clone()).unwrap_or_default()));
    let row = |(id, name, tasks): (FrameworkId, String, u32)| {
        view! { <li>{framework_link(&id, &name)}<span class="num">{text::plural(tasks, "task", "tasks")}</span></li> }
    };
    let more = move || answer.with(|answer| answer.as_ref().and_then(text::schedule::more_frameworks));
    let note = move || (!rows.read().is_empty()).then_some(text::schedule::IMPACT_NOTE);
    view! {
        <section class="window-impact" aria-label="Affected">
            <h3>"Affected"</h3>
            <p role="status">{says}</p>
            <ul>{move || rows.get().into_iter().map(row).collect_view()}</ul>
            <p class="dim">{more}</p>
            <p class="dim">{note}</p>
        </section>
    }
    .into_any()
}
