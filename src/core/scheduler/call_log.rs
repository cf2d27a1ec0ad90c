//! The last calls and events of a framework, as they were sent and came. Bounded in number and length.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::io::CallOutcome;
use super::numbers::CallNumber;
use crate::base::units::Timestamp;
use crate::mesos::wire::decode_lossy::decode_lossy;

const MOST_ENTRIES: usize = 300;
const LONGEST: usize = 4096;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedMessage {
    /// When it was sent or came.
    pub at: Timestamp,
    /// What it is.
    pub message: SchedulerMessage,
}

/// What was sent or came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SchedulerMessage {
    /// A call, by Mesos' name, with the first 4 KiB of its JSON. SUBSCRIBE has no number.
    Call {
        /// Number of the call.
        call: Option<CallNumber>,
        /// Mesos' name of the call.
        kind: String,
        /// Its JSON.
        json: String,
    },
    /// The answer of a call.
    Answer(CallNumber, CallOutcome),
    /// An event, by Mesos' name, with the first 4 KiB of its JSON; the name is empty for a record that is none.
    Event {
        /// Mesos' name of the event.
        kind: String,
        /// Its JSON.
        json: String,
        /// How many of them came one after another: heartbeats are counted, and not listed one by one.
        times: u32,
    },
    /// The stream has ended.
    StreamEnded,
}

/// The last entries, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct CallLog {
    entries: VecDeque<LoggedMessage>,
    /// Number of entries that have made way for later ones.
    pub dropped: u64,
}

impl CallLog {
    /// The entries, the oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &LoggedMessage> {
        self.entries.iter()
    }

    /// Adds a call.
    pub fn call(&mut self, at: Timestamp, call: Option<CallNumber>, kind: &str, body: &[u8]) {
        self.push(at, SchedulerMessage::Call { call, kind: kind.to_owned(), json: cut(body) });
    }

    /// Adds an event.
    pub fn event(&mut self, at: Timestamp, kind: &str, record: &[u8]) {
        let json = cut(record);
        if let Some(last) = self.entries.back_mut()
            && let SchedulerMessage::Event { kind: before, json: same, times } = &mut last.message
            && (before.as_str(), same.as_str()) == (kind, json.as_str())
        {
            *times = times.saturating_add(1);
            last.at = at;
            return;
        }
        self.push(at, SchedulerMessage::Event { kind: kind.to_owned(), json, times: 1 });
    }

    /// Adds an entry.
    pub fn push(&mut self, at: Timestamp, message: SchedulerMessage) {
        if self.entries.len() >= MOST_ENTRIES {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(LoggedMessage { at, message });
    }
}

fn cut(json: &[u8]) -> String {
    let start = json.get(..json.len().min(LONGEST)).unwrap_or_default();
    decode_lossy(start).into_owned()
}
