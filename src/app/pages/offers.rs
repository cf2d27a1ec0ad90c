//! Table of outstanding offers and inverse offers.

use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::views::offers::{OfferColumn, OfferRow};

use crate::parts::byte_cell::{ByteUnit, byte_cell};
use crate::parts::figure::{ago_or_nothing, amount_or_nothing, bytes_or_nothing, others_cell, time_or_nothing};
use crate::parts::links::{agent_cell, framework_cell, id_text};
use crate::parts::table::{TableSpec, table_page};
use crate::widgets::grid::column::{Column, RowLink};

type Col = Column<OfferRow>;

static COLUMNS: [Col; 12] = [
    Col::words(OfferColumn::Kind.name(), "Kind", "70px", Some("64px"), |row| kind(row).to_owned()).drawn(name),
    Col::words(OfferColumn::Framework.name(), "Framework", "150px", Some("auto"), |row| row.framework_name.clone())
        .drawn(|row| framework_cell(&row.framework, &row.framework_name))
        .exported_as(&[
            ("Framework", |row| row.framework_name.clone()),
            ("Framework ID", |row| row.framework.0.clone()),
        ]),
    Col::words(OfferColumn::Agent.name(), "Agent", "150px", Some("auto"), |row| row.hostname.clone())
        .drawn(|row| agent_cell(&row.agent, &row.hostname))
        .exported_as(&[("Agent", |row| row.hostname.clone()), ("Agent ID", |row| row.agent.0.clone())]),
    Col::words(OfferColumn::Role.name(), "Role", "110px", None, |row| row.role.clone()),
    Col::figures(OfferColumn::Cpus.name(), "CPUs", "80px", Some("56px"), |row| {
        amount_or_nothing(row.resources.cpus.as_f64())
    })
    .exported_as(&[("CPUs", |row| row.resources.cpus.as_f64().to_string())]),
    Col::figures(OfferColumn::Mem.name(), "Memory", "104px", None, |row| bytes_or_nothing(row.resources.mem))
        .drawn(|row| byte_cell(Some(row.resources), |of| of.mem, ByteUnit::Gibibytes))
        .exported_as(&[("Memory (bytes)", |row| row.resources.mem.get().to_string())]),
    Col::figures(OfferColumn::Disk.name(), "Disk", "116px", None, |row| bytes_or_nothing(row.resources.disk))
        .drawn(|row| byte_cell(Some(row.resources), |of| of.disk, ByteUnit::Gibibytes))
        .exported_as(&[("Disk (bytes)", |row| row.resources.disk.get().to_string())]),
    Col::figures(OfferColumn::Gpus.name(), "GPUs", "60px", None, |row| amount_or_nothing(row.resources.gpus.as_f64()))
        .exported_as(&[("GPUs", |row| row.resources.gpus.as_f64().to_string())]),
    Col::words(OfferColumn::Others.name(), "Others", "150px", None, |row| row.others.clone())
        .drawn(|row| others_cell(&row.others)),
    Col::words(OfferColumn::Id.name(), "ID", "200px", None, |row| row.id.clone()).drawn(|row| id_text(&row.id)),
    Col::words(OfferColumn::Start.name(), "Unavailable from", "140px", None, |row| format!("{:?}", start(row)))
        .drawn(|row| ago_or_nothing(start(row)))
        .exported_as(&[("Unavailable from", |row| time_or_nothing(start(row)))])
        .hidden_by_default(),
    Col::words(OfferColumn::Duration.name(), "For", "90px", None, length).hidden_by_default(),
];

fn kind(row: &OfferRow) -> &'static str {
    if row.inverse.is_some() { "inverse" } else { "offer" }
}

fn name(row: &OfferRow) -> AnyView {
    view! { <a tabindex="-1" href=Route::Offer(row.id.clone()).to_string()>{kind(row)}</a> }.into_any()
}

fn start(row: &OfferRow) -> Option<Timestamp> {
    row.inverse.and_then(|of| of.start)
}

fn length(row: &OfferRow) -> String {
    row.inverse.map(|of| text::actions::unavailable_for(of.start, of.duration)).unwrap_or_default()
}

/// Renders the page.
#[component]
pub(crate) fn OffersPage() -> impl IntoView {
    let table: TableSpec<OfferColumn> = TableSpec {
        name: "offers",
        label: "Offers",
        hint: "framework, agent, role:web, kind:inverse, cpus>4 …",
        tools: None,
        columns: &COLUMNS,
        here: |route| match route {
            Route::Offers(table) => Some(table),
            _ => None,
        },
        there: Route::Offers,
        parts: &[Topic::Frameworks],
        key: |row| row.id.clone(),
        opens: |row| RowLink::new(Route::Offer(row.id.clone()).to_string(), row.id.clone()),
        actions: None,
        none: (
            FilteredList::Offers,
            "No offers",
            "No outstanding offers. Offers usually last seconds; this list refreshes every 10 s.",
        ),
    };
    table_page(table)
}
