//! The form that runs a command: where it would run, and what a user should know before.

use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::{Nanoseconds, Quantities};
use mesoscope_core::cluster::unknown::Unknown;
use mesoscope_core::scheduler::form::RunForm;
use mesoscope_core::scheduler::form::fault::{RunField, RunFormError};
use mesoscope_core::scheduler::run::Containerizer;
use mesoscope_core::scheduler::streams::FrameworkStreams;
use mesoscope_core::text::runs;
use mesoscope_core::views::agents::AgentState;
use mesoscope_core::views::run_preview::{RunHeadroom, RunPreview, RunRoom};

use crate::{Sentence, listed};

fn preview(fits: u32, waits: u32, out: u32) -> RunPreview {
    RunPreview {
        matched: fits + waits + out,
        fits,
        waits,
        inactive: vec![(AgentState::Draining, out)],
        too_small: vec![(vec!["cpus".to_owned(), "mem".to_owned()], 1)],
        unlisted: vec![AgentId::from("c3946a13-75b4-4d3c-9d0e-fc10038dca85-S9")],
        in_maintenance: 0,
        agents: Vec::new(),
        targets: None,
        tasks: fits + waits,
        total: Quantities::of("cpus", 0.3) + Quantities::of("mem", 192.0),
        headroom: Err(Unknown::NotYet),
        is_role_known: true,
        others: fits,
        roles: Vec::new(),
        users: Vec::new(),
        streams: FrameworkStreams::default(),
    }
}

fn limit(needed: f64) -> RunHeadroom {
    RunHeadroom { role: "eng".into(), resource: "mem".to_owned(), limit: 4096.0, consumed: 1024.0, needed }
}

fn missing() -> Vec<String> {
    vec!["cpus".to_owned(), "disk".to_owned()]
}

pub fn all() -> Vec<Sentence> {
    let hidden = RunForm { environment: "TOKEN=(hidden)".to_owned(), ..RunForm::default() };
    listed![
        runs::FROM_LINK,
        runs::ROOT,
        runs::USER,
        runs::IMAGE_HINT,
        runs::DOCKER,
        runs::CONTAINERIZER,
        runs::containerizer(Containerizer::Mesos),
        runs::containerizer(Containerizer::Docker),
        runs::ENVIRONMENT_HINT,
        runs::FILES_HINT,
        runs::ESTIMATE,
        runs::NO_CURL,
        runs::field(RunField::Failover),
        runs::run_button(&preview(0, 0, 1)),
        runs::run_button(&preview(1, 0, 0)),
        runs::headline(&preview(0, 0, 0), None),
        runs::headline(&preview(0, 0, 1), None),
        runs::headline(&preview(1, 0, 0), None),
        runs::headline(&preview(3, 0, 0), None),
        runs::headline(&preview(3, 1, 0), None),
        runs::headline(&preview(3, 2, 0), Some(2)),
        runs::headline(&preview(3, 2, 0), Some(4)),
        runs::headline(&preview(3, 2, 1), Some(6)),
        runs::left_out(&preview(3, 0, 2)).join(" "),
        runs::room(&RunRoom::Free),
        runs::room(&RunRoom::InUse(missing())),
        runs::room(&RunRoom::TooSmall(missing())),
        runs::room(&RunRoom::Inactive(AgentState::Deactivated)),
        runs::takes(&preview(0, 1, 0)),
        runs::takes(&preview(1, 0, 0)),
        runs::takes(&preview(3, 0, 0)),
        runs::headroom(&limit(1024.0)),
        runs::headroom(&limit(8192.0)),
        runs::unknown_quota(&preview(1, 0, 0)),
        runs::unknown_role("eng"),
        runs::in_maintenance(0),
        runs::in_maintenance(1),
        runs::in_maintenance(2),
        runs::failover(Nanoseconds::default()),
        runs::failover(Nanoseconds::from_secs(300)),
        runs::hidden_values(&hidden),
        runs::hidden_values(&RunForm::default()),
        runs::restored(&hidden),
        runs::restored(&RunForm::default()),
    ]
    .into_iter()
    .chain(form_errors())
    .collect()
}

fn form_errors() -> Vec<Sentence> {
    listed![
        RunFormError::NoCommand.to_string(),
        RunFormError::CommandTooLong.to_string(),
        RunFormError::Nul.to_string(),
        RunFormError::Count.to_string(),
        RunFormError::NoAmount.to_string(),
        RunFormError::PartOfGpu.to_string(),
        RunFormError::NoUser.to_string(),
        RunFormError::Root.to_string(),
        RunFormError::UserCharacters.to_string(),
        RunFormError::File("x y".to_owned()).to_string(),
        RunFormError::NoTime.to_string(),
        RunFormError::FailoverTooLong.to_string(),
        RunFormError::NotKept.to_string(),
    ]
}
