//! The table of frameworks, completed ones included.

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, ColumnOrder, Sort, TableQuery, TableWindow, by_text, known_first, window};
use crate::base::ids::{FrameworkId, Role};
use crate::base::skew::ClusterTime;
use crate::base::units::{Quantities, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::framework::{Framework, FrameworkStatus};
use crate::cluster::topic::Topic;

/// Columns of the table of frameworks, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FrameworkColumn {
    /// The framework's name.
    Name,
    /// The framework's id.
    Id,
    /// State of the framework, sorted in the order of [`FrameworkState`].
    State,
    /// The user that its tasks run as by default.
    User,
    /// Roles that the framework subscribes to.
    Roles,
    /// The principal that it authenticated as.
    Principal,
    /// Host name of its scheduler.
    Host,
    /// Number of live tasks.
    Tasks,
    /// Allocated processors.
    Cpus,
    /// Allocated memory.
    Mem,
    /// Allocated disk space.
    Disk,
    /// Allocated graphics processors.
    Gpus,
    /// Number of outstanding offers.
    Offers,
    /// Its dominant share of the cluster.
    Share,
    /// Processors in outstanding offers.
    OfferedCpus,
    /// Memory in outstanding offers.
    OfferedMem,
    /// Disk space in outstanding offers.
    OfferedDisk,
    /// Graphics processors in outstanding offers.
    OfferedGpus,
    /// Time of the registration.
    Registered,
    /// Time of the last reregistration.
    Reregistered,
    /// Time at which a completed framework ended; `ended` in filters.
    Unregistered,
}

impl FrameworkColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Id => "id",
            Self::State => "state",
            Self::User => "user",
            Self::Roles => "role",
            Self::Principal => "principal",
            Self::Host => "host",
            Self::Tasks => "tasks",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
            Self::Offers => "offers",
            Self::Share => "share",
            Self::OfferedCpus => "offered.cpus",
            Self::OfferedMem => "offered.mem",
            Self::OfferedDisk => "offered.disk",
            Self::OfferedGpus => "offered.gpus",
            Self::Reregistered => "reregistered",
            Self::Registered => "registered",
            Self::Unregistered => "ended",
        }
    }
}

impl Column for FrameworkColumn {
    type Row = FrameworkRow;
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Id,
        Self::State,
        Self::User,
        Self::Roles,
        Self::Principal,
        Self::Host,
        Self::Tasks,
        Self::Cpus,
        Self::Mem,
        Self::Disk,
        Self::Gpus,
        Self::Offers,
        Self::Share,
        Self::OfferedCpus,
        Self::OfferedMem,
        Self::OfferedDisk,
        Self::OfferedGpus,
        Self::Registered,
        Self::Reregistered,
        Self::Unregistered,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::State, descending: false };
    const WORDS: &'static [&'static str] = &["state", "role", "name", "user", "principal", "host", "id"];
    const NUMBERS: &'static [&'static str] = &[
        "tasks",
        "cpus",
        "mem",
        "disk",
        "gpus",
        "share",
        "offers",
        "offered.cpus",
        "offered.mem",
        "offered.disk",
        "offered.gpus",
    ];
    const TOPICS: &'static [Topic] = &[Topic::Frameworks, Topic::Metrics];
    const COMES_FIRST: bool = true;
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, _now: ClusterTime) -> TableWindow<Self::Row> {
        frameworks(cluster, query)
    }
}

/// State of a framework, in the table's default order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FrameworkState {
    /// Connected, and receiving offers.
    Active,
    /// Connected, but receiving no offers.
    Inactive,
    /// Disconnected; its failover timeout is running.
    Disconnected,
    /// Known from its agents only: its scheduler is not back since the master was elected.
    Recovered,
    /// Torn down, or not back within its failover timeout.
    Completed,
}

impl FrameworkState {
    /// The word for it, in filters and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Disconnected => "disconnected",
            Self::Recovered => "recovered",
            Self::Completed => "completed",
        }
    }
}

/// One framework, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameworkRow {
    /// The framework's id.
    pub id: FrameworkId,
    /// The framework's name, `FrameworkInfo.name`, which need not be unique.
    pub name: String,
    /// State of the framework, derived from the master's flags.
    pub state: FrameworkState,
    /// The user that its tasks run as by default, `FrameworkInfo.user`.
    pub user: String,
    /// All roles that it subscribes to, from `FrameworkInfo.roles` or the older `role`; empty if they cannot be read.
    pub roles: Vec<Role>,
    /// The principal that it authenticated as, `FrameworkInfo.principal`; empty if it has none.
    pub principal: String,
    /// Host name of its scheduler, `FrameworkInfo.hostname`; empty if it gave none.
    pub hostname: String,
    /// Address of its own web interface, `FrameworkInfo.webui_url`, untrusted; empty if it gave none.
    pub webui_url: String,
    /// Number of its live tasks.
    pub tasks: u32,
    /// Allocated resources, those of executors included; `None` if that list cannot be read whole.
    pub allocated: Option<Quantities>,
    /// Resources in its outstanding offers; `None` if that list cannot be read whole.
    pub offered: Option<Quantities>,
    /// Number of its outstanding offers.
    pub offers: u32,
    /// Its dominant share: the largest of its shares of the cluster's resources, from 0 to 1; `None` if `allocated` is.
    pub share: Option<f64>,
    /// Time of the registration, `registered_time`; `None` if none was reported.
    pub registered: Option<Timestamp>,
    /// Time of the last reregistration, `reregistered_time`; `None` if none was reported.
    pub reregistered: Option<Timestamp>,
    /// Time at which it ended, `unregistered_time`; `None` unless it is completed.
    pub unregistered: Option<Timestamp>,
}

/// The frameworks with these ids, for a filter.
pub(super) fn items<'a>(cluster: &'a Cluster, ids: &'a [FrameworkId]) -> impl Iterator<Item = impl Row + 'a> {
    let total = cluster.total();
    ids.iter().filter_map(|id| cluster.framework(id)).map(move |framework| FrameworkItem { framework, total })
}

#[derive(Clone, Copy)]
struct FrameworkItem<'a> {
    framework: &'a Framework,
    total: Quantities,
}

/// The requested rows.
fn frameworks(cluster: &Cluster, query: &TableQuery<FrameworkColumn>) -> TableWindow<FrameworkRow> {
    let total = cluster.total();
    let items = cluster.frameworks().map(|framework| FrameworkItem { framework, total });
    let tie = |a: &FrameworkItem<'_>, b: &FrameworkItem<'_>| {
        a.framework.name.cmp(&b.framework.name).then_with(|| a.framework.id.cmp(&b.framework.id))
    };
    let window = window(items, query, by_column, tie, |item| row(item.framework, item.total));
    TableWindow { arriving: cluster.arriving(), ..window }
}

/// The framework as a row; `total` is the cluster's resources, for its share.
pub fn row(framework: &Framework, total: Quantities) -> FrameworkRow {
    FrameworkRow {
        id: framework.id.clone(),
        name: framework.name.clone(),
        state: state(framework),
        user: framework.user.clone(),
        roles: framework.roles.clone(),
        principal: framework.principal.clone(),
        hostname: framework.hostname.clone(),
        webui_url: framework.webui_url.clone(),
        tasks: framework.tasks,
        allocated: framework.allocated(),
        offered: framework.offered(),
        offers: u32::try_from(framework.offers.len()).unwrap_or(u32::MAX),
        share: framework.allocated().map(|allocated| allocated.largest_share_of(total)),
        registered: framework.registered,
        reregistered: framework.reregistered,
        unregistered: framework.unregistered,
    }
}

/// The framework's state.
pub fn state(framework: &Framework) -> FrameworkState {
    state_of(framework.status())
}

/// The state that a framework's flags make up.
pub fn state_of(framework: FrameworkStatus) -> FrameworkState {
    match framework {
        _ if framework.completed => FrameworkState::Completed,
        _ if framework.recovered => FrameworkState::Recovered,
        _ if !framework.connected => FrameworkState::Disconnected,
        _ if !framework.active => FrameworkState::Inactive,
        _ => FrameworkState::Active,
    }
}

fn by_column(a: &FrameworkItem<'_>, b: &FrameworkItem<'_>, column: FrameworkColumn) -> ColumnOrder {
    let share = |item: &FrameworkItem<'_>| item.framework.allocated().map(|of| of.largest_share_of(item.total));
    let (x, y) = (a.framework, b.framework);
    let allocated =
        |of: fn(Quantities) -> f64| known_first(x.allocated().map(of), y.allocated().map(of), f64::total_cmp);
    let offered = |of: fn(Quantities) -> f64| known_first(x.offered().map(of), y.offered().map(of), f64::total_cmp);
    let by_time = |of: fn(&Framework) -> Option<Timestamp>| known_first(of(x), of(y), Ord::cmp);
    match column {
        FrameworkColumn::Name => by_text(&x.name, &y.name),
        FrameworkColumn::Id => x.id.cmp(&y.id).into(),
        FrameworkColumn::State => state(x).cmp(&state(y)).into(),
        FrameworkColumn::User => by_text(&x.user, &y.user),
        FrameworkColumn::Roles => x.roles.cmp(&y.roles).into(),
        FrameworkColumn::Principal => by_text(&x.principal, &y.principal),
        FrameworkColumn::Host => by_text(&x.hostname, &y.hostname),
        FrameworkColumn::Tasks => x.tasks.cmp(&y.tasks).into(),
        FrameworkColumn::Cpus => allocated(|of| of.cpus.as_f64()),
        FrameworkColumn::Mem => allocated(|of| of.mem.as_f64()),
        FrameworkColumn::Disk => allocated(|of| of.disk.as_f64()),
        FrameworkColumn::Gpus => allocated(|of| of.gpus.as_f64()),
        FrameworkColumn::Offers => x.offers.len().cmp(&y.offers.len()).into(),
        FrameworkColumn::OfferedCpus => offered(|of| of.cpus.as_f64()),
        FrameworkColumn::OfferedMem => offered(|of| of.mem.as_f64()),
        FrameworkColumn::OfferedDisk => offered(|of| of.disk.as_f64()),
        FrameworkColumn::OfferedGpus => offered(|of| of.gpus.as_f64()),
        FrameworkColumn::Share => known_first(share(a), share(b), f64::total_cmp),
        FrameworkColumn::Registered => by_time(|of| of.registered),
        FrameworkColumn::Reregistered => by_time(|of| of.reregistered),
        FrameworkColumn::Unregistered => by_time(|of| of.unregistered),
    }
}

impl Row for FrameworkItem<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let framework = self.framework;
        [
            framework.name.as_str(),
            framework.id.as_str(),
            state(framework).name(),
            &framework.user,
            &framework.principal,
            &framework.hostname,
        ]
        .into_iter()
        .chain(framework.roles.iter().map(Role::as_str))
        .any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        let framework = self.framework;
        match name {
            "name" => matches(&framework.name),
            "id" | "framework" => matches(framework.id.as_str()),
            "state" => matches(state(framework).name()),
            "user" => matches(&framework.user),
            "role" => framework.roles.iter().any(|role| matches(role.as_str())),
            "principal" => matches(&framework.principal),
            "host" => matches(&framework.hostname),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        let used = || self.framework.allocated();
        Some(match name {
            "tasks" => f64::from(self.framework.tasks),
            "offers" => self.framework.offers.len() as f64,
            "share" => used()?.largest_share_of(self.total) * 100.0,
            _ => match name.strip_prefix("offered.") {
                Some(of) => return self.framework.offered()?.named(of),
                None => return used()?.named(name),
            },
        })
    }
}
