//! Words for a cluster's problems: a sentence each, and what explains it.

use super::pooled::resource_name;
use super::{agents, count, count_differs, percent, plural, scalar, span};
use crate::base::ids::AgentId;
use crate::checks::lint::{AffectedFrameworks, AffectedHosts, Problem, ProblemKind};
use crate::mesos::wire::state::TaskState;

/// A problem in one sentence.
pub fn headline(problem: &Problem) -> String {
    let number = problem.count;
    let agents = || plural(number, "agent", "agents");
    match &problem.kind {
        ProblemKind::TasksFailing(failing) => format!("{} in 10 min", failed(&failing.states)),
        ProblemKind::TasksUnreachable => format!("{} unreachable", plural(number, "task", "tasks")),
        ProblemKind::CountDiffers { state, counted, held } => count_differs(*state, *counted, *held),
        ProblemKind::AgentsUnreachable(_) => format!("{} unreachable", agents()),
        ProblemKind::AgentsDisconnected(_) => format!("{} disconnected", agents()),
        ProblemKind::AgentsRecovered(_) => format!("{} not re-registered since the master started", agents()),
        ProblemKind::FrameworkDisconnected { name, .. } => format!("Framework {name} is disconnected"),
        ProblemKind::TasksStuck(state) => format!("{} stuck in {}", plural(number, "task", "tasks"), state.name()),
        ProblemKind::FrameworksDisconnected(_) => format!("{} disconnected", plural(number, "framework", "frameworks")),
        ProblemKind::FrameworksRecovered(_) => {
            format!("{} not re-registered since the master started", plural(number, "framework", "frameworks"))
        }
        ProblemKind::RoleNearLimit { role, resource, share } if share.is_infinite() => {
            format!("Role {role} uses {}, but its limit is 0", resource_name(resource))
        }
        ProblemKind::RoleNearLimit { role, resource, share } if *share > 1.0 => {
            format!("Role {role} exceeds its {} limit: {}", resource_name(resource), percent(*share, 1.0))
        }
        ProblemKind::RoleNearLimit { role, resource, share } => {
            format!("Role {role} uses {} of its {} limit", percent(*share, 1.0), resource_name(resource))
        }
        ProblemKind::RolesNearLimits(_) => {
            format!("{} near or over their limits", plural(number, "more role", "more roles"))
        }
        ProblemKind::GuaranteesExceed { resource, guaranteed, total } => {
            let [guaranteed, total] = [guaranteed, total].map(|amount| scalar(resource, *amount));
            let resource = resource_name(resource);
            format!("Guarantees exceed the cluster's {resource}: {guaranteed} guaranteed, {total} in total")
        }
        ProblemKind::MachinesDown { .. } => format!("{} down for maintenance", plural(number, "machine", "machines")),
        ProblemKind::MaintenanceDue(_) if problem.since.is_some() => {
            format!("Maintenance of {} has started", plural(number, "machine", "machines"))
        }
        ProblemKind::MaintenanceDue(_) => format!("Maintenance of {} is due", plural(number, "machine", "machines")),
        ProblemKind::MaintenanceOver(_) => {
            format!("The maintenance window of {} has ended", plural(number, "machine", "machines"))
        }
        ProblemKind::MasterElected => "A new master was elected".to_owned(),
        ProblemKind::AgentsDeactivated(_) => format!("{} deactivated", agents()),
        ProblemKind::AgentsDraining(_) => format!("{} draining or drained", agents()),
    }
}

/// Failed tasks by the state that they ended in: `10 tasks failed, 19 lost`.
fn failed(states: &[(TaskState, u32)]) -> String {
    let ended = |state: TaskState| if state == TaskState::Error { "in error" } else { state.name() };
    let part = |(at, (state, number)): (usize, &(TaskState, u32))| {
        let number = if at == 0 { plural(*number, "task", "tasks") } else { count(u64::from(*number)) };
        format!("{number} {}", ended(*state))
    };
    states.iter().enumerate().map(part).collect::<Vec<_>>().join(", ")
}

/// The text below the headline: the likely cause, or the objects that are affected.
pub fn explanation(problem: &Problem) -> String {
    match &problem.kind {
        ProblemKind::TasksFailing(_) | ProblemKind::RolesNearLimits(_) => String::new(),
        ProblemKind::TasksUnreachable => "on agents that the master cannot reach".to_owned(),
        ProblemKind::TasksStuck(_) => "for more than 5 minutes".to_owned(),
        ProblemKind::CountDiffers { .. } => LOST_UPDATE.to_owned(),
        ProblemKind::RoleNearLimit { .. } => {
            "allocated to the role and its child roles, or reserved for them".to_owned()
        }
        ProblemKind::GuaranteesExceed { .. } => {
            "reachable agents have less than is guaranteed; each change of a quota needs force".to_owned()
        }
        ProblemKind::MachinesDown { half_named } => machines_down(problem.count, *half_named),
        ProblemKind::MaintenanceDue(_) => "the machines of a window are still up".to_owned(),
        ProblemKind::MaintenanceOver(_) => {
            "its machines never went down, and are still in the schedule: frameworks still receive inverse offers"
                .to_owned()
        }
        ProblemKind::MasterElected => "agents and frameworks may still be re-registering".to_owned(),
        ProblemKind::AgentsUnreachable(place) if place.hosts.is_empty() => {
            "by the master's metrics; it lists none of them, and no task that it keeps was on one".to_owned()
        }
        ProblemKind::FrameworksDisconnected(whose) | ProblemKind::FrameworksRecovered(whose) => {
            names(whose, problem.count)
        }
        ProblemKind::AgentsUnreachable(place)
        | ProblemKind::AgentsDisconnected(place)
        | ProblemKind::AgentsRecovered(place) => who(place, problem.count),
        ProblemKind::AgentsDeactivated(place) | ProblemKind::AgentsDraining(place) => who(place, problem.count),
        ProblemKind::FrameworkDisconnected { tasks, failover_timeout, .. } => {
            let running = plural(*tasks, "task keeps running", "tasks keep running");
            format!("{running} · fails over after {}", span(*failover_timeout))
        }
    }
}

fn machines_down(number: u32, half_named: u32) -> String {
    let half = plural(half_named, "machine lacks its host name or its IP", "machines lack their host name or their IP");
    match half_named {
        0 => SHUT_DOWN.to_owned(),
        _ if half_named >= number => "Mesos matches host and IP: no agent matches, and none was shut down".to_owned(),
        _ => format!("{SHUT_DOWN}; {half}, and no agent matches"),
    }
}

const SHUT_DOWN: &str = "their agents were shut down, and do not restart by themselves when maintenance ends";

/// Text in place of problems while there is none, with what was checked.
pub fn none(agents: u32, unchecked: Option<&str>) -> (String, String) {
    let active = match agents {
        0 => "No agent is registered".to_owned(),
        1 => "The only agent is active".to_owned(),
        _ => format!("All {} agents are active", count(u64::from(agents))),
    };
    match unchecked {
        Some(unchecked) => (
            "No known problems".to_owned(),
            format!("No task failed in the last 10 minutes. {}.", not_checked(unchecked)),
        ),
        None => (
            "Nothing needs attention".to_owned(),
            format!("No task failed in the last 10 minutes. {active}, and every framework is connected."),
        ),
    }
}

/// The topics that could not be read, so that their problems are unknown.
pub fn not_checked(topics: &str) -> String {
    format!("Not checked yet: {topics}")
}

fn who(place: &AffectedHosts, number: u32) -> String {
    // The name of one that was never reported is its id.
    let name = |(id, host): &(AgentId, String)| if id.as_str() == host { agents::name("", host) } else { host.clone() };
    let hosts: Vec<String> = place.hosts.iter().map(name).collect();
    some_of(hosts.iter().map(String::as_str).collect(), number, place.tasks)
}

fn names(whose: &AffectedFrameworks, number: u32) -> String {
    let names = whose.frameworks.iter().map(|(_, name)| name.as_str());
    some_of(names.collect(), number, whose.tasks)
}

fn some_of(names: Vec<&str>, number: u32, tasks: u32) -> String {
    let rest = (number as usize).saturating_sub(names.len());
    let more = if rest > 0 { format!(", {} more", count(rest as u64)) } else { String::new() };
    format!("{}{more} · {}", names.join(", "), plural(tasks, "live task", "live tasks"))
}

/// What follows where the master's counts differ from what it has reported.
const LOST_UPDATE: &str =
    "an update may have been lost; all tasks are being read again, and some may be out of date until the counts agree";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tasks_are_named_by_the_states_that_they_ended_in() {
        let check = |states: &[(TaskState, u32)], words: &str| assert_eq!(failed(states), words);
        check(&[(TaskState::Failed, 1)], "1 task failed");
        check(&[(TaskState::Lost, 149)], "149 tasks lost");
        check(
            &[(TaskState::Failed, 33), (TaskState::Error, 1), (TaskState::Lost, 2)],
            "33 tasks failed, 1 in error, 2 lost",
        );
    }

    #[test]
    fn a_machine_without_its_host_or_its_address_shut_no_agent_down() {
        let check = |count: u32, half_named: u32, words: &str| {
            let problem = Problem { kind: ProblemKind::MachinesDown { half_named }, count, since: None };
            assert_eq!(explanation(&problem), words);
        };
        check(2, 0, SHUT_DOWN);
        check(2, 2, "Mesos matches host and IP: no agent matches, and none was shut down");
        let half = "1 machine lacks its host name or its IP, and no agent matches";
        check(2, 1, &format!("{SHUT_DOWN}; {half}"));
    }
}
