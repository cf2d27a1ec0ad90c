//! Why a stream ended, and what answered in place of Mesos.

use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::mesos::calls::Refusal;
use mesoscope_core::mesos::calls::agent::WrongAgent;
use mesoscope_core::mesos::calls::answer::{CallError, Intercepted};
use mesoscope_core::mesos::recordio;
use mesoscope_core::mesos::wire::json_splitter::SplitError;

use crate::{Sentence, listed};

fn refusal(status: u16, words: &str) -> Refusal {
    Refusal { status, words: words.to_owned() }
}

fn intercepted(status: u16, title: &str, signs_in: bool) -> String {
    Intercepted { status, title: title.to_owned(), signs_in }.to_string()
}

fn wrong_agent(id: Option<&str>, hostname: &str) -> String {
    WrongAgent { id: id.map(Into::into), hostname: hostname.to_owned() }.to_string()
}

pub fn all() -> Vec<Sentence> {
    let not_mesos = |words: &str| CallError::NotMesos { status: 502, words: words.to_owned() }.to_string();
    listed![
        refusal(403, "").to_string(),
        refusal(409, "Agent is already drained").to_string(),
        intercepted(0, "", true),
        intercepted(200, "Sign in", false),
        intercepted(403, "", false),
        CallError::Standby.to_string(),
        not_mesos(""),
        not_mesos("Bad gateway"),
        CallError::TooLong("GET_FLAGS".to_owned(), 1_000_000).to_string(),
        wrong_agent(None, ""),
        wrong_agent(None, "host7"),
        wrong_agent(Some("S7"), "host7"),
        DisconnectReason::NoConnection.to_string(),
        DisconnectReason::Refused { status: 503, words: "No leader".to_owned() }.to_string(),
        DisconnectReason::NoAnswer.to_string(),
        DisconnectReason::Closed.to_string(),
        DisconnectReason::BrokenOff.to_string(),
        DisconnectReason::CutOff.to_string(),
        DisconnectReason::Silent.to_string(),
        DisconnectReason::Unframed.to_string(),
        DisconnectReason::NotRecords(recordio::Error::NoSize).to_string(),
        DisconnectReason::NotASnapshot(SplitError::Unbalanced).to_string(),
        DisconnectReason::NoSnapshot.to_string(),
        DisconnectReason::Unanswered.to_string(),
    ]
}
