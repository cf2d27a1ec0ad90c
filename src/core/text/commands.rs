//! Commands of the palette: titles, other words that find them, and the question for their target.

use crate::checks::eligibility::AgentAction;
use crate::text::places::Place;
use crate::views::search::reserved::ReservedAction;
use crate::views::search::target::TargetKind;

/// A command of the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Opens a page.
    Open(Place),
    /// Opens the form of an action on an agent.
    Agent(AgentAction),
    /// Opens the form for the quota of a role.
    SetQuota,
    /// Opens the form for a quota, without a role.
    NewQuota,
    /// Opens the form for the weight of a role.
    SetWeight,
    /// Edits the weights of all roles in their table.
    EditWeights,
    /// Opens the form that schedules maintenance of an agent's machine.
    ScheduleMaintenance,
    /// Opens the form that tears down a framework.
    TearDown,
    /// Opens the form for the logging level of an agent.
    AgentLogging,
    /// Opens the page of the frameworks of this browser.
    OwnFrameworks,
    /// Opens the form of a terminal in the container of a task.
    OpenTerminal,
    /// Opens the form for the logging level of the master.
    MasterLogging,
    /// Opens the form that runs a command on agents.
    RunCommand,
    /// Opens the menu that adds a log to the shown one.
    CompareLogs,
    /// Opens the form that reserves resources of an agent.
    Reserve,
    /// Opens the form of an action on a reservation or volume.
    Reserved(ReservedAction),
    /// Opens the form that adds a resource provider to an agent.
    AddProvider,
    /// Opens the form that removes unused images of an agent.
    PruneImages,
    /// Saves the table's filter, order and columns under a name.
    SaveView,
    /// Deletes a saved view.
    DeleteView,
    /// Adds the current page to the favourites.
    AddFavourite,
    /// Removes the current page from the favourites.
    RemoveFavourite,
    /// Copies the address of the current page.
    CopyLink,
    /// Uses the light theme.
    LightTheme,
    /// Uses the dark theme.
    DarkTheme,
    /// Uses the system's theme.
    SystemTheme,
    /// Shows times in the browser's time zone.
    LocalTimes,
    /// Shows times in UTC.
    UtcTimes,
    /// Shows times as ages.
    Ages,
    /// Shows times as dates.
    Dates,
    /// Turns on the read-only mode of this browser.
    ReadOnlyOn,
    /// Turns off the read-only mode of this browser.
    ReadOnlyOff,
}

impl Command {
    /// Commands other than those that open pages, in the order in which an empty search shows them.
    pub const ACTIONS: [Self; 37] = [
        Self::CompareLogs,
        Self::Agent(AgentAction::Drain),
        Self::Agent(AgentAction::Deactivate),
        Self::Agent(AgentAction::Reactivate),
        Self::ScheduleMaintenance,
        Self::SetQuota,
        Self::NewQuota,
        Self::SetWeight,
        Self::EditWeights,
        Self::TearDown,
        Self::OpenTerminal,
        Self::OwnFrameworks,
        Self::RunCommand,
        Self::Agent(AgentAction::MarkGone),
        Self::SaveView,
        Self::DeleteView,
        Self::AddFavourite,
        Self::RemoveFavourite,
        Self::CopyLink,
        Self::LightTheme,
        Self::DarkTheme,
        Self::SystemTheme,
        Self::LocalTimes,
        Self::UtcTimes,
        Self::Ages,
        Self::Dates,
        Self::ReadOnlyOn,
        Self::ReadOnlyOff,
        Self::AgentLogging,
        Self::MasterLogging,
        Self::Reserve,
        Self::Reserved(ReservedAction::Unreserve),
        Self::Reserved(ReservedAction::CreateVolume),
        Self::Reserved(ReservedAction::Resize),
        Self::Reserved(ReservedAction::Destroy),
        Self::AddProvider,
        Self::PruneImages,
    ];

    /// Title in the palette. A command that needs more input ends in an ellipsis.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open(place) => place.name(),
            Self::Agent(AgentAction::Drain) => "Drain an agent …",
            Self::Agent(AgentAction::Deactivate) => "Deactivate an agent …",
            Self::Agent(AgentAction::Reactivate) => "Reactivate an agent …",
            Self::Agent(AgentAction::MarkGone) => "Mark an agent gone …",
            Self::SetQuota => "Set the quota of a role …",
            Self::NewQuota => "New quota …",
            Self::SetWeight => "Edit the weight of a role …",
            Self::EditWeights => "Edit the weights of all roles …",
            Self::ScheduleMaintenance => "Schedule maintenance of an agent …",
            Self::TearDown => "Tear down a framework …",
            Self::OpenTerminal => "Open a terminal in a task …",
            Self::OwnFrameworks => "Frameworks of this browser",
            Self::AgentLogging => "Set the logging level of an agent …",
            Self::MasterLogging => "Set the logging level of the master …",
            Self::RunCommand => "Run a command …",
            Self::CompareLogs => "Compare with another log …",
            Self::Reserve => "Reserve resources of an agent …",
            Self::Reserved(ReservedAction::Unreserve) => "Unreserve a reservation …",
            Self::Reserved(ReservedAction::CreateVolume) => "Create a volume of reserved disk …",
            Self::Reserved(ReservedAction::Resize) => "Resize a volume …",
            Self::Reserved(ReservedAction::Destroy) => "Destroy a volume …",
            Self::AddProvider => "Add a resource provider to an agent …",
            Self::PruneImages => "Prune the images of an agent …",
            Self::SaveView => "Save this view …",
            Self::DeleteView => "Delete a saved view …",
            Self::AddFavourite => "Add this page to favourites",
            Self::RemoveFavourite => "Remove this page from favourites",
            Self::CopyLink => "Copy a link to this page",
            Self::LightTheme => "Light theme",
            Self::DarkTheme => "Dark theme",
            Self::SystemTheme => "System theme",
            Self::LocalTimes => "Times in local time",
            Self::UtcTimes => "Times in UTC",
            Self::Ages => "Times as ages",
            Self::Dates => "Times as dates",
            Self::ReadOnlyOn => "Turn on read-only mode",
            Self::ReadOnlyOff => "Turn off read-only mode",
        }
    }

    /// Title with the target, such as `Drain a0001.ams.example …`; the title itself if the command needs no target.
    pub fn title_of(self, target: &str) -> String {
        let title = self.title();
        self.target().map_or_else(|| title.to_owned(), |kind| title.replacen(any(kind), target, 1))
    }

    /// Other words that find the command.
    pub const fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Open(place) => place.synonyms(),
            Self::Agent(AgentAction::Drain) => &["evacuate", "empty", "cordon", "node", "host"],
            Self::Agent(AgentAction::Deactivate) => &["cordon", "disable", "node", "host"],
            Self::Agent(AgentAction::Reactivate) => &["uncordon", "activate", "enable", "undrain", "node", "host"],
            Self::Agent(AgentAction::MarkGone) => &["remove", "lost", "node", "host"],
            Self::SetQuota => &["limit", "guarantee", "create"],
            Self::NewQuota => &["limit", "guarantee", "create", "new", "add"],
            Self::SetWeight => &["set", "weights", "share"],
            Self::EditWeights => &["set", "share"],
            Self::ScheduleMaintenance => &["window", "downtime", "outage"],
            Self::TearDown => &["teardown", "kill", "stop", "remove"],
            Self::OpenTerminal => &["shell", "exec", "ssh", "console", "bash", "tty"],
            Self::OwnFrameworks => &["run", "runs", "scheduler", "subscribe", "commands", "own", "mine"],
            Self::AgentLogging | Self::MasterLogging => &["log", "verbosity", "glog", "debug"],
            Self::RunCommand => &["execute", "script", "shell", "task", "launch", "agents", "smoke", "test"],
            Self::CompareLogs => &["logs", "files", "add", "merge", "diff", "side", "beside"],
            Self::Reserve => &["reservation", "dynamic", "role", "node", "host"],
            Self::Reserved(ReservedAction::Unreserve) => &["dynamic", "release", "role", "remove"],
            Self::Reserved(ReservedAction::CreateVolume) => &["new", "add", "persistent", "storage"],
            Self::Reserved(ReservedAction::Resize) => &["grow", "shrink", "size", "enlarge", "persistent", "storage"],
            Self::Reserved(ReservedAction::Destroy) => &["delete", "remove", "persistent", "storage"],
            Self::AddProvider => &["storage", "csi", "disk", "configuration"],
            Self::PruneImages => &["docker", "container", "cache", "clean", "gc"],
            Self::SaveView => &["filter", "columns", "bookmark"],
            Self::DeleteView => &["remove", "forget"],
            Self::AddFavourite => &["star", "bookmark", "pin"],
            Self::RemoveFavourite => &["star", "bookmark", "unpin"],
            Self::CopyLink => &["address", "url", "share"],
            Self::LightTheme | Self::DarkTheme | Self::SystemTheme => &["colours", "colors", "mode", "appearance"],
            Self::LocalTimes | Self::UtcTimes => &["zone", "timezone", "clock"],
            Self::Ages | Self::Dates => &["relative", "absolute", "clock", "ago"],
            Self::ReadOnlyOn | Self::ReadOnlyOff => &["readonly", "safe", "lock", "changes"],
        }
    }

    /// Kind of object that the command needs; `None` if it needs none.
    pub const fn target(self) -> Option<TargetKind> {
        match self {
            Self::Agent(action) => Some(TargetKind::Agent(action)),
            Self::ScheduleMaintenance => Some(TargetKind::Machine),
            Self::AgentLogging | Self::Reserve | Self::AddProvider | Self::PruneImages => {
                Some(TargetKind::LoggingAgent)
            }
            Self::Reserved(action) => Some(TargetKind::Reserved(action)),
            Self::TearDown => Some(TargetKind::Framework),
            Self::OpenTerminal => Some(TargetKind::RunningTask),
            Self::SetQuota => Some(TargetKind::QuotaRole),
            Self::SetWeight => Some(TargetKind::WeightRole),
            Self::Open(_)
            | Self::CompareLogs
            | Self::NewQuota
            | Self::RunCommand
            | Self::EditWeights
            | Self::MasterLogging
            | Self::OwnFrameworks
            | Self::SaveView
            | Self::DeleteView
            | Self::AddFavourite
            | Self::RemoveFavourite
            | Self::CopyLink
            | Self::LightTheme
            | Self::DarkTheme
            | Self::SystemTheme
            | Self::LocalTimes
            | Self::UtcTimes
            | Self::Ages
            | Self::Dates
            | Self::ReadOnlyOn
            | Self::ReadOnlyOff => None,
        }
    }

    /// Whether the command opens the form of a change, which read-only mode disables.
    pub const fn is_change(self) -> bool {
        self.target().is_some()
            || matches!(self, Self::NewQuota | Self::EditWeights | Self::MasterLogging | Self::RunCommand)
    }

    /// Whether it ends tasks, or cannot be undone.
    pub const fn is_danger(self) -> bool {
        matches!(self, Self::TearDown | Self::Reserved(ReservedAction::Destroy))
            || matches!(self, Self::Agent(action) if action.is_danger())
    }
}

/// An object of that kind, as the titles of commands name it.
const fn any(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Agent(_) | TargetKind::Machine | TargetKind::LoggingAgent => "an agent",
        TargetKind::Framework => "a framework",
        TargetKind::Reserved(ReservedAction::Unreserve) => "a reservation",
        TargetKind::Reserved(ReservedAction::CreateVolume) => "reserved disk",
        TargetKind::Reserved(ReservedAction::Resize | ReservedAction::Destroy) => "a volume",
        TargetKind::RunningTask => "a task",
        TargetKind::QuotaRole | TargetKind::WeightRole => "a role",
    }
}

/// Question for the target of a command.
pub const fn question(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Agent(_) | TargetKind::Machine | TargetKind::LoggingAgent => "Which agent? Type a host or an id.",
        TargetKind::Framework => "Which framework? Type a name or an id.",
        TargetKind::Reserved(ReservedAction::Unreserve) => "Which reservation? Type a role or a host.",
        TargetKind::Reserved(ReservedAction::CreateVolume) => "Of which reservation? Type a role or a host.",
        TargetKind::Reserved(ReservedAction::Resize | ReservedAction::Destroy) => {
            "Which volume? Type an id, a role or a host."
        }
        TargetKind::RunningTask => "Which task? Type a name or an id.",
        TargetKind::QuotaRole | TargetKind::WeightRole => "Which role?",
    }
}

/// Text in place of targets that no object can be.
pub const fn no_target(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Agent(AgentAction::Reactivate) => "No agent is drained or deactivated.",
        TargetKind::Agent(_) | TargetKind::Machine | TargetKind::LoggingAgent => "No agents match.",
        TargetKind::Framework => "No frameworks match.",
        TargetKind::Reserved(ReservedAction::Unreserve) => "No dynamic reservations match.",
        TargetKind::Reserved(ReservedAction::CreateVolume) => "No reservations with disk match. Reserve disk first.",
        TargetKind::Reserved(ReservedAction::Resize | ReservedAction::Destroy) => "No volumes match.",
        TargetKind::RunningTask => "No running tasks match.",
        TargetKind::QuotaRole | TargetKind::WeightRole => "No roles match.",
    }
}

/// Text in place of the chosen row, which is not there any more.
pub fn gone(title: &str) -> String {
    format!("{title} is no longer listed. Choose another.")
}

/// The master, as the target of a form.
pub const MASTER: &str = "the master";
/// Confirms a new favourite.
pub const FAVOURITE_ADDED: &str = "Added this page to favourites.";
/// Confirms a removed favourite.
pub const FAVOURITE_REMOVED: &str = "Removed this page from favourites.";

/// Result of copying a link.
pub const fn copied(is_copied: bool) -> &'static str {
    if is_copied { "Copied the link." } else { "The browser does not let the page copy. Copy the address bar instead." }
}

/// Question for the view to delete.
pub const WHICH_VIEW: &str = "Which view?";
/// Question for the name of a view.
pub const VIEW_NAME: &str = "Name of the view";
/// Why logs cannot be compared from here.
pub const NO_LOG: &str = "Open a log first: another is added beside it.";
/// Hint below an empty search.
pub const HINT: &str = "Type a name, id, host, address, role, label or user, or a command such as drain or quota.";
/// Text for a search without results.
pub const NO_MATCHES: &str = "No matches.";
/// Text for a search without results where topics were not read.
pub fn no_match_beside_unread(no_match: &str, topics: &str) -> String {
    format!("{no_match} Not read: {topics}.")
}

/// Text for a search without results if the master may hide objects.
pub const NO_VISIBLE_MATCHES: &str = "No matches among what you may see.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_with_a_target_names_it() {
        let targeted = Command::ACTIONS.into_iter().filter(|command| command.target().is_some());
        let titles: Vec<String> = targeted.map(|command| command.title_of("x7")).collect();
        assert!(titles.len() > 7 && titles.iter().all(|title| title.contains(" x7 ")), "{titles:?}");
        assert_eq!(Command::SetQuota.title_of("eng"), "Set the quota of eng …");
        assert_eq!(Command::NewQuota.title_of("eng"), "New quota …");
    }

    #[test]
    fn commands_that_end_tasks_are_dangerous() {
        let danger: Vec<&str> =
            Command::ACTIONS.into_iter().filter(|command| command.is_danger()).map(Command::title).collect();
        assert_eq!(
            danger,
            ["Drain an agent …", "Tear down a framework …", "Mark an agent gone …", "Destroy a volume …"]
        );
    }
}
