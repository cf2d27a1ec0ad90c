//! Untrusted text of any length. A long one is shortened, with its size and a scrollable box for the rest.

use leptos::prelude::*;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::text::verbatim;

/// Maximum number of characters of an unshortened text.
const WHOLE: usize = 600;
/// Maximum number of characters of an unshortened text in a list.
const WHOLE_OF_MANY: usize = 180;

/// The text, or its beginning with a button for the rest.
pub(crate) fn excerpt(text: &str) -> AnyView {
    up_to(text, WHOLE)
}

/// The text in a list, where less of it is shown.
pub(crate) fn excerpt_of_many(text: &str) -> AnyView {
    up_to(text, WHOLE_OF_MANY)
}

fn up_to(text: &str, most: usize) -> AnyView {
    if text.char_indices().nth(most).is_none() {
        return text.to_owned().into_any();
    }
    // The button must replace more text than its own label.
    let end = text.char_indices().nth(most * 2 / 3).map_or(text.len(), |(end, _)| end);
    let beginning = format!("{} …", text.get(..end).unwrap_or_default());
    let length = Bytes::new(i64::try_from(text.len()).unwrap_or(i64::MAX));
    let whole = text.to_owned();
    let open = RwSignal::new(false);
    let shown = move || if open.get() { whole.clone() } else { beginning.clone() };
    let word = move || if open.get() { "Show less".to_owned() } else { verbatim::show_whole(length) };
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
