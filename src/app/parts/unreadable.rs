//! Fields and lists sent by the master that this build cannot read.

use leptos::prelude::*;
use mesoscope_core::mesos::wire::field::Misfit;
use mesoscope_core::mesos::wire::json_splitter::UnknownList;
use mesoscope_core::text::{self, diagnostics};

use crate::worker_link::link;

/// Unreadable fields of the object with their reasons; empty if there are none.
pub(crate) fn unreadable_fields(fields: Memo<Vec<Misfit>>) -> impl IntoView {
    move || {
        let fields = fields.get();
        if fields.is_empty() {
            return None;
        }
        let title = diagnostics::unreadable_fields(fields.len());
        let line = |field: &Misfit| view! { <li class="mono">{field.to_string()}</li> };
        Some(view! {
            <section class="panel unreadable" aria-label=title.clone()>
                <header><h2><span class="state" data-tone="warn">{title.clone()}</span></h2></header>
                <p class="dim">{diagnostics::OTHER_FIELDS}</p>
                <ul>{fields.iter().map(line).collect_view()}</ul>
            </section>
        })
    }
}

/// What the sums by role may leave out, since it cannot be read.
pub(crate) fn unreadable_tasks() -> impl IntoView {
    let status = link().status;
    let words = Memo::new(move |_| {
        let standing = status.with(|status| status.as_ref()?.standing.as_ref().map(|known| known.sum_gaps));
        text::sums_without(standing.unwrap_or_default())
    });
    move || words.get().map(warning)
}

fn warning(words: String) -> impl IntoView {
    view! { <p class="unknown-list"><span class="state" data-tone="warn">{words}</span></p> }
}

/// Unknown lists within these objects of the master's answers, such as `get_tasks`.
pub(crate) fn unknown_lists(belongs: fn(&str) -> bool) -> impl IntoView {
    let link = link();
    let lists = Memo::new(move |_| {
        let all =
            link.status.with(|status| status.as_ref().map(|status| status.unknown_lists.clone()).unwrap_or_default());
        all.into_iter().filter(|list| belongs(&list.within)).collect::<Vec<_>>()
    });
    let line = |list: &UnknownList| warning(diagnostics::unknown_list(list));
    move || lists.with(|lists| lists.iter().map(line).collect_view())
}
