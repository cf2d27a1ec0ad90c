//! What went wrong on the way, as far as the connection knows.

use leptos::prelude::*;
use mesoscope::text;

use crate::ui::clock::Ago;
use crate::ui::link::link;
use crate::ui::widgets::Panel;

/// The page.
#[component]
pub(crate) fn TroublePage() -> impl IntoView {
    let link = link();
    let count = move || link.status.with(|status| text::count(status.as_ref().map_or(0, |status| status.trouble)));
    let decoding = move || link.status.with(|status| status.as_ref().map(|status| status.decoding)).unwrap_or_default();
    let decoded = move || {
        let (number, unit) =
            text::bytes(mesoscope::units::Bytes::new(i64::try_from(decoding().bytes).unwrap_or(i64::MAX)));
        format!("{number} {unit} in {} ms", text::count(decoding().millis))
    };
    let rate = move || {
        link.status.with(|status| text::count(u64::from(status.as_ref().map_or(0, |status| status.events_a_minute))))
    };
    let heard = move || {
        link.status.with(|status| status.as_ref().and_then(|status| status.heard)).map(|at| view! { <Ago at/> })
    };
    view! {
        <div class="head"><h1 tabindex="-1">"Trouble"</h1></div>
        <Panel title="Connection">
            <dl class="facts">
                <div><dt>"Master heard of"</dt><dd>{heard}</dd></div>
                <div><dt>"Events in the last minute"</dt><dd>{rate}</dd></div>
                <div><dt>"Not understood, or failed"</dt><dd>{count}</dd></div>
                <div><dt>"Last snapshot decoded"</dt><dd>{decoded}</dd></div>
            </dl>
            <div class="blank"><p>"Counted are unknown events and objects, records and answers that could not be read, text that was not UTF-8, failed reads and lost connections. Nothing of it stops the stream."</p></div>
        </Panel>
    }
}
