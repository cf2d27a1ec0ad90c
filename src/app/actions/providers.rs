//! Forms for resource providers and cached images, before they add details.

use mesoscope_core::actions::provider_action::{ProviderAction, ProviderChange, ProviderConfig};
use mesoscope_core::base::ids::AgentId;

/// A form for the resource providers or the images of agents. Each agent has its host beside its id.
#[derive(Clone, PartialEq)]
pub(crate) enum ProviderForm {
    /// Adds a provider to the agent.
    Add(AgentId, String),
    /// Replaces this configuration.
    Update(AgentId, String, ProviderConfig),
    /// Removes a provider's configuration, or marks the provider gone.
    Confirm(ProviderAction, String),
    /// Removes unused images of the agents.
    Prune(Vec<(AgentId, String)>),
}

impl ProviderForm {
    /// Whether its effect cannot be undone.
    pub(crate) fn is_destructive(&self) -> bool {
        matches!(self, Self::Confirm(ProviderAction { change: ProviderChange::MarkGone { .. }, .. }, _))
    }
}
