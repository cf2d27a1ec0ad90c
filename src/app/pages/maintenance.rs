//! The maintenance of machines: the schedule, how far it is, and what frameworks say to it.

use leptos::prelude::*;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::views::maintenance::MaintenanceQuery;

use crate::link::link;
use crate::parts::data_age::DataAge;
use crate::parts::detail::body;
use crate::parts::offer::inverse_offers_panel;
use crate::parts::schedule::editor::schedule;

/// The page.
#[component]
pub(crate) fn MaintenancePage() -> impl IntoView {
    let told = link().watch(|| MaintenanceQuery);
    let inverse = Memo::new(move |_| {
        told.with(|told| {
            told.as_ref().map(|told| (told.inverse_offers.clone(), told.inverse_known)).unwrap_or_default()
        })
    });
    let asked = move || inverse.with(|(rows, known)| inverse_offers_panel(rows, *known));
    view! {
        <div class="head"><h1 tabindex="-1">"Maintenance"</h1><DataAge parts=&[Topic::Schedule, Topic::Machines]/></div>
        {schedule(told)}
        {asked}
        {body(Topic::Schedule, "As GET_MAINTENANCE_SCHEDULE tells it")}
        {body(Topic::Machines, "As GET_MAINTENANCE_STATUS tells it")}
    }
}
