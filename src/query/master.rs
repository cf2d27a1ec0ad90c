//! The leading master: who it is, its flags, its metrics.

use serde::{Deserialize, Serialize};

use super::standing::{MasterSummary, summary};
use crate::cluster::Cluster;

/// The page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MasterDetail {
    pub id: String,
    pub summary: MasterSummary,
    /// Names and values, in the order in which it tells them.
    pub flags: Vec<(String, String)>,
    /// By name.
    pub metrics: Vec<(String, f64)>,
}

/// The page as it is; `None` before the master was asked.
pub fn master(cluster: &Cluster) -> Option<MasterDetail> {
    let master = cluster.master()?;
    Some(MasterDetail {
        id: master.id.clone(),
        summary: summary(master),
        flags: cluster.flags().to_vec(),
        metrics: cluster.metrics().iter().map(|(name, value)| (name.clone(), *value)).collect(),
    })
}
