//! Answers to reads, piece by piece. Lists of agents and of tasks, which may have 160 MB, are folded object by object as they come and held
//! nowhere; any other answer is kept until it is whole. What that one says is `reads`' to know.

use crate::engine::trouble_log::TroubleLog;
use std::borrow::Cow;
use std::collections::BTreeMap;

use super::reads;
use crate::base::units::Timestamp;
use crate::checks::trouble::Origin;
use crate::cluster::Cluster;
use crate::cluster::report::ArrivedObject;
use crate::cluster::topic::Topic;
use crate::engine::poller::{PendingRead, ReadId};
use crate::mesos::wire;
use crate::mesos::wire::fault::{AnswerFault, ObjectFault};
use crate::mesos::wire::json_splitter::{ElementSink, SnapshotList, Splitter};
use crate::mesos::wire::lists::ListedKind;
use crate::mesos::wire::skeleton::Skeleton;

/// The answers that are coming.
#[derive(Debug, Default)]
pub(super) struct Answers(BTreeMap<ReadId, Answer>);

#[derive(Debug)]
struct Answer {
    bytes: usize,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Whole(Vec<u8>),
    Listed(Box<ListedBody>),
}

#[derive(Debug)]
struct ListedBody {
    part: Topic,
    cutter: Splitter,
    wrong: Option<AnswerError>,
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
    pub(super) outcome: Result<&'static [Topic], AnswerError>,
}

impl Answers {
    /// Some of an answer has come.
    pub(super) fn piece(
        &mut self,
        id: ReadId,
        asked: PendingRead,
        bytes: &[u8],
        cluster: &mut Cluster,
        noting: TroubleLog<'_>,
    ) {
        let answer = self.0.entry(id).or_insert_with(|| Answer::begin(asked.part, cluster));
        answer.bytes += bytes.len();
        match &mut answer.body {
            Body::Whole(held) => held.extend_from_slice(bytes),
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
        let alone = !self.0.contains_key(&id) && !is_listed(asked.part);
        if !alone {
            self.piece(id, asked, last, cluster, noting.again());
        }
        let answer = self.0.remove(&id).unwrap_or(Answer { bytes: last.len(), body: Body::Whole(Vec::new()) });
        let outcome = match answer.body {
            Body::Listed(listing) => listing.end(asked.at, cluster, noting.now),
            Body::Whole(held) => {
                let body = if alone { Cow::Borrowed(last) } else { Cow::Owned(held) };
                let text = wire::decode_lossy::decode_lossy(&body);
                let wrong = |fault| AnswerError { fault, text: text.clone().into_owned() };
                let taken = reads::apply_answer(asked, &text, cluster, &mut noting);
                // What serde_json refuses may be a single value of it.
                let tamed = taken.or_else(|fault| {
                    let tamed = wire::sanitize_json::sanitize(&text);
                    if *tamed == *text {
                        return Err(fault);
                    }
                    reads::apply_answer(asked, &tamed, cluster, &mut noting)
                });
                tamed.map_err(wrong)
            }
        };
        if outcome.is_ok() {
            cluster.report_asked(asked.part, asked.at);
        }
        ReadOutcome { bytes: answer.bytes, outcome }
    }

    /// Nobody waits for these any more.
    pub(super) fn retain(&mut self, waits: impl Fn(ReadId) -> bool) {
        self.0.retain(|id, _| waits(*id));
    }
}

impl Answer {
    fn begin(part: Topic, cluster: &mut Cluster) -> Self {
        if part == Topic::Agents {
            cluster.agents_arrive();
        }
        let body = if is_listed(part) {
            Body::Listed(Box::new(ListedBody { part, cutter: Splitter::of_answer(), wrong: None }))
        } else {
            Body::Whole(Vec::new())
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
        let fed = cutter.feed(bytes, &mut AnswerSink { part: *part, cluster, asked, wrong, noting });
        if let Err(error) = fed {
            wrong.get_or_insert_with(|| AnswerError { fault: error.into(), text: String::new() });
        }
    }

    /// Where something was wrong, an agent that was not reported may be there all the same.
    fn end(self, asked: Timestamp, cluster: &mut Cluster, now: Timestamp) -> Result<&'static [Topic], AnswerError> {
        let Self { part, cutter, wrong } = self;
        let unknown = cutter.unknown_lists().cloned().collect();
        let wrong = wrong.or_else(|| is_whole(part, cutter).err());
        wrong.map_or(Ok(()), Err)?;
        cluster.list_read(part, asked, now);
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
    fn arrive(&mut self, list: SnapshotList, text: &str) -> Result<usize, ObjectFault> {
        let ArrivedObject { length, misfits } = self.cluster.arrive_read(list, text, self.asked)?;
        let kind = if self.part == Topic::Tasks { ListedKind::Task } else { ListedKind::Agent };
        self.noting.misfits(&Origin::Listed(kind), &misfits, text.get(..length).unwrap_or_default());
        Ok(length)
    }
}

impl ElementSink for AnswerSink<'_> {
    fn whole(&mut self, list: SnapshotList, json: &[u8]) {
        let text = wire::decode_lossy::decode_lossy(json);
        let arrived = match self.arrive(list, &text) {
            Err(ObjectFault::Json(error)) => {
                self.arrive(list, &wire::sanitize_json::sanitize(&text)).map_err(|_| ObjectFault::Json(error))
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
        is_reported.then(|| self.arrive(list, text).ok())?
    }
}

fn is_whole(part: Topic, cutter: Splitter) -> Result<(), AnswerError> {
    let rest = cutter.finish().map_err(|error| AnswerError { fault: error.into(), text: String::new() })?;
    let text = wire::decode_lossy::decode_lossy(&rest).into_owned();
    let answered =
        Skeleton::decode(&text).map_err(AnswerFault::from).and_then(|skeleton| skeleton.answers(part.call()));
    answered.map_err(|fault| AnswerError { fault, text })
}
