//! Containers: changes, ends, figures.

use mesoscope_core::actions::container_action::{ContainerAction, ContainerChange};
use mesoscope_core::actions::container_form::ContainerFormError;
use mesoscope_core::actions::preview::ImpactKind;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::checks::eligibility::{ContainerObstacle, DisabledReason};
use mesoscope_core::mesos::calls::containers::ContainerEnd;
use mesoscope_core::mesos::wire::containers::Statistic;
use mesoscope_core::text::{checks, containers};

use crate::{Sentence, listed};

fn path(text: &str) -> Vec<String> {
    text.split('/').map(str::to_owned).collect()
}

fn title(change: ContainerChange) -> String {
    containers::action_title(&ContainerAction { agent: "S1".into(), path: path("p/debug-1"), change }, "node-1")
}

fn obstacle(why: ContainerObstacle) -> String {
    checks::disabled_reason_with_source(&DisabledReason::Container(why))
}

fn figure(name: &str, value: f64) -> (String, String) {
    let figure = Statistic { name: name.to_owned(), of: "data".to_owned(), value };
    (containers::statistic_name(&figure), containers::statistic_value(&figure))
}

pub fn all() -> Vec<Sentence> {
    [labels(), statistics()].concat()
}

fn labels() -> Vec<Sentence> {
    let failed = ContainerEnd { status: None, reason: "REASON_X".to_owned(), ..ContainerEnd::default() };
    listed![
        title(ContainerChange::Launch(Box::default())),
        title(ContainerChange::Kill(None)),
        title(ContainerChange::Kill(Some(15))),
        title(ContainerChange::Remove),
        containers::launch_title(&[], "node-1"),
        containers::launch_title(&path("p"), "node-1"),
        containers::kill_title(&path("p/a"), "node-1"),
        containers::remove_title(&[path("p/a")], "node-1"),
        containers::remove_title(&[path("p/a"), path("p/b")], "node-1"),
        containers::container_field(&path("p/a")),
        containers::wait_status(1792),
        containers::wait_status(139),
        containers::wait_status(-1),
        containers::end(&failed),
        containers::NOT_LAUNCHED,
        containers::NOT_ATTACHABLE,
        containers::lost_end(true),
        containers::lost_end(false),
        containers::TOO_DEEP,
        containers::inside(2),
        containers::details(false, "web"),
        containers::details(true, "web"),
        containers::covered(Nanoseconds::from_secs(90)),
        containers::rate(1536.0),
        containers::dropped(1 << 20),
        containers::unreadable(2),
        containers::broken_output("No connection."),
        containers::broken_output(containers::CUT_RECORD),
        containers::unreadable_output("a record's size is empty"),
        containers::level(12),
        containers::impact(&ImpactKind::SharesResources),
        containers::impact(&ImpactKind::ResourcesNotCounted),
        containers::impact(&ImpactKind::HostPathsMounted),
        containers::impact(&ImpactKind::ContainerEnds),
        containers::impact(&ImpactKind::SignalMayBeIgnored),
        containers::impact(&ImpactKind::ContainerTasksEnd(1)),
        containers::impact(&ImpactKind::ContainerTasksEnd(3)),
        containers::impact(&ImpactKind::SandboxDeleted),
        obstacle(ContainerObstacle::NotRunning),
        obstacle(ContainerObstacle::StillRunning),
        obstacle(ContainerObstacle::Removed),
        obstacle(ContainerObstacle::Exists),
        obstacle(ContainerObstacle::NoParent),
        obstacle(ContainerObstacle::Executor),
        obstacle(ContainerObstacle::Standalone),
        ContainerFormError::NoId.to_string(),
        ContainerFormError::IdCharacters.to_string(),
        ContainerFormError::IdTooLong.to_string(),
        ContainerFormError::NoCommand.to_string(),
        ContainerFormError::Nul.to_string(),
        ContainerFormError::Image.to_string(),
        ContainerFormError::Variable("x".to_owned()).to_string(),
        ContainerFormError::Volume("x".to_owned()).to_string(),
        ContainerFormError::Amount.to_string(),
    ]
}

fn statistics() -> Vec<Sentence> {
    listed![
        figure("disk_statistics.used_bytes", 2048.0),
        figure("cpus_throttled_time_secs", 1.5),
        figure("net_tcp_rtt_microsecs_p50", 1500.0),
    ]
}
