//! Words for the sum of what several actions do, and for the estimate of where their tasks could run.

use super::{amount, bytes_summed, count, listed, plural};
use crate::actions::bulk_impact::{BulkImpact, TaskFate};
use crate::actions::placement::{Placement, RolePlacement};
use crate::base::units::Quantities;

/// What the actions do to tasks in all, as one sentence.
pub fn total(sum: &BulkImpact) -> String {
    if sum.tasks == 0 {
        return "No live task runs there.".to_owned();
    }
    let tasks = plural(sum.tasks, "live task", "live tasks");
    let frameworks = plural(sum.frameworks, "framework", "frameworks");
    let agents = plural(sum.agents, "agent", "agents");
    match sum.fate {
        TaskFate::Killed(Some(grace)) => {
            format!("{tasks} of {frameworks} on {agents} will be killed, each within {grace} s.")
        }
        TaskFate::Killed(None) => {
            format!(
                "{tasks} of {frameworks} on {agents} will be killed, with the grace periods of their kill policies."
            )
        }
        TaskFate::Gone => {
            format!("{tasks} of {frameworks} on {agents} will be killed at once, without a grace period.")
        }
        TaskFate::TornDown => format!("{tasks} of {frameworks} on {agents} will be killed with their executors."),
        TaskFate::Continue => format!("{tasks} of {frameworks} on {agents} keep running."),
    }
}

/// How many unreachable tasks are given up; `None` if there are none.
pub fn given_up(sum: &BulkImpact) -> Option<String> {
    (sum.given_up > 0)
        .then(|| format!("{} will never come back.", plural(sum.given_up, "unreachable task", "unreachable tasks")))
}

/// How many of the actions a master would refuse; `None` if it would refuse none.
pub fn refused(sum: &BulkImpact) -> Option<String> {
    (sum.refused > 0).then(|| {
        let rows = plural(sum.refused, "row", "rows");
        format!("Not counted: {rows} that Mesos would refuse. See the reason in each row.")
    })
}

/// Number of frameworks that are not named; `None` if all are.
pub fn more_frameworks(sum: &BulkImpact) -> Option<String> {
    let more = u64::from(sum.frameworks).saturating_sub(sum.top.len() as u64);
    (more > 0).then(|| format!("and {} more", count(more)))
}

/// Whether the tasks fit on the rest of the cluster, as one sentence.
pub fn fit(placement: &Placement) -> String {
    let (tasks, fits) = (placement.tasks(), placement.fits());
    let agents = plural(placement.agents, "other active agent", "other active agents");
    if placement.agents == 0 {
        return "Estimate: no other agent is active, so none of these tasks can be started again.".to_owned();
    }
    match (tasks, fits) {
        (1, 1) => format!("Estimate: the task fits on the {agents}."),
        (tasks, fits) if fits >= tasks => {
            format!("Estimate: all {} tasks fit on the {agents}.", count(u64::from(tasks)))
        }
        (tasks, fits) => {
            let (fits, tasks) = (count(u64::from(fits)), plural(tasks, "task", "tasks"));
            format!("Estimate: only {fits} of {tasks} fit on the {agents}.")
        }
    }
}

/// Whether a role's tasks fit, for a cell of the table.
pub fn role_fit(role: &RolePlacement) -> String {
    if role.fits >= role.tasks {
        return format!("all {}", count(u64::from(role.tasks)));
    }
    let (fits, tasks) = (count(u64::from(role.fits)), count(u64::from(role.tasks)));
    let lacks = (role.needs - role.free).at_least_none();
    let why = if lacks == Quantities::NONE {
        "no agent has room for each of the rest".to_owned()
    } else {
        format!("{} missing", quantities(lacks))
    };
    format!("{fits} of {tasks}: {why}")
}

/// Amounts with their units, as `4 CPUs, 8 GiB memory`; what is nothing is left out.
pub fn quantities(of: Quantities) -> String {
    let number = |value: f64, one: &str, many: &str| {
        (value > 0.0).then(|| format!("{} {}", amount(value), if value == 1.0 { one } else { many }))
    };
    let bytes = |value: crate::base::units::Bytes, what: &str| {
        (value.get() > 0).then(|| format!("{} {what}", bytes_summed(value)))
    };
    let all = [
        number(of.cpus.as_f64(), "CPU", "CPUs"),
        bytes(of.mem, "memory"),
        bytes(of.disk, "disk"),
        number(of.gpus.as_f64(), "GPU", "GPUs"),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}

/// What the estimate considers, and what it leaves out.
pub fn basis(placement: &Placement) -> Vec<String> {
    let constrained = match placement.constrained {
        0 => "None of these frameworks has offer constraints.".to_owned(),
        some => format!("Offer constraints of {} are considered.", plural(some, "framework", "frameworks")),
    };
    let unevaluated = (placement.unevaluated_count > 0).then(|| {
        let names = listed(placement.unevaluated.iter().map(String::as_str), 3);
        let more = u64::from(placement.unevaluated_count).saturating_sub(placement.unevaluated.len() as u64);
        let more = if more > 0 { format!(" and {} more", count(more)) } else { String::new() };
        format!("Offer constraints of {names}{more} are not known, so they are not considered.")
    });
    let unmeasured = (placement.unmeasured > 0)
        .then(|| format!("Left out: {} without readable resources.", plural(placement.unmeasured, "task", "tasks")));
    let rules = "Mesos knows only frameworks' offer constraints: rules that a scheduler applies itself are not \
                 considered. Ports, volumes and executors' own resources are not counted.";
    [Some(constrained), unevaluated, unmeasured, Some(rules.to_owned())].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Role;

    fn sum(fate: TaskFate) -> BulkImpact {
        BulkImpact { fate, tasks: 59, frameworks: 14, agents: 3, ..BulkImpact::default() }
    }

    #[test]
    fn the_total_names_tasks_frameworks_and_agents() {
        let check = |fate, words: &str| assert_eq!(total(&sum(fate)), words);
        check(
            TaskFate::Killed(Some(60)),
            "59 live tasks of 14 frameworks on 3 agents will be killed, each within 60 s.",
        );
        check(
            TaskFate::Gone,
            "59 live tasks of 14 frameworks on 3 agents will be killed at once, without a grace period.",
        );
        check(TaskFate::Continue, "59 live tasks of 14 frameworks on 3 agents keep running.");
        assert_eq!(total(&BulkImpact::default()), "No live task runs there.");
    }

    fn placement(tasks: u32, fits: u32, needs: f64) -> Placement {
        let cpus = |amount: f64| Quantities::of("cpus", amount);
        let role = RolePlacement { role: Some(Role::from("dev")), tasks, fits, needs: cpus(needs), free: cpus(9.0) };
        Placement { agents: 997, roles: vec![role], ..Placement::default() }
    }

    #[test]
    fn an_estimate_says_what_is_missing() {
        let check = |tasks, fits, needs, words: &str, cell: &str| {
            let placement = placement(tasks, fits, needs);
            let roles: Vec<String> = placement.roles.iter().map(role_fit).collect();
            assert_eq!((fit(&placement).as_str(), roles.concat().as_str()), (words, cell));
        };
        check(5, 5, 5.0, "Estimate: all 5 tasks fit on the 997 other active agents.", "all 5");
        check(1, 1, 1.0, "Estimate: the task fits on the 997 other active agents.", "all 1");
        check(5, 4, 10.0, "Estimate: only 4 of 5 tasks fit on the 997 other active agents.", "4 of 5: 1 CPU missing");
        check(
            5,
            4,
            8.0,
            "Estimate: only 4 of 5 tasks fit on the 997 other active agents.",
            "4 of 5: no agent has room for each of the rest",
        );
    }

    #[test]
    fn amounts_have_units_and_nothing_is_left_out_silently() {
        let all = Quantities::of("cpus", 1.0) + Quantities::of("mem", 2048.0) + Quantities::of("gpus", 2.0);
        assert_eq!(quantities(all), "1 CPU, 2 GiB memory, 2 GPUs");
        assert_eq!(quantities(Quantities::NONE), "nothing");
        let unknown = Placement {
            unevaluated: vec!["marathon".to_owned()],
            unevaluated_count: 3,
            unmeasured: 1,
            ..placement(1, 1, 1.0)
        };
        let says = basis(&unknown).join(" ");
        assert!(says.contains("Offer constraints of marathon and 2 more are not known"), "{says}");
        assert!(says.contains("Left out: 1 task without readable resources."), "{says}");
    }
}
