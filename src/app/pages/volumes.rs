//! Table of reservations and persistent volumes across agents.

use leptos::prelude::*;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::checks::reservations::ReservationBlock;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::views::bulk_eligibility::BulkSubjects;
use mesoscope_core::views::volumes::{ReservationKind, VolumeColumn, VolumeRow};

use crate::actions::Proposal;
use crate::actions::pool::{PoolProposal, PoolTarget};
use crate::parts::action::control::ActionChoice;
use crate::parts::byte_cell::{ByteUnit, byte_cell};
use crate::parts::figure::{amount_or_nothing, bytes_or_nothing, others_cell};
use crate::parts::links::agent_cell;
use crate::parts::pool::row_choices;
use crate::parts::selection::BulkActions;
use crate::parts::table::{TableSpec, table_page};
use crate::widgets::grid::column::{Column, RowLink};
use crate::widgets::grid::marks::MarkedRow;
use crate::widgets::menu::RowMenu;

type Col = Column<VolumeRow>;

static COLUMNS: [Col; 13] = [
    Col::words(VolumeColumn::Agent.name(), "Agent", "200px", Some("34%"), |row| row.hostname.clone())
        .drawn(|row| agent_cell(&row.agent, &row.hostname))
        .exported_as(&[("Agent", |row| row.hostname.clone()), ("Agent ID", |row| row.agent.0.clone())]),
    Col::words(VolumeColumn::Role.name(), "Role", "120px", Some("22%"), |row| row.role.to_string()),
    Col::words(VolumeColumn::Kind.name(), "Kind", "96px", Some("28%"), kind)
        .drawn(|row| view! { <span class="state" data-tone=tone(row.kind)>{kind(row)}</span> }.into_any()),
    Col::words(VolumeColumn::Volume.name(), "Volume", "152px", None, |row| row.volume.clone())
        .drawn(|row| view! { <span class="mono" title=row.volume.clone()>{row.volume.clone()}</span> }.into_any()),
    Col::words(VolumeColumn::Path.name(), "Path", "110px", None, |row| row.container_path.clone()).hidden_by_default(),
    Col::words(VolumeColumn::Principal.name(), "Principal", "110px", None, |row| row.principal.clone()),
    Col::figures(VolumeColumn::Cpus.name(), "CPUs", "70px", None, |row| amount_or_nothing(row.held.cpus.as_f64()))
        .exported_as(&[("CPUs", |row| row.held.cpus.as_f64().to_string())]),
    Col::figures(VolumeColumn::Mem.name(), "Memory", "90px", None, |row| bytes_or_nothing(row.held.mem))
        .drawn(|row| byte_cell(Some(row.held), |of| of.mem, ByteUnit::Gibibytes))
        .exported_as(&[("Memory (bytes)", |row| row.held.mem.get().to_string())]),
    Col::figures(VolumeColumn::Disk.name(), "Disk", "90px", None, |row| bytes_or_nothing(row.held.disk))
        .drawn(|row| byte_cell(Some(row.held), |of| of.disk, ByteUnit::Gibibytes))
        .exported_as(&[("Disk (bytes)", |row| row.held.disk.get().to_string())]),
    Col::figures(VolumeColumn::Gpus.name(), "GPUs", "60px", None, |row| amount_or_nothing(row.held.gpus.as_f64()))
        .exported_as(&[("GPUs", |row| row.held.gpus.as_f64().to_string())])
        .hidden_by_default(),
    Col::words(VolumeColumn::Others.name(), "Others", "98px", None, |row| row.others.clone())
        .drawn(|row| others_cell(&row.others)),
    Col::figures(VolumeColumn::Used.name(), "Allocated", "90px", None, allocated),
    Col::words("actions", "Actions", "76px", Some("16%"), |_| String::new()).drawn(menu_button).not_exported(),
];

fn kind(row: &VolumeRow) -> String {
    text::reservations::kind_name(row.kind).to_owned()
}

fn tone(kind: ReservationKind) -> &'static str {
    match kind {
        ReservationKind::Static => "idle",
        ReservationKind::Dynamic => "busy",
        ReservationKind::Volume | ReservationKind::SharedVolume => "ok",
    }
}

/// Largest allocated share among the resources.
fn allocated(row: &VolumeRow) -> String {
    if row.held == Quantities::NONE {
        return row.others_allocated.clone();
    }
    text::percent(row.allocated.largest_share_of(row.held), 1.0)
}

/// Renders the page.
#[component]
pub(crate) fn VolumesPage() -> impl IntoView {
    let table: TableSpec<VolumeColumn> = TableSpec {
        name: "volumes",
        label: "Reservations and volumes",
        hint: "role:db*, kind:volume, used:no, agent:a01*, disk>10 …",
        tools: None,
        columns: &COLUMNS,
        here: |route| match route {
            Route::Volumes(table) => Some(table),
            _ => None,
        },
        there: Route::Volumes,
        parts: &[Topic::Agents],
        key: |row| serde_json::to_string(&target(row)).unwrap_or_default(),
        opens: |row| RowLink {
            href: Route::Agent(row.agent.clone()).to_string(),
            id: volume_or_role(row),
            name: name(row),
        },
        actions: Some(BulkActions { marked, whom: |_| BulkSubjects::Reservations, always: || ().into_any() }),
        none: (FilteredList::Reservations, "No reservations", "No agent has reservations or persistent volumes."),
    };
    let menu = RowMenu::<PoolTarget>::new();
    provide_context(menu);
    view! { {table_page(table)}{menu.panel(|target| row_choices(target).into_any())} }
}

/// Button of a row's menu.
fn menu_button(row: &VolumeRow) -> AnyView {
    let menu: RowMenu<PoolTarget> = expect_context();
    menu.button(target(row), name(row))
}

fn target(row: &VolumeRow) -> PoolTarget {
    PoolTarget { agent: row.agent.clone(), hostname: row.hostname.clone(), what: row.what.clone() }
}

/// Actions on the selected rows, each on those rows that it fits.
fn marked(rows: Vec<MarkedRow>) -> Vec<ActionChoice> {
    let all: Vec<PoolTarget> = rows.iter().filter_map(|row| serde_json::from_str(&row.key).ok()).collect();
    let (volumes, others): (Vec<_>, Vec<_>) = all.into_iter().partition(PoolTarget::is_volume);
    let dynamic: Vec<PoolTarget> = others.into_iter().filter(PoolTarget::is_dynamic).collect();
    let choice = |name, why: Option<ReservationBlock>, proposal| ActionChoice {
        name,
        disabled_reason: why.map(|why| DisabledReason::Reservation(Box::new(why))),
        proposal: Proposal::Pool(proposal),
    };
    let unreserve = dynamic.is_empty().then_some(ReservationBlock::NoneReserved);
    let destroy = volumes.is_empty().then_some(ReservationBlock::NoneVolume);
    let (resize, one) = match volumes.as_slice() {
        [one] => (None, one.clone()),
        _ => (Some(ReservationBlock::NotOneVolume), volumes.first().cloned().unwrap_or_default()),
    };
    vec![
        choice("Unreserve", unreserve, PoolProposal::Unreserve(dynamic)),
        choice("Resize", resize, PoolProposal::ResizeVolume(one)),
        choice("Destroy", destroy, PoolProposal::DestroyVolumes(volumes)),
    ]
}

/// What no other row is: the volume or reservation with its role, and the agent.
fn name(row: &VolumeRow) -> String {
    let what = match row.kind {
        ReservationKind::Volume | ReservationKind::SharedVolume => {
            text::reservations::volume_name(&row.volume, &row.role)
        }
        ReservationKind::Static | ReservationKind::Dynamic => {
            text::reservations::reservation_name(row.kind, &row.role, &row.principal)
        }
    };
    text::reservations::row_name(&what, &target(row).host())
}

fn volume_or_role(row: &VolumeRow) -> String {
    if row.volume.is_empty() { row.role.to_string() } else { row.volume.clone() }
}
