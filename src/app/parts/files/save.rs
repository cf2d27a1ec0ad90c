//! Download buttons for files and folders. Progress is shown in the list of downloads.

use leptos::prelude::*;
use mesoscope_core::mesos::calls::Target;

use crate::download::downloads;
use crate::icon::Icon;
use crate::worker_link::link;

/// Small download button for one entry of a table.
pub(crate) fn save_icon(target: Target, path: String, is_folder: bool) -> AnyView {
    let (link, downloads) = (link(), downloads());
    let label = if is_folder { "Download as tar" } else { "Download" };
    let click = move |_| downloads.begin(link, target.clone(), path.clone());
    view! { <button class="quiet" tabindex="-1" aria-label=label title=label on:click=click>{Icon::Download.view()}</button> }.into_any()
}

/// Download button.
pub(crate) fn download_button(target: Target, path: String, word: &'static str) -> AnyView {
    let (link, downloads) = (link(), downloads());
    let click = move |_| downloads.begin(link, target.clone(), path.clone());
    view! { <button class="button" on:click=click>{word}</button> }.into_any()
}
