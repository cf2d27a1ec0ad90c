//! The overview: amounts, shares, trends, counts of tasks, filters of cards, and the map of agents.

use mesoscope_core::base::units::{Bytes, Cpus, Nanoseconds, Quantities, Timestamp};
use mesoscope_core::checks::lint::{FailureSummary, ProblemKind};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::{ReadFailure, Unknown};
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::text::{checks, overview, problem_filters, problems};

use crate::{Sentence, listed};

fn amounts(cpus: f64, gibibytes: f64) -> Quantities {
    let mem = Bytes::from_mebibytes(gibibytes * 1024.0);
    Quantities { cpus: Cpus::from_scalar(cpus), mem, ..Quantities::NONE }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * 1_000_000_000)
}

fn failing() -> FailureSummary {
    FailureSummary { states: vec![(TaskState::Failed, 33), (TaskState::Lost, 149)], ..FailureSummary::default() }
}

fn unread() -> Option<String> {
    let late = Unknown::Failed(ReadFailure::Late(Nanoseconds::from_secs(30)));
    let refused = Unknown::Refused("Forbidden".to_owned());
    checks::unread_topics(&[(Topic::Metrics, Unknown::NotYet), (Topic::Quota, refused), (Topic::Machines, late)])
}

pub fn all() -> Vec<Sentence> {
    let mem = |gibibytes: f64| amounts(0.0, gibibytes).mem;
    listed![
        overview::amount_of(22_890.75, 52_800.0),
        overview::bytes_of(mem(983.0), mem(27_962.0)),
        overview::usage(amounts(1.0, 57.5)),
        overview::dominant_share(0.22, Some("GPUs")),
        overview::dominant_share(0.0, None),
        overview::role_usage(amounts(180.0, 158.75), amounts(12.0, 48.0)),
        overview::live_of(19_906, 40_006),
        overview::ended_in_total(15_023),
        overview::KEPT,
        overview::SINCE_OPENED,
        overview::range("950", "972", at(0), at(720)),
        overview::range("972", "972", at(0), at(720)),
        overview::range("972", "972", at(0), at(0)),
        overview::value_at("972", "10:02:11 EST"),
        overview::failures(&[0, 3, 19]),
        overview::failures(&[0, 0]),
        overview::sums_without_agents(1),
        overview::map_label(1000),
        overview::longest(Nanoseconds::from_secs(777_600)),
        problems::none(1004, None),
        problems::none(1, None),
        problems::none(1004, unread().as_deref()),
        problems::not_checked("metrics, quotas"),
        problem_filters::objects(&ProblemKind::TasksFailing(failing())),
        problem_filters::objects(&ProblemKind::TasksStuck(TaskState::Staging)),
        problem_filters::objects(&ProblemKind::RolesNearLimits(vec!["eng/web".into(), "a b".into()])),
        problem_filters::objects(&ProblemKind::GuaranteesExceed {
            resource: "mem".to_owned(),
            guaranteed: 4096.0,
            total: 1024.0
        }),
        problem_filters::failed_with(&failing(), "message", "exited, code 1"),
        problem_filters::failed_in_the_last_hour(),
    ]
}
