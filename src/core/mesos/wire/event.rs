//! Events after the snapshot (PROTOCOL.md, "SUBSCRIBE").
//! The snapshot itself goes through `Cutter`, since it is too large to be held.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::fault::JsonFault;
use super::field::{self, FromAnyJson, Lenient, Misfits, fields};
use super::scalar::{Id, Text};
use super::state::TaskState;
use super::task::TaskStatus;
use crate::mesos::wire::agent::ReportedAgent;
use crate::mesos::wire::framework::{FrameworkInfo, ReportedFramework};
use crate::mesos::wire::task::ReportedTask;

/// An event of the stream; objects come with their own JSON.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// TASK_ADDED: a task that the master did not hold before, or that came back.
    TaskAdded(Box<ReportedTask<'a>>, &'a RawValue),
    /// TASK_UPDATED: a new status of a task.
    TaskUpdated(Box<TaskUpdate<'a>>),
    /// AGENT_ADDED: an agent that is new to this master, or that came back.
    AgentAdded(Box<ReportedAgent<'a>>, &'a RawValue),
    /// AGENT_REMOVED: the id of an agent that has left, or has become unreachable or gone.
    AgentRemoved(Id<'a>),
    /// FRAMEWORK_ADDED: a framework that has subscribed for the first time, or that a new master has recovered.
    FrameworkAdded(Box<ReportedFramework<'a>>, &'a RawValue),
    /// FRAMEWORK_UPDATED: a framework that has re-registered or changed its description.
    FrameworkUpdated(Box<ReportedFramework<'a>>, &'a RawValue),
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
    pub json: Option<&'a RawValue>,
}

/// The type that a record names, whatever else is in it; empty if it names none.
pub fn kind(record: &str) -> String {
    field::read::<RecordType<'_>>(record).map(|record| record.kind.0.into_owned()).unwrap_or_default()
}

#[derive(Default)]
struct RecordType<'a> {
    kind: Text<'a>,
}

fields! { impl<'de> RecordType<'de>; "type" => kind }

/// The type of a record whose first bytes are these, if they have it: Mesos writes the type first.
pub fn leading_kind(head: &[u8]) -> Option<String> {
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
    task: Option<&'a RawValue>,
    agent: Option<&'a RawValue>,
    framework: Option<&'a RawValue>,
}

fields! { impl<'de> EventObject<'de>; "task" => task, "agent" => agent, "framework" => framework }

#[derive(Default)]
struct TaskUpdated<'a> {
    framework_id: Id<'a>,
    state: Option<TaskState>,
    status: Option<&'a RawValue>,
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
    /// Reads a whole record, mended to text before (`wire::mend`), with the fields of it that do not fit.
    ///
    /// # Errors
    /// If it is no event; the next record may well be one.
    pub fn decode(record: &'a str) -> Result<(Self, Misfits), EventError> {
        let Lenient { value, mut misfits } = serde_json::from_str::<Lenient<EventEnvelope<'a>>>(record)?;
        let envelope = value.ok_or(EventError::NoObject)?;
        let found = &mut misfits;
        let event = match envelope.kind.as_str() {
            "HEARTBEAT" => Self::Heartbeat,
            "TASK_ADDED" => {
                let (task, json) = object(envelope.task_added, found)?;
                Self::TaskAdded(task, json)
            }
            "TASK_UPDATED" => Self::TaskUpdated(updated(envelope.task_updated, found)?),
            "AGENT_ADDED" => {
                let (agent, json) = object(envelope.agent_added, found)?;
                Self::AgentAdded(agent, json)
            }
            "AGENT_REMOVED" => Self::AgentRemoved(identified(envelope.agent_removed.map(|body| body.agent_id))?),
            "FRAMEWORK_ADDED" => {
                let (framework, json) = object(envelope.framework_added, found)?;
                Self::FrameworkAdded(framework, json)
            }
            "FRAMEWORK_UPDATED" => {
                let (framework, json) = object(envelope.framework_updated, found)?;
                Self::FrameworkUpdated(framework, json)
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

/// An object typed, and its own JSON.
fn object<'a, T: FromAnyJson<'a>>(
    holding: Option<EventObject<'a>>,
    found: &mut Misfits,
) -> Result<(Box<T>, &'a RawValue), EventError> {
    let holding = holding.and_then(|holding| holding.task.or(holding.agent).or(holding.framework));
    let json = holding.ok_or(EventError::Empty)?;
    let Lenient { value, misfits } = serde_json::from_str::<Lenient<T>>(json.get())?;
    found.extend(misfits);
    Ok((Box::new(identified(value)?), json))
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
    let reported =
        body.status.map(|status| serde_json::from_str::<Lenient<TaskStatus<'a>>>(status.get())).transpose()?;
    let (reported, json) = match reported {
        Some(Lenient { value, misfits }) => {
            found.extend(misfits);
            (value, body.status.filter(|status| status.get().starts_with('{')))
        }
        None => (None, None),
    };
    let status = reported.unwrap_or(beside);
    if status.task_id.has_identity() && body.framework_id.has_identity() {
        let state = body.state.unwrap_or(status.state);
        Ok(Box::new(TaskUpdate { framework_id: body.framework_id, state, status, json }))
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
