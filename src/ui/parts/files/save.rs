//! The button that downloads a file or a folder, with what came of it beside it.

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope::api::Target;
use mesoscope::text;

use crate::ui::download::{Standing, download};
use crate::ui::link::link;

/// A small button in a table, for one entry.
pub(crate) fn save_icon(target: Target, path: String, is_folder: bool) -> AnyView {
    let standing = RwSignal::new(Standing::None);
    let link = link();
    let label = if is_folder { "Download as tar" } else { "Download" };
    let click = move |_| {
        let (target, path) = (target.clone(), path.clone());
        leptos::task::spawn_local_scoped(async move { download(link, target, path, standing).await });
    };
    let title = move || match standing.get() {
        Standing::Failed(words) => words,
        Standing::Reading(at, of) => format!("{label}: {}", text::percent(at as f64, of as f64)),
        Standing::None => label.to_owned(),
    };
    let tone = move || matches!(standing.get(), Standing::Failed(_)).then_some("bad");
    view! { <button class="quiet" tabindex="-1" aria-label=title title=title data-tone=tone on:click=click>"↓"</button> }.into_any()
}

/// The button. While the page itself reads the file, it tells how far, and stops.
pub(crate) fn download_button(target: Target, path: String, word: &'static str) -> AnyView {
    let standing = RwSignal::new(Standing::None);
    let link = link();
    let begun = RwSignal::new(0_u32);
    // To run again, or to stop, is to let go of the one before.
    Effect::new(move |_| {
        if begun.get() % 2 == 1 {
            let (target, path) = (target.clone(), path.clone());
            spawn_local_scoped_with_cancellation(async move {
                download(link, target, path, standing).await;
                begun.try_update(|begun| *begun += 1);
            });
        }
    });
    let click = move |_| {
        if begun.get_untracked() % 2 == 1 {
            standing.set(Standing::None);
        }
        begun.update(|begun| *begun += 1);
    };
    let words = move || match standing.get() {
        Standing::Reading(at, of) => format!("Stop, {}", text::percent(at as f64, of as f64)),
        Standing::None | Standing::Failed(_) => word.to_owned(),
    };
    let failed = move || match standing.get() {
        Standing::Failed(words) => Some(view! { <span class="wrong">{words}</span> }),
        Standing::None | Standing::Reading(..) => None,
    };
    view! { <button class="button" on:click=click>{words}</button><span role="status">{failed}</span> }.into_any()
}
