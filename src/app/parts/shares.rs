//! Roles with the largest shares of the cluster: allocated and reserved.

use leptos::prelude::*;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text::overview;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::overview::RoleShare;
use mesoscope_core::views::roles::ResourceKind;

use crate::parts::data_age::EmptyMasterList;
use crate::parts::detail::usage_text;
use crate::parts::waiting::Waiting;
use crate::widgets::meter::Track;
use crate::widgets::panel::Panel;

/// Renders the panel, with the cluster's total.
#[component]
pub(crate) fn RoleShares(#[prop(into)] roles: Signal<Option<(Vec<RoleShare>, Quantities)>>) -> impl IntoView {
    let rows = move || {
        match roles.get() {
        Some((roles, whole)) if !roles.is_empty() => {
            view! { <ul class="shares">{roles.iter().map(|role| share(role, whole)).collect_view()}</ul> }.into_any()
        }
        Some(_) => view! { <EmptyMasterList list=FilteredList::Tasks title="No role uses resources" words="No live task has resources, and nothing is reserved."/> }.into_any(),
        None => view! { <Waiting words="Shares are known once agents and their tasks have arrived."/> }.into_any(),
    }
    };
    let all = || view! { <a class="link" href=Route::Roles(TableParams::default()).to_string()>"All roles"</a> };
    view! { <Panel title="By role" aside=all>{rows}</Panel> }
}

fn share(of: &RoleShare, whole: Quantities) -> impl IntoView + use<> {
    let filter = format!("list:live {}", Filter::word("role", of.role.as_str()));
    let place = Route::Tasks(TableParams { filter, ..TableParams::default() });
    let reserved = of.reserved.largest_share_of(whole);
    let exactly = usage_text(of.used);
    view! {
        <li><a href=place.to_string()>
            <b>{of.role.to_string()}</b><span class="figure">{overview::dominant_share(of.share, of.dominant.map(ResourceKind::noun))}</span>
            <Track taken=of.share promised=(reserved - of.share).max(0.0) whole=1.0/>
            <p title=exactly>{overview::role_usage(of.used, of.reserved)}</p>
        </a></li>
    }
}
