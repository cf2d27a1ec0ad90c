//! Events of the scheduler API (PROTOCOL.md, "Scheduler events"). What does not fit is counted, and the rest is kept.
//!
//! Owned and few: a scheduler gets the offers and updates of its own tasks only. Each offer is read by itself, so that the tree of a
//! long list is never made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode_lossy::decode_lossy;
use super::event::EventError;
use super::field::{Lenient, Misfits};
use super::json_form::JsonForm;
use super::pool_resource::{self, PoolResource};
use super::sanitize_json::sanitize;
use super::state::TaskState;
use super::task::TaskStatus;
use super::tree::{self, JsonTree};
use crate::base::ids::{AgentId, ExecutorId, FrameworkId, OfferId, Role, TaskId};
use crate::base::units::Timestamp;

/// An event of the stream.
#[derive(Clone, Debug, PartialEq)]
pub enum SchedulerEvent {
    /// SUBSCRIBED: the stream is open.
    Subscribed(SubscribedFramework),
    /// OFFERS: resources that the framework may take.
    Offers(Vec<ReceivedOffer>),
    /// INVERSE_OFFERS: agents that the framework is asked to leave.
    InverseOffers(Vec<ReceivedInverseOffer>),
    /// RESCIND: an offer is no longer valid.
    Rescind(OfferId),
    /// RESCIND_INVERSE_OFFER: an inverse offer is no longer valid.
    RescindInverseOffer(OfferId),
    /// UPDATE: a task's state.
    Update(ReceivedUpdate),
    /// MESSAGE: bytes of an executor.
    Message(ReceivedMessage),
    /// FAILURE: an agent or an executor is gone.
    Failure(ReceivedFailure),
    /// ERROR: the master's last words; the stream ends.
    Error(String),
    /// HEARTBEAT: the stream is alive.
    Heartbeat,
    /// A type that this build does not know, by its name.
    Unknown(String),
}

/// The answer to SUBSCRIBE.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubscribedFramework {
    /// The framework's id.
    pub framework: FrameworkId,
    /// Seconds between heartbeats; `None` for no promise.
    pub heartbeat_seconds: Option<f64>,
    /// Id of the master; empty if not reported.
    pub master: String,
}

/// An offer: resources of one agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReceivedOffer {
    /// Its id.
    pub id: OfferId,
    /// The agent.
    pub agent: AgentId,
    /// Host name of the agent.
    pub hostname: String,
    /// Role that the resources are allocated to; `*` where a master names none.
    pub role: Role,
    /// The resources.
    pub resources: Vec<PoolResource>,
}

/// A request to leave an agent before its maintenance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedInverseOffer {
    /// Its id.
    pub id: OfferId,
    /// The agent; empty if the master means all.
    pub agent: AgentId,
}

/// A task's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedUpdate {
    /// The task.
    pub task: TaskId,
    /// The state.
    pub state: TaskState,
    /// The agent; empty if not reported.
    pub agent: AgentId,
    /// Executor of the task; empty if not reported.
    pub executor: ExecutorId,
    /// Text for people; empty if there is none.
    pub message: String,
    /// Reason with its prefix, as `REASON_TASK_INVALID`; empty if there is none.
    pub reason: String,
    /// Sender with its prefix, as `SOURCE_MASTER`; empty if not reported.
    pub source: String,
    /// The update's id in base64; `None` for one that must not be acknowledged.
    pub uuid: Option<String>,
    /// Time of the update; `None` if not reported.
    pub at: Option<Timestamp>,
    /// Id of the task's container; empty if not reported.
    pub container: String,
}

/// Bytes of an executor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// Agent of the executor.
    pub agent: AgentId,
    /// The executor.
    pub executor: ExecutorId,
    /// The bytes, in base64.
    pub data: String,
}

/// An agent or an executor that is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedFailure {
    /// The agent; empty if not reported.
    pub agent: AgentId,
    /// The executor; empty if it is the agent that is gone.
    pub executor: ExecutorId,
    /// Wait status of the executor's process; `None` if not reported.
    pub status: Option<i64>,
}

impl SchedulerEvent {
    /// Mesos' name of the event.
    pub fn mesos_type(&self) -> &str {
        match self {
            Self::Subscribed(_) => "SUBSCRIBED",
            Self::Offers(_) => "OFFERS",
            Self::InverseOffers(_) => "INVERSE_OFFERS",
            Self::Rescind(_) => "RESCIND",
            Self::RescindInverseOffer(_) => "RESCIND_INVERSE_OFFER",
            Self::Update(_) => "UPDATE",
            Self::Message(_) => "MESSAGE",
            Self::Failure(_) => "FAILURE",
            Self::Error(_) => "ERROR",
            Self::Heartbeat => "HEARTBEAT",
            Self::Unknown(kind) => kind,
        }
    }
}

/// An event, and how much of its record was left out.
#[derive(Clone, Debug)]
pub struct DecodedEvent {
    /// The event.
    pub event: SchedulerEvent,
    /// Number of fields and objects that were left out because they do not fit.
    pub misfits: u64,
}

/// An object's fields, each as its own JSON. The last of equal names counts, as in Mesos.
type RawFields<'a> = BTreeMap<String, &'a RawValue>;

/// Reads one record.
///
/// # Errors
/// If it is no event: no JSON, no object, or an object without what its type must have.
pub fn decode(record: &[u8]) -> Result<DecodedEvent, EventError> {
    let text = decode_lossy(record);
    decode_text(&text).or_else(|error| match error {
        EventError::Json(_) => decode_text(&sanitize(&text)).map_err(|_| error),
        error => Err(error),
    })
}

/// How many records were of which kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCounts {
    /// Records that were read.
    pub read: u64,
    /// Records that are no events.
    pub broken: u64,
    /// Events of unknown types.
    pub unknown: u64,
    /// Fields and objects that were left out of events.
    pub misfits: u64,
}

fn decode_text(text: &str) -> Result<DecodedEvent, EventError> {
    if JsonForm::of(text) != JsonForm::Object {
        serde_json::from_str::<serde::de::IgnoredAny>(text)?;
        return Err(EventError::NoObject);
    }
    let fields: RawFields<'_> = serde_json::from_str(text)?;
    let kind = fields.get("type").and_then(|kind| serde_json::from_str::<String>(kind.get()).ok()).unwrap_or_default();
    let mut reader = EventReader { content: fields.get(kind.to_ascii_lowercase().as_str()).copied(), misfits: 0 };
    let event = reader.event(kind)?;
    Ok(DecodedEvent { event, misfits: reader.misfits })
}

struct EventReader<'a> {
    content: Option<&'a RawValue>,
    misfits: u64,
}

impl EventReader<'_> {
    fn event(&mut self, kind: String) -> Result<SchedulerEvent, EventError> {
        Ok(match kind.as_str() {
            "SUBSCRIBED" => SchedulerEvent::Subscribed(identified(self.content(subscribed)?, |it| &it.framework.0)?),
            "OFFERS" => {
                SchedulerEvent::Offers(self.list("offers", offer, |it| !it.id.0.is_empty() && !it.agent.0.is_empty())?)
            }
            "INVERSE_OFFERS" => {
                SchedulerEvent::InverseOffers(self.list("inverse_offers", inverse_offer, |it| !it.id.0.is_empty())?)
            }
            "RESCIND" => SchedulerEvent::Rescind(self.offer_id("offer_id.value")?),
            "RESCIND_INVERSE_OFFER" => SchedulerEvent::RescindInverseOffer(self.offer_id("inverse_offer_id.value")?),
            "UPDATE" => SchedulerEvent::Update(self.update()?),
            "MESSAGE" => SchedulerEvent::Message(self.content(message)?),
            "FAILURE" => SchedulerEvent::Failure(self.content(failure)?),
            // An ERROR ends the stream whatever else it says.
            "ERROR" => SchedulerEvent::Error(self.content(|it| it.text("message")).unwrap_or_default()),
            "HEARTBEAT" => SchedulerEvent::Heartbeat,
            _ => SchedulerEvent::Unknown(kind),
        })
    }

    fn content<T>(&mut self, read: impl FnOnce(JsonTree<'_>) -> T) -> Result<T, EventError> {
        let content = self.content.ok_or(EventError::Empty)?;
        self.tree(content.get(), read).ok_or(EventError::Empty)
    }

    /// `None` for what is null or no JSON.
    fn tree<T>(&mut self, json: &str, read: impl FnOnce(JsonTree<'_>) -> T) -> Option<T> {
        let value: Value = serde_json::from_str(json).or_else(|_| serde_json::from_str(&sanitize(json))).ok()?;
        let mut misfits = Misfits::default();
        let object = tree::field(&value, &mut misfits, read);
        self.misfits += misfits.count();
        object
    }

    fn offer_id(&mut self, way: &str) -> Result<OfferId, EventError> {
        identified(self.content(|it| OfferId(it.text(way)))?, |id| &id.0)
    }

    /// The objects of a list that say which they are.
    fn list<T>(
        &mut self,
        name: &str,
        read: impl Fn(JsonTree<'_>) -> T,
        has_id: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, EventError> {
        let content = self.content.ok_or(EventError::Empty)?;
        let fields: RawFields<'_> = serde_json::from_str(content.get()).map_err(|_| EventError::Empty)?;
        let Some(list) = fields.get(name) else { return Ok(Vec::new()) };
        let items: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|_| EventError::Empty)?;
        let mut objects = Vec::with_capacity(items.len());
        for item in items {
            match self.tree(item.get(), &read).filter(&has_id) {
                Some(object) => objects.push(object),
                None => self.misfits += 1,
            }
        }
        Ok(objects)
    }

    fn update(&mut self) -> Result<ReceivedUpdate, EventError> {
        let (status, uuid) = self.content(|it| (it.json("status"), it.text("status.uuid")))?;
        let status = status.ok_or(EventError::Empty)?;
        let Lenient { value, misfits }: Lenient<TaskStatus<'_>> = serde_json::from_str(&status)?;
        self.misfits += misfits.count();
        let update = received(&value.ok_or(EventError::Empty)?, uuid);
        identified(update, |update| &update.task.0)
    }
}

fn identified<T>(object: T, id: impl Fn(&T) -> &String) -> Result<T, EventError> {
    if id(&object).is_empty() { Err(EventError::Unidentified) } else { Ok(object) }
}

fn received(status: &TaskStatus<'_>, uuid: String) -> ReceivedUpdate {
    let executor = status.executor_id.as_ref().map(|id| id.as_str().into()).unwrap_or_default();
    ReceivedUpdate {
        task: status.task_id.as_str().into(),
        state: status.state,
        agent: status.agent_id.as_str().into(),
        executor,
        message: status.message().to_owned(),
        reason: status.reason().to_owned(),
        source: status.source.as_ref().map(|source| source.as_str().to_owned()).unwrap_or_default(),
        uuid: Some(uuid).filter(|uuid| !uuid.is_empty()),
        at: status.at(),
        container: status.container().line.first().map(|id| id.as_str().to_owned()).unwrap_or_default(),
    }
}

fn subscribed(event: JsonTree<'_>) -> SubscribedFramework {
    SubscribedFramework {
        framework: FrameworkId(event.text("framework_id.value")),
        heartbeat_seconds: event.number("heartbeat_interval_seconds"),
        master: event.text("master_info.id"),
    }
}

fn offer(offer: JsonTree<'_>) -> ReceivedOffer {
    let role = Some(offer.text("allocation_info.role")).filter(|role| !role.is_empty());
    ReceivedOffer {
        id: OfferId(offer.text("id.value")),
        agent: AgentId(offer.text("agent_id.value")),
        hostname: offer.text("hostname"),
        role: Role(role.unwrap_or_else(|| "*".to_owned())),
        resources: offer.list("resources", pool_resource::resource),
    }
}

fn inverse_offer(offer: JsonTree<'_>) -> ReceivedInverseOffer {
    ReceivedInverseOffer { id: OfferId(offer.text("id.value")), agent: AgentId(offer.text("agent_id.value")) }
}

fn message(event: JsonTree<'_>) -> ReceivedMessage {
    ReceivedMessage {
        agent: AgentId(event.text("agent_id.value")),
        executor: ExecutorId(event.text("executor_id.value")),
        data: event.text("data"),
    }
}

fn failure(event: JsonTree<'_>) -> ReceivedFailure {
    ReceivedFailure {
        agent: AgentId(event.text("agent_id.value")),
        executor: ExecutorId(event.text("executor_id.value")),
        status: event.number("status").map(|status| status as i64),
    }
}
