//! The leading master: who it is, its flags, its metrics.

use serde::{Deserialize, Serialize};

use super::cluster_summary::{MasterSummary, summary};
use super::view::{Sources, View};
use crate::base::units::Timestamp;
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Fetched;

/// The page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MasterDetail {
    /// Its id and its summary.
    pub leader: Fetched<(String, MasterSummary)>,
    /// The master's flags as names and values, in its own order.
    pub flags: Fetched<Vec<(String, String)>>,
    /// The master's metrics, by name.
    pub metrics: Fetched<Vec<(String, f64)>>,
}

/// Asks for the leading master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MasterQuery;

impl View for MasterQuery {
    type Answer = MasterDetail;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        master(sources.cluster)
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Metrics]
    }
}

/// The page as it is. Each of its topics is known or not by itself.
fn master(cluster: &Cluster) -> MasterDetail {
    let metrics = cluster.metrics();
    MasterDetail {
        leader: cluster.master().map(|master| (master.id.clone(), summary(master))),
        flags: cluster.flags().map(<[_]>::to_vec),
        metrics: metrics.map(|all| all.iter().map(|(name, value)| (name.clone(), *value)).collect()),
    }
}
