//! Page "Frameworks of this browser": their connections, offers, tasks, and the log of their calls and events.

use leptos::prelude::*;
use mesoscope_core::scheduler::hosted_io::FrameworkKey;
use mesoscope_core::text::own_frameworks as words;
use mesoscope_core::views::own_frameworks::{OwnFramework, OwnFrameworksQuery};

use crate::actions::action_store;
use crate::parts::own_framework::framework_panel;
use crate::parts::run::list::runs_panel;
use crate::widgets::panel::EmptyState;
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn OwnFrameworksPage() -> impl IntoView {
    let link = link();
    let answer = link.watch(|| OwnFrameworksQuery);
    let keys = Memo::new(move |_| {
        let keys = |frameworks: &[OwnFramework]| frameworks.iter().map(|own| own.key.clone()).collect::<Vec<_>>();
        answer.with(|answer| answer.as_ref().map(|answer| keys(&answer.frameworks)))
    });
    let framework = move |key: FrameworkKey| {
        let of = move |own: &&OwnFramework| own.key == key;
        let own = Memo::new(move |_| answer.with(|answer| answer.as_ref()?.frameworks.iter().find(&of).cloned()));
        framework_panel(own)
    };
    let keeping = Memo::new(move |_| answer.with(|answer| answer.as_ref().map(|answer| answer.keeping.clone())));
    let runs = Memo::new(move |_| link.status.with(|status| status.as_ref().map(|status| status.runs.clone())));
    let notes = move || {
        let keeping = keeping.get().unwrap_or_default();
        let refused = action_store().run_refusal();
        let kept = keeping.is_refused.then(|| words::NOT_KEPT.to_owned());
        let closing = runs.with(|runs| runs.as_ref().and_then(words::closing));
        let all = [refused, kept, words::elsewhere(&keeping), closing].into_iter().flatten();
        all.map(|words| view! { <p class="notice-line" role="note">{words}</p> }).collect_view()
    };
    let blank = move || {
        let is_empty = keys.with(|keys| keys.as_ref().is_some_and(Vec::is_empty));
        is_empty.then(|| view! { <section class="panel" aria-label=words::TITLE><EmptyState title="No frameworks" words=words::NONE/></section> })
    };
    view! {
        <div class="head"><h1 tabindex="-1">{words::TITLE}</h1></div>
        <div class="stack">
            <p class="dim">{words::ABOUT}</p>
            {notes}
            {blank}
            {runs_panel()}
            <For each=move || keys.get().unwrap_or_default() key=FrameworkKey::clone children=framework/>
        </div>
    }
}
