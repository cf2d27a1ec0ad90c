//! One stream: records -> elements and events -> the cluster. Counts what it does not understand, and goes on.

use crate::cluster::{Cluster, Part, TaskState};
use crate::recordio::{Record, Records};
use crate::session::Cause;
use crate::units::Timestamp;
use crate::wire::{self, Cutter, Event, List, Skeleton};

/// What was not understood. Nothing of it stops the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Events of a type that this build does not know.
    pub unknown_events: u64,
    /// Records that are no events.
    pub unreadable_events: u64,
    /// Objects of a snapshot that are not of their list's type.
    pub unreadable_objects: u64,
    /// Lists of a snapshot that this build does not know: their objects.
    pub unknown_objects: u64,
    /// Objects and records with bytes that are no UTF-8.
    pub mended: u64,
    /// Answers to reads that could not be read.
    pub unreadable_answers: u64,
}

impl Trouble {
    /// All of it in one number.
    pub fn total(&self) -> u64 {
        self.unknown_events
            + self.unreadable_events
            + self.unreadable_objects
            + self.unknown_objects
            + self.mended
            + self.unreadable_answers
    }
}

/// What came of some bytes.
#[derive(Debug)]
pub(super) enum Fed {
    /// The snapshot begins, with its size.
    Opening(u64),
    /// So many of its bytes were folded.
    Arriving(u64),
    Arrived {
        heartbeat_seconds: Option<f64>,
    },
    /// An event changed the cluster. It hints at news of these parts, which no event tells.
    Event(&'static [Part]),
    Nothing,
}

#[derive(Debug, Default)]
pub(super) struct Stream {
    records: Records,
    cutter: Cutter,
    agents_began: bool,
    trouble: Trouble,
}

impl Stream {
    /// A new stream, which goes on counting.
    pub(super) fn again(&self) -> Self {
        Self { trouble: self.trouble, ..Self::default() }
    }

    pub(super) fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// An answer to a read could not be read.
    pub(super) fn misread(&mut self) {
        self.trouble.unreadable_answers += 1;
    }

    pub(super) fn is_between_records(&self) -> bool {
        self.records.is_between_records()
    }

    /// Takes the next piece off the bytes and folds it. `None` means that more bytes are needed.
    pub(super) fn feed(
        &mut self,
        rest: &mut &[u8],
        cluster: &mut Cluster,
        now: Timestamp,
    ) -> Result<Option<Fed>, Cause> {
        let Some(record) = self.records.next(rest)? else { return Ok(None) };
        Ok(Some(match record {
            Record::Opening(size) => Fed::Opening(size),
            Record::Arriving(bytes) => {
                let (trouble, began) = (&mut self.trouble, &mut self.agents_began);
                self.cutter.feed(bytes, &mut |list, json| element(list, json, cluster, trouble, began, now))?;
                Fed::Arriving(bytes.len() as u64)
            }
            Record::Arrived => {
                let skeleton = std::mem::take(&mut self.cutter).finish()?;
                let skeleton = wire::mend(&skeleton);
                let skeleton =
                    Skeleton::decode(&skeleton).ok().filter(Skeleton::is_snapshot).ok_or(Cause::NoSnapshot)?;
                Fed::Arrived { heartbeat_seconds: skeleton.heartbeat_seconds() }
            }
            Record::Whole(bytes) => event(bytes, cluster, &mut self.trouble, now),
        }))
    }
}

fn element(
    list: List,
    json: &[u8],
    cluster: &mut Cluster,
    trouble: &mut Trouble,
    agents_began: &mut bool,
    now: Timestamp,
) {
    if matches!(list, List::Agents | List::RecoveredAgents) && !std::mem::replace(agents_began, true) {
        cluster.agents_arrive();
    }
    let (text, mended) = wire::text(json);
    trouble.mended += u64::from(mended);
    trouble.unknown_objects += u64::from(list == List::Other);
    if cluster.arrive(list, &text, now).is_err() {
        trouble.unreadable_objects += 1;
    }
}

/// Tasks tell that their agent is unreachable or gone, which the agent's own events do not (PROTOCOL.md, A0.1).
fn hints(event: &Event<'_>) -> &'static [Part] {
    match event {
        Event::TaskUpdated(updated) => {
            let lost = matches!(updated.state, TaskState::Unreachable | TaskState::GoneByOperator)
                || updated.status.reason() == "REASON_AGENT_REMOVED"
                || updated.status.unreachable_time.is_some();
            if lost { &[Part::Agents, Part::Metrics] } else { &[] }
        }
        Event::AgentAdded(..) | Event::AgentRemoved(_) => &[Part::Agents, Part::Machines],
        Event::FrameworkAdded(..) | Event::FrameworkUpdated(..) | Event::FrameworkRemoved(_) => {
            &[Part::Frameworks, Part::Roles]
        }
        Event::TaskAdded(..) | Event::Heartbeat | Event::Unknown(_) => &[],
    }
}

fn event(record: &[u8], cluster: &mut Cluster, trouble: &mut Trouble, now: Timestamp) -> Fed {
    let (text, mended) = wire::text(record);
    trouble.mended += u64::from(mended);
    match Event::decode(&text) {
        Ok(Event::Heartbeat) => Fed::Nothing,
        Ok(Event::Unknown(_)) => {
            trouble.unknown_events += 1;
            Fed::Nothing
        }
        Ok(event) => {
            cluster.apply(&event, now);
            Fed::Event(hints(&event))
        }
        Err(_) => {
            trouble.unreadable_events += 1;
            Fed::Nothing
        }
    }
}
