//! Roles with the largest shares of the cluster: allocated and reserved.

use leptos::prelude::*;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::overview::RoleShare;

use crate::parts::data_age::EmptyMasterList;
use crate::parts::detail::usage_text;
use crate::widgets::meter::Track;
use crate::widgets::panel::{EmptyState, Panel};

/// Renders the panel, with the cluster's total.
#[component]
pub(crate) fn RoleShares(#[prop(into)] roles: Signal<Option<(Vec<RoleShare>, Quantities)>>) -> impl IntoView {
    let rows = move || {
        match roles.get() {
        Some((roles, whole)) if !roles.is_empty() => view! { <ul class="shares">{roles.iter().map(|role| share(role, whole)).collect_view()}</ul> }.into_any(),
        Some(_) => view! { <EmptyMasterList list=FilteredList::Tasks title="No role uses anything" words="No live task has resources, and nothing is reserved."/> }.into_any(),
        None => view! { <EmptyState title="Reading the cluster" words="Shares are known once agents and their tasks have come."/> }.into_any(),
    }
    };
    let all = || view! { <a class="link" href=Route::Roles(TableParams::default()).to_string()>"All roles"</a> };
    view! { <Panel title="By role" aside=all>{rows}</Panel> }
}

fn share(of: &RoleShare, whole: Quantities) -> impl IntoView + use<> {
    let place = Route::Tasks(TableParams {
        filter: mesoscope_core::views::filter::Filter::toggled("list:live", "role", of.role.as_str()),
        ..TableParams::default()
    });
    let held = of.reserved.largest_share_of(whole);
    let reserved = (of.reserved != Quantities::NONE).then(|| format!(" · reserved {}", usage_text(of.reserved)));
    view! {
        <li><a href=place.to_string()>
            <b>{of.role.to_string()}</b><span class="figure">{text::percent(of.share, 1.0)}</span>
            <Track taken=of.share promised=(held - of.share).max(0.0) whole=1.0/>
            <p>{usage_text(of.used)}{reserved}</p>
        </a></li>
    }
}
