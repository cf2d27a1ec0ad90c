//! Diagnostics page: lost connections, failed reads, and data that cannot be read.

use leptos::prelude::*;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::checks::trouble::Category;
use mesoscope_core::engine::message::Status;
use mesoscope_core::engine::stream_connection::ConnectionState;
use mesoscope_core::text;
use mesoscope_core::views::trouble::TroubleQuery;

use crate::clock::AgoByBrowserClock;
use crate::parts::reads::ReadStatusTable;
use crate::parts::trouble::{LostStreams, TroubleKinds};
use crate::widgets::panel::Panel;
use crate::worker_link::link;

/// In place of a figure before the first message.
const NONE_YET: &str = "none yet";

/// Renders the page.
#[component]
pub(crate) fn DiagnosticsPage() -> impl IntoView {
    let answer = link().watch(|| TroubleQuery);
    let trouble = Memo::new(move |_| answer.get().unwrap_or_default());
    let kinds = move |sort: Category| Memo::new(move |_| trouble.with(|trouble| trouble.of(sort).to_vec())).into();
    let losses = Memo::new(move |_| trouble.with(|trouble| trouble.losses.iter().cloned().collect::<Vec<_>>())).into();
    view! {
        <div class="head"><h1 tabindex="-1">"Diagnostics "<small>"connection and decoding problems"</small></h1></div>
        <Panel title="Connection">{connection()}</Panel>
        <div class="columns even">
            <div class="stack">
                <LostStreams losses/>
                <ReadStatusTable/>
                <TroubleKinds title="Failed reads" unnamed="a read" kinds=kinds(Category::Refused)
                    none="All reads were answered."/>
                <TroubleKinds title="Unreadable answers" unnamed="a read" kinds=kinds(Category::Misread)
                    none="All answers could be read."/>
            </div>
            <div class="stack">
                <TroubleKinds title="Unknown types" unnamed="an event without a type" kinds=kinds(Category::Unknown)
                    none="All events and objects are of known types."/>
                <TroubleKinds title="Unexpected fields" unnamed="a record without a type" kinds=kinds(Category::Field)
                    none="All fields have the expected form."/>
                <TroubleKinds title="Unreadable objects" unnamed="a record without a type" kinds=kinds(Category::Misfit)
                    none="All objects could be read and have an id."/>
                <TroubleKinds title="Undecodable records" unnamed="a record" kinds=kinds(Category::Undecodable)
                    none="All records could be decoded."/>
                <TroubleKinds title="Invalid UTF-8" unnamed="a record without a type" kinds=kinds(Category::LossilyDecoded)
                    none="All text is valid UTF-8. Invalid bytes are shown as escapes."/>
            </div>
        </div>
    }
}

fn connection() -> impl IntoView {
    let link = link();
    let number =
        move |of: fn(&Status) -> u64| move || link.status.with(|status| text::count(status.as_ref().map_or(0, of)));
    let decoded = move || {
        let decoding = link.status.with(|status| status.as_ref().map(|status| status.decoding)).unwrap_or_default();
        if decoding.bytes == 0 {
            return NONE_YET.to_owned();
        }
        let (number, unit) = text::bytes(Bytes::new(i64::try_from(decoding.bytes).unwrap_or(i64::MAX)));
        format!("{number} {unit} in {} ms", text::count(decoding.millis))
    };
    let heard = move || {
        link.status
            .with(|status| status.as_ref().and_then(|status| status.heard))
            .map_or_else(|| NONE_YET.into_any(), |at| view! { <AgoByBrowserClock at/> }.into_any())
    };
    let encoding = move || {
        let of = |status: &Status| text::diagnostics::stream_encoding(status.encoding);
        link.status.with(|status| status.as_ref().filter(|status| status.heard.is_some()).map_or(NONE_YET, of))
    };
    let heartbeats = move || {
        let status = link
            .status
            .get()
            .filter(|status| !matches!(status.link, ConnectionState::Lost { .. } | ConnectionState::Connecting { .. }));
        match status.map(|status| status.heartbeat) {
            Some(Some(every)) => format!("every {}", text::age(every)),
            Some(None) => "none: a silent stream may be dead".to_owned(),
            None => "not connected".to_owned(),
        }
    };
    view! {
        <dl class="facts">
            <div><dt>"Last message"</dt><dd>{heard}</dd></div>
            <div><dt>"Heartbeats"</dt><dd>{heartbeats}</dd></div>
            <div><dt>"Events in the last minute"</dt><dd>{number(|status| u64::from(status.events_a_minute))}</dd></div>
            <div><dt>"Errors"</dt><dd>{number(|status| status.trouble)}</dd></div>
            <div><dt>"Last snapshot decoded"</dt><dd>{decoded}</dd></div>
            <div><dt>"Encoding"</dt><dd>{encoding}</dd></div>
        </dl>
    }
}
