//! The leading master: who it is, its flags, its metrics.

use serde::{Deserialize, Serialize};

use super::standing::{MasterSummary, summary};
use crate::cluster::Cluster;
use crate::cluster::unknown::Reading;

/// The page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MasterDetail {
    /// Its id, and the rest in short.
    pub leader: Reading<(String, MasterSummary)>,
    /// Names and values, in the order in which it tells them.
    pub flags: Reading<Vec<(String, String)>>,
    /// By name.
    pub metrics: Reading<Vec<(String, f64)>>,
}

/// The page as it is. Each of its parts is known or not by itself.
pub fn master(cluster: &Cluster) -> MasterDetail {
    let metrics = cluster.metrics();
    MasterDetail {
        leader: cluster.master().map(|master| (master.id.clone(), summary(master))),
        flags: cluster.flags().map(<[_]>::to_vec),
        metrics: metrics.map(|all| all.iter().map(|(name, value)| (name.clone(), *value)).collect()),
    }
}
