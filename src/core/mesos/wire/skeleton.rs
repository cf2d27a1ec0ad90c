//! What is left of the first record, or of an answer, when its lists are cut out: what it was, whether its lists were lists,
//! and the heartbeat's interval.

use std::collections::BTreeMap;

use super::fault::AnswerFault;
use super::field::{FieldPresence, Lenient, Misfits, fields};
use super::json_form::JsonForm;
use super::scalar::Double;
use super::unknown_numbers::UnknownNumbers;

/// The first record without its objects.
#[derive(Clone, Debug, Default)]
pub struct Skeleton {
    kind: String,
    heartbeat_seconds: Option<f64>,
    has_state: bool,
    misfits: Misfits,
    /// The calls whose objects it has.
    answers: Vec<&'static str>,
}

#[derive(Default)]
struct SkeletonRecord {
    kind: String,
    subscribed: Subscribed,
    get_agents: Option<AgentLists>,
    get_tasks: Option<TaskLists>,
}

/// An answer to LIST_FILES, read apart from all others: the page reads no others, and so has no code for them.
#[derive(Default)]
struct ListingRecord {
    kind: String,
    list_files: Option<FileLists>,
}

#[derive(Default)]
struct FileLists {
    file_infos: Nothing,
}

#[derive(Default)]
struct AgentLists {
    agents: Nothing,
    recovered_agents: Nothing,
}

#[derive(Default)]
struct TaskLists {
    tasks: Nothing,
    unreachable_tasks: Nothing,
    completed_tasks: Nothing,
    orphan_tasks: Nothing,
}

#[derive(Default)]
struct Subscribed {
    heartbeat_interval_seconds: Option<Double>,
    get_state: Option<SkeletonLists>,
}

/// What lists are left of: none of them may be anything else.
#[derive(Default)]
struct SkeletonLists {
    get_tasks: BTreeMap<String, Nothing>,
    get_executors: BTreeMap<String, Nothing>,
    get_frameworks: BTreeMap<String, Nothing>,
    get_agents: BTreeMap<String, Nothing>,
}

type Nothing = Vec<FieldPresence>;

fields! { impl<'de> SkeletonRecord;
    "type" => kind,
    "subscribed" => subscribed,
    "get_agents" => get_agents,
    "get_tasks" => get_tasks,
}
fields! { impl<'de> ListingRecord; "type" => kind, "list_files" => list_files }
fields! { impl<'de> FileLists; "file_infos" => file_infos }
fields! { impl<'de> AgentLists; "agents" => agents, "recovered_agents" => recovered_agents }
fields! { impl<'de> TaskLists;
    "tasks" => tasks,
    "unreachable_tasks" => unreachable_tasks,
    "completed_tasks" => completed_tasks,
    "orphan_tasks" => orphan_tasks,
}
fields! { impl<'de> Subscribed;
    "heartbeat_interval_seconds" => heartbeat_interval_seconds,
    "get_state" => get_state,
}
fields! { impl<'de> SkeletonLists;
    "get_tasks" => get_tasks,
    "get_executors" => get_executors,
    "get_frameworks" => get_frameworks,
    "get_agents" => get_agents,
}

impl Skeleton {
    /// Reads what `Cutter::finish` gave back.
    ///
    /// # Errors
    /// If it is no JSON.
    pub fn decode(skeleton: &str) -> Result<Self, serde_json::Error> {
        let Lenient { value, misfits } = serde_json::from_str::<Lenient<SkeletonRecord>>(skeleton)?;
        let SkeletonRecord { kind, subscribed, get_agents, get_tasks } = value.unwrap_or_default();
        let heartbeat_seconds = subscribed.heartbeat_interval_seconds.map(|seconds| seconds.0);
        let has = [("GET_AGENTS", get_agents.is_some()), ("GET_TASKS", get_tasks.is_some())];
        let answers = has.into_iter().filter(|(_, is_there)| *is_there).map(|(call, _)| call).collect();
        let has_state = subscribed.get_state.is_some();
        Ok(Self { kind, heartbeat_seconds, has_state, misfits, answers })
    }

    /// The type that the record names.
    pub(super) fn set_kind(&mut self, kind: String) {
        self.kind = kind;
    }

    pub(super) fn set_heartbeat_seconds(&mut self, seconds: f64) {
        self.heartbeat_seconds = Some(seconds);
    }

    /// A message around lists is there, by its field's name.
    pub(super) fn found(&mut self, name: &str) {
        match name {
            "get_state" => self.has_state = true,
            "get_agents" => self.answers.push("GET_AGENTS"),
            "get_tasks" => self.answers.push("GET_TASKS"),
            _ => {}
        }
    }

    pub(super) fn note_unknown(&mut self, unknown: UnknownNumbers) {
        self.misfits.note_unknown(unknown);
    }

    /// Fields of another form than expected, as lists that are no lists.
    pub fn misfits(&self) -> &Misfits {
        &self.misfits
    }

    /// Whether the record was a snapshot: without a state it does not say that the cluster is empty.
    pub fn is_snapshot(&self) -> bool {
        self.kind == "SUBSCRIBED" && self.has_state
    }

    /// Whether it was an answer to GET_AGENTS or GET_TASKS with lists for lists.
    ///
    /// # Errors
    /// If it was none: that an object is not listed would mean nothing.
    pub fn answers(&self, call: &str) -> Result<(), AnswerFault> {
        match self.misfits.hiding() {
            _ if self.kind != call => Err(AnswerFault::OtherCall(self.kind.clone())),
            Some(misfit) => Err(AnswerFault::Form(misfit.clone())),
            None if !self.answers.contains(&call) => {
                Err(AnswerFault::absent(&call.to_ascii_lowercase(), JsonForm::Object))
            }
            None => Ok(()),
        }
    }

    /// Interval of the master's heartbeats in seconds; `None` if not reported.
    pub fn heartbeat_seconds(&self) -> Option<f64> {
        self.heartbeat_seconds
    }
}

/// Whether what is left of a record is an answer to LIST_FILES whose list was a list.
pub fn is_listing(skeleton: &str) -> bool {
    serde_json::from_str::<Lenient<ListingRecord>>(skeleton).is_ok_and(|Lenient { value, misfits }| {
        let record = value.unwrap_or_default();
        misfits.hiding().is_none() && record.kind == "LIST_FILES" && record.list_files.is_some()
    })
}
