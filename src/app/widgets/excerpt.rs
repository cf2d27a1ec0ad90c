//! Text of any length that others wrote: a short one whole; of a long one the beginning, how long it is, and all of it in a box that
//! scrolls.

use leptos::prelude::*;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::text;

/// Characters up to which a text is shown whole.
const WHOLE: usize = 600;
/// Characters that are shown of one that is longer.
const BEGINNING: usize = 400;

/// The text, or its beginning with a button for the rest.
pub(crate) fn excerpt(text: &str) -> AnyView {
    if text.char_indices().nth(WHOLE).is_none() {
        return text.to_owned().into_any();
    }
    let end = text.char_indices().nth(BEGINNING).map_or(text.len(), |(end, _)| end);
    let beginning = format!("{} …", text.get(..end).unwrap_or_default());
    let (number, unit) = text::bytes(Bytes::new(i64::try_from(text.len()).unwrap_or(i64::MAX)));
    let whole = text.to_owned();
    let open = RwSignal::new(false);
    let shown = move || if open.get() { whole.clone() } else { beginning.clone() };
    let word = move || if open.get() { "Show less".to_owned() } else { format!("Show all {number} {unit}") };
    let toggle = move |_| open.update(|open| *open = !*open);
    let scrolls = move || open.get().then_some("0");
    view! {
        <div class="excerpt">
            <div tabindex=scrolls role=move || open.get().then_some("group") aria-label=move || open.get().then_some("The whole text")>{shown}</div>
            <button class="text-button" type="button" aria-expanded=move || open.get().to_string() on:click=toggle>{word}</button>
        </div>
    }
    .into_any()
}
