//! Suggestions for a table's filter: fields, and values that occur in the rows.

use leptos::prelude::*;
use mesoscope_core::base::encoding::DecodeError;
use mesoscope_core::views::filter::partial_word::PartialWord;
use mesoscope_core::views::query::Query;
use mesoscope_core::views::suggest::{self, Suggestion};
use mesoscope_core::views::table::Facet;

use crate::worker_link::link;

/// Fields that a table's filter knows.
#[derive(Clone, Copy)]
pub(crate) struct FilterFields {
    pub(crate) words: &'static [&'static str],
    pub(crate) numbers: &'static [&'static str],
    /// Query for the values of a field that contain a text, among the rows that match a filter.
    pub(crate) values: Callback<(String, String, String), Query>,
    /// Decodes the response of `values`.
    pub(crate) read: fn(&[u8]) -> Result<Option<Facet>, DecodeError>,
}

impl FilterFields {
    /// Current values while the scope lasts; the query tracks what `asks` reads.
    pub(crate) fn watch(
        self,
        asks: impl Fn() -> (String, String, String) + Send + Sync + 'static,
    ) -> Memo<Option<Facet>> {
        let answer = link().watch_as(move || self.values.run(asks()), self.read);
        Memo::new(move |_| answer.get().flatten())
    }
}

/// Suggestions for the filter; queried only while the list is open.
pub(crate) fn suggestions(
    fields: FilterFields,
    filter: Signal<String>,
    open: RwSignal<bool>,
) -> Signal<Vec<Suggestion>> {
    let offered = Memo::new(move |_| {
        if !open.get() {
            return None;
        }
        let ending = Memo::new(move |_| PartialWord::of(&filter.read()));
        let first = fields.words.first().copied().unwrap_or_default();
        let values = fields.watch(move || {
            let PartialWord { before, field, part, .. } = ending.get();
            (before, field.unwrap_or_else(|| first.to_owned()), part)
        });
        let names = fields.watch(|| (String::new(), String::new(), String::new()));
        Some(Memo::new(move |_| {
            let names = names.get().map(|facet| facet.values).unwrap_or_default();
            suggest::suggestions((fields.words, fields.numbers), &names, values.read().as_ref(), &ending.read())
        }))
    });
    Signal::derive(move || offered.get().map(|offered| offered.get()).unwrap_or_default())
}
