//! Words for a cluster's problems: a sentence each, and what explains it.

use super::{agents, count, count_differs, percent, plural, scalar, span};
use crate::base::ids::AgentId;
use crate::checks::lint::{AffectedFrameworks, AffectedHosts, Problem, ProblemKind};

/// A problem in one sentence.
pub fn headline(problem: &Problem) -> String {
    let number = problem.count;
    let agents = || plural(number, "agent", "agents");
    match &problem.kind {
        ProblemKind::TasksFailing(_) => format!("{} failed in 10 min", plural(number, "task", "tasks")),
        ProblemKind::TasksUnreachable => format!("{} unreachable", plural(number, "task", "tasks")),
        ProblemKind::CountDiffers { state, counted, held } => count_differs(*state, *counted, *held),
        ProblemKind::AgentsUnreachable(_) => format!("{} unreachable", agents()),
        ProblemKind::AgentsDisconnected(_) => format!("{} disconnected", agents()),
        ProblemKind::AgentsRecovered(_) => format!("{} not back since the master started", agents()),
        ProblemKind::FrameworkDisconnected { name, .. } => format!("Framework {name} is disconnected"),
        ProblemKind::TasksStuck(state) => format!("{} stuck {}", plural(number, "task", "tasks"), state.name()),
        ProblemKind::FrameworksDisconnected(_) => format!("{} disconnected", plural(number, "framework", "frameworks")),
        ProblemKind::FrameworksRecovered(_) => {
            format!("{} not back since the master started", plural(number, "framework", "frameworks"))
        }
        ProblemKind::RoleNearLimit { role, resource, share } if share.is_infinite() => {
            format!("Role {role} has {resource}, and its limit is 0")
        }
        ProblemKind::RoleNearLimit { role, resource, share } if *share > 1.0 => {
            format!("Role {role} is over its limit of {resource}: {}", percent(*share, 1.0))
        }
        ProblemKind::RoleNearLimit { role, resource, share } => {
            format!("Role {role} has {} of its limit of {resource}", percent(*share, 1.0))
        }
        ProblemKind::RolesNearLimits => {
            format!("{} near their limits or over them", plural(number, "more role", "more roles"))
        }
        ProblemKind::GuaranteesExceed { resource, guaranteed, total } => {
            format!(
                "Roles are guaranteed {} of {resource}, and there are {}",
                scalar(resource, *guaranteed),
                scalar(resource, *total)
            )
        }
        ProblemKind::MachinesDown { .. } => format!("{} down for maintenance", plural(number, "machine", "machines")),
        ProblemKind::MaintenanceDue(_) if problem.since.is_some() => {
            format!("Maintenance of {} has begun", plural(number, "machine", "machines"))
        }
        ProblemKind::MaintenanceDue(_) => format!("Maintenance of {} is due", plural(number, "machine", "machines")),
        ProblemKind::MaintenanceOver(_) => {
            format!("The maintenance window of {} has ended", plural(number, "machine", "machines"))
        }
        ProblemKind::MasterElected => "The master was elected a moment ago".to_owned(),
        ProblemKind::AgentsDeactivated(_) => format!("{} deactivated", agents()),
        ProblemKind::AgentsDraining(_) => format!("{} draining or drained", agents()),
    }
}

/// What is below the sentence: the likely cause, or who is concerned.
pub fn explanation(problem: &Problem) -> String {
    match &problem.kind {
        ProblemKind::TasksFailing(_) => String::new(),
        ProblemKind::TasksUnreachable => "on agents that the master cannot reach".to_owned(),
        ProblemKind::TasksStuck(_) => "for more than five minutes".to_owned(),
        ProblemKind::CountDiffers { .. } => LOST_UPDATE.to_owned(),
        ProblemKind::RoleNearLimit { .. } => {
            "what is allocated to it and to the roles below it, and what is reserved for them".to_owned()
        }
        ProblemKind::RolesNearLimits => String::new(),
        ProblemKind::GuaranteesExceed { .. } => {
            "agents that can be reached have less: not all guarantees can be met, and each change of a quota needs force".to_owned()
        }
        ProblemKind::MachinesDown { half_named } => machines_down(problem.count, *half_named),
        ProblemKind::MaintenanceDue(_) => "the machines of a window are still up".to_owned(),
        ProblemKind::MaintenanceOver(_) => {
            "its machines were not taken down, and are in the schedule still: frameworks are asked to leave them"
                .to_owned()
        }
        ProblemKind::MasterElected => "agents and frameworks may still be on their way back".to_owned(),
        ProblemKind::AgentsUnreachable(place) if place.hosts.is_empty() => {
            "by the master's count; it lists none of them, and no task that it remembers is on one".to_owned()
        }
        ProblemKind::FrameworksDisconnected(whose) | ProblemKind::FrameworksRecovered(whose) => names(whose, problem.count),
        ProblemKind::AgentsUnreachable(place) | ProblemKind::AgentsDisconnected(place) | ProblemKind::AgentsRecovered(place) => {
            who(place, problem.count)
        }
        ProblemKind::AgentsDeactivated(place) | ProblemKind::AgentsDraining(place) => who(place, problem.count),
        ProblemKind::FrameworkDisconnected { tasks, failover_timeout, .. } => {
            let running = plural(*tasks, "task keeps running", "tasks keep running");
            format!("{running} · fails over after {}", span(*failover_timeout))
        }
    }
}

fn machines_down(number: u32, half_named: u32) -> String {
    let shut_down = "their agents were shut down, and do not start again by themselves when the machines are taken up";
    let half = plural(half_named, "machine lacks its host name or its IP", "machines lack their host name or their IP");
    match half_named {
        0 => shut_down.to_owned(),
        _ if half_named >= number => {
            "Mesos matches host and IP: no agent is such a machine, and none was shut down".to_owned()
        }
        _ => format!("{shut_down}; {half}, and no agent is such a machine"),
    }
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
    "an update may have been lost: all tasks are read again; until the counts agree, some may be out of date";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_its_host_or_its_address_shut_no_agent_down() {
        let check = |count: u32, half_named: u32, words: &str| {
            let problem = Problem { kind: ProblemKind::MachinesDown { half_named }, count, since: None };
            assert_eq!(explanation(&problem), words);
        };
        let shut_down =
            "their agents were shut down, and do not start again by themselves when the machines are taken up";
        check(2, 0, shut_down);
        check(2, 2, "Mesos matches host and IP: no agent is such a machine, and none was shut down");
        let half = "1 machine lacks its host name or its IP, and no agent is such a machine";
        check(2, 1, &format!("{shut_down}; {half}"));
    }
}
