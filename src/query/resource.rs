//! Resources as pages list them: each an amount or a set of items, and whose it is.

use serde::{Deserialize, Serialize};

use crate::wire;

/// One resource of a task or an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceRow {
    pub name: String,
    /// `mem` and `disk` in MiB.
    pub scalar: Option<f64>,
    /// As `[31000-31002]`, if it is no scalar.
    pub items: String,
    /// The role that it is reserved for; empty if for none.
    pub reserved_for: String,
    pub dynamic: bool,
    /// The principal who reserved it, or made the volume.
    pub by: String,
    /// The role that it is allocated to.
    pub allocated_to: String,
    /// The id of the persistent volume that it is; empty if it is none.
    pub volume: String,
    pub container_path: String,
    pub revocable: bool,
    pub shared: bool,
}

/// The resource as a row.
pub fn row(resource: &wire::Resource<'_>) -> ResourceRow {
    let by = if resource.volume_by().is_empty() { resource.reserved_by() } else { resource.volume_by() };
    ResourceRow {
        name: resource.name.as_str().to_owned(),
        scalar: resource.scalar(),
        items: resource.items(),
        reserved_for: resource.reserved_for().unwrap_or_default().to_owned(),
        dynamic: resource.is_dynamic(),
        by: by.to_owned(),
        allocated_to: resource.allocated_to().to_owned(),
        volume: resource.volume().unwrap_or_default().to_owned(),
        container_path: resource.container_path().to_owned(),
        revocable: resource.is_revocable(),
        shared: resource.is_shared(),
    }
}
