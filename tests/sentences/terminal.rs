//! Terminals: what runs, how it ended, and what to do next.

use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::terminal::BadSessionRequest;
use mesoscope_core::text::terminal::{self, TerminalEnd};

use crate::{Sentence, listed};

fn exited(status: i64, unreadable: u64) -> TerminalEnd {
    TerminalEnd::Exited { status: Some(status), unreadable, has_typed: false }
}

fn refused(status: u16, words: &str) -> TerminalEnd {
    TerminalEnd::Refused { status, words: words.to_owned() }
}

fn broken() -> TerminalEnd {
    TerminalEnd::Broken("The agent's output broke off.".to_owned())
}

pub fn all() -> Vec<Sentence> {
    let shell = Some("/bin/sh");
    let gone = "Parent container c3946a13 does not exist";
    let mut all = listed![
        terminal::SKIPPING,
        terminal::skipped(12_000_000),
        terminal::ended(&exited(0, 0)),
        terminal::ended(&exited(1792, 0)),
        terminal::ended(&exited(9, 0)),
        terminal::ended(&exited(40, 0)),
        terminal::ended(&exited(-1, 0)),
        terminal::ended(&TerminalEnd::Exited { status: None, unreadable: 0, has_typed: true }),
        terminal::ended(&refused(400, gone)),
        terminal::ended(&refused(0, "The agent could not be reached.\n10.0.0.1:5051 refused")),
        terminal::ended(&refused(403, "")),
        terminal::ended(&broken()),
        terminal::ended(&TerminalEnd::Disconnected),
        terminal::ended(&TerminalEnd::NoSocket),
        terminal::ended(&TerminalEnd::NoGateway),
        terminal::ended(&TerminalEnd::NotLoaded),
        terminal::form_fault(&BadSessionRequest::Command, true),
        terminal::form_fault(&BadSessionRequest::Command, false),
        terminal::form_fault(&BadSessionRequest::User, false),
        terminal::input_refused(409, "Multiple input connections are not allowed"),
        terminal::input_refused(403, "Forbidden"),
        terminal::input_refused(0, "The agent could not be reached."),
        terminal::effect("/bin/sh", "alice", "db.example"),
        terminal::effect("/bin/sh", "", "db.example"),
        terminal::join_effect(true, "db.example"),
        terminal::join_effect(false, "db.example"),
        terminal::tab_title("db.example", shell),
        terminal::tab_title("db.example", None),
        terminal::running(shell, "alice", "db.example"),
        terminal::running(shell, "", "db.example"),
        terminal::running(None, "", "db.example"),
        terminal::in_container(&ContainerPath::top("c3946a13".into())),
        terminal::ASKED_BY_LINK,
        terminal::effect("ls # harmless\nrm -rf /\u{202e}", "a\u{200b}", "db.example"),
        terminal::SEVERAL_LINES,
        terminal::WAY_OUT,
        terminal::PASTE_BY_KEY,
        terminal::NOTHING_SELECTED,
        terminal::COPIED,
        terminal::NOT_COPIED,
        terminal::NO_MATCH,
        terminal::CLOSE_RUNNING,
        terminal::CLOSE_JOINED,
        terminal::NO_EXEC,
        terminal::NO_CONTAINER,
        terminal::TASK_ENDED,
        terminal::paste_too_large(),
    ];
    all.extend(advice(shell));
    all
}

fn advice(shell: Option<&str>) -> Vec<Sentence> {
    let gone = "Parent container c3946a13 does not exist";
    listed![
        terminal::advice(&exited(127 << 8, 0), shell),
        terminal::advice(&exited(0, 1), shell),
        terminal::advice(&exited(0, 2), shell),
        terminal::advice(&refused(400, gone), shell),
        terminal::advice(&refused(401, ""), shell),
        terminal::advice(&refused(403, ""), shell),
        terminal::advice(&refused(500, ""), None),
        terminal::advice(&broken(), shell),
        terminal::advice(&TerminalEnd::Disconnected, None),
        terminal::advice(&TerminalEnd::NoSocket, shell),
        terminal::advice(&TerminalEnd::NoGateway, shell),
        terminal::advice(&TerminalEnd::NotLoaded, shell),
    ]
}
