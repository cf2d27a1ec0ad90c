//! The address of the form that runs a command: what a link may fill in. Never the environment, whose values are secrets.

use std::collections::BTreeSet;
use std::fmt;

use super::segment::{EncodedText, decode, value};
use crate::base::ids::AgentId;

/// The parameters of the form's address. The page runs nothing before the user says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RunParams {
    /// `agent`, once for each: the chosen agents, none of which is listed twice; empty for those of the filter.
    pub agents: Vec<AgentId>,
    /// `filter`: agents that pass this filter of the agents' table.
    pub filter: String,
    /// `count`: any so many of them; empty for each.
    pub count: String,
    /// `role`: the role; empty for the default one.
    pub role: String,
    /// `command`: a line or a script for the shell.
    pub command: String,
    /// `again`: the run of this browser to repeat, which fills in the rest; empty for none.
    pub again: String,
}

impl RunParams {
    /// The form for these agents.
    pub fn on(agents: Vec<AgentId>) -> Self {
        Self { agents, ..Self::default() }
    }

    /// The form for the agents that pass a filter.
    pub fn matching(filter: &str) -> Self {
        Self { filter: filter.to_owned(), ..Self::default() }
    }

    /// The form that repeats a run.
    pub fn again(run: &str) -> Self {
        Self { again: run.to_owned(), ..Self::default() }
    }

    /// Whether a link has filled in something that runs.
    pub fn has_command(&self) -> bool {
        !self.command.is_empty()
    }

    /// The form for a role.
    pub fn in_role(role: &str) -> Self {
        Self { role: role.to_owned(), ..Self::default() }
    }
}

pub(super) fn run_params(query: &str) -> Option<RunParams> {
    let text = |name| value(query, name).map(Option::unwrap_or_default);
    let (mut agents, mut seen) = (Vec::new(), BTreeSet::new());
    for (_, agent) in query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == "agent") {
        let agent = AgentId(decode(agent)?);
        if seen.insert(agent.clone()) {
            agents.push(agent);
        }
    }
    let [filter, count, role, command, again] = ["filter", "count", "role", "command", "again"].map(text);
    Some(RunParams { agents, filter: filter?, count: count?, role: role?, command: command?, again: again? })
}

pub(super) fn write_run_params(f: &mut fmt::Formatter<'_>, params: &RunParams) -> fmt::Result {
    let RunParams { agents, filter, count, role, command, again } = params;
    let agents = agents.iter().map(|agent| ("agent", agent.as_str()));
    let texts = [("filter", filter), ("count", count), ("role", role), ("command", command), ("again", again)];
    let texts = texts.into_iter().map(|(name, text)| (name, text.as_str())).filter(|(_, text)| !text.is_empty());
    for (nth, (name, text)) in agents.chain(texts).enumerate() {
        write!(f, "{}{name}={}", if nth == 0 { '?' } else { '&' }, EncodedText(text))?;
    }
    Ok(())
}
