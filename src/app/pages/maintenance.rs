//! Maintenance page: the schedule, its progress, and the frameworks' responses.

use leptos::prelude::*;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::views::maintenance::MaintenanceQuery;

use crate::parts::data_age::DataAge;
use crate::parts::detail::raw_answer;
use crate::parts::offer::inverse_offers_panel;
use crate::parts::schedule::editor::schedule;
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn MaintenancePage() -> impl IntoView {
    let reported = link().watch(|| MaintenanceQuery);
    let inverse = Memo::new(move |_| {
        reported.with(|reported| {
            reported
                .as_ref()
                .map(|reported| (reported.inverse_offers.clone(), reported.inverse_known))
                .unwrap_or_default()
        })
    });
    let asked = move || inverse.with(|(rows, known)| inverse_offers_panel(rows, *known));
    view! {
        <div class="head"><h1 tabindex="-1">"Maintenance"</h1><DataAge parts=&[Topic::Schedule, Topic::Machines]/></div>
        {schedule(reported)}
        {asked}
        {raw_answer(Topic::Schedule, "Raw JSON (GET_MAINTENANCE_SCHEDULE)")}
        {raw_answer(Topic::Machines, "Raw JSON (GET_MAINTENANCE_STATUS)")}
    }
}
