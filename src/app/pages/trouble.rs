//! Page of non-fatal troubles: lost connections, failed reads, unreadable data.

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

/// Renders the page.
#[component]
pub(crate) fn TroublePage() -> impl IntoView {
    let answer = link().watch(|| TroubleQuery);
    let trouble = Memo::new(move |_| answer.get().unwrap_or_default());
    let kinds = move |sort: Category| Memo::new(move |_| trouble.with(|trouble| trouble.of(sort).to_vec())).into();
    let losses = Memo::new(move |_| trouble.with(|trouble| trouble.losses.iter().cloned().collect::<Vec<_>>())).into();
    view! {
        <div class="head"><h1 tabindex="-1">"Trouble "<small>"what went wrong on the way, and stopped nothing"</small></h1></div>
        <Panel title="Connection">{connection()}</Panel>
        <div class="columns even">
            <div class="stack">
                <LostStreams losses/>
                <ReadStatusTable/>
                <TroubleKinds title="Failed reads" unnamed="a read" kinds=kinds(Category::Refused)
                    none="Every read beside the stream was answered."/>
                <TroubleKinds title="Unreadable answers" unnamed="a read" kinds=kinds(Category::Misread)
                    none="Every answer to a read was what it should be."/>
            </div>
            <div class="stack">
                <TroubleKinds title="Of an unknown type" unnamed="an event without a type" kinds=kinds(Category::Unknown)
                    none="Every event and object was of a type that this build knows."/>
                <TroubleKinds title="Fields that cannot be read" unnamed="a record without a type" kinds=kinds(Category::Field)
                    none="Every field has the form that this version expects."/>
                <TroubleKinds title="Objects that cannot be read" unnamed="a record without a type" kinds=kinds(Category::Misfit)
                    none="Every object is one, and says which one."/>
                <TroubleKinds title="Not to be decoded" unnamed="a record" kinds=kinds(Category::Undecodable)
                    none="Every record was JSON."/>
                <TroubleKinds title="With text that is not UTF-8" unnamed="a record without a type" kinds=kinds(Category::LossilyDecoded)
                    none="All text was UTF-8. Where it is not, a sign and its two digits stand for each bad byte."/>
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
        let (number, unit) = text::bytes(Bytes::new(i64::try_from(decoding.bytes).unwrap_or(i64::MAX)));
        format!("{number} {unit} in {} ms", text::count(decoding.millis))
    };
    let heard = move || {
        link.status
            .with(|status| status.as_ref().and_then(|status| status.heard))
            .map(|at| view! { <AgoByBrowserClock at/> })
    };
    let heartbeats = move || {
        let status = link
            .status
            .get()
            .filter(|status| !matches!(status.link, ConnectionState::Lost { .. } | ConnectionState::Connecting { .. }));
        status.map(|status| match status.heartbeat {
            Some(every) => format!("every {}", text::age(every)),
            None => "none promised: a quiet stream may be dead".to_owned(),
        })
    };
    view! {
        <dl class="facts">
            <div><dt>"Master heard of"</dt><dd>{heard}</dd></div>
            <div><dt>"Heartbeats"</dt><dd>{heartbeats}</dd></div>
            <div><dt>"Events in the last minute"</dt><dd>{number(|status| u64::from(status.events_a_minute))}</dd></div>
            <div><dt>"Not understood, or failed"</dt><dd>{number(|status| status.trouble)}</dd></div>
            <div><dt>"Last snapshot decoded"</dt><dd>{decoded}</dd></div>
        </dl>
    }
}
