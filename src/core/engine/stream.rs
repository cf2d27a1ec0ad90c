//! One stream: records -> elements and events -> the cluster. Notes what it does not understand, and goes on.

use std::borrow::Cow;

use crate::base::units::Timestamp;
use crate::checks::disconnect::DisconnectReason;
use crate::checks::trouble::{Category, Origin, Reason, Trouble};
use crate::cluster::Cluster;
use crate::cluster::arrived_object::ArrivedObject;
use crate::cluster::fold::EventEffect;
use crate::cluster::topic::Topic;
use crate::mesos::recordio::{Record, Records};
use crate::mesos::wire;
use crate::mesos::wire::encoded::{Encoded, WireEncoding};
use crate::mesos::wire::event::{Event, EventError};
use crate::mesos::wire::fault::ObjectFault;
use crate::mesos::wire::field::Misfits;
use crate::mesos::wire::json_splitter::{ElementSink, SnapshotList, Splitter, UnknownList};
use crate::mesos::wire::protobuf::splitter::ProtobufSplitter;
use crate::mesos::wire::skeleton::Skeleton;
use crate::mesos::wire::state::TaskState;

/// What came of some bytes.
#[derive(Debug)]
pub(super) enum FeedResult {
    /// The snapshot begins, with its size.
    Opening(u64),
    /// So many of its bytes were folded.
    Arriving(u64),
    Arrived {
        heartbeat_seconds: Option<f64>,
    },
    /// An event changed the cluster. It hints at news of these topics, which no event tells.
    Event(&'static [Topic]),
    Nothing,
}

/// Values in lists that are no objects are counted up to here.
const MOST_STRAYS: u64 = 1000;

/// The type of the record that is the snapshot.
const SNAPSHOT: &str = "SUBSCRIBED";
/// So much is kept of a record that is skipped.
const MOST_SHOWN: usize = 4096;
/// A record whose type does not come first is held so far before it is taken for the snapshot.
const MOST_HELD: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct Stream {
    records: Records,
    /// Encoding of the records; `None` before the first byte of one, if the answer does not say it.
    encoding: Option<WireEncoding>,
    cutter: Option<Box<SnapshotSplitter>>,
    agents_began: bool,
    first: FirstRecord,
}

/// The splitter of the snapshot, by its encoding.
#[derive(Debug)]
enum SnapshotSplitter {
    Json(Splitter),
    Protobuf(ProtobufSplitter),
}

impl SnapshotSplitter {
    fn new(encoding: WireEncoding) -> Box<Self> {
        Box::new(match encoding {
            WireEncoding::Json => Self::Json(Splitter::default()),
            WireEncoding::Protobuf => Self::Protobuf(ProtobufSplitter::of_record()),
        })
    }
}

/// The record that may be the snapshot. Mesos 1.5.0 sends heartbeats before it (MESOS-8641).
#[derive(Debug, Default)]
enum FirstRecord {
    #[default]
    None,
    /// Its bytes so far do not say what it is.
    Undecided { size: u64, held: Vec<u8> },
    /// These bytes of it are still to be folded. It may have ended already.
    Snapshot { held: Vec<u8>, ended: bool },
    /// Another record, which began so.
    Other { head: Vec<u8> },
}

impl Stream {
    pub(super) fn is_between_records(&self) -> bool {
        self.records.is_between_records()
    }

    /// Whether the snapshot has started to tell its agents.
    pub(super) fn lists_agents(&self) -> bool {
        self.agents_began
    }

    /// The answer says how its records are encoded.
    pub(super) fn is_encoded_as(&mut self, encoding: WireEncoding) {
        self.encoding = Some(encoding);
    }

    /// Encoding of the records; `None` while it is not known.
    pub(super) fn encoding(&self) -> Option<WireEncoding> {
        self.encoding
    }

    /// Takes the next piece off the bytes and folds it. `None` means that more bytes are needed.
    pub(super) fn feed(
        &mut self,
        rest: &mut &[u8],
        cluster: &mut Cluster,
        trouble: &mut Trouble,
        now: Timestamp,
    ) -> Result<Option<FeedResult>, DisconnectReason> {
        if let FirstRecord::Snapshot { held, ended } = &mut self.first {
            let (held, ended) = (std::mem::take(held), *ended);
            if !held.is_empty() {
                return self.fold(&held, cluster, trouble, now).map(Some);
            }
            if ended {
                return self.arrived(cluster, trouble, now).map(Some);
            }
        }
        let Some(record) = self.records.next(rest)? else { return Ok(None) };
        let encoding = match (&record, self.encoding) {
            (_, Some(encoding)) => encoding,
            (Record::Arriving(bytes) | Record::Whole(bytes), None) => {
                let first = bytes.first().copied().map(WireEncoding::of_first_byte);
                self.encoding = first;
                first.unwrap_or_default()
            }
            (Record::Opening(_) | Record::Arrived, None) => WireEncoding::default(),
        };
        let ended = match record {
            Record::Opening(size) => {
                self.first = FirstRecord::Undecided { size, held: Vec::new() };
                return Ok(Some(FeedResult::Nothing));
            }
            Record::Whole(bytes) => return Ok(Some(event(encoding, bytes, cluster, trouble, now))),
            Record::Arriving(bytes) => match &mut self.first {
                FirstRecord::Undecided { held, .. } => {
                    held.extend_from_slice(bytes);
                    false
                }
                FirstRecord::None | FirstRecord::Snapshot { .. } => {
                    let (cutter, began) = (&mut self.cutter, &mut self.agents_began);
                    let cutter = cutter.get_or_insert_with(|| SnapshotSplitter::new(encoding));
                    return fold(cutter, began, bytes, cluster, trouble, now).map(Some);
                }
                FirstRecord::Other { .. } => return Ok(Some(FeedResult::Nothing)),
            },
            Record::Arrived => true,
        };
        Ok(Some(match &self.first {
            FirstRecord::Undecided { .. } => self.decide(ended, trouble, now),
            FirstRecord::Other { .. } => self.skipped(trouble, now),
            FirstRecord::None | FirstRecord::Snapshot { .. } => self.arrived(cluster, trouble, now)?,
        }))
    }

    /// What the record is whose bytes are held, as far as they say it.
    fn decide(&mut self, ended: bool, trouble: &mut Trouble, now: Timestamp) -> FeedResult {
        let FirstRecord::Undecided { size, held } = &mut self.first else { return FeedResult::Nothing };
        let encoding = self.encoding.unwrap_or_default();
        let is_snapshot = match wire::event::leading_kind(encoding, held) {
            Some(kind) => kind == SNAPSHOT,
            None if ended => {
                let kind = wire::event::kind(encoding, held);
                // Protobuf without a type is malformed, which the splitter says.
                kind == SNAPSHOT || kind.is_empty() && encoding == WireEncoding::Protobuf
            }
            None if held.len() < MOST_HELD => return FeedResult::Nothing,
            None => true,
        };
        let (size, held) = (*size, std::mem::take(held));
        if is_snapshot {
            self.first = FirstRecord::Snapshot { held, ended };
            return FeedResult::Opening(size);
        }
        let head = held.get(..held.len().min(MOST_SHOWN)).unwrap_or_default().to_vec();
        self.first = FirstRecord::Other { head };
        if ended { self.skipped(trouble, now) } else { FeedResult::Nothing }
    }

    /// A record before the snapshot has ended. It says nothing that the snapshot will not say.
    fn skipped(&mut self, trouble: &mut Trouble, now: Timestamp) -> FeedResult {
        self.records.expect_snapshot();
        if let FirstRecord::Other { head } = std::mem::take(&mut self.first) {
            let encoding = self.encoding.unwrap_or_default();
            let leading = wire::event::leading_kind(encoding, &head);
            let kind = leading.unwrap_or_else(|| wire::event::kind(encoding, &head));
            if kind != "HEARTBEAT" {
                let sort = if kind.is_empty() { Category::Undecodable } else { Category::Misfit };
                let text = wire::decode_lossy::decode_lossy(&head);
                trouble.report(sort, Origin::Record(kind), Some(Reason::Early), &text, now);
            }
        }
        FeedResult::Nothing
    }

    fn arrived(
        &mut self,
        cluster: &mut Cluster,
        trouble: &mut Trouble,
        now: Timestamp,
    ) -> Result<FeedResult, DisconnectReason> {
        self.first = FirstRecord::None;
        let encoding = self.encoding.unwrap_or_default();
        let cutter = self.cutter.take().unwrap_or_else(|| SnapshotSplitter::new(encoding));
        let (skeleton, unknown) = match *cutter {
            SnapshotSplitter::Json(cutter) => json_skeleton(cutter, trouble, now)?,
            SnapshotSplitter::Protobuf(cutter) => cutter.finish()?,
        };
        if !skeleton.is_snapshot() {
            return Err(DisconnectReason::NoSnapshot);
        }
        trouble.misfits(&Origin::Snapshot, skeleton.misfits(), "", now);
        cluster.report_unknown_lists(None, unknown);
        Ok(FeedResult::Arrived { heartbeat_seconds: skeleton.heartbeat_seconds() })
    }

    fn fold(
        &mut self,
        bytes: &[u8],
        cluster: &mut Cluster,
        trouble: &mut Trouble,
        now: Timestamp,
    ) -> Result<FeedResult, DisconnectReason> {
        let encoding = self.encoding.unwrap_or_default();
        let cutter = self.cutter.get_or_insert_with(|| SnapshotSplitter::new(encoding));
        fold(cutter, &mut self.agents_began, bytes, cluster, trouble, now)
    }
}

/// What is left of a snapshot in JSON, and the lists that this build does not know.
fn json_skeleton(
    cutter: Splitter,
    trouble: &mut Trouble,
    now: Timestamp,
) -> Result<(Skeleton, Vec<UnknownList>), DisconnectReason> {
    let (unknown, strays) = (cutter.unknown_lists().cloned().collect(), cutter.strays());
    let skeleton = cutter.finish()?;
    let skeleton = wire::decode_lossy::decode_lossy(&skeleton);
    let skeleton = Skeleton::decode(&skeleton)
        .or_else(|_| Skeleton::decode(&wire::sanitize_json::sanitize(&skeleton)))
        .map_err(|_| DisconnectReason::NoSnapshot)?;
    for _ in 0..strays.min(MOST_STRAYS) {
        trouble.report(Category::Misfit, Origin::Value, Some(Reason::Object(ObjectFault::Another)), "", now);
    }
    Ok((skeleton, unknown))
}

fn fold(
    cutter: &mut SnapshotSplitter,
    began: &mut bool,
    bytes: &[u8],
    cluster: &mut Cluster,
    trouble: &mut Trouble,
    now: Timestamp,
) -> Result<FeedResult, DisconnectReason> {
    let mut sink = SnapshotSink { cluster, trouble, began, now };
    match cutter {
        SnapshotSplitter::Json(cutter) => cutter.feed(bytes, &mut sink)?,
        SnapshotSplitter::Protobuf(cutter) => cutter.feed(bytes, &mut |list, message, bytes| {
            sink.sent(list, Encoded::Protobuf(message, bytes));
        })?,
    }
    Ok(FeedResult::Arriving(bytes.len() as u64))
}

/// The snapshot's objects on their way into the cluster.
struct SnapshotSink<'a> {
    cluster: &'a mut Cluster,
    trouble: &'a mut Trouble,
    /// Its agents have started.
    began: &'a mut bool,
    now: Timestamp,
}

impl SnapshotSink<'_> {
    fn begin(&mut self, list: SnapshotList) {
        if matches!(list, SnapshotList::Agents | SnapshotList::RecoveredAgents) && !std::mem::replace(self.began, true)
        {
            self.cluster.agents_arrive();
        }
    }

    fn arrive(&mut self, list: SnapshotList, object: Encoded<'_>) -> Result<usize, ObjectFault> {
        let ArrivedObject { length, misfits } = self.cluster.arrive(list, object, self.now)?;
        if !misfits.is_empty() {
            self.trouble.misfits(&Origin::Entry(list), &misfits, &object.first(length).text(), self.now);
        }
        Ok(length)
    }

    /// Takes an object over unchanged, even if it is not UTF-8.
    fn sent(&mut self, list: SnapshotList, object: Encoded<'_>) {
        self.begin(list);
        if list == SnapshotList::Other {
            self.trouble.report(Category::Unknown, Origin::Entry(list), None, &object.text(), self.now);
        }
        if let Err(error) = self.arrive(list, object) {
            let sort = sort_of(&error);
            let why = Some(Reason::Object(error));
            self.trouble.report(sort, Origin::Entry(list), why, &object.text(), self.now);
        }
    }
}

impl ElementSink for SnapshotSink<'_> {
    fn whole(&mut self, list: SnapshotList, json: &[u8]) {
        self.begin(list);
        let (text, mended) = wire::decode_lossy::text(json);
        if mended {
            self.trouble.report(Category::LossilyDecoded, Origin::Entry(list), None, &text, self.now);
        }
        if list == SnapshotList::Other {
            self.trouble.report(Category::Unknown, Origin::Entry(list), None, &text, self.now);
        }
        let arrived = match self.arrive(list, Encoded::Json(&text)) {
            Err(ObjectFault::Json(error)) => {
                let tamed = wire::sanitize_json::sanitize(&text);
                self.arrive(list, Encoded::Json(&tamed)).map_err(|_| ObjectFault::Json(error))
            }
            arrived => arrived,
        };
        if let Err(error) = arrived {
            self.trouble.report(sort_of(&error), Origin::Entry(list), Some(Reason::Object(error)), &text, self.now);
        }
    }

    fn front(&mut self, list: SnapshotList, text: &str) -> Option<usize> {
        if list == SnapshotList::Other {
            return None;
        }
        self.begin(list);
        self.arrive(list, Encoded::Json(text)).ok()
    }
}

/// Of which sort it is that an object was left out.
const fn sort_of(error: &ObjectFault) -> Category {
    match error {
        ObjectFault::Json(_) => Category::Undecodable,
        ObjectFault::Another | ObjectFault::Unidentified => Category::Misfit,
    }
}

/// The reads that an event calls for. Only events of tasks show that an agent is unreachable or gone (PROTOCOL.md,
/// "AGENT_REMOVED").
fn hints(event: &Event<'_>) -> &'static [Topic] {
    match event {
        Event::TaskUpdated(updated) => {
            let lost = matches!(updated.state, TaskState::Unreachable | TaskState::GoneByOperator)
                || updated.status.reason() == "REASON_AGENT_REMOVED"
                || updated.status.unreachable_time.is_some();
            if lost { &[Topic::Agents, Topic::Metrics] } else { &[] }
        }
        Event::AgentAdded(..) | Event::AgentRemoved(_) => &[Topic::Agents, Topic::Machines],
        Event::FrameworkAdded(..) | Event::FrameworkUpdated(..) | Event::FrameworkRemoved(_) => {
            &[Topic::Frameworks, Topic::Roles]
        }
        Event::TaskAdded(..) | Event::Heartbeat | Event::Unknown(_) => &[],
    }
}

fn event(
    encoding: WireEncoding,
    record: &[u8],
    cluster: &mut Cluster,
    trouble: &mut Trouble,
    now: Timestamp,
) -> FeedResult {
    match encoding {
        WireEncoding::Json => json_event(record, cluster, trouble, now),
        WireEncoding::Protobuf => {
            let text = || wire::event::protobuf_record(record).text();
            let mut folding = EventFolding { text: &text, cluster, trouble, now };
            folding.fold(Event::decode_protobuf(record))
        }
    }
}

fn json_event(record: &[u8], cluster: &mut Cluster, trouble: &mut Trouble, now: Timestamp) -> FeedResult {
    let (text, mended) = wire::decode_lossy::text(record);
    let mut folding = EventFolding { text: &|| Cow::Borrowed(&*text), cluster, trouble, now };
    if mended {
        let origin = folding.origin();
        folding.trouble.report(Category::LossilyDecoded, origin, None, &text, now);
    }
    let tamed;
    let decoded = match Event::decode(&text) {
        Err(error @ EventError::Json(_)) => {
            tamed = wire::sanitize_json::sanitize(&text);
            Event::decode(&tamed).map_err(|_| error)
        }
        decoded => decoded,
    };
    folding.fold(decoded)
}

/// A decoded event on its way into the cluster.
struct EventFolding<'a, 't> {
    /// The record as JSON; computed only where it is shown.
    text: &'a dyn Fn() -> Cow<'t, str>,
    cluster: &'a mut Cluster,
    trouble: &'a mut Trouble,
    now: Timestamp,
}

impl EventFolding<'_, '_> {
    fn origin(&self) -> Origin {
        Origin::Record(wire::event::kind(WireEncoding::Json, (self.text)().as_bytes()))
    }

    fn report(&mut self, sort: Category, origin: Origin, why: Option<Reason>) {
        self.trouble.report(sort, origin, why, &(self.text)(), self.now);
    }

    fn fold(&mut self, decoded: Result<(Event<'_>, Misfits), EventError>) -> FeedResult {
        let (event, misfits) = match decoded {
            Ok(decoded) => decoded,
            Err(error) => {
                let sort = match error {
                    EventError::Json(_) => Category::Undecodable,
                    EventError::NoObject | EventError::Empty | EventError::Unidentified => Category::Misfit,
                };
                self.report(sort, self.origin(), Some(Reason::Event(error)));
                return FeedResult::Nothing;
            }
        };
        if !misfits.is_empty() {
            self.trouble.misfits(&self.origin(), &misfits, &(self.text)(), self.now);
        }
        match event {
            Event::Heartbeat => FeedResult::Nothing,
            Event::Unknown(kind) => {
                self.report(Category::Unknown, Origin::Record(kind.into_owned()), None);
                FeedResult::Nothing
            }
            event => {
                if self.cluster.apply(&event, self.now) == EventEffect::UnknownTask {
                    self.report(Category::Misfit, self.origin(), Some(Reason::UnknownTask));
                }
                FeedResult::Event(hints(&event))
            }
        }
    }
}
