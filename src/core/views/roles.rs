//! The table of roles: a tree by their names, with what each has, uses and may use.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::filter::{Filter, Row};
use super::table::{Column, ColumnOrder, Order, Sort, TableQuery, TableWindow, known_first, window};
use crate::actions;
use crate::base::ids::Role;
use crate::base::order;
use crate::base::role::ancestors;
use crate::base::skew::ClusterTime;
use crate::base::units::Quantities;
use crate::checks::lint;
use crate::cluster::Cluster;
use crate::cluster::role_sums::{RoleSums, SumGaps};
use crate::cluster::topic::Topic;
use crate::cluster::unknown::{Fetched, ReadFailure, Unknown};

/// An amount that a role has of each resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RoleAmount {
    /// Resources of its live tasks and their executors.
    Allocated,
    /// Resources in outstanding offers to its frameworks.
    Offered,
    /// Resources that agents reserve for it, allocated or not.
    Reserved,
    /// Resources that count against its quota.
    Consumed,
    /// Guarantee of its quota.
    Guarantee,
    /// Limit of its quota.
    Limit,
}

/// A resource with an amount of its own in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResourceKind {
    /// Processors.
    Cpus,
    /// Memory, in bytes.
    Mem,
    /// Disk space, in bytes.
    Disk,
    /// Graphics processors.
    Gpus,
}

impl ResourceKind {
    /// All resources, in the order of Mesos' own lists.
    const ALL: [Self; 4] = [Self::Cpus, Self::Mem, Self::Disk, Self::Gpus];

    /// Its name in a sentence.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Cpus => "CPUs",
            Self::Mem => "memory",
            Self::Disk => "disk",
            Self::Gpus => "GPUs",
        }
    }

    /// The amount of this resource alone.
    fn only(self, of: Quantities) -> Quantities {
        match self {
            Self::Cpus => Quantities { cpus: of.cpus, ..Quantities::NONE },
            Self::Mem => Quantities { mem: of.mem, ..Quantities::NONE },
            Self::Disk => Quantities { disk: of.disk, ..Quantities::NONE },
            Self::Gpus => Quantities { gpus: of.gpus, ..Quantities::NONE },
        }
    }

    /// The resource of which a part has its largest share of the total; the first of several with equal shares, `None` for nothing.
    pub(super) fn dominant(part: Quantities, total: Quantities) -> Option<Self> {
        let largest = part.largest_share_of(total);
        Self::ALL.into_iter().find(|kind| largest > 0.0 && kind.only(part).largest_share_of(total) >= largest)
    }
}

/// A role's largest share of the cluster's resources.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DominantShare {
    /// The share, from 0 to 1.
    pub share: f64,
    /// The resource that it is a share of.
    pub resource: ResourceKind,
}

impl DominantShare {
    fn of(part: Quantities, total: Quantities) -> Option<Self> {
        Some(Self { share: part.largest_share_of(total), resource: ResourceKind::dominant(part, total)? })
    }
}

/// Columns of the table of roles, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RoleColumn {
    /// The role's full name; sorts as a tree.
    Name,
    /// Weight of the role.
    Weight,
    /// Fair share among its siblings.
    Share,
    /// Largest share of the cluster's resources that is allocated to the role.
    Dominant,
    /// Number of frameworks in the role.
    Frameworks,
    /// Number of live tasks of the role and its descendants.
    Tasks,
    /// Guaranteed amounts of the quota; sorts by the number of resources.
    Guarantees,
    /// Limits of the quota; sorts by the number of resources.
    Limits,
    /// Reserved resources that are no amounts, such as ports.
    Others,
    /// One amount of one resource.
    Of(RoleAmount, ResourceKind),
}

impl RoleColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "role",
            Self::Weight => "weight",
            Self::Share => "share",
            Self::Dominant => "dominant",
            Self::Frameworks => "frameworks",
            Self::Tasks => "tasks",
            Self::Guarantees => "guarantee",
            Self::Limits => "limit",
            Self::Others => "reserved.others",
            Self::Of(RoleAmount::Allocated, ResourceKind::Cpus) => "cpus",
            Self::Of(RoleAmount::Allocated, ResourceKind::Mem) => "mem",
            Self::Of(RoleAmount::Allocated, ResourceKind::Disk) => "disk",
            Self::Of(RoleAmount::Allocated, ResourceKind::Gpus) => "gpus",
            Self::Of(RoleAmount::Offered, ResourceKind::Cpus) => "offered.cpus",
            Self::Of(RoleAmount::Offered, ResourceKind::Mem) => "offered.mem",
            Self::Of(RoleAmount::Offered, ResourceKind::Disk) => "offered.disk",
            Self::Of(RoleAmount::Offered, ResourceKind::Gpus) => "offered.gpus",
            Self::Of(RoleAmount::Reserved, ResourceKind::Cpus) => "reserved.cpus",
            Self::Of(RoleAmount::Reserved, ResourceKind::Mem) => "reserved.mem",
            Self::Of(RoleAmount::Reserved, ResourceKind::Disk) => "reserved.disk",
            Self::Of(RoleAmount::Reserved, ResourceKind::Gpus) => "reserved.gpus",
            Self::Of(RoleAmount::Consumed, ResourceKind::Cpus) => "consumed.cpus",
            Self::Of(RoleAmount::Consumed, ResourceKind::Mem) => "consumed.mem",
            Self::Of(RoleAmount::Consumed, ResourceKind::Disk) => "consumed.disk",
            Self::Of(RoleAmount::Consumed, ResourceKind::Gpus) => "consumed.gpus",
            Self::Of(RoleAmount::Guarantee, ResourceKind::Cpus) => "guarantee.cpus",
            Self::Of(RoleAmount::Guarantee, ResourceKind::Mem) => "guarantee.mem",
            Self::Of(RoleAmount::Guarantee, ResourceKind::Disk) => "guarantee.disk",
            Self::Of(RoleAmount::Guarantee, ResourceKind::Gpus) => "guarantee.gpus",
            Self::Of(RoleAmount::Limit, ResourceKind::Cpus) => "limit.cpus",
            Self::Of(RoleAmount::Limit, ResourceKind::Mem) => "limit.mem",
            Self::Of(RoleAmount::Limit, ResourceKind::Disk) => "limit.disk",
            Self::Of(RoleAmount::Limit, ResourceKind::Gpus) => "limit.gpus",
        }
    }
}

impl Column for RoleColumn {
    type Row = RoleRow;
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Weight,
        Self::Share,
        Self::Dominant,
        Self::Frameworks,
        Self::Tasks,
        Self::Guarantees,
        Self::Limits,
        Self::Others,
        Self::Of(RoleAmount::Allocated, ResourceKind::Cpus),
        Self::Of(RoleAmount::Allocated, ResourceKind::Mem),
        Self::Of(RoleAmount::Allocated, ResourceKind::Disk),
        Self::Of(RoleAmount::Allocated, ResourceKind::Gpus),
        Self::Of(RoleAmount::Offered, ResourceKind::Cpus),
        Self::Of(RoleAmount::Offered, ResourceKind::Mem),
        Self::Of(RoleAmount::Offered, ResourceKind::Disk),
        Self::Of(RoleAmount::Offered, ResourceKind::Gpus),
        Self::Of(RoleAmount::Reserved, ResourceKind::Cpus),
        Self::Of(RoleAmount::Reserved, ResourceKind::Mem),
        Self::Of(RoleAmount::Reserved, ResourceKind::Disk),
        Self::Of(RoleAmount::Reserved, ResourceKind::Gpus),
        Self::Of(RoleAmount::Consumed, ResourceKind::Cpus),
        Self::Of(RoleAmount::Consumed, ResourceKind::Mem),
        Self::Of(RoleAmount::Consumed, ResourceKind::Disk),
        Self::Of(RoleAmount::Consumed, ResourceKind::Gpus),
        Self::Of(RoleAmount::Guarantee, ResourceKind::Cpus),
        Self::Of(RoleAmount::Guarantee, ResourceKind::Mem),
        Self::Of(RoleAmount::Guarantee, ResourceKind::Disk),
        Self::Of(RoleAmount::Guarantee, ResourceKind::Gpus),
        Self::Of(RoleAmount::Limit, ResourceKind::Cpus),
        Self::Of(RoleAmount::Limit, ResourceKind::Mem),
        Self::Of(RoleAmount::Limit, ResourceKind::Disk),
        Self::Of(RoleAmount::Limit, ResourceKind::Gpus),
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Name, descending: false };
    const WORDS: &'static [&'static str] = &["role", "quota", "limit"];
    const NUMBERS: &'static [&'static str] = &[
        "tasks",
        "cpus",
        "mem",
        "disk",
        "gpus",
        "weight",
        "share",
        "dominant",
        "frameworks",
        "depth",
        "offered.cpus",
        "offered.mem",
        "offered.disk",
        "offered.gpus",
        "reserved.cpus",
        "reserved.mem",
        "reserved.disk",
        "reserved.gpus",
        "consumed.cpus",
        "consumed.mem",
        "consumed.disk",
        "consumed.gpus",
        "guarantee.cpus",
        "guarantee.mem",
        "guarantee.disk",
        "guarantee.gpus",
        "limit.cpus",
        "limit.mem",
        "limit.disk",
        "limit.gpus",
    ];
    const TOPICS: &'static [Topic] = &[Topic::Roles, Topic::Weights, Topic::Quota, Topic::Frameworks, Topic::Agents];
    /// Folded roles are no subject of their own.
    fn subject(filter: &str) -> String {
        Filter::without_words(filter, is_fold)
    }

    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, _now: ClusterTime) -> TableWindow<Self::Row> {
        roles(cluster, query)
    }
}

/// A role's amounts by kind and resource, in processors or bytes; `None` for a guarantee or limit that is not set, and for
/// offers that are not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoleAmounts([[Option<f64>; 4]; 6]);

impl RoleAmounts {
    fn of(sums: &RoleSums, quota: &[QuotaRow], knows_offers: bool) -> Self {
        let counted =
            |of: Quantities| [of.cpus.as_f64(), of.mem.as_f64(), of.disk.as_f64(), of.gpus.as_f64()].map(Some);
        let set = |of: fn(&QuotaRow) -> Option<f64>| {
            ["cpus", "mem", "disk", "gpus"].map(|resource| {
                let scalar = quota.iter().find(|quota| quota.resource == resource).and_then(of)?;
                let of = Quantities::of(resource, scalar);
                Some(of.cpus.as_f64() + of.mem.as_f64() + of.disk.as_f64() + of.gpus.as_f64())
            })
        };
        Self([
            counted(sums.allocated),
            if knows_offers { counted(sums.offered) } else { [None; 4] },
            counted(sums.reserved),
            counted(sums.consumed()),
            set(|quota| quota.guarantee),
            set(|quota| quota.limit),
        ])
    }

    /// The amount of the resource.
    pub fn get(&self, amount: RoleAmount, of: ResourceKind) -> Option<f64> {
        self.at(amount as u8, of as u8)
    }

    /// An amount, by the indexes of its kind and of the resource; `None` if it is not set or does not exist.
    pub fn at(&self, amount: u8, of: u8) -> Option<f64> {
        self.0.get(usize::from(amount))?.get(usize::from(of)).copied().flatten()
    }
}

/// One role, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleRow {
    /// The role's full name, such as `eng/web`.
    pub name: Role,
    /// Depth in the tree: `eng/web` has 1; 0 where the order or the filter makes the rows no tree.
    pub depth: u32,
    /// Weight of the role; 1 if none was set.
    pub weight: Fetched<f64>,
    /// Its fair share among its siblings, from 0 to 1; `None` if no framework is in it or below it.
    pub share: Option<f64>,
    /// Dominant share of what is allocated to the role and its descendants; `None` if that is nothing.
    pub dominant: Option<DominantShare>,
    /// Number of frameworks in the role that are not completed.
    pub frameworks: u32,
    /// Number of live tasks of the role and its descendants.
    pub tasks: u32,
    /// Amounts of the role and its descendants.
    pub amounts: RoleAmounts,
    /// What the amounts leave out.
    pub gaps: SumGaps,
    /// Whether offers to it are known; if not, no amount of them is.
    pub offers: Fetched<()>,
    /// Number of its descendants.
    pub below: u32,
    /// Reserved resources that are no amounts, such as ports: name, and number of items.
    pub pieces: Vec<(String, u64)>,
    /// Its quota, one entry per resource; empty if it has none.
    pub quota: Fetched<Vec<QuotaRow>>,
}

/// The quota of one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuotaRow {
    /// Name of the resource, such as `cpus`.
    pub resource: String,
    /// Guaranteed amount in Mesos' own units, `mem` and `disk` in MiB; `None` if it is not set.
    pub guarantee: Option<f64>,
    /// Upper limit in Mesos' own units, `mem` and `disk` in MiB; `None` for no limit.
    pub limit: Option<f64>,
}

#[derive(Clone, Copy)]
struct RoleItem<'a> {
    name: &'a str,
    sums: &'a RoleSums,
    weight: Result<f64, &'a Unknown>,
    share: Option<f64>,
    dominant: Option<DominantShare>,
    quota: Result<&'a [QuotaRow], &'a Unknown>,
    /// How near it is to the limits of its quota, as filters name it.
    limit: &'static str,
    amounts: RoleAmounts,
    below: u32,
}

/// The requested rows.
pub(super) fn roles(cluster: &Cluster, query: &TableQuery<RoleColumn>) -> TableWindow<RoleRow> {
    let mut sums = cluster.role_sums();
    for name in names(cluster) {
        sums.entry(name.to_owned()).or_default();
    }
    let quotas = quotas(cluster);
    let misread = cluster.misread(Topic::Weights).map(|misfit| Unknown::Failed(ReadFailure::Field(misfit.clone())));
    let no_weights = cluster.unknown(Topic::Weights).or(misread.as_ref()).unwrap_or(&Unknown::NotYet);
    let shares = actions::weights::shares(cluster, &[]);
    let mut below: BTreeMap<&str, u32> = BTreeMap::new();
    sums.keys().flat_map(|name| ancestors(name)).for_each(|name| *below.entry(name).or_default() += 1);
    let knows_offers = cluster.offers_known().is_ok();
    let near: BTreeMap<Role, f64> =
        order::inserted(lint::near_limits(cluster).into_iter().map(|(role, _, share)| (role, share)));
    let total = cluster.total();
    let items = sums.iter().map(|(name, sums)| {
        let quota = quotas.as_ref().and_then(|quotas| match quotas.get(name) {
            Some(quota) => quota.as_ref().map(Vec::as_slice),
            None => Ok(Default::default()),
        });
        let below = below.get(name.as_str()).copied().unwrap_or_default();
        let role = Role::from(name.as_str());
        let weight = actions::weights::weight_of(cluster, &role).map_err(|_| no_weights);
        let limit = limit_use(near.get(&role).copied(), quota);
        let (share, amounts) =
            (shares.get(name).copied(), RoleAmounts::of(sums, quota.unwrap_or_default(), knows_offers));
        let dominant = DominantShare::of(sums.allocated, total);
        RoleItem { name, sums, weight, share, dominant, quota, limit, amounts, below }
    });
    let items: Vec<RoleItem<'_>> = items.collect();
    let is_tree = is_tree(query.sort, &query.filter);
    let row = |item: RoleItem<'_>| RoleRow {
        name: item.name.into(),
        depth: if is_tree { depth(item.name) } else { 0 },
        weight: item.weight.map_err(Unknown::clone),
        share: item.share,
        dominant: item.dominant,
        frameworks: item.sums.frameworks,
        tasks: item.sums.tasks,
        amounts: item.amounts,
        gaps: item.sums.gaps,
        offers: cluster.offers_known(),
        below: item.below,
        pieces: item.sums.pieces.iter().map(|(name, count)| (name.clone(), *count)).collect(),
        quota: item.quota.map(<[_]>::to_vec).map_err(Unknown::clone),
    };
    let window = window(items.into_iter(), query, by_column, |a, b| tree(a.name, b.name), row);
    TableWindow { arriving: cluster.arriving(), ..window }
}

/// How near a role is to the limits of its quota, as a word for filters. `near` is its share of the limit if it is near or over it.
fn limit_use(near: Option<f64>, quota: Result<&[QuotaRow], &Unknown>) -> &'static str {
    match (near, quota) {
        (Some(share), _) if share > 1.0 => "over",
        (Some(_), _) => "near",
        (None, Ok(quota)) if quota.iter().any(|quota| quota.limit.is_some()) => "below",
        (None, Ok(_)) => "none",
        (None, Err(_)) => UNREAD,
    }
}

/// Value of a field whose topic is not known.
const UNREAD: &str = "unread";

/// Whether the rows make a tree: sorted by name, with nothing filtered out but folded roles.
pub fn is_tree(sort: Order<RoleColumn>, filter: &str) -> bool {
    let by = sort.first;
    by.column == RoleColumn::Name && !by.descending && Filter::all_words(filter, is_fold)
}

/// The word of a filter that folds a role, so that its descendants are left out.
pub fn collapse_term(role: &Role) -> String {
    format!("-role:{role}/*")
}

fn is_fold(word: &str) -> bool {
    word.starts_with("-role:") && word.ends_with("/*")
}

fn depth(role: &str) -> u32 {
    u32::try_from(ancestors(role).count()).unwrap_or(u32::MAX)
}

/// All known roles: those of frameworks, tasks and reservations, those with a weight or a quota, and all their
/// ancestors.
pub(super) fn names(cluster: &Cluster) -> BTreeSet<&str> {
    let mut names = cluster.roles();
    names.extend(cluster.agents().flat_map(|agent| &agent.reserved).map(|held| held.role.as_str()));
    // What is not known adds no name; the page says that it is not known.
    names.extend(cluster.weights().ok().into_iter().flatten().map(|(role, _)| role.as_str()));
    let quotas = cluster.quota().ok();
    names.extend(quotas.iter().flat_map(|quota| quota.configs()).map(|config| config.role.as_str()));
    names.extend(quotas.iter().flat_map(|quota| quota.infos()).map(|info| info.role.as_str()));
    add_ancestors(&mut names);
    names
}

/// Adds all ancestors of the roles.
fn add_ancestors(names: &mut BTreeSet<&str>) {
    let parents: Vec<&str> = names.iter().flat_map(|name| ancestors(name)).collect();
    names.extend(parents);
}

/// The quotas that are set, by role. Of one that has something that cannot be read, no amount is known.
fn quotas(cluster: &Cluster) -> Fetched<BTreeMap<String, Fetched<Vec<QuotaRow>>>> {
    let configs = cluster.quota()?.quotas();
    let mut quotas = BTreeMap::new();
    for config in &configs {
        if let Some(why) = cluster.unreadable_quota(&config.role) {
            quotas.insert(config.role.0.clone(), Err(why));
            continue;
        }
        if config.is_default() {
            continue;
        }
        let mut rows: BTreeMap<&str, QuotaRow> = BTreeMap::new();
        let row = |resource: &str| QuotaRow { resource: resource.to_owned(), guarantee: None, limit: None };
        for (resource, scalar) in &config.guarantees {
            rows.entry(resource).or_insert_with(|| row(resource)).guarantee = Some(scalar.value);
        }
        for (resource, scalar) in &config.limits {
            rows.entry(resource).or_insert_with(|| row(resource)).limit = Some(scalar.value);
        }
        quotas.insert(config.role.0.clone(), Ok(rows.into_values().collect()));
    }
    Ok(quotas)
}

/// Compares roles so that each precedes its descendants: by the topics of the name, not its letters.
fn tree(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

/// The roles and their ancestors, in the order of the tree, each with its depth.
pub fn with_ancestors<'a>(roles: impl Iterator<Item = &'a Role>) -> Vec<(Role, usize)> {
    let mut all: BTreeSet<&str> = order::inserted(roles.map(Role::as_str));
    add_ancestors(&mut all);
    let all = order::sorted(all.into_iter().collect(), |a: &&str, b: &&str| tree(a, b));
    all.into_iter().map(|role| (role.into(), role.matches('/').count())).collect()
}

fn by_column(a: &RoleItem<'_>, b: &RoleItem<'_>, column: RoleColumn) -> ColumnOrder {
    let by_number = |of: &dyn Fn(&RoleItem<'_>) -> Option<f64>| known_first(of(a), of(b), f64::total_cmp);
    let by_bounds = |of: fn(&QuotaRow) -> Option<f64>| known_first(resources(a, of), resources(b, of), Ord::cmp);
    match column {
        RoleColumn::Name => tree(a.name, b.name).into(),
        RoleColumn::Weight => by_number(&|item| item.weight.ok()),
        RoleColumn::Share => by_number(&|item| item.share),
        RoleColumn::Dominant => by_number(&|item| item.dominant.map(|dominant| dominant.share)),
        RoleColumn::Frameworks => a.sums.frameworks.cmp(&b.sums.frameworks).into(),
        RoleColumn::Tasks => a.sums.tasks.cmp(&b.sums.tasks).into(),
        RoleColumn::Guarantees => by_bounds(|quota| quota.guarantee),
        RoleColumn::Limits => by_bounds(|quota| quota.limit),
        RoleColumn::Others => pieces(a).cmp(&pieces(b)).into(),
        RoleColumn::Of(amount, of) => by_number(&|item| item.amounts.get(amount, of)),
    }
}

/// Number of resources with that bound; `None` if there are none, or if the quota is not known.
fn resources(of: &RoleItem<'_>, bound: fn(&QuotaRow) -> Option<f64>) -> Option<usize> {
    of.quota.ok().map(|quota| quota.iter().filter_map(bound).count()).filter(|count| *count > 0)
}

/// Number of items in all.
fn pieces(of: &RoleItem<'_>) -> u64 {
    of.sums.pieces.values().fold(0, |sum, count| sum.saturating_add(*count))
}

impl Row for RoleItem<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        contains(self.name)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "role" | "name" => matches(self.name),
            "quota" => matches(match self.quota {
                Ok([]) => "no",
                Ok(_) => "yes",
                // Neither: a name that has “no” in it would pass for one.
                Err(_) => UNREAD,
            }),
            "limit" => matches(self.limit),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        const GIBIBYTE: f64 = 1_073_741_824.0;
        Some(match name {
            "weight" => self.weight.ok()?,
            "share" => self.share? * 100.0,
            "dominant" => self.dominant?.share * 100.0,
            "frameworks" => f64::from(self.sums.frameworks),
            "tasks" => f64::from(self.sums.tasks),
            "depth" => f64::from(depth(self.name)),
            _ => {
                let column = RoleColumn::ALL.iter().find(|column| column.name() == name)?;
                let RoleColumn::Of(amount, of) = *column else { return None };
                let value = self.amounts.get(amount, of)?;
                if matches!(of, ResourceKind::Mem | ResourceKind::Disk) { value / GIBIBYTE } else { value }
            }
        })
    }
}
