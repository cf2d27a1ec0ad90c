//! Actions of an operator, each as one value: its call, the errors of its form, its preview, and the signs that it was done.
//! Sends nothing, and changes nothing.

mod agents;
pub mod amount;
pub mod batch;
pub mod bulk_impact;
pub mod calendar;
pub mod container_action;
pub mod container_form;
pub mod containers;
pub mod draining;
pub mod dry_run;
pub mod duration;
pub mod effects;
pub mod execution;
pub mod follow_up;
pub mod form;
mod legacy_quotas;
pub mod merge;
pub mod placement;
pub mod pool;
pub mod preview;
pub mod provider_action;
pub mod provider_config;
pub mod provider_fields;
mod providers;
pub mod quota_removal;
pub mod quotas;
pub mod reservation;
pub mod schedule;
pub mod schedule_change;
pub mod secrets;
pub mod weights;
pub mod window_time;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::container_action::ContainerAction;
use self::provider_action::ProviderAction;
use self::quota_removal::QuotaRemoval;
use self::reservation::ReservationAction;
use crate::base::ids::{AgentId, FrameworkId, Role};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::cluster::topic::Topic;
use crate::mesos::calls::agents::{DeactivateAgent, DrainAgent, GracePeriod, MarkAgentGone, ReactivateAgent};
use crate::mesos::calls::answer::{Content, Expected};
use crate::mesos::calls::maintenance::{
    self, MachineId, Schedule, StartMaintenance, StopMaintenance, UpdateMaintenanceSchedule,
};
use crate::mesos::calls::process::SetLoggingLevel;
use crate::mesos::calls::quota::{QuotaConfig, QuotaRequest, RemoveQuota, SetQuota, UpdateQuota};
use crate::mesos::calls::resource::Resource;
use crate::mesos::calls::teardown::Teardown;
use crate::mesos::calls::values::Scalar;
use crate::mesos::calls::weights::{UpdateWeights, WeightInfo};
use crate::mesos::calls::{self, Call, Target};
use crate::mesos::error_text::{QuotaRefusal, quota_refusal};
use crate::mesos::wire::encoded::WireEncoding;
use crate::mesos::wire::time::{DurationInfo, Unavailability};

/// One action of an operator, which is one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Replaces the quotas of these roles, all or none. Those without amounts are reset.
    Quotas {
        /// The new quotas, one per role.
        quotas: Vec<RoleQuota>,
        /// Whether to skip Mesos' checks of capacity and limits, `UpdateQuota.force`.
        force: bool,
    },
    /// Guarantees these amounts to a role without a quota, and limits it to them. Only masters before 1.9 are sent this.
    SetQuota {
        /// The role that gets the quota.
        role: Role,
        /// Guaranteed amounts by resource, in Mesos' own units: `mem` and `disk` in MiB.
        guarantee: BTreeMap<String, f64>,
        /// Whether to skip Mesos' check of capacity, `QuotaRequest.force`.
        force: bool,
    },
    /// Removes a role's quota. Only masters before 1.9 are sent this.
    RemoveQuota(Role),
    /// Sets these weights, all or none.
    Weights(Vec<(Role, f64)>),
    /// Replaces the whole maintenance schedule.
    Schedule(Vec<MaintenanceWindow>),
    /// Starts the maintenance of scheduled machines, which shuts down their agents (START_MAINTENANCE).
    StartMaintenance(Vec<MachineId>),
    /// Ends the maintenance of machines that are down, so that their agents may register again (STOP_MAINTENANCE).
    StopMaintenance(Vec<MachineId>),
    /// Drains an agent: kills its tasks, and makes no more offers of it (DRAIN_AGENT).
    Drain {
        /// The agent to drain.
        agent: AgentId,
        /// Grace period of each task in seconds, `max_grace_period`; `None` for the tasks' own kill policies.
        grace: Option<u32>,
        /// Whether the agent is marked gone once it is drained, `mark_gone`.
        mark_gone: bool,
    },
    /// Takes an agent out of the offers; its tasks continue (DEACTIVATE_AGENT).
    Deactivate(AgentId),
    /// Returns an agent to the offers, and ends its drain (REACTIVATE_AGENT).
    Reactivate(AgentId),
    /// Removes an agent for ever, with its tasks (MARK_AGENT_GONE).
    MarkGone(AgentId),
    /// Ends a framework and kills its tasks (TEARDOWN).
    Teardown(FrameworkId),
    /// Sets how much an agent or the master logs, for some time (SET_LOGGING_LEVEL).
    LoggingLevel {
        /// The agent whose level is set; `None` for the master.
        agent: Option<AgentId>,
        /// Verbosity of glog, 0 by default; Mesos accepts any number.
        level: u32,
        /// Time after which the level falls back by itself.
        length: Nanoseconds,
    },
    /// Changes a container of an agent.
    Container(ContainerAction),
    /// Changes the resource providers or the cached images of an agent.
    Provider(ProviderAction),
    /// Changes reservations or volumes of an agent.
    Reservation(Box<ReservationAction>),
}

/// A role's quota, in Mesos' own units: `mem` and `disk` in MiB. A resource that is not in `limits` is not limited.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoleQuota {
    /// The role that has the quota.
    pub role: Role,
    /// Guaranteed amounts by resource.
    pub guarantees: BTreeMap<String, f64>,
    /// Upper limits by resource.
    pub limits: BTreeMap<String, f64>,
}

/// A window of the maintenance schedule: machines, and when they will be unavailable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MaintenanceWindow {
    /// Machines of the window, by host name, address or both.
    pub machines: Vec<MachineId>,
    /// When the machines become unavailable.
    pub start: Timestamp,
    /// How long they are unavailable; `None` for ever.
    pub duration: Option<Nanoseconds>,
}

impl MaintenanceWindow {
    /// The window as the master reports it; `None` if its times cannot be read.
    pub fn reported(window: &maintenance::Window) -> Option<Self> {
        let times = window.unavailability?;
        let duration = times.duration.map(DurationInfo::length);
        Some(Self { machines: window.machine_ids.clone(), start: times.start.at(), duration })
    }
}

impl From<&MaintenanceWindow> for maintenance::Window {
    fn from(window: &MaintenanceWindow) -> Self {
        Self {
            machine_ids: window.machines.clone(),
            unavailability: Some(Unavailability {
                start: window.start.into(),
                duration: window.duration.map(Into::into),
            }),
        }
    }
}

impl RoleQuota {
    fn config(&self) -> QuotaConfig {
        let scalars = |amounts: &BTreeMap<String, f64>| {
            amounts.iter().map(|(resource, value)| (resource.clone(), Scalar { value: *value })).collect()
        };
        QuotaConfig { role: self.role.clone(), guarantees: scalars(&self.guarantees), limits: scalars(&self.limits) }
    }
}

impl Action {
    /// Mesos' name of the call.
    pub fn call(&self) -> &'static str {
        match self {
            Self::Quotas { .. } => UpdateQuota::TYPE,
            Self::SetQuota { .. } => SetQuota::TYPE,
            Self::RemoveQuota(_) => RemoveQuota::TYPE,
            Self::Weights(_) => UpdateWeights::TYPE,
            Self::Schedule(_) => UpdateMaintenanceSchedule::TYPE,
            Self::StartMaintenance(_) => StartMaintenance::TYPE,
            Self::StopMaintenance(_) => StopMaintenance::TYPE,
            Self::Drain { .. } => DrainAgent::TYPE,
            Self::Deactivate(_) => DeactivateAgent::TYPE,
            Self::Reactivate(_) => ReactivateAgent::TYPE,
            Self::MarkGone(_) => MarkAgentGone::TYPE,
            Self::Teardown(_) => Teardown::TYPE,
            Self::LoggingLevel { .. } => SetLoggingLevel::TYPE,
            Self::Container(action) => action.call(),
            Self::Provider(action) => action.change.call(),
            Self::Reservation(action) => action.call(),
        }
    }

    /// The request's body. `None` for what may abort a master: REMOVE_QUOTA without its plan's `QuotaRemoval`, and reservations of
    /// nothing.
    pub fn request(&self, removal: Option<&QuotaRemoval>) -> Option<Vec<u8>> {
        Some(match self {
            Self::RemoveQuota(role) => removal?.body(role)?,
            Self::SetQuota { role, guarantee, force } => {
                let resource = |(name, value): (&String, &f64)| Resource::scalar(name, *value);
                let guarantee = guarantee.iter().map(resource).collect();
                calls::request(&SetQuota {
                    quota_request: QuotaRequest { force: *force, role: role.clone(), guarantee },
                })
            }
            Self::Quotas { quotas, force } => calls::request(&UpdateQuota {
                force: *force,
                quota_configs: quotas.iter().map(RoleQuota::config).collect(),
            }),
            Self::Weights(weights) => {
                let info = |(role, weight): &(Role, f64)| WeightInfo { role: role.clone(), weight: *weight };
                calls::request(&UpdateWeights { weight_infos: weights.iter().map(info).collect() })
            }
            Self::Schedule(windows) => {
                let schedule = Schedule { windows: windows.iter().map(Into::into).collect() };
                calls::request(&UpdateMaintenanceSchedule { schedule })
            }
            Self::StartMaintenance(machines) => calls::request(&StartMaintenance { machines: machines.clone() }),
            Self::StopMaintenance(machines) => calls::request(&StopMaintenance { machines: machines.clone() }),
            Self::Drain { agent, grace, mark_gone } => calls::request(&DrainAgent {
                agent_id: agent.clone().into(),
                max_grace_period: grace.map(GracePeriod::from_secs),
                mark_gone: *mark_gone,
            }),
            Self::Deactivate(agent) => calls::request(&DeactivateAgent { agent_id: agent.clone().into() }),
            Self::Reactivate(agent) => calls::request(&ReactivateAgent { agent_id: agent.clone().into() }),
            Self::MarkGone(agent) => calls::request(&MarkAgentGone { agent_id: agent.clone().into() }),
            Self::Teardown(framework) => calls::request(&Teardown { framework_id: framework.clone().into() }),
            Self::LoggingLevel { level, length, .. } => {
                calls::request(&SetLoggingLevel { level: *level, duration: (*length).into() })
            }
            Self::Container(action) => action.request()?,
            Self::Provider(action) => action.change.request()?,
            Self::Reservation(action) => action.request()?,
        })
    }

    /// The expected answer: a status without a body.
    pub fn expected(&self) -> Expected {
        Expected {
            call: self.call(),
            content: Content::Nothing,
            longest: crate::mesos::calls::LONGEST_REFUSAL,
            may_lack_key: true,
            parts: &[],
            accept: WireEncoding::Json,
        }
    }

    /// The process that it is sent to.
    pub fn target(&self) -> Target {
        match self {
            Self::LoggingLevel { agent: Some(agent), .. } => Target::Agent(agent.clone()),
            Self::Container(action) => Target::Agent(action.agent.clone()),
            Self::Provider(action) => Target::Agent(action.agent.clone()),
            _ => Target::Master,
        }
    }

    /// Topics that show whether it was done; empty where no topic does.
    pub const fn topics(&self) -> &'static [Topic] {
        match self {
            Self::Quotas { .. } | Self::SetQuota { .. } | Self::RemoveQuota(_) => &[Topic::Quota],
            Self::Weights(_) => &[Topic::Weights],
            Self::Schedule(_) => &[Topic::Schedule, Topic::Machines],
            Self::StartMaintenance(_) | Self::StopMaintenance(_) => &[Topic::Schedule, Topic::Machines],
            // The schedule may forbid a drain.
            Self::Drain { .. } => &[Topic::Agents, Topic::Schedule],
            Self::Deactivate(_) | Self::Reactivate(_) | Self::MarkGone(_) => &[Topic::Agents],
            Self::Teardown(_) => &[Topic::Frameworks],
            Self::LoggingLevel { .. } | Self::Container(_) => &[],
            Self::Provider(action) => action.change.topics(),
            Self::Reservation(_) => &[Topic::Agents],
        }
    }

    /// Whether a read shows its effect: of the topics, or of the agent that it is sent to.
    pub const fn is_followed(&self) -> bool {
        matches!(self, Self::Container(_)) || !self.topics().is_empty()
    }

    /// Topics that are read as well, but not waited for: counts that may show the effect.
    pub const fn counts(&self) -> &'static [Topic] {
        match self {
            Self::MarkGone(_) => &[Topic::Metrics],
            _ => &[],
        }
    }

    /// Whether its effect cannot be undone.
    pub const fn is_destructive(&self) -> bool {
        match self {
            Self::Reservation(action) => action.is_destructive(),
            Self::Drain { mark_gone, .. } => *mark_gone,
            Self::StartMaintenance(_) | Self::MarkGone(_) | Self::Teardown(_) => true,
            Self::Quotas { .. } | Self::SetQuota { .. } | Self::RemoveQuota(_) | Self::Weights(_) => false,
            Self::Schedule(_) | Self::StopMaintenance(_) | Self::Deactivate(_) | Self::Reactivate(_) => false,
            Self::LoggingLevel { .. } => false,
            Self::Container(action) => action.is_destructive(),
            Self::Provider(action) => action.change.is_destructive(),
        }
    }

    /// The agent that it is about, or `None`.
    pub const fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Drain { agent, .. } | Self::LoggingLevel { agent: Some(agent), .. } => Some(agent),
            Self::Deactivate(agent) | Self::Reactivate(agent) | Self::MarkGone(agent) => Some(agent),
            Self::Provider(action) => Some(&action.agent),
            Self::Reservation(action) => Some(&action.agent),
            Self::Quotas { .. } | Self::SetQuota { .. } | Self::RemoveQuota(_) | Self::Weights(_) => None,
            Self::Schedule(_) | Self::StartMaintenance(_) | Self::StopMaintenance(_) | Self::Teardown(_) => None,
            Self::LoggingLevel { agent: None, .. } => None,
            Self::Container(action) => Some(&action.agent),
        }
    }

    /// Whether it ends live tasks.
    pub const fn ends_tasks(&self) -> bool {
        matches!(self, Self::Drain { .. } | Self::MarkGone(_) | Self::Teardown(_))
    }

    /// Whether it sets values that were typed, such as a quota, rather than the state of an object.
    pub const fn sets_values(&self) -> bool {
        match self {
            Self::Quotas { .. } | Self::SetQuota { .. } | Self::RemoveQuota(_) | Self::Weights(_) => true,
            Self::Schedule(_) | Self::LoggingLevel { .. } | Self::Reservation(_) => true,
            Self::Provider(action) => action.change.sets_values(),
            Self::StartMaintenance(_) | Self::StopMaintenance(_) | Self::Drain { .. } | Self::Deactivate(_) => false,
            Self::Reactivate(_) | Self::MarkGone(_) | Self::Teardown(_) | Self::Container(_) => false,
        }
    }

    /// Whether it is safe only after a read right before: at a role without a quota, REMOVE_QUOTA aborts the master.
    pub const fn needs_fresh_read(&self) -> bool {
        matches!(self, Self::RemoveQuota(_))
    }

    /// Whether Mesos' refusal of it says that force helps, and it was not forced yet.
    pub fn is_helped_by_force(&self, refusal: &str) -> bool {
        quota_refusal(refusal) == QuotaRefusal::Forcible && self.forced().is_some_and(|forced| forced != *self)
    }

    /// The action with `force`, which skips some of Mesos' checks; `None` if the call has no such option.
    pub fn forced(&self) -> Option<Self> {
        match self {
            Self::Quotas { quotas, .. } => Some(Self::Quotas { quotas: quotas.clone(), force: true }),
            Self::SetQuota { role, guarantee, .. } => {
                Some(Self::SetQuota { role: role.clone(), guarantee: guarantee.clone(), force: true })
            }
            _ => None,
        }
    }
}
