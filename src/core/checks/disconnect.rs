//! Why a stream ended, as data. `text` has the words for it.

use serde::{Deserialize, Serialize};

use crate::mesos::calls::Refusal;
use crate::mesos::calls::answer::{CallError, Intercepted};
use crate::mesos::recordio;
use crate::mesos::wire::json_splitter::SplitError;

/// Why a stream ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum DisconnectReason {
    /// No answer at all: the browser does not say why.
    NoConnection,
    /// An answer that is no stream; Mesos' own words.
    Refused {
        /// HTTP status.
        status: u16,
        /// Mesos' message.
        words: String,
    },
    /// An answer in place of a stream that is no refusal of Mesos.
    Instead(CallError),
    /// No answer came in time.
    NoAnswer,
    /// A clean end: the master closes the oldest of too many streams, and a master that stops ends them all.
    Closed,
    /// The connection broke.
    BrokenOff,
    /// The stream ended inside a record.
    CutOff,
    /// Nothing came for so long that a heartbeat must have.
    Silent,
    /// Bytes came for so long without the end of a record that a heartbeat must have ended.
    Unframed,
    /// The stream is not cut into records.
    NotRecords(#[from] recordio::Error),
    /// The snapshot's objects cannot be cut out.
    NotASnapshot(#[from] SplitError),
    /// What came first is something else.
    NoSnapshot,
    /// A master that sends no heartbeats gave no answer to a read beside the stream.
    Unanswered,
}

impl From<CallError> for DisconnectReason {
    fn from(why: CallError) -> Self {
        match why {
            CallError::Refused(Refusal { status, words }) => Self::Refused { status, words },
            why => Self::Instead(why),
        }
    }
}

impl DisconnectReason {
    /// Whether to sign in again, at the sign-on page and not by this page's form, is what helps.
    pub fn is_expired(&self) -> bool {
        matches!(self, Self::Instead(CallError::Intercepted(Intercepted { signs_in: true, .. })))
    }

    /// Whether the master wants to know who asks, and takes what it was reported, if anything, for wrong.
    pub fn is_unauthorised(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }
}
