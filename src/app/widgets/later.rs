//! What need not be there in the first frame. A page that came whole would hold up everything else for as long.

use std::time::Duration;

use leptos::prelude::*;

/// Draws it in a task of its own, once the rest has been painted.
pub(crate) fn later(draw: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let due = RwSignal::new(false);
    after_paint(move || {
        due.try_set(true);
    });
    (move || due.get().then(&draw)).into_any()
}

/// Does it once what has been changed so far is on screen: what is asked for a frame comes before that is painted. And whoever else
/// waited for that frame comes first.
pub(crate) fn after_paint(act: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(act, MOMENT));
}

const MOMENT: Duration = Duration::from_millis(4);
