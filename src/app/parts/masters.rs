//! The masters, which of them leads, and how each answered last, as the gateway knows it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::calls::masters::MasterReport;
use mesoscope_core::text::masters as words;

use crate::api_client::{self, NoMasters};
use crate::clock::AgoByBrowserClock;
use crate::hooks::{now, wait};
use crate::widgets::panel::{EmptyState, Panel};

const EVERY: Duration = Duration::from_secs(10);
/// Interval while no master leads: the page's own next call may change that.
const WITHOUT_LEADER: Duration = Duration::from_secs(2);

/// The list and the time of its arrival.
type List = Result<(Vec<MasterReport>, Timestamp), NoMasters>;

/// Shows the masters.
#[component]
pub(crate) fn Masters() -> impl IntoView {
    let list = RwSignal::new(None::<List>);
    spawn_local_scoped_with_cancellation(follow(list));
    let table = move || match list.get() {
        None => ().into_any(),
        Some(Ok((masters, at))) => table(&masters, at),
        Some(Err(NoMasters::NoGateway)) => missing(words::NO_GATEWAY),
        Some(Err(NoMasters::OldGateway)) => missing(words::OLD_GATEWAY),
        Some(Err(NoMasters::Unreadable)) => missing(words::UNREADABLE),
    };
    view! { <Panel title="Masters">{table}</Panel> }
}

/// Reads the list while the page is visible. A server without a list is asked once.
async fn follow(list: RwSignal<Option<List>>) {
    let is_final = |list: &Option<List>| matches!(list, Some(Err(NoMasters::NoGateway | NoMasters::OldGateway)));
    while !list.with_untracked(is_final) {
        if !document().hidden() {
            let masters = api_client::masters().await;
            list.set(Some(masters.map(|masters| (masters, now()))));
        }
        let has_no_leader =
            |list: &Option<List>| matches!(list, Some(Ok((all, _))) if !all.iter().any(|master| master.leads));
        let pause = if list.with_untracked(has_no_leader) { WITHOUT_LEADER } else { EVERY };
        wait(i32::try_from(pause.as_millis()).unwrap_or(i32::MAX)).await;
    }
}

fn missing(why: &'static str) -> AnyView {
    view! { <EmptyState title=words::NOT_KNOWN words=why/> }.into_any()
}

fn table(masters: &[MasterReport], at: Timestamp) -> AnyView {
    let line = |master: &MasterReport| {
        let asked = master.asked_ms_ago.map(|millis| {
            let at = Timestamp::from_millis(at.as_millis() - millis as f64);
            view! { <span class="dim"><AgoByBrowserClock at/></span> }
        });
        let tone = match master {
            MasterReport { leads: true, .. } => "ok",
            MasterReport { error: Some(_), .. } => "warn",
            MasterReport { .. } => "idle",
        };
        view! {
            <tr>
                <td class="mono wrap">{master.address.clone()}</td>
                <td class="wrap"><span class="state" data-tone=tone>{words::state(master)}</span></td>
                <td>{asked}</td>
            </tr>
        }
    };
    let no_leader = words::no_leader(masters)
        .map(|words| view! { <p class="blank"><span class="state" data-tone="bad">{words}</span></p> });
    let others = (masters.len() > 1).then(|| view! { <p class="blank">{words::ONLY_THE_LEADER}</p> });
    view! {
        {no_leader}
        <div class="scroll-x" tabindex="0" role="group" aria-label="Masters, listed"><table class="plain masters">
            <thead><tr><th>"Master"</th><th>"State"</th><th>"Last call"</th></tr></thead>
            <tbody>{masters.iter().map(line).collect_view()}</tbody></table></div>
        {others}
    }
    .into_any()
}
