//! Words for files: where a sandbox is, why a path shows nothing, and how a task's process ended.

use super::count;
use crate::mesos::error_text::ExitStatus;
use crate::views::agents::AgentState;

/// Linux' numbers and names of signals, each with what strsignal(3) calls it.
const SIGNALS: [(u8, &str, &str); 13] = [
    (1, "SIGHUP", "Hangup"),
    (2, "SIGINT", "Interrupt"),
    (3, "SIGQUIT", "Quit"),
    (4, "SIGILL", "Illegal instruction"),
    (6, "SIGABRT", "Aborted"),
    (7, "SIGBUS", "Bus error"),
    (8, "SIGFPE", "Floating point exception"),
    (9, "SIGKILL", "Killed"),
    (11, "SIGSEGV", "Segmentation fault"),
    (13, "SIGPIPE", "Broken pipe"),
    (15, "SIGTERM", "Terminated"),
    (24, "SIGXCPU", "CPU time limit exceeded"),
    (25, "SIGXFSZ", "File size limit exceeded"),
];

/// As `1`, `137 (128 + 9, SIGKILL)` or `none, ended by SIGKILL (Killed)`.
pub fn exit_status(status: ExitStatus<'_>) -> String {
    match status {
        ExitStatus::Code(code) => {
            let signal = code.checked_sub(128).and_then(|number| SIGNALS.iter().find(|(known, ..)| *known == number));
            signal.map_or_else(|| code.to_string(), |(number, name, _)| format!("{code} (128 + {number}, {name})"))
        }
        ExitStatus::Signal(words) => match SIGNALS.iter().find(|(.., known)| *known == words) {
            Some((_, name, _)) => format!("none, ended by {name} ({words})"),
            None => format!("none, ended by signal {words}"),
        },
    }
}

/// Heading of the last lines of a file. `is_all` says that the file has no others.
pub fn last_lines(name: &str, lines: usize, is_all: bool) -> String {
    match (is_all, lines) {
        (_, 0) => name.to_owned(),
        (true, 1) => format!("{name}, 1 line"),
        (true, lines) => format!("{name}, {} lines", count(lines as u64)),
        (false, 1) => format!("Last line of {name}"),
        (false, lines) => format!("Last {} lines of {name}", count(lines as u64)),
    }
}

/// Shown instead of lines, for a file of that size of which the agent returned nothing.
pub fn no_bytes(size: u64) -> String {
    match size {
        0 => "The file is empty.".to_owned(),
        size => format!("The agent reports a size of {} bytes, but returned none of its end.", count(size)),
    }
}

/// Shown instead of the files of a task that never had a container.
pub const NEVER_STARTED: &str = "The task never started, so it wrote no files.";
/// Shown beside a log that several tasks write to.
pub const SHARED_LOG: &str = "Shared log: all tasks of this executor write to it.";
/// Shown beside the log of an executor whose tasks have folders of their own.
pub const EXECUTORS_LOG: &str = "This is the executor's own log. Its tasks have their own folders, below “tasks”.";

/// Why no sandbox is shown: the agent has none.
pub const NO_SANDBOX: &str = "The agent has no sandbox for it, or not yet. Agents delete a sandbox some time after its executor ended (flag --gc_delay, one week by default). They delete it earlier when the disk is full.";
/// Why no sandbox is shown: its path begins with a flag that the user may not see.
pub const WORK_DIR_NOT_ALLOWED: &str = "The path of this run begins with the agent's --work_dir. The signed-in user may not see the agent's flags (action VIEW_FLAGS).";
/// Why no sandbox is shown: the container is not known.
pub const RUN_UNKNOWN: &str =
    "The master does not know which container the task ran in. The executor's latest run may be another one.";

/// Why no sandbox is shown: the usual path has none, and the path of older agents is not known.
pub fn work_dir_unknown(title: &str, why: &str) -> String {
    format!(
        "The agent has no sandbox under the usual path. Agents before Mesos 1.5 show it below --work_dir only, which could not be read: {title}: {why}"
    )
}

/// Why Mesos' own log is not shown.
pub const NO_LOG_FILE: &str = "Mesos writes a log file only if it was started with --log_dir or --external_log_file.";
/// Which paths an agent shows.
pub const PATHS_OF_AGENT: &str = "An agent shows the sandboxes of its executors and its own log, nothing else. Paths begin with /frameworks or with the agent's --work_dir, or are /slave/log.";
/// Which paths a master shows.
pub const PATHS_OF_MASTER: &str = "A master shows its own log and nothing else. Its path is /master/log.";
/// Why a path below a sandbox shows nothing.
pub const NO_FILE: &str = "The file was never written, was rotated away, or the path is mistyped. Or the agent deleted the sandbox: it does so some time after the executor ended (flag --gc_delay, one week by default), and earlier when the disk is full.";

/// Which permission the signed-in user lacks.
pub fn not_allowed(action: &str) -> String {
    format!("The signed-in user may not see it. The action is {action}.")
}

/// Why a path that leads out of the sandbox is not shown, with Mesos' own words.
pub fn outside(words: &str) -> String {
    format!("The path leads out of the sandbox, for example through a link to a volume. Mesos says: {words}")
}

/// Says that the master does not list the agent.
pub const AGENT_UNKNOWN: &str = "The master does not list this agent. It left the cluster, or the id is mistyped. If its host still exists, the sandbox may still be there, below the agent's --work_dir.";

/// What the master knows of an agent that does not answer. `since` is the time at which it became unreachable.
pub fn agent_away(state: AgentState, host: &str, since: Option<&str>) -> String {
    match state {
        AgentState::Unreachable => {
            let since = since.map(|since| format!(" since {since}")).unwrap_or_default();
            format!("The master lists it as unreachable{since}. The files may still be on the disk of {host}.")
        }
        AgentState::Disconnected => {
            format!("The master has no connection to it either. The files may still be on the disk of {host}.")
        }
        AgentState::Recovered => {
            format!(
                "It has not re-registered since the master restarted. The files may still be on the disk of {host}."
            )
        }
        AgentState::Active | AgentState::Deactivated | AgentState::Draining | AgentState::Drained => {
            "The master is connected to it. It may be busy, or unreachable from the gateway.".to_owned()
        }
    }
}

/// When the next attempt is made, as `Retry in 5 s`.
pub fn next_attempt(wait: &str) -> String {
    format!("Retry in {wait}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_process_ended() {
        for (status, words) in [
            (ExitStatus::Code(1), "1"),
            (ExitStatus::Code(128), "128"),
            (ExitStatus::Code(137), "137 (128 + 9, SIGKILL)"),
            (ExitStatus::Code(255), "255"),
            (ExitStatus::Signal("Killed"), "none, ended by SIGKILL (Killed)"),
            (ExitStatus::Signal("Real-time signal 3"), "none, ended by signal Real-time signal 3"),
        ] {
            assert_eq!(exit_status(status), words);
        }
    }

    #[test]
    fn how_many_lines_are_shown() {
        assert_eq!(last_lines("stderr", 20, false), "Last 20 lines of stderr");
        assert_eq!(last_lines("stderr", 1, false), "Last line of stderr");
        assert_eq!(last_lines("stderr", 3, true), "stderr, 3 lines");
        assert_eq!(last_lines("stderr", 1, true), "stderr, 1 line");
    }
}
