//! Agents and executors (include/mesos/v1/master/master.proto, Response.GetAgents.Agent).

use std::fmt::Write;

use serde::Deserialize;

use super::held::Held;
use super::scalar::{Double, Id, Integer, Text, Time};
use super::task::Resources;

/// An agent as the master holds it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Agent<'a> {
    #[serde(borrow, default)]
    pub agent_info: AgentInfo<'a>,
    #[serde(default)]
    pub active: bool,
    #[serde(default)]
    pub deactivated: bool,
    #[serde(borrow, default)]
    pub version: Text<'a>,
    #[serde(borrow, default)]
    pub pid: Text<'a>,
    #[serde(default)]
    pub registered_time: Time,
    #[serde(default)]
    pub reregistered_time: Time,
    #[serde(default)]
    pub total_resources: Held,
    #[serde(default)]
    pub allocated_resources: Held,
    #[serde(borrow, default)]
    pub offered_resources: Resources<'a>,
    #[serde(borrow, default)]
    pub drain_info: Option<DrainInfo<'a>>,
    #[serde(default)]
    pub estimated_drain_start_time: Time,
}

/// What an agent says of itself. `recovered_agents` are these, without a wrapping.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct AgentInfo<'a> {
    #[serde(borrow, default)]
    pub id: Id<'a>,
    #[serde(borrow, default)]
    pub hostname: Text<'a>,
    #[serde(default)]
    pub port: Integer,
    #[serde(borrow, default)]
    pub attributes: Vec<Attribute<'a>>,
    #[serde(borrow, default)]
    pub domain: Option<Domain<'a>>,
    #[serde(borrow, default)]
    pub resources: Resources<'a>,
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
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Attribute<'a> {
    #[serde(borrow, default)]
    pub name: Text<'a>,
    #[serde(borrow, default)]
    text: Option<Id<'a>>,
    #[serde(default)]
    scalar: Option<Scalar>,
    #[serde(default)]
    ranges: Option<Ranges>,
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

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Scalar {
    #[serde(default)]
    value: Double,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Ranges {
    #[serde(default)]
    range: Vec<Range>,
}

impl Ranges {
    pub(super) fn line(&self) -> String {
        let ranges: Vec<String> = self.range.iter().map(|range| format!("{}-{}", range.begin.0, range.end.0)).collect();
        format!("[{}]", ranges.join(","))
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Range {
    #[serde(default)]
    begin: Integer,
    #[serde(default)]
    end: Integer,
}

/// Where an agent stands.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Domain<'a> {
    #[serde(borrow, default)]
    fault_domain: Option<FaultDomain<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct FaultDomain<'a> {
    #[serde(borrow, default)]
    region: Place<'a>,
    #[serde(borrow, default)]
    zone: Place<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Place<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
}

/// That an agent is being drained.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DrainInfo<'a> {
    /// `DRAINING` or `DRAINED`.
    #[serde(borrow, default)]
    pub state: Text<'a>,
}

/// An executor and where it runs.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Executor<'a> {
    #[serde(borrow, default)]
    pub executor_info: ExecutorInfo<'a>,
    #[serde(borrow, default)]
    pub agent_id: Id<'a>,
}

/// What a framework says of its executor.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ExecutorInfo<'a> {
    #[serde(borrow, default)]
    pub executor_id: Id<'a>,
    #[serde(borrow, default)]
    pub framework_id: Id<'a>,
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// `DEFAULT` or `CUSTOM`.
    #[serde(borrow, default)]
    pub r#type: Text<'a>,
    /// Where its tasks come from, in words of the framework's own.
    #[serde(borrow, default)]
    pub source: Text<'a>,
    #[serde(borrow, default)]
    pub resources: Resources<'a>,
}
