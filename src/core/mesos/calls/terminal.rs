//! Protocol of a terminal between the page and the gateway. Sends nothing.
//!
//! The page posts a [`SessionRequest`] to `/agent/<id>/session` and gets a ticket, which is valid once. With it, it opens the
//! WebSocket `/agent/<id>/session/<ticket>` of the subprotocol [`SUBPROTOCOL`]. Binary messages carry the bytes of the terminal,
//! both ways; text messages carry [`FromPage`] and [`FromGateway`] as JSON. Neither side sends more than its window of bytes that
//! the other has not reported as done. The gateway skips output of which too much waits for the page.

use percent_encoding::utf8_percent_encode;
use serde::{Deserialize, Serialize};

use super::ESCAPED;
use super::command::{CommandInfo, ContainerInfo, Environment, TtyInfo, Variable, WindowSize};
use super::container_path::ContainerPath;
use super::containers::NestedContainerId;
use super::session::LaunchNestedContainerSession;
use crate::base::ids::{AgentId, ContainerId};

/// WebSocket subprotocol of a terminal. A gateway of another version refuses it.
pub const SUBPROTOCOL: &str = "mesoscope-terminal.1";

/// Maximum bytes of output that the page has not reported as shown.
pub const OUTPUT_WINDOW: u64 = 256 << 10;

/// Maximum bytes of input that the gateway has not reported as sent to the agent.
pub const INPUT_WINDOW: u64 = 64 << 10;

/// Maximum bytes of one message of input.
pub const INPUT_CHUNK: usize = 16 << 10;

/// Maximum levels of nested containers that Mesos accepts.
const DEEPEST: usize = 32;
/// Maximum bytes of a command line; Linux allows 128 KiB for one argument.
const LONGEST_LINE: usize = 64 << 10;
/// Maximum bytes of a user's name or of a container's id.
const LONGEST_NAME: usize = 255;

/// What the page asks for: a terminal of that size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// The container, and what to run in it.
    pub target: SessionTarget,
    /// Initial size of the terminal.
    pub size: TerminalSize,
}

/// The two kinds of a terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum SessionTarget {
    /// Runs a command in a new container, which is nested in another and ends with the connection.
    Launch {
        /// The container to look into.
        parent: ContainerPath,
        /// The command of the session.
        command: SessionCommand,
        /// User that the command runs as; `None` for the user of the container.
        user: Option<String>,
    },
    /// Joins a running container that has a terminal. It goes on when the connection ends.
    Attach {
        /// The container to join.
        container: ContainerPath,
        /// Whether the page also types; Mesos allows one writer at a time.
        writes: bool,
    },
}

/// The command of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum SessionCommand {
    /// A program by its path, without arguments, such as `/bin/bash`.
    Program(String),
    /// A command line, which `/bin/sh` runs.
    Line(String),
}

/// Size of a terminal in characters, between 1 and 1,000 each way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Sides", deny_unknown_fields)]
pub struct TerminalSize {
    rows: u16,
    columns: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sides {
    rows: u16,
    columns: u16,
}

impl From<Sides> for TerminalSize {
    fn from(Sides { rows, columns }: Sides) -> Self {
        Self::new(rows, columns)
    }
}

impl TerminalSize {
    /// Creates a size. Values out of range become the nearest allowed ones.
    pub fn new(rows: u16, columns: u16) -> Self {
        Self { rows: rows.clamp(1, 1000), columns: columns.clamp(1, 1000) }
    }

    /// Lines of the terminal.
    pub const fn rows(self) -> u16 {
        self.rows
    }

    /// Characters in a line.
    pub const fn columns(self) -> u16 {
        self.columns
    }

    /// The size in Mesos' form.
    pub fn tty_info(self) -> TtyInfo {
        TtyInfo { window_size: Some(self.window()) }
    }

    fn window(self) -> WindowSize {
        WindowSize { rows: self.rows.into(), columns: self.columns.into() }
    }
}

/// Text message of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FromPage {
    /// The terminal has another size.
    Resize {
        /// The new size.
        size: TerminalSize,
    },
    /// The terminal has shown that many further bytes of output.
    Shown {
        /// Bytes since the last report.
        bytes: u64,
    },
}

/// Text message of the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromGateway {
    /// The session runs.
    Opened {
        /// The container of the session.
        container: ContainerPath,
    },
    /// That many further bytes of input were passed to the agent.
    Taken {
        /// Bytes since the last report.
        bytes: u64,
    },
    /// Output was skipped here: it came faster than the page shows it, or a user interrupted it.
    Skipped {
        /// Number of bytes; `None` while they are being skipped.
        bytes: Option<u64>,
    },
    /// The agent takes no input. Output goes on.
    InputRefused {
        /// HTTP status of the agent's answer; 0 if there was none.
        status: u16,
        /// Mesos' own words, or the gateway's.
        words: String,
    },
    /// The session did not start.
    Refused {
        /// HTTP status of the agent's answer; 0 if there was none.
        status: u16,
        /// Mesos' own words, or the gateway's.
        words: String,
    },
    /// The connection between gateway and agent broke, or the gateway ends the session.
    Broken {
        /// The reason.
        words: String,
    },
    /// The process has ended.
    Exited {
        /// Wait status as Mesos reports it (1792 is exit code 7); `None` if not reported.
        exit_status: Option<i64>,
        /// Number of records of the agent that could not be decoded.
        unreadable: u64,
    },
}

impl FromPage {
    /// Parses a text message; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Formats the message as JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl FromGateway {
    /// Parses a text message; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Formats the message as JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Why a request for a session is refused before any agent is called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSessionRequest {
    /// Text that is not JSON of the expected form; the parser's words.
    #[error("the request for a session cannot be read: {0}")]
    Json(String),
    /// The container is nested too deeply, or its id is empty, too long, or has control characters.
    #[error("the container's id is not valid")]
    Container,
    /// The command is empty, too long, or contains a NUL.
    #[error("the command is empty, too long, or contains a NUL")]
    Command,
    /// The user's name is empty, too long, or has control characters.
    #[error("the user's name is empty, too long, or contains control characters")]
    User,
}

impl SessionRequest {
    /// Parses and checks a request.
    ///
    /// # Errors
    /// If Mesos would refuse it, or read another thing in it.
    pub fn parse(body: &[u8]) -> Result<Self, BadSessionRequest> {
        let request: Self = serde_json::from_slice(body).map_err(|error| BadSessionRequest::Json(error.to_string()))?;
        request.target.check()?;
        Ok(request)
    }

    /// Formats the request as JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Address to which the page posts a request for a terminal, below `base`, the page's.
pub fn session_url(base: &str, agent: &AgentId) -> String {
    format!("{base}agent/{}/session", utf8_percent_encode(agent.as_str(), ESCAPED))
}

/// Address of a terminal's WebSocket: that of its ticket, with the scheme of WebSockets.
pub fn socket_url(base: &str, agent: &AgentId, ticket: &str) -> String {
    let http = format!("{}/{ticket}", session_url(base, agent));
    http.strip_prefix("http").map(|rest| format!("ws{rest}")).unwrap_or(http)
}

impl SessionTarget {
    /// Checks names and lengths.
    ///
    /// # Errors
    /// The first that is not valid.
    pub fn check(&self) -> Result<(), BadSessionRequest> {
        let is_name = |text: &str| is_text(text, LONGEST_NAME) && !text.contains(char::is_control);
        let (path, command, user) = match self {
            Self::Launch { parent, command, user } => (parent, Some(command), user.as_deref()),
            Self::Attach { container, .. } => (container, None, None),
        };
        let levels: Vec<_> = std::iter::successors(Some(path), |path| path.parent.as_deref()).collect();
        if levels.len() >= DEEPEST || !levels.iter().all(|level| is_name(level.value.as_str())) {
            return Err(BadSessionRequest::Container);
        }
        if command.is_some_and(|command| !is_text(command.text(), LONGEST_LINE)) {
            return Err(BadSessionRequest::Command);
        }
        if user.is_some_and(|user| !is_name(user)) { Err(BadSessionRequest::User) } else { Ok(()) }
    }
}

fn is_text(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.len() <= longest && !text.contains('\0')
}

impl SessionCommand {
    /// The program's path or the command line.
    pub fn text(&self) -> &str {
        match self {
            Self::Program(text) | Self::Line(text) => text,
        }
    }

    /// Builds the call that runs the command in a new container of that id, with a terminal.
    pub fn launch(
        &self,
        user: Option<&str>,
        parent: ContainerPath,
        id: ContainerId,
        size: TerminalSize,
    ) -> LaunchNestedContainerSession {
        LaunchNestedContainerSession {
            container_id: NestedContainerId::new(parent, id),
            command: Some(self.info(user)),
            container: Some(ContainerInfo::terminal(size.window())),
        }
    }

    fn info(&self, user: Option<&str>) -> CommandInfo {
        let command = match self {
            Self::Line(line) => CommandInfo::shell(line),
            Self::Program(path) => {
                let name = path.rsplit('/').next().unwrap_or_default().to_owned();
                let value = Some(path.clone());
                CommandInfo { shell: Some(false), value, arguments: vec![name], ..CommandInfo::default() }
            }
        };
        // Programs of the container know the terminal of the page by this name.
        let environment = Some(Environment { variables: vec![Variable::new("TERM", "xterm-256color")] });
        CommandInfo { user: user.map(str::to_owned), environment, ..command }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::calls;

    fn launch(parent: ContainerPath, command: &str, user: Option<&str>) -> SessionRequest {
        let command = SessionCommand::Program(command.to_owned());
        let target = SessionTarget::Launch { parent, command, user: user.map(str::to_owned) };
        SessionRequest { target, size: TerminalSize::new(24, 80) }
    }

    fn top(id: &str) -> ContainerPath {
        ContainerPath::top(id.into())
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let container = ContainerPath { parent: Some(Box::new(top("a"))), value: "b".into() };
        let attach = SessionTarget::Attach { container: container.clone(), writes: true };
        for request in [
            launch(top("a"), "/bin/sh", None),
            launch(container, "/bin/bash", Some("alice")),
            SessionRequest { target: attach, size: TerminalSize::new(0, 9999) },
        ] {
            assert_eq!(SessionRequest::parse(request.json().as_bytes()), Ok(request));
        }
        let small = r#"{"target":{"type":"attach","container":{"value":"a"},"writes":false},"size":{"rows":0,"columns":65535}}"#;
        let size = SessionRequest::parse(small.as_bytes()).map(|request| (request.size.rows(), request.size.columns()));
        assert_eq!(size, Ok((1, 1000)));
    }

    #[test]
    fn requests_that_mesos_would_misread_are_refused() {
        let check = |request: SessionRequest, expected: BadSessionRequest| {
            assert_eq!(SessionRequest::parse(request.json().as_bytes()), Err(expected));
        };
        check(launch(top(""), "/bin/sh", None), BadSessionRequest::Container);
        check(launch(top("a\0b"), "/bin/sh", None), BadSessionRequest::Container);
        let deep = (0..40).fold(top("a"), |path, _| ContainerPath { parent: Some(Box::new(path)), value: "b".into() });
        check(launch(deep, "/bin/sh", None), BadSessionRequest::Container);
        check(launch(top("a"), " ", None), BadSessionRequest::Command);
        check(launch(top("a"), "sh\0", None), BadSessionRequest::Command);
        check(launch(top("a"), "sh", Some("")), BadSessionRequest::User);
        check(launch(top("a"), "sh", Some("alice\nroot")), BadSessionRequest::User);
        for none in ["", "{}", "[]", r#"{"target":{"type":"other"},"size":{"rows":1,"columns":1}}"#] {
            assert!(matches!(SessionRequest::parse(none.as_bytes()), Err(BadSessionRequest::Json(_))), "{none}");
        }
    }

    #[test]
    fn the_launch_is_mesos_own_call() {
        let call = SessionCommand::Program("/bin/sh".to_owned()).launch(
            Some("alice"),
            top("p"),
            "s".into(),
            TerminalSize::new(30, 100),
        );
        assert_eq!(
            String::from_utf8(calls::request(&call)).as_deref(),
            Ok(concat!(
                r#"{"type":"LAUNCH_NESTED_CONTAINER_SESSION","launch_nested_container_session":{"#,
                r#""container_id":{"parent":{"value":"p"},"value":"s"},"#,
                r#""command":{"environment":{"variables":[{"name":"TERM","type":"VALUE","value":"xterm-256color"}]},"#,
                r#""shell":false,"value":"/bin/sh","arguments":["sh"],"user":"alice"},"#,
                r#""container":{"type":"MESOS","tty_info":{"window_size":{"rows":30,"columns":100}}}}}"#
            ))
        );
    }

    #[test]
    fn a_socket_is_as_secure_as_its_page() {
        let (agent, url) = (AgentId::from("a/b"), |base| socket_url(base, &AgentId::from("a/b"), "t"));
        assert_eq!(url("http://h:5080/"), "ws://h:5080/agent/a%2Fb/session/t");
        assert_eq!(url("https://h/path/"), "wss://h/path/agent/a%2Fb/session/t");
        assert_eq!(session_url("http://h/", &agent), "http://h/agent/a%2Fb/session");
    }

    #[test]
    fn messages_are_read_as_they_were_written() {
        let shown = FromPage::Shown { bytes: u64::MAX };
        assert_eq!(FromPage::parse(&shown.json()), Some(shown));
        let exited = FromGateway::Exited { exit_status: Some(1792), unreadable: 0 };
        assert_eq!(FromGateway::parse(&exited.json()), Some(exited));
        assert_eq!((FromPage::parse("{}"), FromGateway::parse("")), (None, None));
    }
}
