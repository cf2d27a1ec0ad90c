//! Words for what answers in place of Mesos, and for why a stream ended.

use std::fmt::{Display, Formatter, Result};

use crate::checks::disconnect::DisconnectReason;
use crate::mesos::calls::Refusal;
use crate::mesos::calls::agent::WrongAgent;
use crate::mesos::calls::answer::{CallError, Intercepted};

/// What one does where a standby master serves the page.
const STANDBY: &str =
    "This master is on standby: open the page of the leading master, or start the gateway with all masters' addresses.";
/// What one does about an expired session.
pub const SESSION_EXPIRED: &str = "Your session has expired: sign in again.";

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.words.as_str() {
            "" => write!(f, "refused with status {} and no word", self.status),
            words => f.write_str(words),
        }
    }
}

impl Display for Intercepted {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.signs_in {
            write!(f, "{SESSION_EXPIRED} ")?;
        }
        f.write_str("Something between this page and Mesos ")?;
        match self.status {
            0 => f.write_str("answered with a redirect")?,
            200..300 => f.write_str("answered with a web page")?,
            status => write!(f, "refused with status {status}")?,
        }
        if !self.title.is_empty() {
            write!(f, " (“{}”)", self.title)?;
        }
        f.write_str(", and sent nothing on.")
    }
}

impl Display for CallError {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Refused(refusal) | Self::NotSent(refusal) | Self::Unclear(refusal) => refusal.fmt(f),
            Self::Intercepted(by) => by.fmt(f),
            Self::Standby => f.write_str(STANDBY),
            Self::NotMesos { status, words } => {
                let words = if words.is_empty() { String::new() } else { format!(" (“{words}”)") };
                write!(f, "Something that is not Mesos answered with status {status}{words}.")
            }
            Self::TooLong(call, bytes) => {
                write!(f, "The answer to {call} has more than {bytes} bytes, and was not read to its end.")
            }
        }
    }
}

impl Display for WrongAgent {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Another agent answers at this address: ")?;
        match (&self.id, self.hostname.as_str()) {
            (None, "") => f.write_str("one that has not registered."),
            (None, hostname) => write!(f, "{hostname}, which has not registered."),
            (Some(id), "") => write!(f, "{id}."),
            (Some(id), hostname) => write!(f, "{hostname} ({id})."),
        }
    }
}

impl Display for DisconnectReason {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::NoConnection => f.write_str("the browser could not reach the master"),
            Self::Refused { status, words } => write!(f, "the master answered {status}: {words}"),
            Self::Instead(why) => why.fmt(f),
            Self::NoAnswer => f.write_str("the master gave no answer for 60 s"),
            Self::Closed => f.write_str("the master closed the stream"),
            Self::BrokenOff => f.write_str("the connection broke"),
            Self::CutOff => f.write_str("the stream ended inside a record"),
            Self::Silent => f.write_str("no heartbeat came for five intervals"),
            Self::NotRecords(why) => write!(f, "the stream cannot be read: {why}"),
            Self::NotASnapshot(why) => write!(f, "the snapshot cannot be read: {why}"),
            Self::NoSnapshot => f.write_str("the stream brings no snapshot"),
            Self::Unanswered => {
                f.write_str("the master sends no heartbeats, and gave no answer to a read beside the stream")
            }
        }
    }
}
