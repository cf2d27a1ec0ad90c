//! Table of roles: a tree with allocation, usage and quota.

use leptos::prelude::*;
use mesoscope_core::base::ids::Role;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::Unknown;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views;
use mesoscope_core::views::bulk_eligibility::BulkSubjects;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::roles::{DominantShare, QuotaRow, ResourceKind, RoleAmount, RoleColumn, RoleRow};
use mesoscope_core::views::table::Order;
use mesoscope_core::{actions, checks::eligibility};

use crate::actions::Proposal;
use crate::parts::action::control::{ActionChoice, action_button};
use crate::parts::byte_cell::{ByteUnit, bytes_in};
use crate::parts::figure::{amount_or_nothing, bytes_or_nothing, counted_others, others_cell};
use crate::parts::selection::BulkActions;
use crate::parts::table::{TableSpec, table_page};
use crate::parts::weight_editor::{provide_shares, share_cell, weight_cell, weight_editor};
use crate::router::{push, route};
use crate::widgets::grid::column::{Column, RowLink};
use crate::widgets::grid::marks::MarkedRow;

type Col = Column<RoleRow>;

const OFFERED: u8 = RoleAmount::Offered as u8;
const GUARANTEE: u8 = RoleAmount::Guarantee as u8;
const LIMIT: u8 = RoleAmount::Limit as u8;
const MEM: u8 = ResourceKind::Mem as u8;
const DISK: u8 = ResourceKind::Disk as u8;

/// Column of one amount, with its title, width, and heading in a file.
macro_rules! amount {
    ($amount:ident, $resource:ident, $title:literal, $width:literal, $heading:literal) => {{
        const AMOUNT: u8 = RoleAmount::$amount as u8;
        const OF: u8 = ResourceKind::$resource as u8;
        let column = RoleColumn::Of(RoleAmount::$amount, ResourceKind::$resource);
        let column = Col::figures(column.name(), $title, $width, None, says::<AMOUNT, OF>);
        let column = column.exported_as(&[($heading, file::<AMOUNT, OF>)]);
        if matches!(OF, MEM | DISK) { column.drawn(bytes::<AMOUNT, OF>) } else { column }
    }};
}

static COLUMNS: [Col; 33] = [
    Col::words(RoleColumn::Name.name(), "Role", "172px", Some("38%"), shown_name)
        .exported_as(&[("Role", |row| row.name.0.clone())])
        .drawn(name),
    Col::figures(RoleColumn::Weight.name(), "Weight", "62px", Some("14%"), weight).with_live_cell(weight_cell),
    Col::figures(RoleColumn::Share.name(), "Fair share", "98px", None, share)
        .exported_as(&[("Fair share", |row| row.share.map(|share| share.to_string()).unwrap_or_default())])
        .with_live_cell(share_cell),
    Col::figures(RoleColumn::Dominant.name(), "Dominant share", "110px", None, dominant).exported_as(&[
        ("Dominant share", |row| row.dominant.map(|of| of.share.to_string()).unwrap_or_default()),
        ("Dominant resource", |row| row.dominant.map(|of| of.resource.noun().to_owned()).unwrap_or_default()),
    ]),
    Col::figures(RoleColumn::Frameworks.name(), "Frameworks", "94px", None, |row| count(row.frameworks))
        .exported_as(&[("Frameworks", |row| row.frameworks.to_string())]),
    Col::figures(RoleColumn::Tasks.name(), "Tasks", "62px", None, |row| count(row.tasks))
        .exported_as(&[("Tasks", |row| row.tasks.to_string())]),
    amount!(Allocated, Cpus, "CPUs", "86px", "CPUs allocated"),
    amount!(Allocated, Mem, "Memory", "80px", "Memory allocated (bytes)"),
    amount!(Allocated, Disk, "Disk", "80px", "Disk allocated (bytes)"),
    amount!(Allocated, Gpus, "GPUs", "56px", "GPUs allocated"),
    Col::words(RoleColumn::Guarantees.name(), "Guarantee", "146px", Some("24%"), guarantee)
        .drawn(|row| bound_cell(row, |quota| quota.guarantee)),
    Col::words(RoleColumn::Limits.name(), "Limit", "146px", Some("24%"), limit)
        .drawn(|row| bound_cell(row, |quota| quota.limit)),
    amount!(Offered, Cpus, "CPUs offered", "122px", "CPUs offered").hidden_by_default(),
    amount!(Offered, Mem, "Memory offered", "122px", "Memory offered (bytes)").hidden_by_default(),
    amount!(Offered, Disk, "Disk offered", "122px", "Disk offered (bytes)").hidden_by_default(),
    amount!(Offered, Gpus, "GPUs offered", "122px", "GPUs offered").hidden_by_default(),
    amount!(Reserved, Cpus, "CPUs reserved", "122px", "CPUs reserved").hidden_by_default(),
    amount!(Reserved, Mem, "Memory reserved", "122px", "Memory reserved (bytes)").hidden_by_default(),
    amount!(Reserved, Disk, "Disk reserved", "122px", "Disk reserved (bytes)").hidden_by_default(),
    amount!(Reserved, Gpus, "GPUs reserved", "122px", "GPUs reserved").hidden_by_default(),
    Col::words(RoleColumn::Others.name(), "Others reserved", "150px", None, |row| counted_others(&row.pieces))
        .drawn(|row| others_cell(&counted_others(&row.pieces)))
        .hidden_by_default(),
    amount!(Consumed, Cpus, "CPUs consumed", "122px", "CPUs consumed").hidden_by_default(),
    amount!(Consumed, Mem, "Memory consumed", "122px", "Memory consumed (bytes)").hidden_by_default(),
    amount!(Consumed, Disk, "Disk consumed", "122px", "Disk consumed (bytes)").hidden_by_default(),
    amount!(Consumed, Gpus, "GPUs consumed", "122px", "GPUs consumed").hidden_by_default(),
    amount!(Guarantee, Cpus, "CPUs guarantee", "122px", "CPUs guarantee").hidden_by_default(),
    amount!(Guarantee, Mem, "Memory guarantee", "122px", "Memory guaranteed (bytes)").hidden_by_default(),
    amount!(Guarantee, Disk, "Disk guarantee", "122px", "Disk guaranteed (bytes)").hidden_by_default(),
    amount!(Guarantee, Gpus, "GPUs guarantee", "122px", "GPUs guarantee").hidden_by_default(),
    amount!(Limit, Cpus, "CPUs limit", "122px", "CPUs limit").hidden_by_default(),
    amount!(Limit, Mem, "Memory limit", "122px", "Memory limit (bytes)").hidden_by_default(),
    amount!(Limit, Disk, "Disk limit", "122px", "Disk limit (bytes)").hidden_by_default(),
    amount!(Limit, Gpus, "GPUs limit", "122px", "GPUs limit").hidden_by_default(),
];

fn always() -> AnyView {
    let quota = ActionChoice { name: "Set quota", disabled_reason: None, proposal: Proposal::Quotas(Vec::new()) };
    view! { {action_button(quota)}{weight_editor()} }.into_any()
}

fn marked(rows: Vec<MarkedRow>) -> Vec<ActionChoice> {
    let roles: Vec<Role> = rows.iter().map(|row| row.id.as_str().into()).collect();
    let nested = roles.iter().find_map(|role| eligibility::set_quota(role).err());
    vec![
        ActionChoice { name: "Quota", disabled_reason: nested, proposal: Proposal::Quotas(roles.clone()) },
        ActionChoice {
            name: "Weight",
            disabled_reason: None,
            proposal: Proposal::Weights(roles.into_iter().map(|role| (role, None)).collect()),
        },
    ]
}

fn whom(rows: &[MarkedRow]) -> BulkSubjects {
    BulkSubjects::Roles(rows.iter().map(|row| row.id.as_str().into()).collect())
}

fn weight(row: &RoleRow) -> String {
    row.weight
        .as_ref()
        .map_or_else(|why| text::checks::unknown(why).to_owned(), |weight| actions::weights::format_weight(*weight))
}

/// Why an amount is not known: those of a quota are read apart, and those of offers too.
fn unknown<const AMOUNT: u8>(row: &RoleRow) -> Option<&Unknown> {
    match AMOUNT {
        OFFERED => row.offers.as_ref().err(),
        GUARANTEE | LIMIT => row.quota.as_ref().err(),
        _ => None,
    }
}

fn says<const AMOUNT: u8, const OF: u8>(row: &RoleRow) -> String {
    if let Some(why) = unknown::<AMOUNT>(row) {
        return text::checks::unknown(why).to_owned();
    }
    let Some(value) = row.amounts.at(AMOUNT, OF) else { return String::new() };
    match OF {
        // An absent quota differs from a quota of 0.
        _ if value == 0.0 && AMOUNT >= GUARANTEE => "0".to_owned(),
        MEM | DISK => bytes_or_nothing(Bytes::new(value as i64)),
        _ => amount_or_nothing(value),
    }
}

fn file<const AMOUNT: u8, const OF: u8>(row: &RoleRow) -> String {
    if let Some(why) = unknown::<AMOUNT>(row) {
        return text::checks::unknown(why).to_owned();
    }
    row.amounts.at(AMOUNT, OF).map(|value| value.to_string()).unwrap_or_default()
}

/// Memory or disk in the unit of all rows.
fn bytes<const AMOUNT: u8, const OF: u8>(row: &RoleRow) -> AnyView {
    // An absent quota differs from a quota of 0.
    match row.amounts.at(AMOUNT, OF).filter(|value| *value != 0.0 || AMOUNT >= GUARANTEE) {
        Some(value) => bytes_in(Bytes::new(value as i64), ByteUnit::Gibibytes),
        None => says::<AMOUNT, OF>(row).into_any(),
    }
}

/// Bounds of the quota, rounded, on up to two lines; the exact ones are the tooltip.
fn bound_cell(row: &RoleRow, of: fn(&QuotaRow) -> Option<f64>) -> AnyView {
    let exact = bound(row, of);
    let brief = text::roles::brief_amounts(&bounds(row, of));
    if brief.is_empty() {
        return view! { <span title=exact.clone()>{exact.clone()}</span> }.into_any();
    }
    let last = brief.len() - 1;
    let parts = brief.into_iter().enumerate().map(|(at, part)| {
        view! { <span>{part}</span>{(at < last).then(|| view! { <i>" · "</i> })} }
    });
    view! { <span class="bounds" title=exact>{parts.collect_view()}</span> }.into_any()
}

/// Renders the page.
#[component]
pub(crate) fn RolesPage() -> impl IntoView {
    let table: TableSpec<RoleColumn> = TableSpec {
        name: "roles",
        label: "Roles",
        hint: "role, role:eng/, limit:near,over, quota:yes, limit.cpus>8, depth<1 …",
        tools: None,
        columns: &COLUMNS,
        here: |route| match route {
            Route::Roles(table) => Some(table),
            _ => None,
        },
        there: Route::Roles,
        parts: &[Topic::Roles, Topic::Weights, Topic::Quota, Topic::Frameworks],
        key: |row| row.name.0.clone(),
        opens: |row| RowLink::new(Route::Role(row.name.clone()).to_string(), row.name.0.clone()),
        actions: Some(BulkActions { marked, whom, always }),
        none: (FilteredList::Roles, "No roles", "No framework uses a role, and no role has a weight or a quota."),
    };
    provide_shares();
    table_page(table)
}

/// Name in the tree: the last path segment.
fn shown_name(row: &RoleRow) -> String {
    if row.depth > 0 { row.name.last_part() } else { row.name.as_str() }.to_owned()
}

fn name(row: &RoleRow) -> AnyView {
    let indent = format!("{}px", row.depth.min(12) * 14);
    let link = view! { <a tabindex="-1" href=Route::Role(row.name.clone()).to_string() title=row.name.0.clone()>{shown_name(row)}</a> };
    view! { <span class="branch" style:padding-left=indent>{(row.below > 0).then(|| fold(row))}{link}</span> }
        .into_any()
}

/// Button that collapses or expands a role's subtree. The state is kept as a term of the filter.
fn fold(row: &RoleRow) -> AnyView {
    let (at, word) = (route(), views::roles::collapse_term(&row.name));
    let own = word.clone();
    let open = Memo::new(move |_| match &*at.read() {
        Route::Roles(TableParams { filter, sort, .. }) if views::roles::is_tree(Order::parse(sort), filter) => {
            Some(Filter::all_words(filter, |other| other != own))
        }
        _ => None,
    });
    let click = move |_| {
        let Route::Roles(table) = at.get_untracked() else { return };
        push(at, Route::Roles(TableParams { filter: Filter::flipped(&table.filter, &word), ..table }));
    };
    let label = text::roles::descendants(row.below, row.name.as_str());
    view! {
        <Show when=move || open.with(Option::is_some)>
            <button class="fold" aria-expanded=move || open.get().map(|open| open.to_string()) aria-label=label.clone() title=label.clone() on:click=click.clone()></button>
        </Show>
    }
    .into_any()
}

fn share(row: &RoleRow) -> String {
    row.share.map(|share| text::percent(share, 1.0)).unwrap_or_default()
}

fn dominant(row: &RoleRow) -> String {
    let words = |of: DominantShare| text::overview::dominant_share(of.share, Some(of.resource.noun()));
    row.dominant.map(words).unwrap_or_default()
}

fn count(number: u32) -> String {
    if number == 0 { String::new() } else { text::count(u64::from(number)) }
}

fn guarantee(row: &RoleRow) -> String {
    bound(row, |quota| quota.guarantee)
}

fn limit(row: &RoleRow) -> String {
    bound(row, |quota| quota.limit)
}

/// Amounts of the quota, or why they are not known; empty without a quota.
fn bound(row: &RoleRow, of: fn(&QuotaRow) -> Option<f64>) -> String {
    match &row.quota {
        Ok(_) => text::roles::amounts(&bounds(row, of)),
        Err(why) => text::checks::unknown(why).to_owned(),
    }
}

/// Amounts of the quota by resource; none if the quota is not known.
fn bounds(row: &RoleRow, of: fn(&QuotaRow) -> Option<f64>) -> Vec<(&str, f64)> {
    let quota = row.quota.as_deref().unwrap_or_default();
    quota.iter().filter_map(|quota| Some((quota.resource.as_str(), of(quota)?))).collect()
}
