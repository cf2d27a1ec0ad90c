//! Events after the snapshot. Which of them there are: PROTOCOL.md, A8.
//! The snapshot itself goes through `Cutter`, since it is too large to be held.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::scalar::{Id, Text};
use super::state::TaskState;
use super::task::Status;
use super::{Agent, Framework, FrameworkInfo, Task};

/// What happened, with the objects' own JSON beside them.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    TaskAdded(Box<Task<'a>>, &'a RawValue),
    TaskUpdated(Box<Updated<'a>>),
    AgentAdded(Box<Agent<'a>>, &'a RawValue),
    AgentRemoved(Id<'a>),
    FrameworkAdded(Box<Framework<'a>>, &'a RawValue),
    FrameworkUpdated(Box<Framework<'a>>, &'a RawValue),
    FrameworkRemoved(Box<FrameworkInfo<'a>>),
    Heartbeat,
    /// A type that this build does not know, by its name.
    Unknown(Cow<'a, str>),
}

/// A task's new state: `state` is the agent's newest, `status` the update that is being delivered (PROTOCOL.md, B7).
#[derive(Clone, Debug)]
pub struct Updated<'a> {
    pub framework_id: Id<'a>,
    pub state: TaskState,
    pub status: Status<'a>,
    /// The status as it came, if it came as one.
    pub json: Option<&'a RawValue>,
}

/// The type that a record names, whatever else is in it; empty if it names none.
pub fn kind(record: &str) -> String {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, default, rename = "type")]
        kind: Text<'a>,
    }
    serde_json::from_str::<Named<'_>>(record).map(|named| named.kind.0.into_owned()).unwrap_or_default()
}

/// A record that is no event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It is no JSON, or an object in it is not of its type.
    #[error("a record is no event: {0}")]
    Json(#[from] serde_json::Error),
    /// It names a type and lacks what that type carries.
    #[error("an event {0} comes without its body")]
    Empty(String),
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    task_added: Option<Holding<'a>>,
    #[serde(borrow)]
    task_updated: Option<TaskUpdated<'a>>,
    #[serde(borrow)]
    agent_added: Option<Holding<'a>>,
    #[serde(borrow)]
    agent_removed: Option<AgentRemoved<'a>>,
    #[serde(borrow)]
    framework_added: Option<Holding<'a>>,
    #[serde(borrow)]
    framework_updated: Option<Holding<'a>>,
    #[serde(borrow)]
    framework_removed: Option<FrameworkRemoved<'a>>,
}

/// `{"task": …}`, `{"agent": …}` or `{"framework": …}`.
#[derive(Deserialize)]
struct Holding<'a> {
    #[serde(borrow, alias = "task", alias = "agent", alias = "framework")]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct TaskUpdated<'a> {
    #[serde(borrow, default)]
    framework_id: Id<'a>,
    #[serde(default)]
    state: TaskState,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    /// The official page's example has the ids side by side with the state.
    #[serde(borrow, default)]
    task_id: Id<'a>,
    #[serde(borrow, default)]
    agent_id: Id<'a>,
    #[serde(borrow)]
    executor_id: Option<Id<'a>>,
}

#[derive(Deserialize)]
struct AgentRemoved<'a> {
    #[serde(borrow, default)]
    agent_id: Id<'a>,
}

#[derive(Deserialize)]
struct FrameworkRemoved<'a> {
    #[serde(borrow, default)]
    framework_info: FrameworkInfo<'a>,
}

impl EventError {
    /// Whether it is no JSON at all, rather than JSON of other types.
    pub fn is_no_json(&self) -> bool {
        matches!(self, Self::Json(error) if !error.is_data())
    }
}

impl<'a> Event<'a> {
    /// Reads a whole record, mended to text before (`wire::mend`).
    ///
    /// # Errors
    /// If it is no event; the next record may well be one.
    pub fn decode(record: &'a str) -> Result<Self, EventError> {
        let envelope: Envelope<'a> = serde_json::from_str(record)?;
        Ok(match envelope.kind.as_str() {
            "HEARTBEAT" => Self::Heartbeat,
            "TASK_ADDED" => {
                let (task, json) = object(envelope.task_added, "TASK_ADDED")?;
                Self::TaskAdded(task, json)
            }
            "TASK_UPDATED" => Self::TaskUpdated(updated(envelope.task_updated)?),
            "AGENT_ADDED" => {
                let (agent, json) = object(envelope.agent_added, "AGENT_ADDED")?;
                Self::AgentAdded(agent, json)
            }
            "AGENT_REMOVED" => Self::AgentRemoved(present(envelope.agent_removed, "AGENT_REMOVED")?.agent_id),
            "FRAMEWORK_ADDED" => {
                let (framework, json) = object(envelope.framework_added, "FRAMEWORK_ADDED")?;
                Self::FrameworkAdded(framework, json)
            }
            "FRAMEWORK_UPDATED" => {
                let (framework, json) = object(envelope.framework_updated, "FRAMEWORK_UPDATED")?;
                Self::FrameworkUpdated(framework, json)
            }
            "FRAMEWORK_REMOVED" => Self::FrameworkRemoved(Box::new(
                present(envelope.framework_removed, "FRAMEWORK_REMOVED")?.framework_info,
            )),
            _ => Self::Unknown(envelope.kind.0),
        })
    }
}

/// An object typed, and its own JSON.
fn object<'a, T: Deserialize<'a>>(
    holding: Option<Holding<'a>>,
    kind: &str,
) -> Result<(Box<T>, &'a RawValue), EventError> {
    let object = present(holding, kind)?.object;
    Ok((Box::new(serde_json::from_str(object.get())?), object))
}

fn present<T>(body: Option<T>, kind: &str) -> Result<T, EventError> {
    body.ok_or_else(|| EventError::Empty(kind.to_owned()))
}

fn updated(body: Option<TaskUpdated<'_>>) -> Result<Box<Updated<'_>>, EventError> {
    let body = present(body, "TASK_UPDATED")?;
    let beside = Status {
        task_id: body.task_id,
        agent_id: body.agent_id,
        executor_id: body.executor_id,
        state: body.state,
        ..Status::default()
    };
    let status = body.status.map(|status| serde_json::from_str(status.get())).transpose()?.unwrap_or(beside);
    Ok(Box::new(Updated { framework_id: body.framework_id, state: body.state, status, json: body.status }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_task_updated() {
        let inside = r#"{"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"f"},"status":{"task_id":{"value":"t"},"state":"TASK_FAILED","message":"no"},"state":"TASK_FAILED"}}"#;
        let beside = r#"{"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"f"},"task_id":{"value":"t"},"state":"TASK_FAILED"}}"#;
        for record in [inside, beside] {
            let Ok(Event::TaskUpdated(updated)) = Event::decode(record) else { panic!("{record}") };
            assert_eq!((updated.status.task_id.as_str(), updated.state), ("t", TaskState::Failed));
        }
    }

    #[test]
    fn what_is_new_is_no_error() {
        assert!(
            matches!(Event::decode(r#"{"type":"OFFER_ADDED","offer_added":[1,{}]}"#), Ok(Event::Unknown(name)) if name == "OFFER_ADDED")
        );
        assert!(matches!(Event::decode(r#"{"type":{}}"#), Ok(Event::Unknown(name)) if name.is_empty()));
        assert!(matches!(Event::decode(r#"{"type":"HEARTBEAT","new":1}"#), Ok(Event::Heartbeat)));
    }

    #[test]
    fn what_is_no_event_is_an_error() {
        for record in ["", "[]", "{", r#"{"type":"TASK_ADDED"}"#, r#"{"type":"TASK_ADDED","task_added":{"task":3}}"#] {
            assert!(Event::decode(record).is_err(), "{record}");
        }
    }
}
