//! Kinds of effects that actions on reservations and volumes have.

use serde::{Deserialize, Serialize};

use crate::base::ids::Role;

/// Kind of an effect of a reservation or a volume. `text::reservations` has the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReservationImpact {
    /// Only the role and roles below it are offered the resources.
    ForRole(Role),
    /// The resources are for this role again; `None` for all roles.
    Returned(Option<Role>),
    /// The reservation takes the last unreserved amount of that resource.
    NothingLeft(String),
    /// The volume and its data stay when tasks end.
    Outlives,
    /// Several tasks may use the volume at once.
    Shared,
    /// All data in the volume is deleted.
    DataLost,
    /// Mesos does not check whether the data fits the new size.
    NotMeasured,
    /// This number of live tasks use the volume with that id.
    UsedByTasks(u32, String),
}
