//! One stream: records -> elements and events -> the cluster. Notes what it does not understand, and goes on.

use crate::cluster::{Cluster, Part, TaskState};
use crate::recordio::{Record, Records};
use crate::session::Cause;
use crate::trouble::{Sort, Trouble};
use crate::units::Timestamp;
use crate::wire::{self, Cutter, Event, EventError, List, Skeleton, Take};

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
}

impl Stream {
    pub(super) fn is_between_records(&self) -> bool {
        self.records.is_between_records()
    }

    /// Whether the snapshot has begun to tell its agents.
    pub(super) fn tells_agents(&self) -> bool {
        self.agents_began
    }

    /// Takes the next piece off the bytes and folds it. `None` means that more bytes are needed.
    pub(super) fn feed(
        &mut self,
        rest: &mut &[u8],
        cluster: &mut Cluster,
        trouble: &mut Trouble,
        now: Timestamp,
    ) -> Result<Option<Fed>, Cause> {
        let Some(record) = self.records.next(rest)? else { return Ok(None) };
        Ok(Some(match record {
            Record::Opening(size) => Fed::Opening(size),
            Record::Arriving(bytes) => {
                let began = &mut self.agents_began;
                self.cutter.feed(bytes, &mut Elements { cluster, trouble, began, now })?;
                Fed::Arriving(bytes.len() as u64)
            }
            Record::Arrived => {
                let skeleton = std::mem::take(&mut self.cutter).finish()?;
                let skeleton = wire::mend(&skeleton);
                let skeleton =
                    Skeleton::decode(&skeleton).ok().filter(Skeleton::is_snapshot).ok_or(Cause::NoSnapshot)?;
                Fed::Arrived { heartbeat_seconds: skeleton.heartbeat_seconds() }
            }
            Record::Whole(bytes) => event(bytes, cluster, trouble, now),
        }))
    }
}

/// The snapshot's objects on their way into the cluster.
struct Elements<'a> {
    cluster: &'a mut Cluster,
    trouble: &'a mut Trouble,
    /// Its agents have begun.
    began: &'a mut bool,
    now: Timestamp,
}

impl Elements<'_> {
    fn begin(&mut self, list: List) {
        if matches!(list, List::Agents | List::RecoveredAgents) && !std::mem::replace(self.began, true) {
            self.cluster.agents_arrive();
        }
    }
}

impl Take for Elements<'_> {
    fn whole(&mut self, list: List, json: &[u8]) {
        self.begin(list);
        let (text, mended) = wire::text(json);
        if mended {
            self.trouble.saw(Sort::Mended, name(list), "", &text, self.now);
        }
        if list == List::Other {
            self.trouble.saw(Sort::Unknown, name(list), "", &text, self.now);
        }
        if let Err(error) = self.cluster.arrive(list, &text, self.now) {
            let sort = if error.is_data() { Sort::Misfit } else { Sort::Undecodable };
            self.trouble.saw(sort, name(list), &why(&error), &text, self.now);
        }
    }

    fn front(&mut self, list: List, text: &str) -> Option<usize> {
        if list == List::Other {
            return None;
        }
        self.begin(list);
        self.cluster.arrive(list, text, self.now).ok()
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
    if mended {
        trouble.saw(Sort::Mended, &wire::kind(&text), "", &text, now);
    }
    match Event::decode(&text) {
        Ok(Event::Heartbeat) => Fed::Nothing,
        Ok(Event::Unknown(kind)) => {
            trouble.saw(Sort::Unknown, &kind, "", &text, now);
            Fed::Nothing
        }
        Ok(event) => {
            cluster.apply(&event, now);
            Fed::Event(hints(&event))
        }
        Err(error) => {
            let sort = if error.is_no_json() { Sort::Undecodable } else { Sort::Misfit };
            let why = if let EventError::Json(error) = &error { why(error) } else { error.to_string() };
            trouble.saw(sort, &wire::kind(&text), &why, &text, now);
            Fed::Nothing
        }
    }
}

/// The decoder's words without the place, which differs with each object of the same kind.
fn why(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.split(" at line ").next().unwrap_or_default().to_owned()
}

/// A list as people call it.
const fn name(list: List) -> &'static str {
    match list {
        List::Tasks => "a task of the snapshot",
        List::UnreachableTasks => "an unreachable task of the snapshot",
        List::CompletedTasks => "a completed task of the snapshot",
        List::Executors => "an executor of the snapshot",
        List::Frameworks => "a framework of the snapshot",
        List::CompletedFrameworks => "a completed framework of the snapshot",
        List::Agents => "an agent of the snapshot",
        List::RecoveredAgents => "a recovered agent of the snapshot",
        List::Other => "an object of the snapshot",
    }
}
