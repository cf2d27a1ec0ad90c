//! Rotated predecessors of a file, and the button that reads all of them as one file.

use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::files::viewport::ScrollAnchor;
use mesoscope_core::text;

use super::scroll::Scroller;
use crate::download::size_text;
use crate::parts::files::viewer_context::ViewerContext;

/// The button is placed below the lines, so that its appearance moves nothing the user is about to click.
///
/// A merged stream has none: it reads files without their predecessors.
pub(super) fn read_older_button(scroller: Scroller, around: ViewerContext) -> impl IntoView {
    move || {
        let (parts, is_packed) = scroller.log_source.older.get();
        let packed = is_packed.then_some("Older files are compressed: download them from the folder.");
        if scroller.stream.is_some() || (parts.is_empty() && packed.is_none()) {
            return None;
        }
        let total: u64 = parts.iter().map(|part| part.size).sum();
        let names: Vec<&str> = parts.iter().map(|part| files::entry::base_name(&part.path)).collect();
        let title = text::log_viewer::rotated_names(&names);
        let label = text::log_viewer::rotated_files(parts.len(), &size_text(total));
        let button = (!parts.is_empty()).then(|| {
            let pressed = move || scroller.log_source.chained.get().to_string();
            view! {
                <button class="text-button" title=title aria-pressed=pressed on:click=move |_| toggle(scroller, around)>{label}</button>
            }
        });
        Some(view! { {button}<span>{packed}</span> })
    }
}

/// Starts or stops reading the predecessors. The position and the linked line are kept: all offsets shift by the predecessors'
/// size.
fn toggle(scroller: Scroller, around: ViewerContext) {
    let log_source = scroller.log_source;
    let (parts, _) = log_source.older.get_untracked();
    let is_chained = !log_source.chained.get_untracked();
    let youngest = parts.last().map_or(0, |part| part.size);
    let before: u64 = parts.iter().map(|part| part.size).sum();
    let shifted = |at: u64| if is_chained { at + before } else { at.saturating_sub(before) };
    log_source.chained.set(is_chained);
    log_source.chain(if is_chained { parts } else { Vec::new() });
    // After a rotation moved the reader, chaining restores the line that was on screen.
    let was_at = scroller.was_at.try_update_value(Option::take).flatten();
    let back = was_at.filter(|at| is_chained && *at < youngest).map(|at| before - youngest + at);
    match (back, scroller.anchor.get_untracked()) {
        (Some(at), _) => scroller.go(ScrollAnchor::Line(at, 0.0)),
        (None, ScrollAnchor::Line(at, pixels)) => scroller.go(ScrollAnchor::Line(shifted(at), pixels)),
        (None, ScrollAnchor::End) => scroller.go(ScrollAnchor::End),
    }
    let file = scroller.file_of(0);
    around.rest.run(None);
    around.change(|place| {
        place.older.retain(|older| *older != file);
        place.older.extend(is_chained.then_some(file));
        if place.of == file {
            (place.at, place.to) = (place.at.map(shifted), place.to.map(shifted));
        }
    });
}
