//! The table of roles: a tree by their names, with what each has, uses and may use.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, Sort, TableQuery, Window, window};
use crate::cluster::{Cluster, RoleSums};
use crate::ids::Role;
use crate::units::Quantities;

/// The columns, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RoleColumn {
    Name,
    Weight,
    Frameworks,
    Tasks,
    Cpus,
    Mem,
    Disk,
    Gpus,
    Offered,
    Reserved,
    Consumed,
    Quota,
}

impl RoleColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "role",
            Self::Weight => "weight",
            Self::Frameworks => "frameworks",
            Self::Tasks => "tasks",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
            Self::Offered => "offered",
            Self::Reserved => "reserved",
            Self::Consumed => "consumed",
            Self::Quota => "quota",
        }
    }
}

impl Column for RoleColumn {
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Weight,
        Self::Frameworks,
        Self::Tasks,
        Self::Cpus,
        Self::Mem,
        Self::Disk,
        Self::Gpus,
        Self::Offered,
        Self::Reserved,
        Self::Consumed,
        Self::Quota,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Name, descending: false };
    const WORDS: &'static [&'static str] = &["role", "quota"];
    const NUMBERS: &'static [&'static str] = &["tasks", "cpus", "mem", "disk", "gpus", "weight", "frameworks"];
    fn name(self) -> &'static str {
        Self::name(self)
    }
}

/// One role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleRow {
    pub name: Role,
    /// How deep it stands in the tree: `eng/web` is 1. Nothing where the rows are not a tree, by their order or for want of some.
    pub depth: u32,
    /// 1 if it was never set.
    pub weight: f64,
    /// Frameworks in the role that are not completed.
    pub frameworks: u32,
    /// Live tasks of the role and of those below it.
    pub tasks: u32,
    /// What they use. Of the role and of those below it.
    pub used: Quantities,
    /// What is offered to it.
    pub offered: Quantities,
    /// What agents hold for it. Of the role and of those below it.
    pub reserved: Quantities,
    /// What counts against its quota: what is allocated, and what is reserved and is not.
    pub consumed: Quantities,
    /// By resource: the guarantee, and the limit.
    pub quota: Vec<QuotaRow>,
}

/// The quota of one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuotaRow {
    pub resource: String,
    pub guarantee: Option<f64>,
    pub limit: Option<f64>,
}

#[derive(Clone, Copy)]
struct Item<'a> {
    name: &'a str,
    sums: &'a RoleSums,
    weight: f64,
    quota: bool,
}

/// The rows asked for.
pub fn roles(cluster: &Cluster, query: &TableQuery<RoleColumn>) -> Window<RoleRow> {
    let sums = cluster.role_sums();
    let quotas = quotas(cluster);
    let weight = |name: &str| {
        let set = cluster.weights().get(&Role::from(name)).copied();
        set.or_else(|| cluster.roles_told().iter().find(|role| role.name.as_str() == name).map(|role| role.weight))
    };
    let items: Vec<Item<'_>> = sums
        .iter()
        .map(|(name, sums)| Item { name, sums, weight: weight(name).unwrap_or(1.0), quota: quotas.contains_key(name) })
        .collect();
    let sort = query.sort.first;
    let is_tree = sort.column == RoleColumn::Name && !sort.descending && query.filter.trim().is_empty();
    let depth = |name: &str| if is_tree { name.matches('/').count() } else { 0 };
    let row = |item: Item<'_>| RoleRow {
        name: item.name.into(),
        depth: u32::try_from(depth(item.name)).unwrap_or(u32::MAX),
        weight: item.weight,
        frameworks: item.sums.frameworks,
        tasks: item.sums.tasks,
        used: item.sums.used,
        offered: item.sums.offered,
        reserved: item.sums.reserved,
        consumed: item.sums.consumed(),
        quota: quotas.get(item.name).cloned().unwrap_or_default(),
    };
    let window = window(items.into_iter(), query, by_column, |a, b| tree(a.name, b.name), row);
    Window { arriving: cluster.arriving(), ..window }
}

fn quotas(cluster: &Cluster) -> BTreeMap<String, Vec<QuotaRow>> {
    let configs = cluster.quota().map(|quota| quota.configs()).unwrap_or_default();
    let mut quotas = BTreeMap::new();
    for config in configs.iter().filter(|config| !config.is_default()) {
        let mut rows: BTreeMap<&str, QuotaRow> = BTreeMap::new();
        let row = |resource: &str| QuotaRow { resource: resource.to_owned(), guarantee: None, limit: None };
        for (resource, scalar) in &config.guarantees {
            rows.entry(resource).or_insert_with(|| row(resource)).guarantee = Some(scalar.value);
        }
        for (resource, scalar) in &config.limits {
            rows.entry(resource).or_insert_with(|| row(resource)).limit = Some(scalar.value);
        }
        quotas.insert(config.role.0.clone(), rows.into_values().collect());
    }
    quotas
}

/// A role stands right above those below it: `/` sorts before any letter of a name.
fn tree(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

fn by_column(a: &Item<'_>, b: &Item<'_>, column: RoleColumn) -> Ordering {
    match column {
        RoleColumn::Name => tree(a.name, b.name),
        RoleColumn::Weight => a.weight.total_cmp(&b.weight),
        RoleColumn::Frameworks => a.sums.frameworks.cmp(&b.sums.frameworks),
        RoleColumn::Tasks => a.sums.tasks.cmp(&b.sums.tasks),
        RoleColumn::Cpus => a.sums.used.cpus.cmp(&b.sums.used.cpus),
        RoleColumn::Mem => a.sums.used.mem.cmp(&b.sums.used.mem),
        RoleColumn::Disk => a.sums.used.disk.cmp(&b.sums.used.disk),
        RoleColumn::Gpus => a.sums.used.gpus.cmp(&b.sums.used.gpus),
        RoleColumn::Offered => a.sums.offered.cpus.cmp(&b.sums.offered.cpus),
        RoleColumn::Reserved => a.sums.reserved.cpus.cmp(&b.sums.reserved.cpus),
        RoleColumn::Consumed => a.sums.consumed().cpus.cmp(&b.sums.consumed().cpus),
        RoleColumn::Quota => a.quota.cmp(&b.quota),
    }
}

impl Row for Item<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        contains(self.name)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "role" | "name" => matches(self.name),
            "quota" => matches(if self.quota { "yes" } else { "no" }),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        let used = self.sums.used;
        Some(match name {
            "weight" => self.weight,
            "frameworks" => f64::from(self.sums.frameworks),
            "tasks" => f64::from(self.sums.tasks),
            _ => return used.named(name),
        })
    }
}
