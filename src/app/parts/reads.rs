//! Periodic reads beside the event stream: topic, age and errors.

use leptos::prelude::*;
use mesoscope_core::cluster::unknown::Unknown;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::engine::poller::TopicStatus;
use mesoscope_core::text::checks;

use crate::clock::AgoByBrowserClock;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Lists the reads. Topics that no page shows are not refreshed, so their age is no fault.
#[component]
pub(crate) fn ReadStatusTable() -> impl IntoView {
    let link = link();
    let parts = Memo::new(move |_| {
        link.status.with(|status| status.as_ref().map(|status| status.topics.clone()).unwrap_or_default())
    });
    let again = move |_| {
        let all = parts.with_untracked(|parts| parts.iter().map(|status| status.part).collect());
        link.send(&ToEngine::Reread(all));
    };
    view! {
        <Panel title="Polled endpoints" aside=move || view! { <button class="text-button" on:click=again>"Refresh all"</button> }>
            {move || parts.with(|parts| table(parts))}
        </Panel>
    }
}

fn reason(why: &Unknown) -> String {
    checks::reason(why).unwrap_or_else(|| checks::unknown(why).to_owned())
}

fn table(parts: &[TopicStatus]) -> AnyView {
    if parts.is_empty() {
        return view! { <EmptyState title="No reads yet" words="Endpoints are polled while a page shows their data."/> }
            .into_any();
    }
    let line = |status: &TopicStatus| {
        let state = match &status.failing {
            None => view! { <span class="state" data-tone="ok">"OK"</span> }.into_any(),
            Some((since, why)) => {
                view! { <span class="state" data-tone="warn">"failing since "<AgoByBrowserClock at=*since/>": "{reason(why)}</span> }
                    .into_any()
            }
        };
        view! {
            <tr>
                <td title=checks::topic(status.part)>{checks::topic(status.part)}</td>
                <td class="mono">{status.part.call()}</td>
                <td>{status.reported.map(|at| view! { <span class="dim"><AgoByBrowserClock at/></span> })}</td>
                <td class="wrap">{state}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Polled endpoints"><table class="plain">
            <thead><tr><th>"Topic"</th><th>"Call"</th><th>"Last answer"</th><th>"State"</th></tr></thead>
            <tbody>{parts.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}
