//! Words of terminals: what runs where, how it ended, and what to do next.

use crate::base::escaping::escape_invisible;
use crate::base::units::Bytes;
use crate::mesos::calls::container_path::ContainerPath;
use crate::mesos::calls::terminal::BadSessionRequest;
use crate::mesos::terminal_flow::LARGEST_PASTE;
use crate::mesos::wait_status::{WaitStatus, signal_name};
use crate::text::bytes_summed;

/// How a terminal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalEnd {
    /// The process ended.
    Exited {
        /// Wait status as Mesos reports it; `None` if not reported.
        status: Option<i64>,
        /// Number of records of the agent that could not be decoded.
        unreadable: u64,
        /// Whether the user has typed anything.
        has_typed: bool,
    },
    /// The agent, the gateway or a master refused.
    Refused {
        /// HTTP status; 0 if there was no answer.
        status: u16,
        /// Their own words.
        words: String,
    },
    /// The connection between gateway and agent broke, or the gateway ended the session, as the sentence says.
    Broken(String),
    /// The connection between page and gateway broke.
    Disconnected,
    /// The gateway, or a proxy before it, did not accept the WebSocket.
    NoSocket,
    /// The server of the page is no gateway.
    NoGateway,
    /// The terminal's own files could not be loaded.
    NotLoaded,
}

impl TerminalEnd {
    /// Whether the process ended by itself and reported success.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Exited { status: Some(status), .. } if WaitStatus::of(*status).is_success())
    }
}

/// Default shell, which nearly every image has.
pub const DEFAULT_SHELL: &str = "/bin/sh";

/// HTTP status of a second input to one container.
const CONFLICT: u16 = 409;

/// What is said while output is skipped after Ctrl+C.
pub const SKIPPING: &str = "Skipping the output that was printed before Ctrl+C …";

/// Note in the output of a terminal where a part is missing, on a line of its own, without colours.
pub fn skipped(bytes: u64) -> String {
    let size = bytes_summed(Bytes::new(i64::try_from(bytes).unwrap_or(i64::MAX)));
    format!("\x1b[m\r\n[{size} of output skipped]\r\n")
}

/// How it ended, in a line.
pub fn ended(end: &TerminalEnd) -> String {
    match end {
        TerminalEnd::Exited { status, .. } => {
            status.map_or_else(|| "Ended; no exit status reported".to_owned(), exit_words)
        }
        TerminalEnd::Refused { status: 0, words } => format!("Not opened: {}", one_line(words)),
        TerminalEnd::Refused { status, words } => format!("Refused ({status}): {}", one_line(words)),
        TerminalEnd::Broken(words) => one_line(words),
        TerminalEnd::Disconnected => "The connection to the gateway broke.".to_owned(),
        TerminalEnd::NoSocket => "The gateway did not accept the WebSocket.".to_owned(),
        TerminalEnd::NoGateway => "This page needs the gateway to open terminals.".to_owned(),
        TerminalEnd::NotLoaded => "The terminal could not be loaded.".to_owned(),
    }
}

fn exit_words(status: i64) -> String {
    match WaitStatus::of(status) {
        WaitStatus::Exited(code) => format!("Exit code {code}"),
        WaitStatus::Signaled { signal, .. } => match signal_name(i32::from(signal)) {
            Some(name) => format!("Killed by {name}"),
            None => format!("Killed by signal {signal}"),
        },
        WaitStatus::Other(status) => format!("Wait status {status}"),
    }
}

/// Mesos' words without line ends; a placeholder if there are none.
fn one_line(words: &str) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { "no reason given".to_owned() } else { words }
}

/// What to do after the end; empty for nothing. `command` is the command of the session, `None` for a joined terminal.
pub fn advice(end: &TerminalEnd, command: Option<&str>) -> String {
    match (end, command) {
        (TerminalEnd::Exited { status: Some(status), has_typed: false, .. }, Some(command)) if is_missing(*status) => {
            format!("The image may have no {command}. Open the terminal again with another command.")
        }
        (TerminalEnd::Exited { unreadable: 0, .. }, _) => String::new(),
        (TerminalEnd::Exited { unreadable, .. }, _) => {
            let records = if *unreadable == 1 { "record" } else { "records" };
            format!("{unreadable} {records} of the agent could not be read, so output may be missing.")
        }
        (TerminalEnd::Refused { status: 403, .. }, _) => {
            "Your principal may not do this, or the gateway does not allow it.".to_owned()
        }
        (TerminalEnd::Refused { status: 401, .. }, _) => "Sign in, then open the terminal again.".to_owned(),
        (TerminalEnd::Refused { status: 404, .. }, None) => {
            "The container may have ended. Only one that was launched with a terminal, or by a terminal, can be joined."
                .to_owned()
        }
        (TerminalEnd::Refused { status: 500, .. }, None) => {
            "Only a container that was launched with a terminal, or by a terminal, can be joined.".to_owned()
        }
        (TerminalEnd::Refused { status: 404, .. }, Some(_)) => {
            "The container may have ended. Mesos opens terminals in containers of executors only, not in standalone ones."
                .to_owned()
        }
        (TerminalEnd::Refused { .. }, _) => "Check the user and the command, and that the container still runs.".to_owned(),
        (TerminalEnd::Broken(_) | TerminalEnd::Disconnected, Some(_)) => {
            "The agent ends a command when its connection breaks. Open the terminal again.".to_owned()
        }
        (TerminalEnd::Broken(_) | TerminalEnd::Disconnected, None) => {
            "The joined container may still run. Open the terminal again.".to_owned()
        }
        (TerminalEnd::NoSocket, _) => {
            "A reverse proxy may not forward WebSockets. In nginx: proxy_set_header Upgrade $http_upgrade and Connection \"upgrade\"."
                .to_owned()
        }
        (TerminalEnd::NoGateway, _) => {
            "A browser cannot open a terminal on an agent by itself. Start the mesoscope gateway with --master, and open its page."
                .to_owned()
        }
        (TerminalEnd::NotLoaded, _) => "Reload the page: the gateway may have been updated.".to_owned(),
    }
}

/// Whether an exit status is one of a command that was not found or could not be started.
fn is_missing(status: i64) -> bool {
    matches!(WaitStatus::of(status), WaitStatus::Exited(1 | 126 | 127))
}

/// What is wrong with the form of a terminal, in a sentence.
pub fn form_fault(wrong: &BadSessionRequest, lacks_command: bool) -> String {
    match wrong {
        BadSessionRequest::Command if lacks_command => "Enter a command.".to_owned(),
        BadSessionRequest::Command => "The command is too long, or contains a NUL.".to_owned(),
        BadSessionRequest::User => "The user's name is too long, or contains control characters.".to_owned(),
        other => other.to_string(),
    }
}

/// Why nothing that is typed arrives.
pub fn input_refused(status: u16, words: &str) -> String {
    let words = one_line(words);
    match status {
        CONFLICT => format!("Output only: another terminal types into this container ({words})."),
        0 => format!("Output only: {words}"),
        _ => format!("Output only: the agent takes no input ({status}: {words})."),
    }
}

/// What opening a terminal does. `user` is empty for the user of the container.
pub fn effect(command: &str, user: &str, host: &str) -> String {
    let (command, user) = (escape_invisible(command), escape_invisible(user_words(user)));
    format!(
        "Runs {command} as {user}, in a new container inside this one, on {host}. The command can change and stop what runs there."
    )
}

/// What joining a terminal does.
pub fn join_effect(types: bool, host: &str) -> String {
    match types {
        true => format!("Joins the terminal of this container on {host}. What you type goes to its process."),
        false => format!("Shows the terminal of this container on {host}. Nothing is sent to its process."),
    }
}

/// A user, also the unnamed one of the container.
pub fn user_words(user: &str) -> &str {
    if user.is_empty() { "the container's user, which may be root" } else { user }
}

/// Ids of a container, the outermost first, as Mesos joins them.
pub fn container(path: &ContainerPath) -> String {
    path.ids().join(".")
}

/// Title of a terminal's tab.
pub fn tab_title(host: &str, command: Option<&str>) -> String {
    let command = command.map_or("joined", |command| command.rsplit('/').next().unwrap_or(command));
    format!("{host}: {}", escape_invisible(command))
}

/// What runs where, below the tabs.
pub fn running(command: Option<&str>, user: &str, host: &str) -> String {
    let user = escape_invisible(if user.is_empty() { "the container's user" } else { user });
    match command {
        Some(command) => format!("{} as {user} on {host}", escape_invisible(command)),
        None => format!("Joined terminal on {host}"),
    }
}

/// Tooltip of what runs where: its container.
pub fn in_container(path: &ContainerPath) -> String {
    format!("In container {}", container(path))
}

/// Text for a link that names a command.
pub const ASKED_BY_LINK: &str =
    "This command comes from the link that you followed. Nothing runs until you choose Open terminal.";
/// Text for a command of several lines, which a field of one line would not show.
pub const SEVERAL_LINES: &str = "The command has several lines, and the shell runs all of them.";
/// How to leave the terminal by the keyboard.
pub const WAY_OUT: &str = "Ctrl+Shift+X leaves the terminal";
/// Paste without access to the clipboard.
pub const PASTE_BY_KEY: &str =
    "The browser gives the page no access to the clipboard here. Press Ctrl+Shift+V, or Cmd+V on a Mac.";
/// Nothing is selected.
pub const NOTHING_SELECTED: &str = "Nothing is selected.";
/// The selection was copied.
pub const COPIED: &str = "Copied the selection.";
/// The browser refuses to copy.
pub const NOT_COPIED: &str = "The browser does not let the page copy.";
/// A search without matches.
pub const NO_MATCH: &str = "No match.";
/// Asks before a running command ends.
pub const CLOSE_RUNNING: &str = "Closing this terminal ends its command.";
/// Asks before a joined terminal is left.
pub const CLOSE_JOINED: &str = "Closing this terminal leaves the container running.";
/// The gateway was started with `--no-exec`.
pub const NO_EXEC: &str = "This gateway runs no commands in containers: it was started with --no-exec.";
/// The container of a task or an executor is not known.
pub const NO_CONTAINER: &str =
    "No status names its container yet. If it runs, open the terminal from the list of containers on its agent's page.";
/// The task has ended.
pub const TASK_ENDED: &str = "The task has ended, so its container may be gone.";

/// A paste that is too large.
pub fn paste_too_large() -> String {
    format!("Not pasted: more than {} KiB.", LARGEST_PASTE >> 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exited(status: i64, has_typed: bool) -> TerminalEnd {
        TerminalEnd::Exited { status: Some(status), unreadable: 0, has_typed }
    }

    #[test]
    fn an_image_without_the_shell_is_suspected_only_if_nothing_was_typed() {
        assert!(advice(&exited(127 << 8, false), Some("/bin/bash")).contains("no /bin/bash"));
        assert!(advice(&exited(1 << 8, false), Some("/bin/sh")).contains("no /bin/sh"));
        assert_eq!(advice(&exited(127 << 8, true), Some("/bin/sh")), "");
        assert_eq!(advice(&exited(7 << 8, false), Some("/bin/sh")), "");
        assert_eq!(advice(&exited(127 << 8, false), None), "");
    }

    /// A link can name any command: what runs must not look like something else.
    #[test]
    fn nothing_of_a_command_is_hidden() {
        let command = "ls # harmless\nrm -rf /\u{202e} <b>";
        assert!(
            effect(command, "a\u{200b}", "h").starts_with("Runs ls # harmless␊rm -rf /\\u{202e} <b> as a\\u{200b},")
        );
        assert_eq!(running(Some(command), "a\tb", "h"), "ls # harmless␊rm -rf /\\u{202e} <b> as a␉b on h");
        assert_eq!(tab_title("h", Some("sh\n")), "h: sh␊");
    }

    #[test]
    fn only_exit_code_0_is_success() {
        assert!(exited(0, true).is_success());
        for end in [exited(9, true), exited(256, true), TerminalEnd::Disconnected] {
            assert!(!end.is_success(), "{end:?}");
        }
    }
}
