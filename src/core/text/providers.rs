//! Words for resource providers, their configurations, cached images, and the operations of an agent.

use super::plural;
use crate::actions::provider_action::{ProviderChange, ProviderImpact, ProviderValue};
use crate::actions::provider_config::{ConfigError, ConfigProblem, ExpectedForm, MOST_BYTES};
use crate::views::agent_operations::OperationDifference;

/// The change in a few words; `agent` names the agent.
pub fn title(change: &ProviderChange, agent: &str) -> String {
    match change {
        ProviderChange::Add(config) => format!("Add resource provider {} to agent {agent}", config.name()),
        ProviderChange::Update(config) => {
            format!("Configuration of resource provider {} on agent {agent}", config.name())
        }
        ProviderChange::Remove { name, .. } => {
            format!("Remove the configuration of resource provider {name} from agent {agent}")
        }
        ProviderChange::MarkGone { name, .. } => format!("Mark resource provider {name} of agent {agent} gone"),
        ProviderChange::PruneImages { .. } => format!("Prune images of agent {agent}"),
    }
}

/// Title of the form that adds a provider.
pub fn add_title(agent: &str) -> String {
    format!("Add a resource provider to {agent}")
}

/// Title of the form that replaces a provider's configuration.
pub fn update_title(provider: &str, agent: &str) -> String {
    format!("Configuration of {provider} on {agent}")
}

/// Title of the form that removes a provider's configuration.
pub fn remove_title(provider: &str, agent: &str) -> String {
    format!("Remove the configuration of {provider} from {agent}")
}

/// Title of the form that marks a provider gone.
pub fn gone_title(provider: &str, agent: &str) -> String {
    format!("Mark {provider} of {agent} gone")
}

/// Title of the form that removes unused images.
pub fn prune_title(agents: &str) -> String {
    format!("Prune images of {agents}")
}

/// Label of the images that stay when the unused ones are removed.
pub const KEPT_IMAGES: &str = "Images kept although unused";

/// A value before or after a change.
pub const fn value(value: ProviderValue) -> &'static str {
    match value {
        ProviderValue::Configured => "configured",
        ProviderValue::NotConfigured => "removed",
        ProviderValue::NotReported => "not reported",
        ProviderValue::Known => "known",
        ProviderValue::NoImage => "none",
    }
}

/// What follows from a change, in a sentence.
pub fn impact(impact: &ProviderImpact) -> String {
    let words = match impact {
        ProviderImpact::Registers => {
            "The agent starts the plugin's containers. Mesos lists the provider once it has registered, and never lists configurations: of a plugin that never registers, only its container and the agent's log tell."
        }
        ProviderImpact::PerhapsExists => {
            "The agent lists a provider of this type and name. Mesos refuses another one while its configuration exists."
        }
        ProviderImpact::Restarts => "The provider restarts with the new configuration. Its operations wait meanwhile.",
        ProviderImpact::StaysListed => "The provider stays listed without resources until you mark it gone.",
        ProviderImpact::NeverBack => "The agent never accepts this provider again under its id.",
        ProviderImpact::ImagesRemoved => {
            "The agent removes the layers of all images that no container uses, except those of the images to keep."
        }
        ProviderImpact::DownloadedAgain => {
            "Mesos lists no images, so the effect is not visible. The next task with a removed image downloads it again."
        }
        ProviderImpact::DisksLeave(disks) => {
            let leave = plural(*disks, "disk leaves", "disks leave");
            return format!("The provider stops. {leave} the agent's resources, and offers of them are rescinded.");
        }
        ProviderImpact::VolumesThere(volumes) => {
            let are = plural(*volumes, "persistent volume is", "persistent volumes are");
            return format!("{are} on its disks. Tasks lose access while the provider is stopped.");
        }
    };
    words.to_owned()
}

/// What follows from changes of several agents alike, in a sentence.
pub fn impact_of_several(kind: &ProviderImpact) -> String {
    match kind {
        ProviderImpact::ImagesRemoved => {
            "The agents remove the layers of all images that no container uses, except those of the images to keep."
                .to_owned()
        }
        other => impact(other),
    }
}

/// Error in a typed configuration, with its place.
pub fn config_error(error: &ConfigError) -> String {
    match error.problem {
        ConfigProblem::TooLong => problem(&error.problem),
        _ => format!("Line {}, column {}: {}", error.line, error.column, problem(&error.problem)),
    }
}

fn problem(problem: &ConfigProblem) -> String {
    match problem {
        ConfigProblem::Syntax(words) => {
            let without_place = words.split_once(" at line ").map_or(words.as_str(), |(words, _)| words);
            format!("this is not valid JSON ({without_place}).")
        }
        ConfigProblem::Form(path, form) if path.is_empty() => format!("a configuration must be {}.", expected(*form)),
        ConfigProblem::Form(path, form) => format!("“{path}” must be {}.", expected(*form)),
        ConfigProblem::Missing(path) => format!("“{path}” is missing."),
        ConfigProblem::Twice(path) => format!("“{path}” occurs twice."),
        ConfigProblem::Id => "“id” must not be set: Mesos assigns it.".to_owned(),
        ConfigProblem::Name(path) => format!("“{path}” may have letters, digits and underscores only."),
        ConfigProblem::Dotted(path) => {
            format!("“{path}” must be names of letters, digits and underscores, joined by dots.")
        }
        ConfigProblem::OneOf(path, [one]) => format!("“{path}” must be {one}: Mesos knows no other."),
        ConfigProblem::OneOf(path, all) => format!("“{path}” must be one of: {}.", all.join(", ")),
        ConfigProblem::Role(path, error) => format!("“{path}” is not a valid role. {error}"),
        ConfigProblem::TooLong => {
            format!(
                "The configuration is longer than {} KiB. Mesoscope does not edit such long ones.",
                MOST_BYTES / 1024
            )
        }
        ConfigProblem::NoNodeService => {
            "no container or endpoint of the plugin provides NODE_SERVICE. Mesos requires it.".to_owned()
        }
    }
}

const fn expected(form: ExpectedForm) -> &'static str {
    match form {
        ExpectedForm::Object => "an object",
        ExpectedForm::List => "a list",
        ExpectedForm::Text => "a text",
        ExpectedForm::Number => "a number",
        ExpectedForm::Flag => "true or false",
    }
}

/// Warning about fields that Mesos does not know.
pub fn unknown_fields(paths: &[String]) -> String {
    format!("Mesos 1.11 does not know these fields and ignores them: {}.", paths.join(", "))
}

/// Error of a form that would rename the provider whose configuration it replaces.
pub fn other_provider(kind: &str, name: &str) -> String {
    format!("Type and name must stay “{kind}” and “{name}”: they select the provider.")
}

/// How the agent's report of an operation differs from the master's; empty if it does not.
pub const fn operation_difference(difference: Option<OperationDifference>) -> &'static str {
    match difference {
        None => "",
        Some(OperationDifference::OnlyMaster) => "Only the master lists it.",
        Some(OperationDifference::OnlyAgent) => "Only the agent lists it.",
        Some(OperationDifference::States) => "The states differ.",
    }
}

/// Number of operations whose reports differ, above their table.
pub fn operation_differences(differences: usize) -> String {
    let differences = u32::try_from(differences).unwrap_or(u32::MAX);
    format!("The reports of {} differ.", plural(differences, "operation", "operations"))
}
