//! One operator call a type: what it asks, what comes back, and who may be asked (PROTOCOL.md, "Master calls", "Agent calls").
//! Sends nothing: `request` prints the body, `reply` reads it, `refusal` keeps the words of a no.
//!
//! Calls that abort a real master or agent (PROTOCOL.md, "Calls that abort Mesos") cannot be built: their fields are private, and their
//! constructors ask for what makes them safe. All others are plain structs with the field names of Mesos.
//! Replies are read through `wire`: lists of objects as tables read them, or as their pages do; what is both read and written
//! (schedules, quotas, weights) is owned.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::{Deserializer, IgnoredAny};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::base::ids::AgentId;
use crate::base::units::Timestamp;
use crate::mesos::wire::fault::AnswerFault;
use crate::mesos::wire::field::{FromAnyJson, Lenient, Misfits};
use crate::mesos::wire::json_form::JsonForm;

pub mod container_path;
mod html;

pub mod answer;

pub mod values;

pub mod resource;

pub mod process;

pub mod master;

pub mod cluster;

pub mod operations;

pub mod subscribe;

pub mod agent;

pub mod agents;

pub mod files;

pub mod weights;

pub mod quota;

pub mod maintenance;

pub mod reservations;

pub mod teardown;

pub mod command;

pub mod containers;
pub mod download;
pub mod masters;

pub mod session;
pub mod terminal;

pub mod providers;

pub mod scheduler;
pub mod task_info;

pub mod read_call;

/// The content type of a request and of what is accepted. Mesos refuses it with any parameter (PROTOCOL.md, "Requests").
pub const CONTENT_TYPE: &str = "application/json";

/// The content type of ATTACH_CONTAINER_INPUT alone, whose request is a stream of records.
pub const RECORDS_CONTENT_TYPE: &str = "application/recordio";

/// The header that tells, beside `RECORDS_CONTENT_TYPE`, what the records are; its value is `CONTENT_TYPE`.
pub const MESSAGE_CONTENT_TYPE: &str = "Message-Content-Type";

/// The longest refusal that is kept, in bytes: Mesos quotes whole resource lists, a person reads a few lines.
const LONGEST_WORDS: usize = 4096;

/// The longest body of an answer that is not the one asked for, in bytes: what is longer is cut.
pub const LONGEST_REFUSAL: u64 = 64 << 10;

/// The longest answer to a call that says no other bound, in bytes: flags, a version, a level.
const LONGEST_ANSWER: u64 = 4 << 20;

/// A call of the v1 operator API.
pub trait Call: Serialize {
    /// Mesos' name for it, as `GET_AGENTS`.
    const TYPE: &'static str;
    /// The key of its arguments, for a call that has any. It is then always sent: `GET_METRICS` without is refused.
    const FIELD: Option<&'static str> = None;
    /// Whether it changes nothing.
    const READS: bool;
    /// Whether Mesos leaves out the answer's key where the answer is empty. A read's answer without its key is no answer
    /// otherwise: that nothing is there would be untrue.
    const MAY_LACK_KEY: bool = false;
    /// Parts of the answer that are read as they are. One of another form hides what is there, and so does one that Mesos always
    /// writes, if it is absent.
    const PARTS: &'static [AnswerPart] = &[];
    /// Body of a 200 or 202.
    type Reply<'a>: FromAnyJson<'a> + Default;
    /// The longest body that an answer of its kind has, in bytes: more is not read. Nothing is expected of a change.
    fn longest_answer(&self) -> u64 {
        if Self::READS { LONGEST_ANSWER } else { crate::mesos::calls::LONGEST_REFUSAL }
    }
    /// Process that takes the call: `LeadingMaster`, `AgentId`, or `Target` for either.
    type To: Into<Target>;
}

/// A field of the object under an answer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerPart {
    name: &'static str,
    form: JsonForm,
    /// Whether Mesos always writes it.
    is_always_there: bool,
}

impl AnswerPart {
    /// A field that Mesos always writes.
    pub(crate) const fn always(name: &'static str, form: JsonForm) -> Self {
        Self { name, form, is_always_there: true }
    }

    /// A list that Mesos leaves out where it is empty.
    pub(crate) const fn list(name: &'static str) -> Self {
        Self { name, form: JsonForm::List, is_always_there: false }
    }

    fn check(self, content: &BTreeMap<String, &RawValue>) -> Result<(), AnswerFault> {
        match content.get(self.name) {
            Some(value) => AnswerFault::unless(value.get(), self.form, self.name),
            None if self.is_always_there => Err(AnswerFault::absent(self.name, self.form)),
            None => Ok(()),
        }
    }
}

/// Process that a call is sent to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The leading master.
    Master,
    /// One agent, which the gateway finds by its id.
    Agent(AgentId),
}

/// The leading master, as the only target of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadingMaster;

/// Characters that a part of a path holds unescaped, as in a browser's `encodeURIComponent`: letters, digits and these.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

impl Target {
    /// Address of the target's API, below `base`, the page's. The gateway resolves an agent's.
    pub fn url(&self, base: &str) -> String {
        match self {
            Self::Master => format!("{base}api/v1"),
            Self::Agent(agent) => format!("{base}agent/{}/api/v1", utf8_percent_encode(agent.as_str(), ESCAPED)),
        }
    }
}

impl From<LeadingMaster> for Target {
    fn from(_: LeadingMaster) -> Self {
        Self::Master
    }
}

impl From<AgentId> for Target {
    fn from(id: AgentId) -> Self {
        Self::Agent(id)
    }
}

/// The request's body: `{"type": …}` and the arguments under their key.
pub fn request<C: Call>(call: &C) -> Vec<u8> {
    serde_json::to_vec(&CallEnvelope(call)).expect("text keys and plain values always print")
}

struct CallEnvelope<'a, C>(&'a C);

impl<C: Call> Serialize for CallEnvelope<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", C::TYPE)?;
        if let Some(field) = C::FIELD {
            map.serialize_entry(field, self.0)?;
        }
        map.end()
    }
}

/// An answer with a good status is no answer to the call.
#[derive(Debug, thiserror::Error)]
pub struct ReplyError {
    /// Type of the call, as `GET_AGENTS`.
    pub call: &'static str,
    /// Reason why the answer is none.
    pub fault: AnswerFault,
}

/// Reads the body of a 200 or 202: fields in another form than expected are left out, and named beside it. The body is text: make
/// it so by `wire::mend`, since Mesos passes invalid UTF-8 on.
///
/// An answer of a call that `MAY_LACK_KEY` is empty without its key (PROTOCOL.md, "JSON"); any other is then none.
///
/// # Errors
/// If it is no answer to the call, or what does not fit is a whole list of it.
pub fn reply<'a, C: Call>(body: &'a str) -> Result<(C::Reply<'a>, Misfits), ReplyError> {
    reply_of::<C>(body).map_err(|fault| ReplyError { call: C::TYPE, fault })
}

fn reply_of<'a, C: Call>(body: &'a str) -> Result<(C::Reply<'a>, Misfits), AnswerFault> {
    if body.is_empty() {
        return if C::READS { Err(AnswerFault::Empty) } else { Ok(Default::default()) };
    }
    let Some(content) = content(body, C::TYPE, C::MAY_LACK_KEY || !C::READS)? else {
        return Ok(Default::default());
    };
    check_parts(content, C::PARTS)?;
    let Lenient { value, misfits } = serde_json::from_str(content.get())?;
    match misfits.hiding().cloned() {
        Some(misfit) => Err(AnswerFault::Form(misfit)),
        None => Ok((value.unwrap_or_default(), misfits)),
    }
}

/// The object under the call's key; `None` if it is absent, as it may be then.
fn content<'a>(body: &'a str, call: &str, may_lack_key: bool) -> Result<Option<&'a RawValue>, AnswerFault> {
    AnswerFault::unless(body, JsonForm::Object, "")?;
    let answer: BTreeMap<String, &'a RawValue> = serde_json::from_str(body)?;
    let kind = answer.get("type").and_then(|kind| serde_json::from_str(kind.get()).ok());
    let kind: String = kind.unwrap_or_default();
    if kind != call {
        return Err(AnswerFault::OtherCall(kind));
    }
    match answer.iter().find(|(key, _)| key.eq_ignore_ascii_case(call)) {
        Some((key, content)) => AnswerFault::unless(content.get(), JsonForm::Object, key).map(|()| Some(*content)),
        None if may_lack_key => Ok(None),
        None => Err(AnswerFault::absent(&call.to_ascii_lowercase(), JsonForm::Object)),
    }
}

fn check_parts(content: &RawValue, parts: &[AnswerPart]) -> Result<(), AnswerFault> {
    if parts.is_empty() {
        return Ok(());
    }
    let content = serde_json::from_str(content.get())?;
    parts.iter().try_for_each(|part| part.check(&content))
}

/// An answer whose body is ignored: a write's, or a stream's, which is read record by record. A write's 202 means that
/// it may still fail at the agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EmptyReply;

impl<'de> FromAnyJson<'de> for EmptyReply {
    const EXPECTED: JsonForm = JsonForm::Anything;

    fn read<D: Deserializer<'de>>(json: D, _: &mut Misfits) -> Result<Option<Self>, D::Error> {
        IgnoredAny::deserialize(json).map(|_| Some(Self))
    }
}

/// A no, in Mesos' own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The body, trimmed and at most 4 KiB; empty where Mesos says nothing (LIST_FILES and READ_FILE: 403, 404).
    pub words: String,
}

impl std::error::Error for Refusal {}

/// The header that the gateway sets on each answer that went through it.
pub const GATEWAY_HEADER: &str = "x-mesoscope-gateway";
/// Header with an id that the page gives to a write. A browser may send a request twice by itself; the gateway forwards it once.
pub const WRITE_ID_HEADER: &str = "x-mesoscope-write";

/// Returns an id for a write. No two writes have the same time and the same random number.
pub fn write_id(at: Timestamp, random: u64) -> String {
    format!("{:.0}-{random:x}", at.as_millis())
}

/// The header by which the gateway says what became of a call that has no answer of Mesos.
pub const OUTCOME_HEADER: &str = "x-mesoscope-outcome";
/// Value of `OUTCOME_HEADER` if the call may have reached its target.
pub const OUTCOME_UNKNOWN: &str = "unknown";
/// Value of `OUTCOME_HEADER` if the call reached no target.
pub const OUTCOME_NOT_SENT: &str = "not-sent";
/// Value of `OUTCOME_HEADER` for a redirect, which the gateway does not follow: most likely a sign-on page's.
pub const OUTCOME_REDIRECT: &str = "redirect";

/// Reads the plain text of an answer that is neither 200 nor 202.
pub fn refusal(status: u16, body: &[u8]) -> Refusal {
    let start = body.get(..body.len().min(LONGEST_WORDS)).unwrap_or_default();
    let text = String::from_utf8_lossy(start);
    // A character that the limit has cut is no character.
    let text = if start.len() < body.len() { text.trim_end_matches(char::REPLACEMENT_CHARACTER) } else { &text };
    Refusal { status, words: text.trim().to_owned() }
}
