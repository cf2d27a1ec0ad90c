//! The audit lines of terminals: of those that were opened, and of those that the gateway refused. Decides nothing.

use axum::http::{HeaderMap, StatusCode};
use mesoscope_core::mesos::calls::Call;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::session::{AttachContainerOutput, LaunchNestedContainerSession};
use mesoscope_core::mesos::calls::terminal::{SessionRequest, SessionTarget};
use mesoscope_core::mesos::wait_status::{self, WaitStatus};
use serde::Serialize;
use tokio::time::Instant;

use crate::audit::{self, AuditCaller, Outcome};
use crate::json_log::JsonLog;
use crate::text_responses;

/// A terminal whose line is written when this is dropped. Its outcome is `not-sent` until `sending` is called.
#[derive(Debug)]
pub struct TerminalAudit {
    /// `None` if no line is due.
    log: Option<JsonLog>,
    caller: AuditCaller,
    agent: String,
    /// `None` if the request is not known: it cannot be parsed, or its ticket is not valid.
    subject: Option<Subject>,
    status: Option<u16>,
    ended: TerminalOutcome,
    started: Instant,
}

/// How a terminal ended.
#[derive(Debug)]
pub struct TerminalOutcome {
    pub outcome: Outcome,
    /// `None` if no container was started or joined.
    pub container: Option<ContainerPath>,
    /// Wait status, as Mesos reports it.
    pub exit_status: Option<i64>,
    /// Why the terminal ended before its process, or was not opened.
    pub reason: Option<String>,
}

/// What a terminal runs.
#[derive(Debug)]
struct Subject {
    call: &'static str,
    program: Option<String>,
    user: Option<String>,
}

#[derive(Serialize)]
struct TerminalLine<'a> {
    log: &'static str,
    time: String,
    #[serde(flatten)]
    caller: &'a AuditCaller,
    api: &'static str,
    agent: &'a str,
    call: Option<&'static str>,
    program: Option<&'a str>,
    container: Option<String>,
    container_user: Option<&'a str>,
    outcome: Outcome,
    /// HTTP status of the gateway's refusal.
    status: Option<u16>,
    /// `None` if a signal ended the process, or its end is not known.
    exit_code: Option<u8>,
    /// Name of the signal that ended the process, or its number if it has no name.
    signal: Option<String>,
    reason: Option<String>,
    /// Duration of the terminal.
    latency_ms: u64,
}

impl TerminalAudit {
    pub fn new(log: Option<&JsonLog>, caller: AuditCaller, agent: &str) -> TerminalAudit {
        TerminalAudit {
            log: log.cloned(),
            caller,
            agent: text_responses::visible(agent),
            subject: None,
            status: None,
            ended: TerminalOutcome { outcome: Outcome::NotSent, container: None, exit_status: None, reason: None },
            started: Instant::now(),
        }
    }

    /// Notes what the terminal runs.
    pub fn runs(&mut self, request: &SessionRequest) {
        self.subject = Some(Subject::of(request));
    }

    /// Names the user of the ticket's credentials.
    pub fn has_credentials(&mut self, headers: &HeaderMap) {
        self.caller.set_credentials(headers);
    }

    /// Notes that the agent may get calls from now on.
    pub fn sending(&mut self) {
        self.ended.outcome = Outcome::Unknown;
    }

    /// Writes the line of a terminal that the gateway refused.
    pub fn refused(mut self, status: StatusCode, reason: String) {
        self.status = Some(status.as_u16());
        self.ended.reason = Some(reason);
    }

    /// Writes the line of a terminal that ended.
    pub fn ended(mut self, end: TerminalOutcome) {
        self.ended = end;
    }

    /// Writes no line. A ticket needs none: its terminal has one.
    pub fn cancel(mut self) {
        self.log = None;
    }
}

impl Drop for TerminalAudit {
    fn drop(&mut self) {
        let Some(log) = &self.log else { return };
        let (subject, end) = (self.subject.as_ref(), &self.ended);
        let (exit_code, signal) = decoded(end.exit_status);
        log.write(&TerminalLine {
            log: audit::LOG,
            time: audit::now(),
            caller: &self.caller,
            api: "terminal",
            agent: &self.agent,
            call: subject.map(|subject| subject.call),
            program: subject.and_then(|subject| subject.program.as_deref()),
            container: end.container.as_ref().map(|path| text_responses::visible(&dotted(path))),
            container_user: subject.and_then(|subject| subject.user.as_deref()),
            outcome: end.outcome,
            status: self.status,
            exit_code,
            signal,
            reason: end.reason.as_deref().map(text_responses::visible),
            latency_ms: audit::millis(self.started),
        });
    }
}

impl Subject {
    fn of(request: &SessionRequest) -> Subject {
        match &request.target {
            SessionTarget::Launch { command, user, .. } => Subject {
                call: LaunchNestedContainerSession::TYPE,
                program: program(command.text()).map(text_responses::visible),
                user: user.as_deref().map(text_responses::visible),
            },
            SessionTarget::Attach { .. } => Subject { call: AttachContainerOutput::TYPE, program: None, user: None },
        }
    }
}

/// Returns the exit code and the signal of a wait status, of which at most one is there.
fn decoded(exit_status: Option<i64>) -> (Option<u8>, Option<String>) {
    match exit_status.map(WaitStatus::of) {
        Some(WaitStatus::Exited(code)) => (Some(code), None),
        Some(WaitStatus::Signaled { signal, .. }) => {
            let name = wait_status::signal_name(signal.into());
            (None, Some(name.map_or_else(|| signal.to_string(), str::to_owned)))
        }
        Some(WaitStatus::Other(_)) | None => (None, None),
    }
}

/// Returns the program of a command line without its arguments, which may have secrets in them. `None` if the line begins with
/// anything else, such as a variable.
fn program(line: &str) -> Option<&str> {
    let ends = |c: char| c.is_whitespace() || ";|&()<>$`'\"\\".contains(c);
    line.trim_start().split(ends).next().filter(|word| !word.is_empty() && !word.contains('='))
}

/// The ids of a container and of those around it, outermost first, with dots between them.
fn dotted(path: &ContainerPath) -> String {
    let own = path.value.as_str();
    path.parent.as_deref().map_or_else(|| own.to_owned(), |parent| format!("{}.{own}", dotted(parent)))
}

#[cfg(test)]
mod tests {
    use axum::extract::FromRequestParts;
    use axum::http::Request;

    use super::*;
    use crate::json_log::LogTarget;
    use crate::state::Peer;

    /// The browser may leave before its WebSocket is open.
    #[tokio::test]
    async fn a_terminal_that_is_dropped_has_a_line() {
        let path = std::env::temp_dir().join(format!("mesoscope-terminal-{}", std::process::id()));
        let log =
            JsonLog::start(&LogTarget::File(path.clone()), Default::default()).expect("the folder can be written");
        let peer = Peer(([127, 0, 0, 1], 1).into());
        let mut parts = Request::builder().extension(peer).body(()).expect("it is a request").into_parts().0;
        let caller = AuditCaller::from_request_parts(&mut parts, &()).await.expect("it has a peer");
        let line = || TerminalAudit::new(log.as_ref(), caller.clone(), "S0");
        drop(line());
        line().cancel();
        let mut sent = line();
        sent.sending();
        drop(sent);
        log.iter().for_each(JsonLog::flush);
        let text = std::fs::read_to_string(&path).expect("it was written");
        std::fs::remove_file(&path).expect("it is there");
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("it is JSON"));
        let outcomes: Vec<_> = lines.map(|line| line["outcome"].clone()).collect();
        assert_eq!(outcomes, ["not-sent", "unknown"]);
    }

    #[test]
    fn an_end_is_an_exit_code_or_a_signal() {
        for (status, code, signal) in [
            (Some(1792), Some(7), None),
            (Some(0), Some(0), None),
            (Some(9), None, Some("SIGKILL")),
            (Some(139), None, Some("SIGSEGV")),
            (Some(35), None, Some("35")),
            (Some(-1), None, None),
            (None, None, None),
        ] {
            assert_eq!(decoded(status), (code, signal.map(str::to_owned)), "{status:?}");
        }
    }

    #[test]
    fn a_program_has_no_arguments_and_no_variables() {
        for (line, shown) in [
            ("/bin/sh", Some("/bin/sh")),
            ("  exit 3; S3CRET", Some("exit")),
            ("exit;S3CRET", Some("exit")),
            ("PASSWORD=S3CRET ./run", None),
            ("A='x S3CRET' ./run", None),
            ("'S3CRET'", None),
            ("echo$IFS'S3CRET'", Some("echo")),
            ("", None),
        ] {
            assert_eq!(program(line), shown, "{line}");
        }
    }
}
