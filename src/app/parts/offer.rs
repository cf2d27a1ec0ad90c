//! Tables of offers and inverse offers, for the framework page and the offers page.

use leptos::prelude::*;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::views::offers::OfferRow;

use super::links::{agent_link, framework_link};
use crate::clock::Ago;
use crate::parts::byte_cell::{ByteUnit, byte_cell};
use crate::parts::data_age::EmptyMasterList;
use crate::parts::detail::shown_of_total;
use crate::parts::figure::amount_or_nothing;
use crate::widgets::panel::Panel;

/// Outstanding offers.
pub(crate) fn offers(rows: &[OfferRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <EmptyMasterList list=FilteredList::Offers title="No offers" words="No outstanding offers. Offers usually last seconds; this list refreshes every 10 s."/> }.into_any();
    }
    let line = |row: &OfferRow| {
        view! {
            <tr>
                <td><a class="mono" href=Route::Offer(row.id.clone()).to_string()>{row.id.clone()}</a></td>
                <td>{agent_link(&row.agent, &row.hostname)}</td>
                <td>{row.role.clone()}</td>
                <td class="num">{text::amount(row.resources.cpus.as_f64())}</td>
                <td class="num">{byte_cell(Some(row.resources), |of| of.mem, ByteUnit::Gibibytes)}</td>
                <td class="num">{byte_cell(Some(row.resources), |of| of.disk, ByteUnit::Gibibytes)}</td>
                <td class="num">{amount_or_nothing(row.resources.gpus.as_f64())}</td>
                <td class="mono wrap">{row.others.clone()}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Offers"><table class="plain">
            <thead><tr><th>"Offer"</th><th>"Agent"</th><th>"Role"</th><th class="num">"CPUs"</th><th class="num">"Memory"</th><th class="num">"Disk"</th><th class="num">"GPUs"</th><th>"Others"</th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}

/// Inverse offers: requests to free agents before their maintenance.
pub(crate) fn inverse_offers_panel(rows: &[OfferRow], known: u32) -> Option<AnyView> {
    let (table, shown) = (inverse_offers(rows), rows.len());
    let panel = || {
        view! { <Panel title="Inverse offers" aside=move || shown_of_total(shown, known)>{table}</Panel> }.into_any()
    };
    (!rows.is_empty()).then(panel)
}

fn inverse_offers(rows: &[OfferRow]) -> AnyView {
    let line = |row: &OfferRow| {
        let (start, duration) = row.inverse.map(|of| (of.start, of.duration)).unwrap_or_default();
        let duration = text::actions::unavailable_for(start, duration);
        view! {
            <tr>
                <td><a class="mono" href=Route::Offer(row.id.clone()).to_string()>{row.id.clone()}</a></td>
                <td>{framework_link(&row.framework, &row.framework_name)}</td>
                <td>{agent_link(&row.agent, &row.hostname)}</td>
                <td>{start.map(|at| view! { <Ago at/> })}</td>
                <td>{duration}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Inverse offers"><table class="plain">
            <thead><tr><th>"Inverse offer"</th><th>"Framework"</th><th>"Agent"</th><th>"Unavailable from"</th><th>"For"</th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}
