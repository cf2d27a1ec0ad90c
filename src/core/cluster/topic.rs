//! The parts of the state that reads return (PROTOCOL.md, "Events that do not exist").

use serde::{Deserialize, Serialize};

/// What one read brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// Who leads, since when, in which version.
    Master,
    /// Its flags: the cluster's name, the lengths of the rings.
    Flags,
    /// Which agents there are, drained or not, and what they have allocated and offered.
    Agents,
    /// Frameworks' connections, allocations, offers and inverse offers.
    Frameworks,
    Executors,
    /// All tasks. The stream tells them, so they are read only where an update seems to be lost.
    Tasks,
    Roles,
    Weights,
    Quota,
    /// The maintenance schedule.
    Schedule,
    /// The machines in maintenance.
    Machines,
    Operations,
    Metrics,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Master,
        Self::Flags,
        Self::Agents,
        Self::Frameworks,
        Self::Executors,
        Self::Tasks,
        Self::Roles,
        Self::Weights,
        Self::Quota,
        Self::Schedule,
        Self::Machines,
        Self::Operations,
        Self::Metrics,
    ];

    /// The call that reads it.
    pub const fn call(self) -> &'static str {
        match self {
            Self::Master => "GET_MASTER",
            Self::Flags => "GET_FLAGS",
            Self::Agents => "GET_AGENTS",
            Self::Frameworks => "GET_FRAMEWORKS",
            Self::Executors => "GET_EXECUTORS",
            Self::Tasks => "GET_TASKS",
            Self::Roles => "GET_ROLES",
            Self::Weights => "GET_WEIGHTS",
            Self::Quota => "GET_QUOTA",
            Self::Schedule => "GET_MAINTENANCE_SCHEDULE",
            Self::Machines => "GET_MAINTENANCE_STATUS",
            Self::Operations => "GET_OPERATIONS",
            Self::Metrics => "GET_METRICS",
        }
    }
}
