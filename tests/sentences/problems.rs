//! Problems on the overview: a headline and its explanation.

use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::lint::{AffectedFrameworks, AffectedHosts, FailureSummary, Problem, ProblemKind};
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::text::problems;

use crate::{Sentence, listed};

fn both(count: u32, kind: ProblemKind) -> (String, String) {
    let problem = Problem { kind, count, since: None };
    (problems::headline(&problem), problems::explanation(&problem))
}

fn failing(states: &[(TaskState, u32)]) -> ProblemKind {
    ProblemKind::TasksFailing(FailureSummary { states: states.to_vec(), ..FailureSummary::default() })
}

fn hosts(tasks: u32) -> AffectedHosts {
    AffectedHosts { hosts: vec![("S1".into(), "host1".to_owned()), ("S2".into(), "host2".to_owned())], tasks }
}

fn frameworks() -> AffectedFrameworks {
    AffectedFrameworks { frameworks: vec![("f".into(), "marathon".to_owned())], tasks: 7 }
}

fn near(share: f64) -> ProblemKind {
    ProblemKind::RoleNearLimit { role: "eng".into(), resource: "cpus".to_owned(), share }
}

fn disconnected(tasks: u32) -> ProblemKind {
    let failover_timeout = Nanoseconds::from_secs(3600);
    ProblemKind::FrameworkDisconnected { id: "f".into(), name: "marathon".to_owned(), tasks, failover_timeout }
}

pub fn all() -> Vec<Sentence> {
    let exceed = ProblemKind::GuaranteesExceed { resource: "mem".to_owned(), guaranteed: 8192.0, total: 4096.0 };
    listed![
        both(1, failing(&[(TaskState::Failed, 1)])),
        both(206, failing(&[(TaskState::Failed, 33), (TaskState::Error, 1), (TaskState::Lost, 172)])),
        both(2, ProblemKind::TasksUnreachable),
        both(2, ProblemKind::CountDiffers { state: TaskState::Running, counted: 7, held: 9 }),
        both(2, ProblemKind::AgentsUnreachable(hosts(7))),
        both(2, ProblemKind::AgentsUnreachable(AffectedHosts::default())),
        both(5, ProblemKind::AgentsDisconnected(hosts(1))),
        both(2, ProblemKind::AgentsRecovered(hosts(0))),
        both(1, disconnected(1)),
        both(1, disconnected(12)),
        both(9, ProblemKind::FrameworksDisconnected(frameworks())),
        both(1, ProblemKind::FrameworksRecovered(frameworks())),
        both(3, ProblemKind::TasksStuck(TaskState::Starting)),
        both(1, near(0.97)),
        both(1, near(1.4)),
        both(1, near(f64::INFINITY)),
        both(3, ProblemKind::RolesNearLimits(vec!["eng".into()])),
        both(1, exceed),
        both(2, ProblemKind::MachinesDown { half_named: 0 }),
        both(2, ProblemKind::MachinesDown { half_named: 1 }),
        both(2, ProblemKind::MaintenanceDue(Timestamp(1))),
        both(2, ProblemKind::MaintenanceOver(Timestamp(1))),
        both(2, ProblemKind::AgentsDeactivated(hosts(7))),
        both(2, ProblemKind::AgentsDraining(hosts(7))),
        both(1, ProblemKind::MasterElected),
    ]
}
