//! Table of frameworks: active, inactive, disconnected, recovered and completed.

use leptos::prelude::*;
use mesoscope_core::base::ids::Role;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::views::bulk_eligibility::BulkSubjects;
use mesoscope_core::views::frameworks::{FrameworkColumn, FrameworkRow};

use crate::actions::Proposal;
use crate::parts::action::control::ActionChoice;
use crate::parts::byte_cell::{ByteUnit, byte_cell};
use crate::parts::figure::{ago_or_nothing, amount_or_nothing, bytes_or_nothing, known_or_not, time_or_nothing};
use crate::parts::links::web_link;
use crate::parts::selection::BulkActions;
use crate::parts::state_badges::framework_state;
use crate::parts::table::{FilterControl, TableSpec, table_page};
use crate::widgets::copy::Copy;
use crate::widgets::grid::column::{Column, RowLink};
use crate::widgets::grid::marks::MarkedRow;
use crate::worker_link::link;

type Col = Column<FrameworkRow>;

static COLUMNS: [Col; 21] = [
    Col::words(FrameworkColumn::Name.name(), "Name", "150px", Some("46%"), |row| row.name.clone()).drawn(name),
    Col::words(FrameworkColumn::Id.name(), "ID", "90px", None, |row| row.id.0.clone()).drawn(id),
    Col::words(FrameworkColumn::State.name(), "State", "116px", Some("34%"), |row| row.state.name().to_owned())
        .drawn(|row| framework_state(row.state)),
    Col::figures(FrameworkColumn::Tasks.name(), "Tasks", "66px", Some("20%"), |row| text::count(u64::from(row.tasks)))
        .exported_as(&[("Tasks", |row| row.tasks.to_string())]),
    Col::figures(FrameworkColumn::Cpus.name(), "CPUs", "76px", None, |row| {
        known_or_not(row.allocated, |of| amount_or_nothing(of.cpus.as_f64()))
    })
    .exported_as(&[("CPUs", |row| known_or_not(row.allocated, |of| of.cpus.as_f64().to_string()))]),
    Col::figures(FrameworkColumn::Mem.name(), "Memory", "104px", None, |row| {
        known_or_not(row.allocated, |of| bytes_or_nothing(of.mem))
    })
    .drawn(|row| byte_cell(row.allocated, |of| of.mem, ByteUnit::Gibibytes))
    .exported_as(&[("Memory (bytes)", |row| known_or_not(row.allocated, |of| of.mem.get().to_string()))]),
    Col::figures(FrameworkColumn::Disk.name(), "Disk", "104px", None, |row| {
        known_or_not(row.allocated, |of| bytes_or_nothing(of.disk))
    })
    .drawn(|row| byte_cell(row.allocated, |of| of.disk, ByteUnit::Gibibytes))
    .exported_as(&[("Disk (bytes)", |row| known_or_not(row.allocated, |of| of.disk.get().to_string()))])
    .hidden_by_default(),
    Col::figures(FrameworkColumn::Gpus.name(), "GPUs", "60px", None, |row| {
        known_or_not(row.allocated, |of| amount_or_nothing(of.gpus.as_f64()))
    })
    .exported_as(&[("GPUs", |row| known_or_not(row.allocated, |of| of.gpus.as_f64().to_string()))])
    .hidden_by_default(),
    Col::figures(FrameworkColumn::Share.name(), "Max share", "80px", None, |row| {
        known_or_not(row.share, |share| text::percent(share, 1.0))
    })
    .exported_as(&[("Max share", |row| known_or_not(row.share, |share| share.to_string()))]),
    Col::figures(FrameworkColumn::Offers.name(), "Offers", "64px", None, |row| text::count(u64::from(row.offers)))
        .exported_as(&[("Offers", |row| row.offers.to_string())]),
    Col::figures(FrameworkColumn::OfferedCpus.name(), "CPUs offered", "104px", None, |row| {
        known_or_not(row.offered, |of| amount_or_nothing(of.cpus.as_f64()))
    })
    .exported_as(&[("CPUs offered", |row| known_or_not(row.offered, |of| of.cpus.as_f64().to_string()))])
    .hidden_by_default(),
    Col::figures(FrameworkColumn::OfferedMem.name(), "Memory offered", "118px", None, |row| {
        known_or_not(row.offered, |of| bytes_or_nothing(of.mem))
    })
    .drawn(|row| byte_cell(row.offered, |of| of.mem, ByteUnit::Gibibytes))
    .exported_as(&[("Memory offered (bytes)", |row| known_or_not(row.offered, |of| of.mem.get().to_string()))])
    .hidden_by_default(),
    Col::figures(FrameworkColumn::OfferedDisk.name(), "Disk offered", "104px", None, |row| {
        known_or_not(row.offered, |of| bytes_or_nothing(of.disk))
    })
    .drawn(|row| byte_cell(row.offered, |of| of.disk, ByteUnit::Gibibytes))
    .exported_as(&[("Disk offered (bytes)", |row| known_or_not(row.offered, |of| of.disk.get().to_string()))])
    .hidden_by_default(),
    Col::figures(FrameworkColumn::OfferedGpus.name(), "GPUs offered", "104px", None, |row| {
        known_or_not(row.offered, |of| amount_or_nothing(of.gpus.as_f64()))
    })
    .exported_as(&[("GPUs offered", |row| known_or_not(row.offered, |of| of.gpus.as_f64().to_string()))])
    .hidden_by_default(),
    Col::words(FrameworkColumn::Roles.name(), "Roles", "120px", None, first_roles)
        .drawn(|row| view! { <span title=first_roles(row)>{first_roles(row)}</span> }.into_any())
        .exported_as(&[("Roles", roles)]),
    Col::words(FrameworkColumn::User.name(), "User", "76px", None, |row| row.user.clone())
        .drawn(|row| row.user.clone().into_any())
        .hidden_by_default(),
    Col::words(FrameworkColumn::Principal.name(), "Principal", "86px", None, |row| row.principal.clone())
        .drawn(|row| row.principal.clone().into_any())
        .hidden_by_default(),
    Col::words(FrameworkColumn::Host.name(), "Host", "120px", None, |row| row.hostname.clone())
        .drawn(|row| web_link(&row.webui_url, &row.hostname)),
    Col::words(FrameworkColumn::Registered.name(), "Registered", "calc(92px + var(--date-room))", None, |row| {
        format!("{:?}", row.registered)
    })
    .drawn(|row| ago_or_nothing(row.registered))
    .exported_as(&[("Registered", |row| time_or_nothing(row.registered))]),
    Col::words(FrameworkColumn::Reregistered.name(), "Re-registered", "calc(128px + var(--date-room))", None, |row| {
        format!("{:?}", row.reregistered)
    })
    .drawn(|row| ago_or_nothing(row.reregistered))
    .exported_as(&[("Re-registered", |row| time_or_nothing(row.reregistered))])
    .hidden_by_default(),
    Col::words(FrameworkColumn::Unregistered.name(), "Ended", "calc(84px + var(--date-room))", None, |row| {
        format!("{:?}", row.unregistered)
    })
    .drawn(|row| ago_or_nothing(row.unregistered))
    .exported_as(&[("Ended", |row| time_or_nothing(row.unregistered))]),
];

/// Renders the page.
#[component]
pub(crate) fn FrameworksPage() -> impl IntoView {
    let table: TableSpec<FrameworkColumn> = TableSpec {
        name: "frameworks",
        label: "Frameworks",
        hint: "name, id, state:active, role:web*, user:root, tasks>10 …",
        tools: Some(own_link),
        columns: &COLUMNS,
        here: |route| match route {
            Route::Frameworks(table) => Some(table),
            _ => None,
        },
        there: Route::Frameworks,
        parts: &[Topic::Frameworks],
        key: |row| row.id.0.clone(),
        opens: |row| RowLink::new(place(row), row.id.0.clone()),
        actions: Some(BulkActions { marked, whom, always: || ().into_any() }),
        none: (FilteredList::Frameworks, "No frameworks", "No framework has registered with this master."),
    };
    table_page(table)
}

/// Link to the frameworks of this browser, if it has any.
fn own_link(_: FilterControl) -> AnyView {
    let link = link();
    let own = Memo::new(move |_| link.status.with(|status| status.as_ref().map_or(0, |status| status.runs.frameworks)));
    let there = |own| {
        let words = text::own_frameworks::of_browser(own);
        view! { <a class="link" href=Route::OwnFrameworks.to_string()>{words}</a> }
    };
    (move || Some(own.get()).filter(|own| *own > 0).map(there)).into_any()
}

/// Bulk actions; each framework reports its own disabled reason.
fn marked(rows: Vec<MarkedRow>) -> Vec<ActionChoice> {
    let whom = |row: &MarkedRow| (row.id.as_str().into(), row.says.first().cloned().unwrap_or_default());
    let proposal = Proposal::Teardown(rows.iter().map(whom).collect());
    vec![ActionChoice { name: "Tear down", disabled_reason: None, proposal }]
}

fn whom(rows: &[MarkedRow]) -> BulkSubjects {
    BulkSubjects::Frameworks(rows.iter().map(|row| row.id.as_str().into()).collect())
}

fn place(row: &FrameworkRow) -> String {
    Route::Framework(row.id.clone()).to_string()
}

fn name(row: &FrameworkRow) -> AnyView {
    let name = if row.name.is_empty() { row.id.0.clone() } else { row.name.clone() };
    view! { <a tabindex="-1" href=place(row) title=name.clone()>{name.clone()}</a> }.into_any()
}

fn id(row: &FrameworkRow) -> AnyView {
    let full = row.id.0.clone();
    view! { <span class="id"><span class="mono dim" title=full.clone()>{text::short_id(&full)}</span><Copy text=Signal::stored(full) label="the framework's id" in_table=true/></span> }.into_any()
}

/// Roles that fit into a cell; the framework's page has all.
fn first_roles(row: &FrameworkRow) -> String {
    known_or_not(known_roles(row), |roles| text::listed(roles.iter().map(Role::as_str), 20))
}

fn roles(row: &FrameworkRow) -> String {
    known_or_not(known_roles(row), |roles| roles.iter().map(Role::as_str).collect::<Vec<_>>().join(", "))
}

fn known_roles(row: &FrameworkRow) -> Option<&[Role]> {
    (!row.roles.is_empty()).then_some(&row.roles)
}
