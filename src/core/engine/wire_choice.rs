//! Which encoding the master is asked for: JSON, or protobuf if the page's address says so, until an answer shows that protobuf does
//! not come through. Once given up, protobuf is not asked for again as long as the worker lives.
//!
//! JSON is the default since a snapshot of protobuf lacks tasks (PROTOCOL.md, "Protobuf").

use crate::checks::disconnect::DisconnectReason;
use crate::cluster::unknown::ReadFailure;
use crate::engine::io::FailedRead;
use crate::engine::stream_encoding::{JsonReason, StreamEncoding};
use crate::mesos::calls::answer::CallError;
use crate::mesos::wire::encoded::WireEncoding;

/// Ends the name of a worker that asks for protobuf: tabs share a stream, so each choice has a worker of its own.
const PROTOBUF_WORKER: &str = "-protobuf";

/// Name of the worker of a build that asks for that encoding.
pub fn worker_name(build: &str, encoding: WireEncoding) -> String {
    match encoding {
        WireEncoding::Json => format!("mesoscope-{build}"),
        WireEncoding::Protobuf => format!("mesoscope-{build}{PROTOBUF_WORKER}"),
    }
}

/// Encoding that the worker of that name asks for.
pub fn of_worker_name(name: &str) -> WireEncoding {
    if name.ends_with(PROTOBUF_WORKER) { WireEncoding::Protobuf } else { WireEncoding::Json }
}

#[derive(Debug)]
pub(super) struct WireChoice {
    /// Why protobuf is not asked for; `None` where it is.
    json: Option<JsonReason>,
}

impl Default for WireChoice {
    fn default() -> Self {
        Self { json: Some(JsonReason::Default) }
    }
}

impl WireChoice {
    pub(super) fn prefer(&mut self, encoding: WireEncoding) {
        self.json = (encoding == WireEncoding::Json).then_some(JsonReason::Default);
    }

    /// The encoding to ask for.
    pub(super) fn accept(&self) -> WireEncoding {
        if self.json.is_some() { WireEncoding::Json } else { WireEncoding::Protobuf }
    }

    /// What the screen shows of a stream in that encoding; `None` while it is not known.
    pub(super) fn shown(&self, stream: Option<WireEncoding>) -> StreamEncoding {
        match (self.json, stream) {
            (Some(reason), _) => StreamEncoding::Json(reason),
            (None, Some(WireEncoding::Json)) => StreamEncoding::Json(JsonReason::Answered),
            (None, Some(WireEncoding::Protobuf) | None) => StreamEncoding::Protobuf,
        }
    }

    /// Whether the loss of a stream in that encoding shows that JSON is to be asked for instead.
    pub(super) fn gives_up_after(
        &mut self,
        cause: &DisconnectReason,
        stream: Option<WireEncoding>,
        is_live: bool,
    ) -> bool {
        let reason = match cause {
            DisconnectReason::Refused { status, .. } if is_other_type(*status) => JsonReason::Refused,
            DisconnectReason::Instead(CallError::NotMesos { status, .. }) if is_other_type(*status) => {
                JsonReason::Refused
            }
            DisconnectReason::NotRecords(_) | DisconnectReason::NotASnapshot(_) | DisconnectReason::NoSnapshot
                if !is_live && stream == Some(WireEncoding::Protobuf) =>
            {
                JsonReason::Unreadable
            }
            _ => return false,
        };
        self.give_up(reason)
    }

    /// Whether the failure of a read that asked for protobuf shows that JSON is to be asked for instead.
    pub(super) fn gives_up_after_read(&mut self, failure: &FailedRead) -> bool {
        let other = matches!(&failure.why, ReadFailure::Unanswered(CallError::NotMesos { status, .. }) if is_other_type(*status));
        (other || failure.status.is_some_and(|status| status != 200 && is_other_type(status)))
            && self.give_up(JsonReason::Refused)
    }

    /// Asks for JSON from now on. Says whether that is new.
    pub(super) fn give_up(&mut self, reason: JsonReason) -> bool {
        let is_new = self.json.is_none();
        self.json.get_or_insert(reason);
        is_new
    }
}

/// Whether an answer with that status may be a refusal of the content type; a proxy may say 200 with another type.
fn is_other_type(status: u16) -> bool {
    matches!(status, 200 | 406 | 415)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::json_splitter::SplitError;

    #[test]
    fn json_is_asked_for_once_protobuf_was_refused_or_could_not_be_read() {
        let refused = |status| DisconnectReason::Refused { status, words: String::new() };
        let other = |status| DisconnectReason::Instead(CallError::NotMesos { status, words: String::new() });
        let unreadable = DisconnectReason::NotASnapshot(SplitError::Unbalanced);
        let check = |cause: &DisconnectReason, is_live, expected: Option<JsonReason>| {
            let mut wire = WireChoice { json: None };
            assert_eq!(
                wire.gives_up_after(cause, Some(WireEncoding::Protobuf), is_live),
                expected.is_some(),
                "{cause:?}"
            );
            assert_eq!(wire.json, expected, "{cause:?}");
            assert!(!wire.gives_up_after(cause, Some(WireEncoding::Protobuf), is_live), "JSON is not given up");
        };
        check(&refused(406), false, Some(JsonReason::Refused));
        check(&refused(415), false, Some(JsonReason::Refused));
        check(&other(200), false, Some(JsonReason::Refused));
        check(&unreadable, false, Some(JsonReason::Unreadable));
        check(&unreadable, true, None);
        check(&refused(503), false, None);
        check(&other(502), false, None);
        check(&DisconnectReason::Closed, false, None);
    }

    #[test]
    fn each_choice_has_a_worker_of_its_own() {
        for encoding in [WireEncoding::Json, WireEncoding::Protobuf] {
            assert_eq!(of_worker_name(&worker_name("1.0", encoding)), encoding);
        }
        assert_ne!(worker_name("1.0", WireEncoding::Json), worker_name("1.0", WireEncoding::Protobuf));
    }
}
