//! Files and sandboxes.

use mesoscope_core::mesos::error_text::ExitStatus;
use mesoscope_core::text::files;
use mesoscope_core::views::agents::AgentState;

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    listed![
        files::exit_status(ExitStatus::Code(1)),
        files::exit_status(ExitStatus::Code(137)),
        files::exit_status(ExitStatus::Signal("Killed")),
        files::last_lines("stderr", 20, false),
        files::last_lines("stderr", 1, false),
        files::last_lines("stderr", 1, true),
        files::work_dir_unknown("Not allowed", "Forbidden"),
        files::not_allowed("VIEW_FLAGS"),
        files::outside("Not a directory"),
        files::agent_away(AgentState::Unreachable, "host7", Some("10:02 EST")),
        files::agent_away(AgentState::Unreachable, "host7", None),
        files::agent_away(AgentState::Disconnected, "host7", None),
        files::agent_away(AgentState::Recovered, "host7", None),
        files::agent_away(AgentState::Active, "host7", None),
        files::next_attempt("5 s"),
        files::NEVER_STARTED,
        files::SHARED_LOG,
        files::EXECUTORS_LOG,
        files::NO_SANDBOX,
        files::WORK_DIR_NOT_ALLOWED,
        files::RUN_UNKNOWN,
        files::NO_LOG_FILE,
        files::PATHS_OF_AGENT,
        files::PATHS_OF_MASTER,
        files::NO_FILE,
        files::AGENT_UNKNOWN,
    ]
}
