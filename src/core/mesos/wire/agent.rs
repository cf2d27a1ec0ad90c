//! Agents and executors (include/mesos/v1/master/master.proto, Response.GetAgents.Agent).

use std::fmt::Write;

use super::field::fields;
use super::non_scalars::ReportedRanges;
use super::resource::Resources;
use super::resource_totals::AgentResources;
use super::scalar::{Double, Id, Integer, Name, Text};
use super::time::Time;

/// An agent as the master holds it.
#[derive(Clone, Debug, Default)]
pub struct ReportedAgent<'a> {
    /// The agent's own description of itself (AgentInfo).
    pub agent_info: AgentInfo<'a>,
    /// Whether the agent is connected and its resources are offered; false while it is disconnected or deactivated.
    pub active: bool,
    /// Whether an operator or a drain has deactivated the agent.
    pub deactivated: bool,
    /// Mesos version of the agent, as `1.11.0`.
    pub version: Text<'a>,
    /// Libprocess address of the agent, as `slave(1)@10.0.0.5:5051`.
    pub pid: Text<'a>,
    /// Time of the agent's first registration with this master; 0 means none.
    pub registered_time: Time,
    /// Time of the latest re-registration; 0 means none.
    pub reregistered_time: Time,
    /// All resources of the agent, with reservations and volumes.
    pub total_resources: AgentResources,
    /// Resources that are allocated to frameworks, by role.
    pub allocated_resources: AgentResources,
    /// Resources in offers that no framework has answered yet.
    pub offered_resources: Resources<'a>,
    /// Draining state; `None` unless DRAIN_AGENT was called.
    pub drain_info: Option<DrainInfo<'a>>,
    /// Time at which the drain began, as the master estimates it; 0 means none.
    pub estimated_drain_start_time: Time,
}

fields! { impl<'de> ReportedAgent<'de>, identified by |agent| agent.agent_info.has_identity();
    "agent_info" => agent_info,
    "active" => active,
    "deactivated" => deactivated,
    "version" => version,
    "pid" => pid,
    "registered_time" => registered_time,
    "reregistered_time" => reregistered_time,
    "total_resources" => total_resources,
    "allocated_resources" => allocated_resources,
    "offered_resources" => offered_resources,
    "drain_info" => drain_info,
    "estimated_drain_start_time" => estimated_drain_start_time,
}

/// An agent's description of itself (AgentInfo). The list `recovered_agents` holds these unwrapped.
#[derive(Clone, Debug, Default)]
pub struct AgentInfo<'a> {
    /// The agent's id (AgentInfo.id), which the master assigns.
    pub id: Id<'a>,
    /// The host's name, as the agent registered it; Mesos compares it without case.
    pub hostname: Text<'a>,
    /// TCP port of the agent's HTTP API, 5051 by default.
    pub port: Integer,
    /// Attributes of the agent's flag `--attributes`, in the flag's order.
    pub attributes: Vec<Attribute<'a>>,
    /// Fault domain of the agent; `None` if it has none.
    pub domain: Option<Domain<'a>>,
    /// Resources as the agent's flags declare them, without dynamic reservations.
    pub resources: Resources<'a>,
}

fields! { impl<'de> AgentInfo<'de>, identified by |info| info.id.has_identity();
    "id" => id,
    "hostname" => hostname,
    "port" => port,
    "attributes" => attributes,
    "domain" => domain,
    "resources" => resources,
}

impl AgentInfo<'_> {
    /// All attributes in one line: `rack:r12 zone:ams-2a`.
    pub fn attributes_line(&self) -> String {
        self.attributes.iter().map(Attribute::line).collect::<Vec<_>>().join("\n")
    }

    /// Fault domain as `region/zone`; empty if there is none.
    pub fn domain_line(&self) -> String {
        let domain = self.domain.as_ref().and_then(|domain| domain.fault_domain.as_ref());
        domain
            .map_or_else(String::new, |domain| format!("{}/{}", domain.region.name.as_str(), domain.zone.name.as_str()))
    }
}

/// An attribute: a text, a number, or ranges.
#[derive(Clone, Debug, Default)]
pub struct Attribute<'a> {
    /// The attribute's name, which may occur more than once.
    pub name: Text<'a>,
    text: Option<Id<'a>>,
    scalar: Option<AttributeScalar>,
    ranges: Option<ReportedRanges>,
}

fields! { impl<'de> Attribute<'de>;
    "name" => name,
    "text" => text,
    "scalar" => scalar,
    "ranges" => ranges,
}

impl Attribute<'_> {
    fn line(&self) -> String {
        let mut line = format!("{}:", self.name.as_str());
        // Writing to a String cannot fail.
        let _ = match (&self.text, &self.scalar, &self.ranges) {
            (Some(text), ..) => write!(line, "{}", text.as_str()),
            (None, Some(scalar), _) => write!(line, "{}", scalar.value.0),
            (None, None, Some(ranges)) => write!(line, "{}", ranges.line()),
            (None, None, None) => Ok(()),
        };
        line.replace('\n', " ")
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct AttributeScalar {
    value: Double,
}

fields! { impl<'de> AttributeScalar; "value" => value }

/// Domain of an agent or a master (DomainInfo).
#[derive(Clone, Debug, Default)]
pub struct Domain<'a> {
    fault_domain: Option<FaultDomain<'a>>,
}

fields! { impl<'de> Domain<'de>; "fault_domain" => fault_domain }

#[derive(Clone, Debug, Default)]
struct FaultDomain<'a> {
    region: RegionOrZone<'a>,
    zone: RegionOrZone<'a>,
}

fields! { impl<'de> FaultDomain<'de>;
    "region" => region,
    "zone" => zone,
}

#[derive(Clone, Debug, Default)]
struct RegionOrZone<'a> {
    name: Text<'a>,
}

fields! { impl<'de> RegionOrZone<'de>; "name" => name }

/// Draining state of an agent.
#[derive(Clone, Debug, Default)]
pub struct DrainInfo<'a> {
    /// `DRAINING` or `DRAINED`.
    pub state: Name<'a>,
}

fields! { impl<'de> DrainInfo<'de>; "state" => state }

/// An executor and where it runs.
#[derive(Clone, Debug, Default)]
pub struct ReportedExecutor<'a> {
    /// The executor's description (ExecutorInfo).
    pub executor_info: ExecutorInfo<'a>,
    /// The agent that the executor runs on.
    pub agent_id: Id<'a>,
}

fields! { impl<'de> ReportedExecutor<'de>, identified by |executor| executor.agent_id.has_identity() && executor.executor_info.has_identity();
    "executor_info" => executor_info,
    "agent_id" => agent_id,
}

/// A framework's description of its executor (ExecutorInfo).
#[derive(Clone, Debug, Default)]
pub struct ExecutorInfo<'a> {
    /// The executor's id, which the framework chooses.
    pub executor_id: Id<'a>,
    /// The framework that the executor belongs to.
    pub framework_id: Id<'a>,
    /// Display name that the framework gave the executor; may be empty.
    pub name: Text<'a>,
    /// `DEFAULT` or `CUSTOM`.
    pub r#type: Name<'a>,
    /// Origin of its tasks, in the framework's own words.
    pub source: Text<'a>,
    /// Resources of the executor itself, without those of its tasks.
    pub resources: Resources<'a>,
}

fields! { impl<'de> ExecutorInfo<'de>, identified by |info| info.executor_id.has_identity() && info.framework_id.has_identity();
    "executor_id" => executor_id,
    "framework_id" => framework_id,
    "name" => name,
    "type" => r#type,
    "source" => source,
    "resources" => resources,
}
