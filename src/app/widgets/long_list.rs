//! Long list: the first entries, the total, a filter over all, and a button for more.

use leptos::prelude::*;
use mesoscope_core::text::tables;

/// Entries added per request.
const MORE: usize = 500;

/// Label of a long list, and the number of entries drawn at first.
#[derive(Clone, Copy)]
pub(crate) struct ListExtent {
    pub(crate) label: &'static str,
    pub(crate) few: usize,
    /// Whether the list starts with its last entries, the newest.
    pub(crate) from_end: bool,
}

impl ListExtent {
    pub(crate) const fn first(label: &'static str, few: usize) -> Self {
        Self { label, few, from_end: false }
    }

    pub(crate) const fn last(label: &'static str, few: usize) -> Self {
        Self { label, few, from_end: true }
    }
}

/// Renders entries within a frame; the filter matches `says`. Frame and filter survive a change of the entries.
pub(crate) fn long_list<T: Send + Sync + 'static>(
    extent: ListExtent,
    entries: impl Into<Signal<Vec<T>>>,
    says: impl Fn(&T) -> String + Send + Sync + 'static,
    draw: impl Fn(&T) -> AnyView + Send + Sync + 'static,
    frame: impl FnOnce(AnyView) -> AnyView,
) -> AnyView {
    let ListExtent { few, from_end, .. } = extent;
    let entries: Signal<Vec<T>> = entries.into();
    let (sought, most) = (RwSignal::new(String::new()), RwSignal::new(few));
    let fitting = Memo::new(move |_| {
        let sought = sought.read().to_lowercase();
        let fits = |entry: &T| sought.is_empty() || says(entry).to_lowercase().contains(&sought);
        let all = |all: &Vec<T>| {
            all.iter().enumerate().filter(|(_, entry)| fits(entry)).map(|(at, _)| at).collect::<Vec<_>>()
        };
        entries.with(all)
    });
    let rows = move || {
        let (fitting, most) = (fitting.get(), most.get());
        let skipped = if from_end { fitting.len().saturating_sub(most) } else { 0 };
        let shown = fitting.into_iter().skip(skipped).take(most);
        entries.with(|all| shown.filter_map(|at| all.get(at)).map(&draw).collect_view())
    };
    let is_long = Memo::new(move |_| entries.with(Vec::len) > few);
    let tools = move || {
        is_long.get().then(|| tools(extent, Signal::derive(move || entries.with(Vec::len)), fitting, sought, most))
    };
    view! { <div class="long" data-open=move || (most.get() > few).then_some("")>{frame(rows.into_any())}{tools}</div> }
        .into_any()
}

/// Shows how many entries are drawn, with the controls for the rest.
fn tools(
    extent: ListExtent,
    total: Signal<usize>,
    fitting: Memo<Vec<usize>>,
    sought: RwSignal<String>,
    most: RwSignal<usize>,
) -> AnyView {
    let ListExtent { label, few, from_end } = extent;
    let counts = move || {
        let matching = fitting.read().len();
        let filtered = (!sought.read().is_empty()).then_some(matching);
        tables::shown_of(matching.min(most.get()), filtered, total.get(), from_end)
    };
    let rest = move || fitting.read().len().saturating_sub(most.get());
    let more = move || match rest() {
        0 => (most.get() > few).then(|| "Show fewer".to_owned()),
        rest => Some(tables::show_more(rest, fitting.read().len(), MORE)),
    };
    let click = move |_| match untrack(rest) {
        0 => most.set(few),
        rest => most.update(|most| *most += rest.min(MORE)),
    };
    view! {
        <div class="long-tools">
            <span class="dim" role="status">{counts}</span>
            <input class="inline" type="search" aria-label=format!("Filter {label}") placeholder="Filter" autocomplete="off" spellcheck="false"
                prop:value=sought on:input=move |event| sought.set(event_target_value(&event))/>
            {move || more().map(|words| view! { <button class="text-button" type="button" on:click=click>{words}</button> })}
        </div>
    }
    .into_any()
}
