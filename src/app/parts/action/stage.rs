//! Progress of one change as text.

use leptos::prelude::*;
use mesoscope_core::actions::execution::{Outcome, Stage};
use mesoscope_core::actions::preview::{Preview, PreviewValue, differences};
use mesoscope_core::text;

use super::texts;
use crate::sign_in::sign_in_again;

/// Tone and text of a stage.
pub(super) fn stage_text(stage: &Stage, is_done: bool) -> (&'static str, String) {
    let tone = match stage {
        Stage::Review => "idle",
        Stage::Reading(_) | Stage::Sending | Stage::Following(..) => "busy",
        Stage::Unread => "bad",
        Stage::Conflict(_) | Stage::ResponseLost(..) => "warn",
        Stage::Over(Outcome::Started) if is_done => "ok",
        Stage::Over(outcome) => texts::outcome_tone(outcome),
    };
    (tone, text::action_progress::stage(stage, is_done, texts::outcome_words))
}

/// Tone and text of a stage in a batch row. The row has no room for a three-way comparison: it shows the base and the current
/// value.
pub(super) fn stage_text_in_table(stage: &Stage, is_done: bool, preview: Option<&Preview>) -> (&'static str, String) {
    let (Stage::Conflict(base), Some(preview)) = (stage, preview) else { return stage_text(stage, is_done) };
    let moved = differences(base, &preview.current).into_iter().map(|row| {
        let value = |value: Option<PreviewValue>| texts::value(value.as_ref());
        text::dialogs::moved(&texts::key(&row.key), &value(row.before), &value(row.after))
    });
    let moved: Vec<String> = moved.collect();
    ("warn", text::action_progress::conflict(&moved))
}

/// Stage of a change, with the conflicting values if another operator has changed them.
pub(super) fn stage(stage: &Stage, is_done: bool, preview: Option<&Preview>) -> AnyView {
    let (tone, words) = stage_text(stage, is_done);
    let ways = match (stage, preview) {
        (Stage::Conflict(base), Some(preview)) => texts::conflict_table(base, &preview.current, &preview.desired),
        _ => ().into_any(),
    };
    if words.is_empty() {
        return ().into_any();
    }
    let is_expired = matches!(stage, Stage::Over(Outcome::Intercepted(by)) if by.signs_in);
    let sign_in = is_expired.then(sign_in_again);
    view! { <div class="stage" data-tone=tone><p class="state" data-tone=tone>{words}</p>{ways}{sign_in}</div> }
        .into_any()
}
