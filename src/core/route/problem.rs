//! Pages that problems lead to: the table of exactly what the problem counts, or the page of its object.

use super::{Route, TableParams};
use crate::checks::lint::{FailureSummary, ProblemKind};
use crate::text::problem_filters;

/// The page that shows the problem's objects.
pub fn page(kind: &ProblemKind) -> Route {
    let found = table(problem_filters::objects(kind));
    match kind {
        ProblemKind::TasksStuck(_) => Route::Tasks(TableParams { sort: "updated".to_owned(), ..found }),
        ProblemKind::TasksFailing(_) | ProblemKind::TasksUnreachable | ProblemKind::CountDiffers { .. } => {
            Route::Tasks(found)
        }
        ProblemKind::AgentsUnreachable(_)
        | ProblemKind::AgentsDisconnected(_)
        | ProblemKind::AgentsRecovered(_)
        | ProblemKind::AgentsDeactivated(_)
        | ProblemKind::AgentsDraining(_) => Route::Agents(found),
        ProblemKind::FrameworksDisconnected(_) | ProblemKind::FrameworksRecovered(_) => Route::Frameworks(found),
        ProblemKind::FrameworkDisconnected { id, .. } => Route::Framework(id.clone()),
        ProblemKind::RoleNearLimit { .. } | ProblemKind::RolesNearLimits(_) | ProblemKind::GuaranteesExceed { .. } => {
            Route::Roles(found)
        }
        ProblemKind::MachinesDown { .. } | ProblemKind::MaintenanceDue(_) | ProblemKind::MaintenanceOver(_) => {
            Route::Maintenance
        }
        ProblemKind::MasterElected => Route::Master,
    }
}

/// The failed tasks that have this value of a field.
pub fn failed_with(failing: &FailureSummary, field: &str, value: &str) -> Route {
    Route::Tasks(table(problem_filters::failed_with(failing, field, value)))
}

/// The tasks that failed, were lost or never started in the last hour.
pub fn failed_in_the_last_hour() -> Route {
    Route::Tasks(table(problem_filters::failed_in_the_last_hour()))
}

fn table(filter: String) -> TableParams {
    TableParams { filter, ..TableParams::default() }
}
