//! Filters that find exactly what a problem counts.

use crate::base::ids::Role;
use crate::checks::lint::{FailureSummary, ProblemKind};
use crate::mesos::wire::state::TaskState;
use crate::views::filter::Filter;

/// The filter that finds the problem's objects in their table; empty if the problem has no table.
pub fn objects(kind: &ProblemKind) -> String {
    let found = match kind {
        ProblemKind::TasksFailing(failing) => return failed(failing),
        ProblemKind::TasksStuck(state) => return format!("list:live state:{} unchanged>5m", state.name()),
        ProblemKind::CountDiffers { state, .. } => return format!("state:{}", state.name()),
        ProblemKind::RoleNearLimit { role, .. } => return format!("role:{role}/"),
        ProblemKind::RolesNearLimits(reported) => return near_limits(reported),
        ProblemKind::GuaranteesExceed { resource, .. } => return format!("guarantee.{resource}>0"),
        ProblemKind::TasksUnreachable => "state:unreachable -list:completed",
        ProblemKind::AgentsDisconnected(_) | ProblemKind::FrameworksDisconnected(_) => "state:disconnected",
        ProblemKind::AgentsRecovered(_) | ProblemKind::FrameworksRecovered(_) => "state:recovered",
        ProblemKind::AgentsUnreachable(_) => "state:unreachable",
        ProblemKind::AgentsDeactivated(_) => "state:deactivated",
        ProblemKind::AgentsDraining(_) => "state:draining,drained",
        ProblemKind::FrameworkDisconnected { .. } | ProblemKind::MasterElected => "",
        ProblemKind::MachinesDown { .. } | ProblemKind::MaintenanceDue(_) | ProblemKind::MaintenanceOver(_) => "",
    };
    found.to_owned()
}

/// The filter for failed tasks that have this value of a field. A value with a quote cannot be asked for.
pub fn failed_with(failing: &FailureSummary, field: &str, value: &str) -> String {
    let wanted = if value.contains('"') { String::new() } else { format!(" {}", Filter::word(field, value)) };
    format!("{}{wanted}", failed(failing))
}

/// The filter for tasks that failed, were lost or never started in the last hour.
pub fn failed_in_the_last_hour() -> String {
    let failures = TaskState::ALL.into_iter().filter(|state| state.is_failure());
    format!("state:{} changed<1h", joined(failures))
}

/// The filter for roles near or over their limits, without those that are reported each. A name with a quote cannot be left out.
fn near_limits(reported: &[Role]) -> String {
    let others = reported.iter().filter(|role| !role.as_str().contains('"'));
    let others = others.map(|role| format!(" -{}", Filter::word("role", role.as_str())));
    format!("limit:near,over{}", others.collect::<String>())
}

fn failed(failing: &FailureSummary) -> String {
    format!("state:{} changed<10m", joined(failing.states.iter().map(|(state, _)| *state)))
}

fn joined(states: impl Iterator<Item = TaskState>) -> String {
    states.map(TaskState::name).collect::<Vec<_>>().join(",")
}
