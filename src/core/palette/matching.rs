//! Commands that match what was typed, on the scale of the search for objects.
//!
//! `drain a0042` finds the command "Drain an agent", and leaves `a0042` for its target.

use std::cmp::Reverse;

use crate::base::order;
use crate::text::commands::Command;
use crate::text::places::Place;
use crate::views::search::name_score;

/// A command that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandMatch {
    /// The command.
    pub command: Command,
    /// Relevance, comparable with that of a hit.
    pub score: u32,
    /// Words after those of the command, which name its target; empty if there are none.
    pub rest: String,
}

/// Commands that match a text, the best first; all of them for an empty text, pages first.
pub fn matching_commands(text: &str) -> Vec<CommandMatch> {
    let all = Place::ALL.into_iter().map(Command::Open).chain(Command::ACTIONS);
    let mut found: Vec<CommandMatch> = all.filter_map(|command| matched(command, text)).collect();
    order::sort_by_key(&mut found, |found| Reverse(found.score));
    found
}

/// Every word must match a command without a target. Of one with a target, the words before the first that does not match.
fn matched(command: Command, text: &str) -> Option<CommandMatch> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let scores: Vec<u32> = words.iter().map_while(|word| score(command, word)).collect();
    let rest = words.get(scores.len()..).unwrap_or_default().join(" ");
    let is_match = words.is_empty() || rest.is_empty() || (command.target().is_some() && !scores.is_empty());
    is_match.then(|| CommandMatch { command, score: scores.iter().sum(), rest })
}

/// Score of a word that begins a word of the title, or one of the synonyms. Of equal ones, the title comes first.
fn score(command: Command, word: &str) -> Option<u32> {
    let title = command.title().split_whitespace().filter(|part| part.chars().any(char::is_alphanumeric));
    let begins = |name: &&str| name.to_lowercase().starts_with(&word.to_lowercase());
    let title = title.filter(begins).filter_map(|name| name_score(name, word)).max();
    let synonyms = command.synonyms().iter().copied().filter(begins).filter_map(|name| name_score(name, word)).max();
    title.max(synonyms.map(|score| score.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::eligibility::AgentAction;
    use crate::views::search::reserved::ReservedAction;

    fn check(typed: &str, first: Command) {
        let found = matching_commands(typed);
        assert_eq!(found.first().map(|found| found.command), Some(first), "{typed}: {found:?}");
    }

    #[test]
    fn commands_are_found_by_title_and_by_usual_words() {
        check("drain", Command::Agent(AgentAction::Drain));
        check("DRAIN", Command::Agent(AgentAction::Drain));
        check("uncordon", Command::Agent(AgentAction::Reactivate));
        check("deact", Command::Agent(AgentAction::Deactivate));
        check("new quo", Command::NewQuota);
        check("weight", Command::SetWeight);
        check("edit weights", Command::EditWeights);
        check("downtime", Command::ScheduleMaintenance);
        check("sched", Command::ScheduleMaintenance);
        check("schedule", Command::ScheduleMaintenance);
        check("schedulers", Command::Open(Place::Frameworks));
        check("teardown", Command::TearDown);
        check("dark", Command::DarkTheme);
        check("utc", Command::UtcTimes);
        check("shortcuts", Command::Open(Place::Help));
        check("agents", Command::Open(Place::Agents));
        check("roles", Command::Open(Place::Roles));
        check("save view", Command::SaveView);
        check("reserve", Command::Reserve);
        check("unreserve", Command::Reserved(ReservedAction::Unreserve));
        check("create volume", Command::Reserved(ReservedAction::CreateVolume));
        check("grow", Command::Reserved(ReservedAction::Resize));
        check("shrink volume", Command::Reserved(ReservedAction::Resize));
        check("destroy volume", Command::Reserved(ReservedAction::Destroy));
        check("volumes", Command::Open(Place::Volumes));
        check("compare", Command::CompareLogs);
        check("compare logs", Command::CompareLogs);
        check("stderr", Command::Open(Place::Tasks));
    }

    #[test]
    fn words_after_the_command_are_its_target() {
        let found = matching_commands("drain a0042 ams");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found.first().map(|found| found.rest.as_str()), Some("a0042 ams"));
    }

    #[test]
    fn a_command_without_a_target_needs_all_words() {
        assert_eq!(matching_commands("dark a0042"), Vec::new());
        assert_eq!(matching_commands("a0042 drain"), Vec::new());
        assert_eq!(matching_commands("<img src=x>"), Vec::new());
        assert_eq!(matching_commands("ß 𝕏 \u{202e}"), Vec::new());
    }

    #[test]
    fn without_a_word_every_command_is_listed_once() {
        let found = matching_commands("  ");
        assert_eq!(found.len(), Place::ALL.len() + Command::ACTIONS.len());
        assert_eq!(found.first().map(|found| found.command), Some(Command::Open(Place::Overview)));
    }
}
