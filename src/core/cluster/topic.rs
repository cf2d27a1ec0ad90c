//! The parts of the state that reads return (PROTOCOL.md, "Events that do not exist").

use serde::{Deserialize, Serialize};

/// A part of the state that one call reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// The leading master: its address, version and times.
    Master,
    /// The master's flags, such as the cluster's name and how many ended tasks it keeps.
    Flags,
    /// Agents, with their drains and their allocated and offered resources.
    Agents,
    /// Frameworks' connections, allocations, offers and inverse offers.
    Frameworks,
    /// Executors that the master lists.
    Executors,
    /// All tasks; the stream reports them, so they are read only where an update seems to be lost.
    Tasks,
    /// Roles in use, with their frameworks and resources.
    Roles,
    /// Weights of roles.
    Weights,
    /// Quotas of roles: guarantees and limits.
    Quota,
    /// The maintenance schedule.
    Schedule,
    /// The machines in maintenance.
    Machines,
    /// Operations on resources, as far as the master keeps them.
    Operations,
    /// The master's metrics, by name.
    Metrics,
}

impl Topic {
    /// All topics.
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

    /// Mesos' name of the call that reads it.
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
