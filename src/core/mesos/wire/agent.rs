//! Agents and executors (include/mesos/v1/master/master.proto, Response.GetAgents.Agent).

use std::fmt::Write;

use super::field::fields;
use super::pieces::Ranges;
use super::resource::Resources;
use super::resource_totals::ResourceTotals;
use super::scalar::{Double, Id, Integer, Name, Text};
use super::time::Time;

/// An agent as the master holds it.
#[derive(Clone, Debug, Default)]
pub struct Agent<'a> {
    pub agent_info: AgentInfo<'a>,
    pub active: bool,
    pub deactivated: bool,
    pub version: Text<'a>,
    pub pid: Text<'a>,
    pub registered_time: Time,
    pub reregistered_time: Time,
    pub total_resources: ResourceTotals,
    pub allocated_resources: ResourceTotals,
    pub offered_resources: Resources<'a>,
    pub drain_info: Option<DrainInfo<'a>>,
    pub estimated_drain_start_time: Time,
}

fields! { impl<'de> Agent<'de>, identified by |agent| agent.agent_info.has_identity();
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

/// What an agent says of itself. `recovered_agents` are these, without a wrapping.
#[derive(Clone, Debug, Default)]
pub struct AgentInfo<'a> {
    pub id: Id<'a>,
    pub hostname: Text<'a>,
    pub port: Integer,
    pub attributes: Vec<Attribute<'a>>,
    pub domain: Option<Domain<'a>>,
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
    /// Its attributes in one line: `rack:r12 zone:ams-2a`.
    pub fn attributes_line(&self) -> String {
        self.attributes.iter().map(Attribute::line).collect::<Vec<_>>().join("\n")
    }

    /// Its fault domain as `region/zone`, or nothing.
    pub fn domain_line(&self) -> String {
        let domain = self.domain.as_ref().and_then(|domain| domain.fault_domain.as_ref());
        domain
            .map_or_else(String::new, |domain| format!("{}/{}", domain.region.name.as_str(), domain.zone.name.as_str()))
    }
}

/// An attribute: a text, a number, or ranges.
#[derive(Clone, Debug, Default)]
pub struct Attribute<'a> {
    pub name: Text<'a>,
    text: Option<Id<'a>>,
    scalar: Option<Scalar>,
    ranges: Option<Ranges>,
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
struct Scalar {
    value: Double,
}

fields! { impl<'de> Scalar; "value" => value }

/// Where an agent stands.
#[derive(Clone, Debug, Default)]
pub struct Domain<'a> {
    fault_domain: Option<FaultDomain<'a>>,
}

fields! { impl<'de> Domain<'de>; "fault_domain" => fault_domain }

#[derive(Clone, Debug, Default)]
struct FaultDomain<'a> {
    region: Place<'a>,
    zone: Place<'a>,
}

fields! { impl<'de> FaultDomain<'de>;
    "region" => region,
    "zone" => zone,
}

#[derive(Clone, Debug, Default)]
struct Place<'a> {
    name: Text<'a>,
}

fields! { impl<'de> Place<'de>; "name" => name }

/// That an agent is being drained.
#[derive(Clone, Debug, Default)]
pub struct DrainInfo<'a> {
    /// `DRAINING` or `DRAINED`.
    pub state: Name<'a>,
}

fields! { impl<'de> DrainInfo<'de>; "state" => state }

/// An executor and where it runs.
#[derive(Clone, Debug, Default)]
pub struct Executor<'a> {
    pub executor_info: ExecutorInfo<'a>,
    pub agent_id: Id<'a>,
}

fields! { impl<'de> Executor<'de>, identified by |executor| executor.agent_id.has_identity() && executor.executor_info.has_identity();
    "executor_info" => executor_info,
    "agent_id" => agent_id,
}

/// What a framework says of its executor.
#[derive(Clone, Debug, Default)]
pub struct ExecutorInfo<'a> {
    pub executor_id: Id<'a>,
    pub framework_id: Id<'a>,
    pub name: Text<'a>,
    /// `DEFAULT` or `CUSTOM`.
    pub r#type: Name<'a>,
    /// Where its tasks come from, in words of the framework's own.
    pub source: Text<'a>,
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
