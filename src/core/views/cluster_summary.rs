//! The cluster in short: what the shell shows on every page.

use serde::{Deserialize, Serialize};

use super::roles;
use crate::base::units::Timestamp;
use crate::cluster::role_sums::SumGaps;
use crate::cluster::{Cluster, Master};
use crate::mesos::wire::state::TaskState;

/// The cluster's name, its master, and how many there are of each thing: `None` where none has come while the snapshot arrives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterSummary {
    /// Name of the cluster, from the flag `--cluster`; `None` without the flag, or if flags are not readable.
    pub cluster: Option<String>,
    /// The leading master; `None` until GET_MASTER has been answered.
    pub master: Option<MasterSummary>,
    /// Number of agents that the state holds, in whatever state.
    pub agents: Option<u32>,
    /// Number of frameworks that are not completed.
    pub frameworks: Option<u32>,
    /// Number of tasks that are neither unreachable nor completed.
    pub tasks: Option<u32>,
    /// What sums by role leave out.
    pub sum_gaps: SumGaps,
    /// Number of roles, as the Roles page lists them; `None` as for the others.
    pub roles: Option<u32>,
    /// Where the master's counts of tasks differ from the copy's: the state, the master's count, the copy's.
    pub differences: Vec<(TaskState, u32, u32)>,
}

/// The leading master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MasterSummary {
    /// Host name of the master, `MasterInfo.hostname`.
    pub hostname: String,
    /// TCP port of its API, `MasterInfo.port`.
    pub port: u16,
    /// Version of Mesos that the master runs, such as `1.11.0`.
    pub version: String,
    /// Time at which its process started, `GetMaster.start_time`.
    pub started: Option<Timestamp>,
    /// Time at which it was elected leader, `GetMaster.elected_time`.
    pub elected: Option<Timestamp>,
}

/// The cluster in short.
pub fn cluster_summary(cluster: &Cluster) -> ClusterSummary {
    let known = |count: u32| (count > 0 || !cluster.arriving()).then_some(count);
    ClusterSummary {
        cluster: cluster.name().map(str::to_owned),
        master: cluster.master().ok().map(summary),
        agents: known(count(cluster.agents().count())),
        frameworks: known(count(cluster.frameworks().filter(|framework| !framework.completed()).count())),
        tasks: known(cluster.task_counts().live()),
        sum_gaps: cluster.sum_gaps(),
        roles: known(count(roles::names(cluster).len())),
        differences: cluster.differences().iter().map(|one| (one.state, one.counted, one.held)).collect(),
    }
}

/// The master in short.
pub(super) fn summary(master: &Master) -> MasterSummary {
    MasterSummary {
        hostname: master.hostname.clone(),
        port: master.port,
        version: master.version.clone(),
        started: master.started,
        elected: master.elected,
    }
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
