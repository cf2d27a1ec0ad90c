//! Shared parts of detail pages: facts, small tables, and memoized slices of the response.

use leptos::prelude::*;
use mesoscope_core::base::units::{Quantities, Timestamp};
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::wire::detail::DetailedResource;
use mesoscope_core::mesos::wire::field::Misfit;
use mesoscope_core::mesos::wire::misfits;
use mesoscope_core::text::{self, scalar};
use mesoscope_core::views::raw_answer::RawAnswerQuery;
use mesoscope_core::views::view::AbsentReason;

use super::figure::ago_or_nothing;
use super::links::none;
use crate::parts::data_age::EmptyMasterList;
use crate::widgets::code::Code;
use crate::widgets::excerpt::{excerpt, excerpt_of_many};
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::EmptyState;
use crate::worker_link::link;

/// Number of chips, and of rows, drawn at first.
const CHIPS: usize = 30;
pub(crate) const ROWS: usize = 60;

/// A page's response: `None` before it arrives, or the reason why the object is absent.
pub(crate) type DetailResponse<T> = ReadSignal<Option<Result<T, AbsentReason>>>;

/// A part of the response, which notifies only when it changes; the default before the first response.
pub(crate) fn slice<T, S>(detail: DetailResponse<T>, of: fn(&T) -> S) -> Memo<S>
where
    T: PartialEq + Send + Sync + 'static,
    S: Default + PartialEq + Clone + Send + Sync + 'static,
{
    Memo::new(move |_| {
        detail.with(|detail| detail.as_ref().and_then(|detail| detail.as_ref().ok()).map(of).unwrap_or_default())
    })
}

/// A named fact.
pub(crate) fn fact(name: &'static str, value: impl IntoView + 'static) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

/// Shown in place of a list that cannot be read.
pub(crate) fn not_known(words: &'static str) -> AnyView {
    view! { <EmptyState title="Not known" words/> }.into_any()
}

/// What is shown in place of a value that cannot be read.
pub(crate) fn unknown() -> AnyView {
    view! { <span class="dim">"not known"</span> }.into_any()
}

/// The unreadable fields of an object.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct UnreadableFields(pub(crate) Vec<Misfit>);

impl UnreadableFields {
    /// A fact at a JSON path of the object; "not known" if that path is unreadable.
    pub(crate) fn fact(&self, way: &str, name: &'static str, value: impl IntoView + 'static) -> AnyView {
        let value = if self.lacks(way) { unknown() } else { value.into_any() };
        fact(name, value)
    }

    /// Whether something at that JSON path is unreadable.
    pub(crate) fn lacks(&self, way: &str) -> bool {
        misfits::is_unreadable(&self.0, way)
    }
}

/// Resources in one line; a dash for none.
pub(crate) fn usage_text(used: Quantities) -> String {
    or_dash(&text::resources::quantities(used))
}

/// Used resources in one line, without those of zero.
pub(crate) fn usage(used: Quantities) -> AnyView {
    let text = text::resources::quantities(used);
    if text.is_empty() { none() } else { text.into_any() }
}

/// Raw body of a read, once it has arrived.
pub(crate) fn raw_answer(part: Topic, title: &'static str) -> impl IntoView {
    let answer = link().watch(move || RawAnswerQuery(part));
    let body = Memo::new(move |_| answer.get().unwrap_or_default());
    let has_come = Memo::new(move |_| !body.read().is_empty());
    move || has_come.get().then(|| view! { <Code title text=body.into()/> })
}

/// The text, or a dash if empty.
pub(crate) fn or_dash(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}

/// Untrusted text, shortened if long; a dash if empty.
pub(crate) fn untrusted_text(text: &str) -> AnyView {
    if text.is_empty() { none() } else { excerpt(text) }
}

/// Count for a heading, with the number shown if the list is truncated.
pub(crate) fn shown_of_total(shown: usize, known: u32) -> String {
    let known_words = text::count(u64::from(known));
    if shown < known as usize { text::tables::shown_of(shown, None, known as usize, false) } else { known_words }
}

/// Relative time, or a dash.
pub(crate) fn ago_or_dash(at: Option<Timestamp>) -> AnyView {
    at.map_or_else(none, |at| ago_or_nothing(Some(at)))
}

/// Key-value pairs, such as labels.
pub(crate) fn pairs(pairs: &[(String, String)]) -> AnyView {
    if pairs.is_empty() {
        return none();
    }
    let text = |(key, value): &(String, String)| if value.is_empty() { key.clone() } else { format!("{key}={value}") };
    let draw = |text: &String| view! { <span class="chip">{excerpt_of_many(text)}</span> }.into_any();
    let texts = Signal::stored(pairs.iter().map(text).collect::<Vec<String>>());
    let frame = |chips: AnyView| view! { <span class="chips">{chips}</span> }.into_any();
    long_list(ListExtent::first("values", CHIPS), texts, String::clone, draw, frame)
}

/// Words as chips.
pub(crate) fn chips(words: &[String]) -> AnyView {
    let pairs_of: Vec<(String, String)> = words.iter().map(|word| (word.clone(), String::new())).collect();
    pairs(&pairs_of)
}

/// Table of resources with their owners; `label` is its accessible name.
pub(crate) fn resources(label: &'static str, rows: &[DetailedResource]) -> AnyView {
    if rows.is_empty() {
        return view! { <EmptyMasterList list=FilteredList::Reservations title="None" words="No resources."/> }
            .into_any();
    }
    let line = |row: &DetailedResource| {
        let amount = row.scalar.map_or_else(|| row.items.clone(), |value| scalar(&row.name, value));
        let kind = if row.dynamic { "" } else { " (static)" };
        let reserved = if row.reserved_for.is_empty() { String::new() } else { format!("{}{kind}", row.reserved_for) };
        let volume = text::resources::volume(&row.volume, &row.container_path);
        let marks = [(row.revocable, "revocable"), (row.shared, "shared")];
        let marks = marks.into_iter().filter(|(is, _)| *is).map(|(_, word)| word);
        let source = Some(row.source.as_str()).filter(|source| !source.is_empty());
        let marks: Vec<&str> = source.into_iter().chain(marks).collect();
        view! {
            <tr>
                <td>{row.name.clone()}</td>
                <td class=if row.scalar.is_some() { "num" } else { "num wrap" }>{excerpt(&amount)}</td>
                <td>{row.allocated_to.clone()}</td>
                <td title=row.by.clone()>{reserved}</td>
                <td class="mono" title=volume.clone()>{volume.clone()}</td>
                <td class="dim">{marks.join(", ")}</td>
            </tr>
        }
        .into_any()
    };
    let says = |row: &DetailedResource| format!("{} {} {} {}", row.name, row.items, row.reserved_for, row.volume);
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label=label><table class="plain">
                <thead><tr><th>"Resource"</th><th class="num">"Amount"</th><th>"Allocated to"</th><th>"Reserved for"</th><th>"Volume"</th><th><span class="unseen">"Kind"</span></th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    long_list(ListExtent::first("resources", ROWS), Signal::stored(rows.to_vec()), says, line, frame)
}
