//! What goes into the engine, and what comes out of it. The host does the second, and says the first.

use crate::base::units::Timestamp;
use crate::checks::disconnect::DisconnectReason;
use crate::cluster::unknown::ReadFailure;
use crate::engine::clients::Client;
use crate::engine::message::{FromEngine, ToEngine};
use crate::engine::poller::ReadId;
use crate::mesos::calls::Target;
use crate::mesos::calls::answer::{CallError, Expected, Intercepted};
use crate::mesos::credentials::Authorization;
use crate::scheduler::hosted_io::{FrameworkKey, HostedInput, HostedOutput, KeepingState};

/// One thing that happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// An answer has started to come, with this `Date`; its call was sent then.
    DateHeader(&'a str, Timestamp),
    /// An answer has started to come, with this `Content-Type`. Without one, the first byte decides the encoding.
    ContentType(AnswerSource, &'a str),
    /// The master answered 200 and its stream begins.
    StreamOpened,
    /// The stream's next bytes.
    StreamChunk(&'a [u8]),
    /// The stream could not be opened, or has ended.
    StreamEnded(DisconnectReason),
    /// A piece of the answer to a read. `Answered` brings the last, which may be empty.
    AnswerChunk(ReadId, &'a [u8]),
    /// A read was answered, or failed.
    ReadFinished(ReadId, Result<&'a [u8], FailedRead>),
    /// A page says something.
    FromPage(Client, ToEngine),
    /// A page's port is gone.
    PageClosed(Client),
    /// Something happened to a framework of this browser.
    Hosted(FrameworkKey, HostedInput<'a>),
    /// How the browser keeps its frameworks has changed.
    Keeping(KeepingState),
    /// Time has passed.
    Tick,
}

/// What an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerSource {
    /// The stream.
    Stream,
    /// A read.
    Read(ReadId),
}

/// Why a read has no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRead {
    /// The HTTP status; `None` where nothing was answered.
    pub status: Option<u16>,
    /// Reason that the screen words.
    pub why: ReadFailure,
    /// A sign-on proxy's session has expired.
    pub is_expired: bool,
}

impl FailedRead {
    /// Nothing was answered, for that reason.
    pub const fn silent(why: ReadFailure) -> Self {
        Self { status: None, why, is_expired: false }
    }
}

impl From<CallError> for FailedRead {
    fn from(why: CallError) -> Self {
        let status = match &why {
            CallError::Refused(refusal) | CallError::NotSent(refusal) => Some(refusal.status),
            _ => None,
        };
        let is_expired = matches!(&why, CallError::Intercepted(Intercepted { signs_in: true, .. }));
        Self { status, why: why.into(), is_expired }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Open the stream: POST these bytes to the API of this base.
    OpenStream {
        /// Base of the API: `http://host/path/`.
        base: String,
        /// Value of the header `Authorization`; `None` before a user has signed in.
        authorization: Option<Authorization>,
        /// The SUBSCRIBE call, as JSON.
        body: Vec<u8>,
        /// Form that Mesos' answer has; anything else is an intermediary's.
        expected: Expected,
    },
    /// Let the stream go.
    AbortStream,
    /// Ask a call and bring the answer's body.
    Read {
        /// Number by which the answer names the read.
        id: ReadId,
        /// Base of the API: `http://host/path/`.
        base: String,
        /// Value of the header `Authorization`; `None` before a user has signed in.
        authorization: Option<Authorization>,
        /// Process that is called: the master or an agent.
        to: Target,
        /// The call, as JSON.
        body: Vec<u8>,
        /// Form that Mesos' answer has; anything else is an intermediary's.
        expected: Expected,
    },
    /// Do something for a framework of this browser.
    Hosted {
        /// Base of the API: `http://host/path/`.
        base: String,
        /// Value of the header `Authorization`; `None` before a user has signed in.
        authorization: Option<Authorization>,
        /// What is to be done.
        output: HostedOutput,
    },
    /// Post a message to a page.
    SendToPage(Client, FromEngine),
}
