//! The comparison of agents' flags.

use mesoscope_core::checks::flag_comparison::{FlagDifference, FlagDifferences};
use mesoscope_core::text::flag_comparison;
use mesoscope_core::views::agents::AgentState;

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    listed![
        flag_comparison::INTRODUCTION,
        flag_comparison::progress(412, 1000),
        flag_comparison::progress(0, 1),
        flag_comparison::outcome(&found(0, 0, 0)),
        flag_comparison::outcome(&found(1, 0, 0)),
        flag_comparison::outcome(&found(1000, 0, 0)),
        flag_comparison::outcome(&found(1000, 3, 2)),
        flag_comparison::outcome(&found(1000, 1, 1)),
        flag_comparison::stopped(412, 1000),
        flag_comparison::expected(&[("hostname".to_owned(), 1000), ("work_dir".to_owned(), 2)]),
        flag_comparison::agents(1),
        flag_comparison::agents(997),
        flag_comparison::missing(1),
        flag_comparison::missing(4),
        flag_comparison::not_answered("The agent does not answer", "It did not answer within 8 seconds."),
        flag_comparison::not_asked(AgentState::Unreachable),
        flag_comparison::not_asked(AgentState::Recovered),
        flag_comparison::not_asked(AgentState::Active),
    ]
}

fn found(agents: usize, differing_agents: usize, flags: usize) -> FlagDifferences {
    let flag = FlagDifference { name: String::new(), values: Vec::new() };
    FlagDifferences { agents, differing_agents, flags: vec![flag; flags], expected: Vec::new() }
}
