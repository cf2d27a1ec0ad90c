//! Two pictures, compared by id. Rules say what may differ (PROTOCOL.md, "Limits of the stream"), never lists of ids.

use std::collections::BTreeSet;
use std::fmt::Debug;

use mesoscope_core::cluster::task::MasterTaskList;

use super::picture::{Agent, Framework, Key, Picture, Task};

/// What differs, and what differed by a rule.
#[derive(Debug, Default)]
pub struct Outcome {
    pub differences: Vec<String>,
    pub exceptions: Vec<String>,
}

/// What is known to the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knows {
    /// What the stream reported.
    Events,
    /// That, and what was read beside it.
    EventsAndReads,
}

pub fn compare(folded: &Picture, reported: &Picture, knows: Knows) -> Outcome {
    let mut outcome = Outcome::default();
    tasks(folded, reported, &mut outcome);
    order(folded, reported, &mut outcome);
    frameworks(folded, reported, knows, &mut outcome);
    agents(folded, reported, knows, &mut outcome);
    if knows == Knows::EventsAndReads {
        outcome.same("executors", &folded.executors, &reported.executors);
    }
    outcome
}

impl Outcome {
    fn same<T: PartialEq + Debug>(&mut self, what: &str, folded: &T, reported: &T) {
        if folded != reported {
            self.differences.push(format!("{what}: folded {folded:?}, the master says {reported:?}"));
        }
    }

    fn excuse(&mut self, rule: &str, what: &str) {
        self.exceptions.push(format!("{what}: {rule}"));
    }
}

fn tasks(folded: &Picture, reported: &Picture, outcome: &mut Outcome) {
    let keys: BTreeSet<&Key> = folded.tasks.keys().chain(reported.tasks.keys()).collect();
    for key in keys {
        let what = format!("task {} of {}", key.1, key.0);
        let (mut here, mut there) = (held(folded, key), held(reported, key));
        // What is alike on both sides is no matter.
        here.retain(|task| match there.iter().position(|other| alike(task, other)) {
            Some(place) => {
                there.remove(place);
                false
            }
            None => true,
        });
        if here.is_empty() && there.is_empty() {
            continue;
        }
        match excuse(&here, &there, reported.tasks.get(key).map_or(0, Vec::len), reported) {
            Some(rule) => outcome.excuse(rule, &what),
            None => outcome.same(&what, &here, &there),
        }
    }
}

fn held(picture: &Picture, key: &Key) -> Vec<Task> {
    picture.tasks.get(key).cloned().unwrap_or_default()
}

fn alike(folded: &Task, reported: &Task) -> bool {
    *folded == Task { unacknowledged: None, ..reported.clone() }
}

/// The rule by which the rest may differ, if there is one.
fn excuse(here: &[Task], there: &[Task], times: usize, reported: &Picture) -> Option<&'static str> {
    match (here, there) {
        ([here], [there]) if is_hidden(here, there) => {
            Some("an update that waits for an acknowledgement hides later ones")
        }
        ([here], [there]) if is_unacknowledged(here, there) => Some("it has ended, and nobody has acknowledged it"),
        ([here], [there]) if is_lost_with_its_agent(here, there, reported) => {
            Some("its agent was marked gone, and no event told that it has ended")
        }
        ([], [_]) if times > 1 => Some("the master lists it more than once"),
        _ => None,
    }
}

/// The agent's newest state is known to the master, and not reported before the update that waits.
fn is_hidden(here: &Task, there: &Task) -> bool {
    let waits = there.unacknowledged.as_ref().is_some_and(|state| Some(state) == there.statuses.last());
    let same = Task { state: there.state.clone(), unacknowledged: there.unacknowledged.clone(), ..here.clone() };
    waits && there.section == MasterTaskList::Live && same == *there
}

fn is_unacknowledged(here: &Task, there: &Task) -> bool {
    let same = Task { section: MasterTaskList::Live, unacknowledged: there.unacknowledged.clone(), ..here.clone() };
    here.section == MasterTaskList::Completed
        && there.unacknowledged.as_ref() == there.statuses.last()
        && same == *there
}

fn is_lost_with_its_agent(here: &Task, there: &Task, reported: &Picture) -> bool {
    let moved =
        Task { section: MasterTaskList::Completed, unacknowledged: there.unacknowledged.clone(), ..here.clone() };
    here.section == MasterTaskList::Unreachable
        && here.state == "TASK_LOST"
        && moved == *there
        && !reported.agents.contains_key(&here.agent)
}

/// Completed tasks within a framework, and completed frameworks, are in the order in which they ended. What a rule lets
/// be on one side alone is left out.
fn order(folded: &Picture, reported: &Picture, outcome: &mut Outcome) {
    let frameworks: BTreeSet<&String> = folded.completed_tasks.keys().chain(reported.completed_tasks.keys()).collect();
    for framework in frameworks {
        let ids = |picture: &Picture, other: &Picture| -> Vec<String> {
            let all = picture.completed_tasks.get(framework).cloned().unwrap_or_default();
            let elsewhere: BTreeSet<&String> = other.completed_tasks.get(framework).into_iter().flatten().collect();
            let mut seen = BTreeSet::new();
            all.iter().filter(|id| elsewhere.contains(id) && seen.insert((*id).clone())).cloned().collect()
        };
        outcome.same(
            &format!("the order of completed tasks of {framework}"),
            &ids(folded, reported),
            &ids(reported, folded),
        );
    }
    outcome.same("completed frameworks", &folded.completed_frameworks, &reported.completed_frameworks);
}

fn frameworks(folded: &Picture, reported: &Picture, knows: Knows, outcome: &mut Outcome) {
    let known = |framework: &Framework| match knows {
        Knows::EventsAndReads => framework.clone(),
        Knows::Events => Framework {
            name: framework.name.clone(),
            user: framework.user.clone(),
            roles: framework.roles.clone(),
            recovered: framework.recovered,
            completed: framework.completed,
            ..Framework::default()
        },
    };
    let ids: BTreeSet<&String> = folded.frameworks.keys().chain(reported.frameworks.keys()).collect();
    for id in ids {
        let (here, there) = (folded.frameworks.get(id).map(known), reported.frameworks.get(id).map(known));
        outcome.same(&format!("framework {id}"), &here, &there);
    }
}

fn agents(folded: &Picture, reported: &Picture, knows: Knows, outcome: &mut Outcome) {
    let known = |agent: &Agent| match knows {
        Knows::EventsAndReads => agent.clone(),
        Knows::Events => Agent {
            hostname: agent.hostname.clone(),
            pid: agent.pid.clone(),
            version: agent.version.clone(),
            recovered: agent.recovered,
            ..Agent::default()
        },
    };
    let ids: BTreeSet<&String> = folded.agents.keys().chain(reported.agents.keys()).collect();
    for id in ids {
        let (here, there) = (folded.agents.get(id).map(known), reported.agents.get(id).map(known));
        // No event tells that an agent without tasks is unreachable or gone.
        if !(knows == Knows::Events && there.is_none()) {
            outcome.same(&format!("agent {id}"), &here, &there);
        }
    }
}
