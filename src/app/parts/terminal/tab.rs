//! One terminal of the page: what it shows, and its state. Its emulator and its connection are in `session`.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::terminal::SessionTarget;
use mesoscope_core::text::terminal::TerminalEnd;

/// What a terminal shows: a command in a container, or the container's own terminal.
#[derive(Clone, PartialEq)]
pub(crate) struct TerminalOrder {
    pub(crate) agent: AgentId,
    /// Host name of the agent; its id if that is not known.
    pub(crate) host: String,
    pub(crate) target: SessionTarget,
}

impl TerminalOrder {
    /// The command; `None` if the container's own terminal is joined.
    pub(super) fn command(&self) -> Option<&str> {
        match &self.target {
            SessionTarget::Launch { command, .. } => Some(command.text()),
            SessionTarget::Attach { .. } => None,
        }
    }

    /// The user that was asked for; empty for the container's own.
    pub(super) fn user(&self) -> &str {
        match &self.target {
            SessionTarget::Launch { user, .. } => user.as_deref().unwrap_or_default(),
            SessionTarget::Attach { .. } => "",
        }
    }

    /// The container that is looked into.
    pub(super) fn container(&self) -> &ContainerPath {
        match &self.target {
            SessionTarget::Launch { parent, .. } => parent,
            SessionTarget::Attach { container, .. } => container,
        }
    }
}

/// State of a terminal.
#[derive(Clone, PartialEq)]
pub(super) enum TabState {
    /// The emulator is loading, or the gateway and the agent have not answered yet.
    Opening,
    Open,
    Ended(TerminalEnd),
}

/// Identifies a terminal of this page.
pub(super) type TabId = u32;

/// A terminal. Its session is in `session`'s registry.
#[derive(Clone)]
pub(super) struct TerminalTab {
    pub(super) id: TabId,
    pub(super) order: TerminalOrder,
    pub(super) state: ArcRwSignal<TabState>,
    /// Container of the session, once it is open.
    pub(super) container: ArcRwSignal<Option<ContainerPath>>,
    /// Why nothing that is typed arrives; `None` if it does.
    pub(super) input_refused: ArcRwSignal<Option<String>>,
    /// Result of the last copy, paste or search; empty for none.
    pub(super) said: ArcRwSignal<String>,
    /// Whether the search is visible.
    pub(super) searches: ArcRwSignal<bool>,
    /// Whether the next typed character is one with Ctrl, as a touch screen's button says.
    pub(super) holds_control: ArcRwSignal<bool>,
}

impl TerminalTab {
    pub(super) fn is_running(&self) -> bool {
        self.state.with_untracked(|state| !matches!(state, TabState::Ended(_)))
    }

    /// Records the end; the first one counts.
    pub(super) fn end(&self, end: TerminalEnd) {
        if self.is_running() {
            self.state.set(TabState::Ended(end));
        }
    }
}
