//! Answers to reads, piece by piece. Lists of agents and of tasks, which may have 160 MB, are folded object by object as they come and held
//! nowhere; any other answer is kept until it is whole. What that one says is `reads`' to know.

use crate::engine::trouble_log::TroubleLog;
use std::borrow::Cow;
use std::collections::BTreeMap;

use super::reads;
use crate::base::units::Timestamp;
use crate::checks::trouble::Origin;
use crate::cluster::Cluster;
use crate::cluster::arrived_object::ArrivedObject;
use crate::cluster::topic::Topic;
use crate::engine::poller::{PendingRead, ReadId};
use crate::mesos::wire;
use crate::mesos::wire::encoded::{Encoded, WireEncoding};
use crate::mesos::wire::fault::{AnswerFault, ObjectFault};
use crate::mesos::wire::json_splitter::{ElementSink, SnapshotList, Splitter, UnknownList};
use crate::mesos::wire::lists::ListedKind;
use crate::mesos::wire::protobuf::splitter::ProtobufSplitter;
use crate::mesos::wire::skeleton::Skeleton;

/// The answers that are coming.
#[derive(Debug, Default)]
pub(super) struct Answers {
    coming: BTreeMap<ReadId, Answer>,
    /// Encodings that answers' heads named.
    encodings: BTreeMap<ReadId, WireEncoding>,
}

#[derive(Debug)]
struct Answer {
    bytes: usize,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Whole(WireEncoding, Vec<u8>),
    Listed(Box<ListedBody>),
}

#[derive(Debug)]
struct ListedBody {
    part: Topic,
    cutter: AnswerSplitter,
    wrong: Option<AnswerError>,
}

/// The splitter of an answer, by its encoding.
#[derive(Debug)]
enum AnswerSplitter {
    Json(Splitter),
    Protobuf(ProtobufSplitter),
}

/// Why an answer could not be read, and what of it.
#[derive(Debug)]
pub(super) struct AnswerError {
    pub(super) fault: AnswerFault,
    pub(super) text: String,
}

/// What came of an answer: its length, and the topics at whose news it hints.
pub(super) struct ReadOutcome {
    pub(super) bytes: usize,
    pub(super) encoding: WireEncoding,
    pub(super) outcome: Result<&'static [Topic], AnswerError>,
}

impl Answers {
    /// An answer says how it is encoded.
    pub(super) fn is_encoded_as(&mut self, id: ReadId, encoding: WireEncoding) {
        self.encodings.insert(id, encoding);
    }

    fn encoding(&self, id: ReadId, first: &[u8]) -> WireEncoding {
        let named = self.encodings.get(&id).copied();
        named.or_else(|| first.first().copied().map(WireEncoding::of_first_byte)).unwrap_or_default()
    }

    /// Some of an answer has come.
    pub(super) fn piece(
        &mut self,
        id: ReadId,
        asked: PendingRead,
        bytes: &[u8],
        cluster: &mut Cluster,
        noting: TroubleLog<'_>,
    ) {
        let encoding = self.encoding(id, bytes);
        let answer = self.coming.entry(id).or_insert_with(|| Answer::begin(asked.part, encoding, cluster));
        answer.bytes += bytes.len();
        match &mut answer.body {
            Body::Whole(_, held) => held.extend_from_slice(bytes),
            Body::Listed(listing) => listing.feed(bytes, asked.at, cluster, noting),
        }
    }

    /// The last of it has come.
    pub(super) fn end(
        &mut self,
        id: ReadId,
        asked: PendingRead,
        last: &[u8],
        cluster: &mut Cluster,
        mut noting: TroubleLog<'_>,
    ) -> ReadOutcome {
        let alone = !self.coming.contains_key(&id) && !is_listed(asked.part);
        if !alone {
            self.piece(id, asked, last, cluster, noting.again());
        }
        let encoding = self.encoding(id, last);
        self.encodings.remove(&id);
        let whole = || Answer { bytes: last.len(), body: Body::Whole(encoding, Vec::new()) };
        let Answer { bytes, body } = self.coming.remove(&id).unwrap_or_else(whole);
        let encoding = body.encoding();
        let outcome = match body {
            Body::Listed(listing) => listing.end(asked.at, cluster, &mut noting),
            Body::Whole(encoding, held) => {
                let body = if alone { Cow::Borrowed(last) } else { Cow::Owned(held) };
                apply(asked, (encoding, &body), cluster, &mut noting)
            }
        };
        if outcome.is_ok() {
            cluster.report_asked(asked.part, asked.at);
        }
        ReadOutcome { bytes, encoding, outcome }
    }

    /// Nobody waits for these any more.
    pub(super) fn retain(&mut self, waits: impl Fn(ReadId) -> bool) {
        self.coming.retain(|id, _| waits(*id));
        self.encodings.retain(|id, _| waits(*id));
    }
}

/// Takes over an answer that has come whole.
fn apply(
    asked: PendingRead,
    (encoding, body): (WireEncoding, &[u8]),
    cluster: &mut Cluster,
    noting: &mut TroubleLog<'_>,
) -> Result<&'static [Topic], AnswerError> {
    if encoding == WireEncoding::Protobuf {
        let answer = wire::lists::protobuf_answer(body);
        let wrong = |fault| AnswerError { fault, text: answer.text().into_owned() };
        return reads::apply_answer(asked, answer, cluster, noting).map_err(wrong);
    }
    let text = wire::decode_lossy::decode_lossy(body);
    let wrong = |fault| AnswerError { fault, text: text.clone().into_owned() };
    let taken = reads::apply_answer(asked, Encoded::Json(&text), cluster, noting);
    // What serde_json refuses may be a single value of it.
    let tamed = taken.or_else(|fault| {
        let tamed = wire::sanitize_json::sanitize(&text);
        if *tamed == *text {
            return Err(fault);
        }
        reads::apply_answer(asked, Encoded::Json(&tamed), cluster, noting)
    });
    tamed.map_err(wrong)
}

impl Body {
    fn encoding(&self) -> WireEncoding {
        match self {
            Self::Whole(encoding, _) => *encoding,
            Self::Listed(listing) => match listing.cutter {
                AnswerSplitter::Json(_) => WireEncoding::Json,
                AnswerSplitter::Protobuf(_) => WireEncoding::Protobuf,
            },
        }
    }
}

impl Answer {
    fn begin(part: Topic, encoding: WireEncoding, cluster: &mut Cluster) -> Self {
        if part == Topic::Agents {
            cluster.agents_arrive();
        }
        let body = if is_listed(part) {
            let cutter = match encoding {
                WireEncoding::Json => AnswerSplitter::Json(Splitter::of_answer()),
                WireEncoding::Protobuf => AnswerSplitter::Protobuf(ProtobufSplitter::of_answer()),
            };
            Body::Listed(Box::new(ListedBody { part, cutter, wrong: None }))
        } else {
            Body::Whole(encoding, Vec::new())
        };
        Self { bytes: 0, body }
    }
}

/// Whether the part's answer is folded as it comes.
fn is_listed(part: Topic) -> bool {
    matches!(part, Topic::Agents | Topic::Tasks)
}

impl ListedBody {
    fn feed(&mut self, bytes: &[u8], asked: Timestamp, cluster: &mut Cluster, noting: TroubleLog<'_>) {
        let Self { part, cutter, wrong } = self;
        let mut sink = AnswerSink { part: *part, cluster, asked, wrong, noting };
        let fed = match cutter {
            AnswerSplitter::Json(cutter) => cutter.feed(bytes, &mut sink),
            AnswerSplitter::Protobuf(cutter) => cutter.feed(bytes, &mut |list, message, bytes| {
                sink.sent(list, Encoded::Protobuf(message, bytes));
            }),
        };
        if let Err(error) = fed {
            wrong.get_or_insert_with(|| AnswerError { fault: error.into(), text: String::new() });
        }
    }

    /// Where something was wrong, an agent that was not reported may be there all the same.
    fn end(
        self,
        asked: Timestamp,
        cluster: &mut Cluster,
        noting: &mut TroubleLog<'_>,
    ) -> Result<&'static [Topic], AnswerError> {
        let Self { part, cutter, wrong } = self;
        let rest = match cutter {
            AnswerSplitter::Json(cutter) => json_rest(cutter),
            AnswerSplitter::Protobuf(cutter) => protobuf_rest(cutter),
        };
        let (skeleton, text, unknown) = match (wrong, rest) {
            (Some(wrong), _) | (None, Err(wrong)) => return Err(wrong),
            (None, Ok(rest)) => rest,
        };
        skeleton.answers(part.call()).map_err(|fault| AnswerError { fault, text })?;
        noting.misfits(&Origin::Answer(part), skeleton.misfits(), "");
        cluster.list_read(part, asked, noting.now);
        let within = if part == Topic::Tasks { "get_tasks" } else { "get_agents" };
        cluster.report_unknown_lists(Some(within), unknown);
        Ok(&[])
    }
}

/// The answer's objects on their way into the cluster.
struct AnswerSink<'a> {
    part: Topic,
    cluster: &'a mut Cluster,
    asked: Timestamp,
    wrong: &'a mut Option<AnswerError>,
    noting: TroubleLog<'a>,
}

impl AnswerSink<'_> {
    fn arrive(&mut self, list: SnapshotList, object: Encoded<'_>) -> Result<usize, ObjectFault> {
        let ArrivedObject { length, misfits } = self.cluster.arrive_read(list, object, self.asked)?;
        if !misfits.is_empty() {
            let kind = if self.part == Topic::Tasks { ListedKind::Task } else { ListedKind::Agent };
            self.noting.misfits(&Origin::Listed(kind), &misfits, &object.first(length).text());
        }
        Ok(length)
    }

    /// Takes an object over unchanged, even if it is not UTF-8.
    fn sent(&mut self, list: SnapshotList, object: Encoded<'_>) {
        if let Err(error) = self.arrive(list, object) {
            self.wrong.get_or_insert_with(|| AnswerError {
                fault: AnswerFault::Entry(error),
                text: object.text().into_owned(),
            });
        }
    }
}

impl ElementSink for AnswerSink<'_> {
    fn whole(&mut self, list: SnapshotList, json: &[u8]) {
        let text = wire::decode_lossy::decode_lossy(json);
        let arrived = match self.arrive(list, Encoded::Json(&text)) {
            Err(ObjectFault::Json(error)) => {
                let tamed = wire::sanitize_json::sanitize(&text);
                self.arrive(list, Encoded::Json(&tamed)).map_err(|_| ObjectFault::Json(error))
            }
            arrived => arrived,
        };
        if let Err(error) = arrived {
            self.wrong.get_or_insert_with(|| AnswerError {
                fault: AnswerFault::Entry(error),
                text: text.clone().into_owned(),
            });
        }
    }

    fn front(&mut self, list: SnapshotList, text: &str) -> Option<usize> {
        let is_reported = match self.part {
            Topic::Tasks => {
                matches!(
                    list,
                    SnapshotList::Tasks
                        | SnapshotList::OrphanTasks
                        | SnapshotList::UnreachableTasks
                        | SnapshotList::CompletedTasks
                )
            }
            _ => matches!(list, SnapshotList::Agents | SnapshotList::RecoveredAgents),
        };
        is_reported.then(|| self.arrive(list, Encoded::Json(text)).ok())?
    }
}

/// What is left of an answer without its lists, as data and as text, and the lists that this build does not know.
type AnswerRest = (Skeleton, String, Vec<UnknownList>);

fn json_rest(cutter: Splitter) -> Result<AnswerRest, AnswerError> {
    let unknown = cutter.unknown_lists().cloned().collect();
    let rest = cutter.finish().map_err(|error| AnswerError { fault: error.into(), text: String::new() })?;
    let text = wire::decode_lossy::decode_lossy(&rest).into_owned();
    match Skeleton::decode(&text) {
        Ok(skeleton) => Ok((skeleton, text, unknown)),
        Err(error) => Err(AnswerError { fault: error.into(), text }),
    }
}

fn protobuf_rest(cutter: ProtobufSplitter) -> Result<AnswerRest, AnswerError> {
    let (skeleton, unknown) =
        cutter.finish().map_err(|error| AnswerError { fault: error.into(), text: String::new() })?;
    Ok((skeleton, String::new(), unknown))
}
