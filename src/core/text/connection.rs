//! Words for what answers in place of Mesos, and for why a stream ended.

use std::fmt::{Display, Formatter, Result};

use crate::base::units::Nanoseconds;
use crate::checks::disconnect::DisconnectReason;
use crate::engine::stream_connection::ConnectionState;
use crate::mesos::calls::Refusal;
use crate::mesos::calls::agent::WrongAgent;
use crate::mesos::calls::answer::{CallError, Intercepted};
use crate::mesos::wire::state::TaskState;
use crate::text;

/// What one does where a standby master serves the page.
const STANDBY: &str =
    "This master is on standby: open the page of the leading master, or start the gateway with all masters' addresses.";
/// What one does about an expired session.
pub const SESSION_EXPIRED: &str = "Your session has expired: sign in again.";

/// Headline while there is no connection.
pub const NOT_CONNECTED: &str = "Not connected: ";
/// Connection state while the master wants credentials.
pub const NOT_SIGNED_IN: &str = "Not signed in";
/// Headline while the master wants credentials.
pub const NOT_SIGNED_IN_HEADLINE: &str = "Not signed in: ";
/// The master wants credentials for its stream.
pub const AUTHENTICATION: &str = "This master requires authentication.";
/// Headline while some data is missing.
pub const PARTIAL: &str = "Partial data: ";
/// The master wants credentials for some reads.
pub const PARTIAL_AUTHENTICATION: &str = "The master requires authentication for some data.";
/// The connection is being restored.
pub const RECONNECTING: &str = "Data from before stays on screen until the master has sent the current state.";
/// No message for longer than a heartbeat.
pub const SILENT: &str = "The master has sent nothing for two heartbeats.";
/// No response to the stream request.
pub const UNANSWERED: &str = "The master has not answered the stream request. It may be busy, or a proxy buffers the response. In nginx, set proxy_buffering off.";

/// Rate of events while the connection is live.
pub fn event_rate(a_minute: u32) -> String {
    format!("{} ev/min", text::count(u64::from(a_minute)))
}

/// Progress of the snapshot.
pub fn loading(bytes: u64, of: u64) -> String {
    format!("Loading {}", text::percent(bytes as f64, of as f64))
}

/// Age of the data on screen.
pub fn data_age(age: Nanoseconds) -> String {
    format!("Data on screen is {} old.", text::age(age))
}

/// Time until the next attempt.
pub fn next_try(wait: Nanoseconds) -> String {
    format!("Next try in {}.", text::age(wait))
}

/// Time since a request that has no response yet.
pub fn requested(age: Nanoseconds) -> String {
    format!("Request sent {} ago.", text::age(age))
}

/// Warns that the master's count of tasks in a state differs from the page's.
pub fn counts_differ(state: TaskState, counted: u32, held: u32) -> String {
    format!("{}. An update may have been lost.", text::count_differs(state, counted, held))
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.words.as_str() {
            "" => write!(f, "refused with status {} without a reason", self.status),
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
            Self::Unframed => f.write_str("bytes came for three heartbeat intervals, but no record ended"),
            Self::NotRecords(why) => write!(f, "the stream cannot be read: {why}"),
            Self::NotASnapshot(why) => write!(f, "the snapshot cannot be read: {why}"),
            Self::NoSnapshot => f.write_str("the stream brings no snapshot"),
            Self::Unanswered => f.write_str("the master sends no heartbeats, and did not answer another call"),
        }
    }
}

/// When the rows of a table are known.
pub const ROWS_APPEAR: &str = "Rows appear here as the cluster's state arrives.";

/// Headline and sentence in place of figures that no state has brought yet. `words` says when they are known.
pub const fn waiting<'a>(link: Option<&ConnectionState>, words: &'a str) -> (&'static str, &'a str) {
    match link {
        Some(ConnectionState::Arriving { .. } | ConnectionState::Live { .. }) => ("Loading cluster state …", words),
        Some(ConnectionState::Connecting { .. }) | None => ("Connecting to the master …", words),
        Some(ConnectionState::Lost { .. } | ConnectionState::Silent { .. } | ConnectionState::Unauthorised { .. }) => {
            (super::NO_MASTER, "It has not sent its state yet.")
        }
    }
}

/// Words for a refused user name or password.
pub fn wrong_password(user: &str) -> String {
    format!("The master refused {user}: wrong user name or password.")
}
