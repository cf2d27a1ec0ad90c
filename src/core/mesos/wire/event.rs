//! Events after the snapshot (PROTOCOL.md, "SUBSCRIBE").
//! The snapshot itself goes through `Cutter`, since it is too large to be held.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::decode_lossy::decode_lossy;
use super::encoded::{Encoded, WireEncoding};
use super::fault::JsonFault;
use super::field::{FromAnyJson, Lenient, Misfits, fields};
use super::protobuf::master::{AGENT, EVENT, FRAMEWORK};
use super::protobuf::table::Message;
use super::protobuf::tasks::{TASK, TASK_STATUS};
use super::raw_field::RawField;
use super::scalar::{Id, Text};
use super::state::TaskState;
use super::task::TaskStatus;
use crate::mesos::wire::agent::ReportedAgent;
use crate::mesos::wire::framework::{FrameworkInfo, ReportedFramework};
use crate::mesos::wire::task::ReportedTask;

/// An event of the stream; objects come as typed, and as they were sent.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// TASK_ADDED: a task that the master did not hold before, or that came back.
    TaskAdded(Box<ReportedTask<'a>>, Encoded<'a>),
    /// TASK_UPDATED: a new status of a task.
    TaskUpdated(Box<TaskUpdate<'a>>),
    /// AGENT_ADDED: an agent that is new to this master, or that came back.
    AgentAdded(Box<ReportedAgent<'a>>, Encoded<'a>),
    /// AGENT_REMOVED: the id of an agent that has left, or has become unreachable or gone.
    AgentRemoved(Id<'a>),
    /// FRAMEWORK_ADDED: a framework that has subscribed for the first time, or that a new master has recovered.
    FrameworkAdded(Box<ReportedFramework<'a>>, Encoded<'a>),
    /// FRAMEWORK_UPDATED: a framework that has re-registered or changed its description.
    FrameworkUpdated(Box<ReportedFramework<'a>>, Encoded<'a>),
    /// FRAMEWORK_REMOVED: a framework that was torn down or whose failover timeout has ended.
    FrameworkRemoved(Box<FrameworkInfo<'a>>),
    /// HEARTBEAT: the stream is alive; sent every 15 seconds.
    Heartbeat,
    /// A type that this build does not know, by its name.
    Unknown(Cow<'a, str>),
}

/// A task's new state: `state` is the agent's newest, `status` the update that is being delivered (PROTOCOL.md, "TASK_UPDATED").
#[derive(Clone, Debug)]
pub struct TaskUpdate<'a> {
    /// The framework that the task belongs to.
    pub framework_id: Id<'a>,
    /// The newest state that the agent knows.
    pub state: TaskState,
    /// The update, which also names the task.
    pub status: TaskStatus<'a>,
    /// The status as it came, if it came as one.
    pub sent: Option<Encoded<'a>>,
}

/// The type that a record names, whatever else is in it; empty if it names none.
pub fn kind(encoding: WireEncoding, record: &[u8]) -> String {
    let text;
    let record = match encoding {
        WireEncoding::Json => {
            text = decode_lossy(record);
            Encoded::Json(&text)
        }
        WireEncoding::Protobuf => protobuf_record(record),
    };
    let named = record.read::<RecordType<'_>>().ok().and_then(|read| read.value);
    named.map(|record| record.kind.0.into_owned()).unwrap_or_default()
}

#[derive(Default)]
struct RecordType<'a> {
    kind: Text<'a>,
}

fields! { impl<'de> RecordType<'de>; "type" => kind }

/// The type of a record whose first bytes are these, if they have it: Mesos writes the type first.
pub fn leading_kind(encoding: WireEncoding, head: &[u8]) -> Option<String> {
    if encoding == WireEncoding::Protobuf {
        // The type's tag and its number have a byte each.
        let kind = kind(encoding, head.get(..2)?);
        return (!kind.is_empty()).then_some(kind);
    }
    let mut rest = head;
    for expected in [&b"{"[..], b"\"type\"", b":", b"\""] {
        rest = rest.trim_ascii_start().strip_prefix(expected)?;
    }
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).filter(|end| rest.get(*end) == Some(&b'"'))?;
    std::str::from_utf8(rest.get(..end)?).ok().map(str::to_owned)
}

/// A record that is no event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum EventError {
    /// The record is no JSON.
    Json(#[from] JsonFault),
    /// The record is no object.
    NoObject,
    /// The event names a type and lacks what that type carries.
    Empty,
    /// The event's object has no id.
    Unidentified,
}

impl From<serde_json::Error> for EventError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error.into())
    }
}

#[derive(Default)]
struct EventEnvelope<'a> {
    kind: Text<'a>,
    task_added: Option<EventObject<'a>>,
    task_updated: Option<TaskUpdated<'a>>,
    agent_added: Option<EventObject<'a>>,
    agent_removed: Option<AgentRemoved<'a>>,
    framework_added: Option<EventObject<'a>>,
    framework_updated: Option<EventObject<'a>>,
    framework_removed: Option<FrameworkRemoved<'a>>,
}

fields! { impl<'de> EventEnvelope<'de>;
    "type" => kind,
    "task_added" => task_added,
    "task_updated" => task_updated,
    "agent_added" => agent_added,
    "agent_removed" => agent_removed,
    "framework_added" => framework_added,
    "framework_updated" => framework_updated,
    "framework_removed" => framework_removed,
}

/// `{"task": …}`, `{"agent": …}` or `{"framework": …}`.
#[derive(Default)]
struct EventObject<'a> {
    task: Option<RawField<'a>>,
    agent: Option<RawField<'a>>,
    framework: Option<RawField<'a>>,
}

fields! { impl<'de> EventObject<'de>; "task" => task, "agent" => agent, "framework" => framework }

#[derive(Default)]
struct TaskUpdated<'a> {
    framework_id: Id<'a>,
    state: Option<TaskState>,
    status: Option<RawField<'a>>,
    /// The official page's example has the ids side by side with the state.
    task_id: Id<'a>,
    agent_id: Id<'a>,
    executor_id: Option<Id<'a>>,
}

fields! { impl<'de> TaskUpdated<'de>;
    "framework_id" => framework_id,
    "state" => state,
    "status" => status,
    "task_id" => task_id,
    "agent_id" => agent_id,
    "executor_id" => executor_id,
}

#[derive(Default)]
struct AgentRemoved<'a> {
    agent_id: Id<'a>,
}

fields! { impl<'de> AgentRemoved<'de>; "agent_id" => agent_id }

#[derive(Default)]
struct FrameworkRemoved<'a> {
    framework_info: FrameworkInfo<'a>,
}

fields! { impl<'de> FrameworkRemoved<'de>; "framework_info" => framework_info }

impl<'a> Event<'a> {
    /// Reads a whole record of JSON, mended to text before (`wire::mend`), with the fields of it that do not fit.
    ///
    /// # Errors
    /// If it is no event; the next record may well be one.
    pub fn decode(record: &'a str) -> Result<(Self, Misfits), EventError> {
        Self::of_record(Encoded::Json(record))
    }

    /// Reads a whole record of protobuf, with the fields of it that do not fit or have no name.
    ///
    /// # Errors
    /// If it is no event; the next record may well be one.
    pub fn decode_protobuf(record: &'a [u8]) -> Result<(Self, Misfits), EventError> {
        Self::of_record(protobuf_record(record))
    }

    fn of_record(record: Encoded<'a>) -> Result<(Self, Misfits), EventError> {
        let Lenient { value, mut misfits } = record.read::<EventEnvelope<'a>>()?;
        let envelope = value.ok_or(EventError::NoObject)?;
        let found = &mut misfits;
        let event = match envelope.kind.as_str() {
            "HEARTBEAT" => Self::Heartbeat,
            "TASK_ADDED" => {
                let (task, sent) = object(envelope.task_added, &TASK, found)?;
                Self::TaskAdded(task, sent)
            }
            "TASK_UPDATED" => Self::TaskUpdated(updated(envelope.task_updated, found)?),
            "AGENT_ADDED" => {
                let (agent, sent) = object(envelope.agent_added, &AGENT, found)?;
                Self::AgentAdded(agent, sent)
            }
            "AGENT_REMOVED" => Self::AgentRemoved(identified(envelope.agent_removed.map(|body| body.agent_id))?),
            "FRAMEWORK_ADDED" => {
                let (framework, sent) = object(envelope.framework_added, &FRAMEWORK, found)?;
                Self::FrameworkAdded(framework, sent)
            }
            "FRAMEWORK_UPDATED" => {
                let (framework, sent) = object(envelope.framework_updated, &FRAMEWORK, found)?;
                Self::FrameworkUpdated(framework, sent)
            }
            "FRAMEWORK_REMOVED" => {
                let info = envelope.framework_removed.map(|body| body.framework_info);
                Self::FrameworkRemoved(Box::new(identified(info)?))
            }
            _ => Self::Unknown(envelope.kind.0),
        };
        Ok((event, misfits))
    }
}

/// A record of protobuf as an object.
pub fn protobuf_record(record: &[u8]) -> Encoded<'_> {
    Encoded::Protobuf(&EVENT, record)
}

/// An object typed, and as it was sent.
fn object<'a, T: FromAnyJson<'a>>(
    holding: Option<EventObject<'a>>,
    message: &'static Message,
    found: &mut Misfits,
) -> Result<(Box<T>, Encoded<'a>), EventError> {
    let holding = holding.and_then(|holding| holding.task.or(holding.agent).or(holding.framework));
    let sent = Encoded::of_field(holding.ok_or(EventError::Empty)?, message);
    let Lenient { value, misfits } = sent.read::<T>()?;
    found.extend(misfits);
    Ok((Box::new(identified(value)?), sent))
}

fn identified<'a, T: FromAnyJson<'a>>(object: Option<T>) -> Result<T, EventError> {
    let object = object.ok_or(EventError::Empty)?;
    if object.has_identity() { Ok(object) } else { Err(EventError::Unidentified) }
}

fn updated<'a>(body: Option<TaskUpdated<'a>>, found: &mut Misfits) -> Result<Box<TaskUpdate<'a>>, EventError> {
    let body = body.ok_or(EventError::Empty)?;
    let beside = TaskStatus {
        task_id: body.task_id,
        agent_id: body.agent_id,
        executor_id: body.executor_id,
        state: body.state.unwrap_or_default(),
        ..TaskStatus::default()
    };
    let sent = body.status.map(|status| Encoded::of_field(status, &TASK_STATUS));
    let (reported, sent) = match sent.map(Encoded::read::<TaskStatus<'a>>).transpose()? {
        Some(Lenient { value, misfits }) => {
            found.extend(misfits);
            (value, sent.filter(|status| !matches!(status, Encoded::Json(json) if !json.starts_with('{'))))
        }
        None => (None, None),
    };
    let status = reported.unwrap_or(beside);
    if status.task_id.has_identity() && body.framework_id.has_identity() {
        let state = body.state.unwrap_or(status.state);
        Ok(Box::new(TaskUpdate { framework_id: body.framework_id, state, status, sent }))
    } else {
        Err(EventError::Unidentified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_task_updated() {
        let inside = r#"{"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"f"},"status":{"task_id":{"value":"t"},"state":"TASK_FAILED","message":"no"},"state":"TASK_FAILED"}}"#;
        let beside = r#"{"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"f"},"task_id":{"value":"t"},"state":"TASK_FAILED"}}"#;
        for record in [inside, beside] {
            let Ok((Event::TaskUpdated(updated), _)) = Event::decode(record) else { panic!("{record}") };
            assert_eq!((updated.status.task_id.as_str(), updated.state), ("t", TaskState::Failed));
        }
    }

    #[test]
    fn what_is_new_is_no_error() {
        assert!(
            matches!(Event::decode(r#"{"type":"OFFER_ADDED","offer_added":[1,{}]}"#), Ok((Event::Unknown(name), _)) if name == "OFFER_ADDED")
        );
        assert!(matches!(Event::decode(r#"{"type":{}}"#), Ok((Event::Unknown(name), _)) if name.is_empty()));
        assert!(matches!(Event::decode(r#"{"type":"HEARTBEAT","new":1}"#), Ok((Event::Heartbeat, _))));
    }

    #[test]
    fn what_is_no_event_is_an_error() {
        for record in ["", "[]", "{", r#"{"type":"TASK_ADDED"}"#, r#"{"type":"TASK_ADDED","task_added":{"task":3}}"#] {
            assert!(Event::decode(record).is_err(), "{record}");
        }
    }
}
