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
use mesoscope_core::views::roles::{QuotaRow, ResourceKind, RoleAmount, RoleColumn, RoleRow};
use mesoscope_core::views::table::Order;
use mesoscope_core::{actions, checks::eligibility};

use crate::actions::Proposal;
use crate::parts::action::control::{ActionChoice, action_button};
use crate::parts::figure::{amount_or_nothing, bytes_or_nothing, counted_others, others_cell};
use crate::parts::selection::BulkActions;
use crate::parts::table::{TableSpec, table_page};
use crate::parts::weight_editor::{provide_shares, share_cell, weight_cell, weight_editor};
use crate::router::{push, route};
use crate::widgets::grid::column::{Column, ExportColumn, RowLink};
use crate::widgets::grid::marks::MarkedRow;

type Col = Column<RoleRow>;

const ALLOCATED: u8 = RoleAmount::Allocated as u8;
const OFFERED: u8 = RoleAmount::Offered as u8;
const RESERVED: u8 = RoleAmount::Reserved as u8;
const CONSUMED: u8 = RoleAmount::Consumed as u8;
const GUARANTEE: u8 = RoleAmount::Guarantee as u8;
const LIMIT: u8 = RoleAmount::Limit as u8;
const CPUS: u8 = ResourceKind::Cpus as u8;
const MEM: u8 = ResourceKind::Mem as u8;
const DISK: u8 = ResourceKind::Disk as u8;
const GPUS: u8 = ResourceKind::Gpus as u8;

static COLUMNS: [Col; 32] = [
    Col::words(RoleColumn::Name.name(), "Role", "186px", Some("40%"), shown_name)
        .exported_as(&[("Role", |row| row.name.0.clone())])
        .drawn(name),
    Col::figures(RoleColumn::Weight.name(), "Weight", "64px", Some("16%"), weight).with_live_cell(weight_cell),
    Col::figures(RoleColumn::Share.name(), "Fair share", "96px", None, share)
        .exported_as(&[("Fair share", |row| row.share.map(|share| share.to_string()).unwrap_or_default())])
        .with_live_cell(share_cell),
    Col::figures(RoleColumn::Frameworks.name(), "Frameworks", "92px", None, |row| count(row.frameworks))
        .exported_as(&[("Frameworks", |row| row.frameworks.to_string())]),
    Col::figures(RoleColumn::Tasks.name(), "Tasks", "76px", None, |row| count(row.tasks))
        .exported_as(&[("Tasks", |row| row.tasks.to_string())]),
    amount::<ALLOCATED, CPUS>(
        RoleColumn::Of(RoleAmount::Allocated, ResourceKind::Cpus),
        "CPUs",
        "80px",
        None,
        &[("CPUs allocated", file::<ALLOCATED, CPUS>)],
    ),
    amount::<ALLOCATED, MEM>(
        RoleColumn::Of(RoleAmount::Allocated, ResourceKind::Mem),
        "Memory",
        "104px",
        None,
        &[("Memory allocated (bytes)", file::<ALLOCATED, MEM>)],
    ),
    amount::<ALLOCATED, DISK>(
        RoleColumn::Of(RoleAmount::Allocated, ResourceKind::Disk),
        "Disk",
        "104px",
        None,
        &[("Disk allocated (bytes)", file::<ALLOCATED, DISK>)],
    ),
    amount::<ALLOCATED, GPUS>(
        RoleColumn::Of(RoleAmount::Allocated, ResourceKind::Gpus),
        "GPUs",
        "70px",
        None,
        &[("GPUs allocated", file::<ALLOCATED, GPUS>)],
    ),
    amount::<OFFERED, CPUS>(
        RoleColumn::Of(RoleAmount::Offered, ResourceKind::Cpus),
        "CPUs offered",
        "104px",
        None,
        &[("CPUs offered", file::<OFFERED, CPUS>)],
    )
    .hidden_by_default(),
    Col::words(RoleColumn::Guarantees.name(), "Guarantee", "150px", Some("22%"), guarantee)
        .drawn(|row| titled(guarantee(row))),
    Col::words(RoleColumn::Limits.name(), "Limit", "150px", Some("22%"), limit).drawn(|row| titled(limit(row))),
    amount::<OFFERED, MEM>(
        RoleColumn::Of(RoleAmount::Offered, ResourceKind::Mem),
        "Memory offered",
        "122px",
        None,
        &[("Memory offered (bytes)", file::<OFFERED, MEM>)],
    )
    .hidden_by_default(),
    amount::<OFFERED, DISK>(
        RoleColumn::Of(RoleAmount::Offered, ResourceKind::Disk),
        "Disk offered",
        "122px",
        None,
        &[("Disk offered (bytes)", file::<OFFERED, DISK>)],
    )
    .hidden_by_default(),
    amount::<OFFERED, GPUS>(
        RoleColumn::Of(RoleAmount::Offered, ResourceKind::Gpus),
        "GPUs offered",
        "122px",
        None,
        &[("GPUs offered", file::<OFFERED, GPUS>)],
    )
    .hidden_by_default(),
    amount::<RESERVED, CPUS>(
        RoleColumn::Of(RoleAmount::Reserved, ResourceKind::Cpus),
        "CPUs reserved",
        "122px",
        None,
        &[("CPUs reserved", file::<RESERVED, CPUS>)],
    )
    .hidden_by_default(),
    amount::<RESERVED, MEM>(
        RoleColumn::Of(RoleAmount::Reserved, ResourceKind::Mem),
        "Memory reserved",
        "122px",
        None,
        &[("Memory reserved (bytes)", file::<RESERVED, MEM>)],
    )
    .hidden_by_default(),
    amount::<RESERVED, DISK>(
        RoleColumn::Of(RoleAmount::Reserved, ResourceKind::Disk),
        "Disk reserved",
        "122px",
        None,
        &[("Disk reserved (bytes)", file::<RESERVED, DISK>)],
    )
    .hidden_by_default(),
    amount::<RESERVED, GPUS>(
        RoleColumn::Of(RoleAmount::Reserved, ResourceKind::Gpus),
        "GPUs reserved",
        "122px",
        None,
        &[("GPUs reserved", file::<RESERVED, GPUS>)],
    )
    .hidden_by_default(),
    Col::words(RoleColumn::Others.name(), "Others reserved", "150px", None, |row| counted_others(&row.pieces))
        .drawn(|row| others_cell(&counted_others(&row.pieces)))
        .hidden_by_default(),
    amount::<CONSUMED, CPUS>(
        RoleColumn::Of(RoleAmount::Consumed, ResourceKind::Cpus),
        "CPUs consumed",
        "122px",
        None,
        &[("CPUs consumed", file::<CONSUMED, CPUS>)],
    )
    .hidden_by_default(),
    amount::<CONSUMED, MEM>(
        RoleColumn::Of(RoleAmount::Consumed, ResourceKind::Mem),
        "Memory consumed",
        "122px",
        None,
        &[("Memory consumed (bytes)", file::<CONSUMED, MEM>)],
    )
    .hidden_by_default(),
    amount::<CONSUMED, DISK>(
        RoleColumn::Of(RoleAmount::Consumed, ResourceKind::Disk),
        "Disk consumed",
        "122px",
        None,
        &[("Disk consumed (bytes)", file::<CONSUMED, DISK>)],
    )
    .hidden_by_default(),
    amount::<CONSUMED, GPUS>(
        RoleColumn::Of(RoleAmount::Consumed, ResourceKind::Gpus),
        "GPUs consumed",
        "122px",
        None,
        &[("GPUs consumed", file::<CONSUMED, GPUS>)],
    )
    .hidden_by_default(),
    amount::<GUARANTEE, CPUS>(
        RoleColumn::Of(RoleAmount::Guarantee, ResourceKind::Cpus),
        "CPUs guarantee",
        "122px",
        None,
        &[("CPUs guarantee", file::<GUARANTEE, CPUS>)],
    )
    .hidden_by_default(),
    amount::<GUARANTEE, MEM>(
        RoleColumn::Of(RoleAmount::Guarantee, ResourceKind::Mem),
        "Memory guarantee",
        "122px",
        None,
        &[("Memory guaranteed (bytes)", file::<GUARANTEE, MEM>)],
    )
    .hidden_by_default(),
    amount::<GUARANTEE, DISK>(
        RoleColumn::Of(RoleAmount::Guarantee, ResourceKind::Disk),
        "Disk guarantee",
        "122px",
        None,
        &[("Disk guaranteed (bytes)", file::<GUARANTEE, DISK>)],
    )
    .hidden_by_default(),
    amount::<GUARANTEE, GPUS>(
        RoleColumn::Of(RoleAmount::Guarantee, ResourceKind::Gpus),
        "GPUs guarantee",
        "122px",
        None,
        &[("GPUs guarantee", file::<GUARANTEE, GPUS>)],
    )
    .hidden_by_default(),
    amount::<LIMIT, CPUS>(
        RoleColumn::Of(RoleAmount::Limit, ResourceKind::Cpus),
        "CPUs limit",
        "122px",
        None,
        &[("CPUs limit", file::<LIMIT, CPUS>)],
    )
    .hidden_by_default(),
    amount::<LIMIT, MEM>(
        RoleColumn::Of(RoleAmount::Limit, ResourceKind::Mem),
        "Memory limit",
        "122px",
        None,
        &[("Memory limit (bytes)", file::<LIMIT, MEM>)],
    )
    .hidden_by_default(),
    amount::<LIMIT, DISK>(
        RoleColumn::Of(RoleAmount::Limit, ResourceKind::Disk),
        "Disk limit",
        "122px",
        None,
        &[("Disk limit (bytes)", file::<LIMIT, DISK>)],
    )
    .hidden_by_default(),
    amount::<LIMIT, GPUS>(
        RoleColumn::Of(RoleAmount::Limit, ResourceKind::Gpus),
        "GPUs limit",
        "122px",
        None,
        &[("GPUs limit", file::<LIMIT, GPUS>)],
    )
    .hidden_by_default(),
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

/// Column of one amount.
const fn amount<const AMOUNT: u8, const OF: u8>(
    column: RoleColumn,
    title: &'static str,
    width: &'static str,
    narrow: Option<&'static str>,
    file: &'static [ExportColumn<RoleRow>],
) -> Col {
    Col::figures(column.name(), title, width, narrow, says::<AMOUNT, OF>).exported_as(file)
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

fn titled(words: String) -> AnyView {
    view! { <span title=words.clone()>{words.clone()}</span> }.into_any()
}

/// Renders the page.
#[component]
pub(crate) fn RolesPage() -> impl IntoView {
    let table: TableSpec<RoleColumn> = TableSpec {
        name: "roles",
        label: "Roles",
        hint: "role, role:eng/, quota:yes, limit.cpus>8, reserved.mem>1, depth<1 …",
        tools: None,
        columns: &COLUMNS,
        here: |route| match route {
            Route::Roles(table) => Some(table),
            _ => None,
        },
        there: Route::Roles,
        parts: &[Topic::Roles, Topic::Weights, Topic::Quota, Topic::Frameworks],
        key: |row| row.name.0.clone(),
        opens: |row| RowLink { href: Route::Role(row.name.clone()).to_string(), id: row.name.0.clone() },
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
    let quota = match &row.quota {
        Ok(quota) => quota,
        Err(why) => return text::checks::unknown(why).to_owned(),
    };
    let amounts: Vec<_> = quota.iter().filter_map(|quota| Some((quota.resource.as_str(), of(quota)?))).collect();
    text::roles::amounts(&amounts)
}
