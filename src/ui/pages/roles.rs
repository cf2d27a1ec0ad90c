//! The table of roles: a tree with what each has, uses and may use.

use leptos::prelude::*;
use mesoscope::can;
use mesoscope::cluster::Part;
use mesoscope::ids::Role;
use mesoscope::query::{Answer, Query, QuotaRow, RoleColumn, RoleRow};
use mesoscope::route::{Route, Table};
use mesoscope::text;
use mesoscope::units::Quantities;

use crate::ui::acts::Proposal;
use crate::ui::parts::{
    ActChoice, TableActs, TableOf, amount_or_nothing, bytes_or_nothing, scalar, table_page, used_words,
};
use crate::ui::widgets::{Column, Marked, Opens};

type Col = Column<RoleRow>;

static COLUMNS: [Col; 12] = [
    Col::words(RoleColumn::Name.name(), "Role", "200px", Some("56%"), shown_name)
        .in_file(&[("Role", |row| row.name.0.clone())])
        .drawn(name),
    Col::figures(RoleColumn::Weight.name(), "Weight", "70px", None, |row| text::amount(row.weight)),
    Col::figures(RoleColumn::Frameworks.name(), "Frameworks", "92px", None, |row| count(row.frameworks))
        .in_file(&[("Frameworks", |row| row.frameworks.to_string())]),
    Col::figures(RoleColumn::Tasks.name(), "Tasks", "76px", Some("20%"), |row| count(row.tasks))
        .in_file(&[("Tasks", |row| row.tasks.to_string())]),
    Col::figures(RoleColumn::Cpus.name(), "CPUs", "80px", Some("24%"), |row| amount_or_nothing(row.used.cpus.as_f64()))
        .in_file(&[("CPUs", |row| row.used.cpus.as_f64().to_string())]),
    Col::figures(RoleColumn::Mem.name(), "Memory", "90px", None, |row| bytes_or_nothing(row.used.mem))
        .in_file(&[("Memory (bytes)", |row| row.used.mem.get().to_string())]),
    Col::figures(RoleColumn::Disk.name(), "Disk", "90px", None, |row| bytes_or_nothing(row.used.disk))
        .in_file(&[("Disk (bytes)", |row| row.used.disk.get().to_string())]),
    Col::figures(RoleColumn::Gpus.name(), "GPUs", "70px", None, |row| amount_or_nothing(row.used.gpus.as_f64()))
        .in_file(&[("GPUs", |row| row.used.gpus.as_f64().to_string())]),
    Col::words(RoleColumn::Offered.name(), "Offered", "132px", None, |row| all_words(row.offered))
        .in_file(&[
            ("CPUs offered", |row| row.offered.cpus.as_f64().to_string()),
            ("Memory offered (bytes)", |row| row.offered.mem.get().to_string()),
            ("Disk offered (bytes)", |row| row.offered.disk.get().to_string()),
            ("GPUs offered", |row| row.offered.gpus.as_f64().to_string()),
        ])
        .drawn(|row| titled(all_words(row.offered))),
    Col::words(RoleColumn::Reserved.name(), "Reserved", "200px", None, |row| all_words(row.reserved))
        .in_file(&[
            ("CPUs reserved", |row| row.reserved.cpus.as_f64().to_string()),
            ("Memory reserved (bytes)", |row| row.reserved.mem.get().to_string()),
            ("Disk reserved (bytes)", |row| row.reserved.disk.get().to_string()),
            ("GPUs reserved", |row| row.reserved.gpus.as_f64().to_string()),
        ])
        .drawn(|row| titled(all_words(row.reserved)))
        .at_need(),
    Col::words(RoleColumn::Consumed.name(), "Quota consumed", "200px", None, |row| all_words(row.consumed))
        .in_file(&[
            ("CPUs consumed", |row| row.consumed.cpus.as_f64().to_string()),
            ("Memory consumed (bytes)", |row| row.consumed.mem.get().to_string()),
            ("Disk consumed (bytes)", |row| row.consumed.disk.get().to_string()),
            ("GPUs consumed", |row| row.consumed.gpus.as_f64().to_string()),
        ])
        .drawn(|row| titled(all_words(row.consumed)))
        .at_need(),
    Col::words(RoleColumn::Quota.name(), "Quota: guarantee – limit", "280px", None, quota)
        .drawn(|row| titled(quota(row))),
];

fn always() -> Vec<ActChoice> {
    vec![ActChoice { name: "New quota", why_not: None, proposal: Proposal::Quotas(Vec::new()) }]
}

fn marked(rows: Vec<Marked>) -> Vec<ActChoice> {
    let roles: Vec<Role> = rows.iter().map(|row| row.id.as_str().into()).collect();
    let nested = roles.iter().find_map(|role| can::set_quota(role).err());
    vec![
        ActChoice { name: "Quota", why_not: nested, proposal: Proposal::Quotas(roles.clone()) },
        ActChoice {
            name: "Weight",
            why_not: None,
            proposal: Proposal::Weights(roles.into_iter().map(|role| (role, None)).collect()),
        },
    ]
}

/// All resources in a line; nothing for nothing.
fn all_words(of: Quantities) -> String {
    if of == Quantities::NONE { String::new() } else { used_words(of) }
}

fn titled(words: String) -> AnyView {
    view! { <span title=words.clone()>{words.clone()}</span> }.into_any()
}

/// The page.
#[component]
pub(crate) fn RolesPage() -> impl IntoView {
    let table = TableOf {
        name: "roles",
        label: "Roles",
        hint: "role, quota:yes, weight>1, tasks>0 …",
        columns: &COLUMNS,
        asks: Query::Roles,
        told: |answer| match answer {
            Answer::Roles(window) => Some(window),
            _ => None,
        },
        here: |route| match route {
            Route::Roles(table) => Some(table),
            _ => None,
        },
        there: Route::Roles,
        parts: &[Part::Roles, Part::Weights, Part::Quota, Part::Frameworks],
        key: |row| row.name.0.clone(),
        opens: |row| Opens { href: tasks_of(row), id: row.name.0.clone() },
        acts: Some(TableActs { marked, always }),
        none: ("No roles", "No framework is in a role, and no role has a weight or a quota."),
    };
    table_page(table)
}

/// Roles have no page of their own: a role's tasks are what one looks for.
fn tasks_of(row: &RoleRow) -> String {
    Route::Tasks(Table { filter: format!("role:{}/", row.name.0), sort: String::new() }).to_string()
}

/// In the tree the last part says enough.
fn shown_name(row: &RoleRow) -> String {
    let full = &row.name.0;
    full.rsplit_once('/').filter(|_| row.depth > 0).map_or(full.as_str(), |(_, last)| last).to_owned()
}

fn name(row: &RoleRow) -> AnyView {
    let indent = format!("{}px", row.depth.min(12) * 14);
    let full = row.name.0.clone();
    view! { <a tabindex="-1" style:padding-left=indent href=tasks_of(row) title=full>{shown_name(row)}</a> }.into_any()
}

fn count(number: u32) -> String {
    if number == 0 { String::new() } else { text::count(u64::from(number)) }
}

fn quota(row: &RoleRow) -> String {
    let part = |quota: &QuotaRow| {
        let amount = |value: f64| scalar(&quota.resource, value);
        let bounds = match (quota.guarantee, quota.limit) {
            (Some(guarantee), Some(limit)) => format!("{} – {}", amount(guarantee), amount(limit)),
            (Some(guarantee), None) => format!("≥ {}", amount(guarantee)),
            (None, Some(limit)) => format!("≤ {}", amount(limit)),
            (None, None) => "–".to_owned(),
        };
        format!("{} {bounds}", quota.resource)
    };
    row.quota.iter().map(part).collect::<Vec<_>>().join(" · ")
}
