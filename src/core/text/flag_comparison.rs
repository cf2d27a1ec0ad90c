//! Words for the comparison of agents' flags: its progress, its outcome, and why an agent is not in it.

use super::{count, plural};
use crate::checks::flag_comparison::FlagDifferences;
use crate::views::agents::AgentState;

/// What the comparison does, before it starts.
pub const INTRODUCTION: &str = "Reads the flags of each agent, four agents at a time, and lists the flags that differ.";

/// Number of agents whose flags were read or could not be, of all agents to read.
pub fn progress(read: usize, all: usize) -> String {
    format!("{} of {}", count(read as u64), agents(all))
}

/// How many agents differ, in how many flags.
pub fn outcome(found: &FlagDifferences) -> String {
    match (found.agents, found.flags.len()) {
        (0, _) => "No agent reported its flags.".to_owned(),
        (1, _) => "Only 1 agent reported its flags. A comparison needs 2 agents.".to_owned(),
        (all, 0) => format!("The flags of {} do not differ.", agents(all)),
        (all, flags) => {
            let verb = if found.differing_agents == 1 { "differs" } else { "differ" };
            let flags = plural(u32::try_from(flags).unwrap_or(u32::MAX), "flag", "flags");
            format!("{} of {} {verb} in {flags}.", count(found.differing_agents as u64), agents(all))
        }
    }
}

/// How far the comparison came until it was stopped.
pub fn stopped(read: usize, all: usize) -> String {
    format!("Stopped after {} of {}.", count(read as u64), agents(all))
}

/// Flags that differ as expected, with the number of their values.
pub fn expected(flags: &[(String, usize)]) -> String {
    let flags: Vec<String> =
        flags.iter().map(|(name, values)| format!("{name} ({} values)", count(*values as u64))).collect();
    format!("Expected to differ, not counted: {}.", flags.join(", "))
}

/// Number of agents that have a value, or that have none.
pub fn agents(number: usize) -> String {
    plural(u32::try_from(number).unwrap_or(u32::MAX), "agent", "agents")
}

/// Number of agents whose flags could not be compared.
pub fn missing(number: usize) -> String {
    format!("{} not compared", agents(number))
}

/// Why an agent's flags could not be read: a title, and the reason.
pub fn not_answered(title: &str, why: &str) -> String {
    format!("{title}. {}", super::api_errors::sentence(why))
}

/// Why an agent in this state is not asked for its flags; `None` if it is asked.
pub fn not_asked(state: AgentState) -> Option<&'static str> {
    match state {
        AgentState::Unreachable => Some("Not asked: the agent is unreachable."),
        AgentState::Recovered => Some("Not asked: the agent has not re-registered since the master started."),
        AgentState::Active
        | AgentState::Deactivated
        | AgentState::Draining
        | AgentState::Drained
        | AgentState::Disconnected => None,
    }
}
