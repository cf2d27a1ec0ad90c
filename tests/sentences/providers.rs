//! Resource providers, their configurations, cached images, and an agent's operations.

use mesoscope_core::actions::provider_action::{ProviderChange, ProviderConfig, ProviderImpact, ProviderValue};
use mesoscope_core::actions::provider_config::{self, ConfigError, ConfigProblem, ExpectedForm};
use mesoscope_core::checks::eligibility::{DisabledReason, ProviderReason};
use mesoscope_core::text::{checks, providers};
use mesoscope_core::views::agent_operations::OperationDifference;

use crate::{Sentence, listed};

fn config() -> ProviderConfig {
    ProviderConfig::reported(r#"{"type":"org.apache.mesos.rp.local.storage","name":"ssd"}"#).expect("a configuration")
}

fn error(text: &str) -> String {
    provider_config::read(text).map_or_else(|error| providers::config_error(&error), |_| "(valid)".to_owned())
}

fn problem(problem: ConfigProblem) -> String {
    providers::config_error(&ConfigError { line: 3, column: 12, problem })
}

pub fn all() -> Vec<Sentence> {
    let (kind, name) = ("org.apache.mesos.rp.local.storage".to_owned(), "ssd".to_owned());
    let path = || "storage.plugin.name".to_owned();
    listed![
        providers::title(&ProviderChange::Add(config()), "db.example"),
        providers::title(&ProviderChange::Update(config()), "db.example"),
        providers::title(&ProviderChange::Remove { kind: kind.clone(), name: name.clone() }, "db.example"),
        providers::title(&ProviderChange::MarkGone { id: "id".to_owned(), name: name.clone() }, "db.example"),
        providers::title(&ProviderChange::PruneImages { excluded: Vec::new() }, "db.example"),
        providers::add_title("db.example"),
        providers::update_title("ssd", "db.example"),
        providers::remove_title("ssd", "db.example"),
        providers::gone_title("ssd", "db.example"),
        providers::prune_title("3 agents"),
        providers::KEPT_IMAGES,
        providers::value(ProviderValue::Configured),
        providers::value(ProviderValue::NotConfigured),
        providers::value(ProviderValue::NotReported),
        providers::value(ProviderValue::Known),
        providers::value(ProviderValue::NoImage),
        providers::impact(&ProviderImpact::Registers),
        providers::impact(&ProviderImpact::PerhapsExists),
        providers::impact(&ProviderImpact::Restarts),
        providers::impact(&ProviderImpact::DisksLeave(1)),
        providers::impact(&ProviderImpact::DisksLeave(2)),
        providers::impact(&ProviderImpact::VolumesThere(1)),
        providers::impact(&ProviderImpact::VolumesThere(3)),
        providers::impact(&ProviderImpact::StaysListed),
        providers::impact(&ProviderImpact::NeverBack),
        providers::impact(&ProviderImpact::ImagesRemoved),
        providers::impact_of_several(&ProviderImpact::ImagesRemoved),
        providers::impact(&ProviderImpact::DownloadedAgain),
        checks::disabled_reason(&DisabledReason::Provider(ProviderReason::HasResources)),
        error(""),
        error("{\"type\": 7}"),
        error("[]"),
        error("{}"),
        problem(ConfigProblem::Twice(path())),
        problem(ConfigProblem::Id),
        problem(ConfigProblem::Name(path())),
        problem(ConfigProblem::Dotted(path())),
        problem(ConfigProblem::Form(path(), ExpectedForm::List)),
        problem(ConfigProblem::Form(path(), ExpectedForm::Number)),
        problem(ConfigProblem::Form(path(), ExpectedForm::Flag)),
        problem(ConfigProblem::OneOf("type".to_owned(), &["org.apache.mesos.rp.local.storage"])),
        problem(ConfigProblem::OneOf(path(), &["CONTROLLER_SERVICE", "NODE_SERVICE"])),
        problem(ConfigProblem::Role(path(), mesoscope_core::actions::form::RoleError::Slash)),
        problem(ConfigProblem::NoNodeService),
        problem(ConfigProblem::TooLong),
        providers::unknown_fields(&["colour".to_owned(), "storage.size".to_owned()]),
        providers::other_provider(&kind, &name),
        providers::operation_difference(None),
        providers::operation_difference(Some(OperationDifference::OnlyMaster)),
        providers::operation_difference(Some(OperationDifference::OnlyAgent)),
        providers::operation_difference(Some(OperationDifference::States)),
        providers::operation_differences(1),
        providers::operation_differences(2),
    ]
}
