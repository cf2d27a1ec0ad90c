//! What a page can do without in its first frame. A page that came whole would hold up everything else for as long.

use std::time::Duration;

use leptos::prelude::*;

/// Draws it in a task of its own, once the rest has been painted.
pub(crate) fn later(draw: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let due = RwSignal::new(false);
    let come = move || {
        due.try_set(true);
    };
    request_animation_frame(move || set_timeout(come, Duration::ZERO));
    (move || due.get().then(&draw)).into_any()
}
