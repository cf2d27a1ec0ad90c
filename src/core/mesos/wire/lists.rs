//! The answers to GET_FRAMEWORKS, GET_EXECUTORS and GET_OPERATIONS as lists of objects, each beside what was sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::detail::Operation;
use super::encoded::Encoded;
use super::fault::{AnswerFault, JsonFault};
use super::field::{FromAnyJson, Lenient, Misfit, Misfits, fields};
use super::json_form::JsonForm;
use super::misfits::misfits_of;
use super::protobuf::decode::{self, ProtobufError};
use super::protobuf::master::RESPONSE;
use super::protobuf::table::Message;
use super::scalar::{Id, Name, Text};
use crate::mesos::wire::agent::ReportedExecutor;
use crate::mesos::wire::framework::{FrameworkInfo, ReportedFramework};
use crate::mesos::wire::json_splitter::UnknownList;

/// An object, typed and as it was sent.
pub type WithSent<'a, T> = (T, Encoded<'a>);

/// The objects of an answer that could not be read as they are: each with its fields' misfits, and as it was sent.
#[derive(Clone, Debug, Default)]
pub struct MisreadObjects<'a> {
    /// Kind of the object, the fields that do not fit, and the object.
    pub fields: Vec<(ListedKind, Misfits, Encoded<'a>)>,
    /// Objects without an id, and values that are no objects; each with its kind.
    pub unidentified: Vec<(ListedKind, Encoded<'a>)>,
}

/// What an object is that a list of an answer brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListedKind {
    /// A task.
    Task,
    /// An agent.
    Agent,
    /// A framework.
    Framework,
    /// A framework that has ended.
    CompletedFramework,
    /// A framework that has not come back to a master before 1.3.
    RecoveredFramework,
    /// An executor.
    Executor,
    /// An executor of such a framework.
    OrphanExecutor,
    /// An operation on an offer.
    Operation,
}

/// The answer to GET_FRAMEWORKS.
#[derive(Clone, Debug, Default)]
pub struct FrameworkLists<'a> {
    /// Frameworks that have not ended.
    pub frameworks: Vec<WithSent<'a, ReportedFramework<'a>>>,
    /// Frameworks that have ended, in the order in which they did.
    pub completed: Vec<WithSent<'a, ReportedFramework<'a>>>,
    /// Frameworks that a master before 1.3 knows from its agents only, since it was elected.
    pub recovered: Vec<WithSent<'a, FrameworkInfo<'a>>>,
    /// Lists of the answer that this build does not know.
    pub unknown: Vec<UnknownList>,
    /// Objects, and fields of objects, that could not be read.
    pub misread: MisreadObjects<'a>,
}

/// The answer to GET_EXECUTORS.
#[derive(Clone, Debug, Default)]
pub struct ExecutorLists<'a> {
    /// All executors, with those of frameworks that have not come back to a master before 1.3.
    pub executors: Vec<WithSent<'a, ReportedExecutor<'a>>>,
    /// Lists of the answer that this build does not know.
    pub unknown: Vec<UnknownList>,
    /// Objects, and fields of objects, that could not be read.
    pub misread: MisreadObjects<'a>,
}

/// Reads the body of an answer to GET_FRAMEWORKS.
///
/// # Errors
/// If it is none.
pub fn frameworks<'a>(body: impl Into<Encoded<'a>>) -> Result<FrameworkLists<'a>, AnswerFault> {
    let mut lists = lists(body.into(), "get_frameworks")?;
    let mut misread = MisreadObjects::default();
    Ok(FrameworkLists {
        frameworks: reported(&mut lists, "frameworks", ListedKind::Framework, &mut misread)?,
        completed: reported(&mut lists, "completed_frameworks", ListedKind::CompletedFramework, &mut misread)?,
        recovered: reported(&mut lists, "recovered_frameworks", ListedKind::RecoveredFramework, &mut misread)?,
        unknown: unknown("get_frameworks", lists),
        misread,
    })
}

/// Reads the body of an answer to GET_EXECUTORS.
///
/// # Errors
/// If it is none.
pub fn executors<'a>(body: impl Into<Encoded<'a>>) -> Result<ExecutorLists<'a>, AnswerFault> {
    let mut lists = lists(body.into(), "get_executors")?;
    let mut misread = MisreadObjects::default();
    let mut executors = reported(&mut lists, "executors", ListedKind::Executor, &mut misread)?;
    executors.extend(reported(&mut lists, "orphan_executors", ListedKind::OrphanExecutor, &mut misread)?);
    Ok(ExecutorLists { executors, unknown: unknown("get_executors", lists), misread })
}

/// Reads the body of an answer to GET_OPERATIONS.
///
/// # Errors
/// If it is none.
pub fn operations(body: &str) -> Result<(Vec<Operation>, MisreadObjects<'_>), AnswerFault> {
    let mut misread = MisreadObjects::default();
    let reported =
        reported(&mut lists(body.into(), "get_operations")?, "operations", ListedKind::Operation, &mut misread)?;
    let text = |text: &str| text.to_owned();
    let id = |id: Option<Id<'_>>| id.map_or_else(String::new, |id| text(id.as_str()));
    let one = |(reported, _): WithSent<'_, ReportedOperation<'_>>| Operation {
        id: id(reported.info.id),
        uuid: text(reported.uuid.as_str()),
        kind: text(reported.info.kind.as_str()),
        state: text(reported.latest_status.state.as_str()),
        message: text(reported.latest_status.message.as_str()),
        framework: id(reported.framework_id),
        agent: id(reported.agent_id),
    };
    Ok((reported.into_iter().map(one).collect(), misread))
}

/// The fields of one operation that have another form than expected.
pub fn operation_misfits(json: &str) -> Vec<Misfit> {
    misfits_of::<ReportedOperation<'_>>(json)
}

/// An operation as the master holds it.
#[derive(Debug, Default)]
pub struct ReportedOperation<'a> {
    uuid: Id<'a>,
    framework_id: Option<Id<'a>>,
    agent_id: Option<Id<'a>>,
    info: OperationInfo<'a>,
    latest_status: OperationStatus<'a>,
}

#[derive(Debug, Default)]
struct OperationInfo<'a> {
    id: Option<Id<'a>>,
    kind: Name<'a>,
}

#[derive(Debug, Default)]
struct OperationStatus<'a> {
    state: Name<'a>,
    message: Text<'a>,
}

fields! { impl<'de> ReportedOperation<'de>, identified by |reported| reported.uuid.has_identity();
    "uuid" => uuid,
    "framework_id" => framework_id,
    "agent_id" => agent_id,
    "info" => info,
    "latest_status" => latest_status,
}
fields! { impl<'de> OperationInfo<'de>; "id" => id, "type" => kind }
fields! { impl<'de> OperationStatus<'de>; "state" => state, "message" => message }

/// The lists of an answer by their names.
type Lists<'a> = BTreeMap<String, SentList<'a>>;

/// A list as it was sent.
enum SentList<'a> {
    Json(&'a RawValue),
    Protobuf(Vec<Encoded<'a>>),
}

impl<'a> SentList<'a> {
    fn objects(self, name: &str) -> Result<Vec<Encoded<'a>>, AnswerFault> {
        match self {
            Self::Json(list) => {
                AnswerFault::unless(list.get(), JsonForm::List, name)?;
                let objects: Vec<&'a RawValue> = serde_json::from_str(list.get())?;
                Ok(objects.into_iter().map(|json| Encoded::Json(json.get())).collect())
            }
            Self::Protobuf(objects) => Ok(objects),
        }
    }

    fn entries(&self) -> u64 {
        match self {
            Self::Json(list) => Vec::<&RawValue>::deserialize(*list).map_or(0, |entries| entries.len() as u64),
            Self::Protobuf(objects) => objects.len() as u64,
        }
    }
}

/// The value under the answer's key, by name. Without the key it is no answer: Mesos writes it where its lists are empty, too.
fn lists<'a>(body: Encoded<'a>, key: &str) -> Result<Lists<'a>, AnswerFault> {
    let json = match body {
        Encoded::Json(json) => json,
        Encoded::Protobuf(message, bytes) => return protobuf_lists(message, bytes, key),
    };
    AnswerFault::unless(json, JsonForm::Object, "")?;
    let mut answer: BTreeMap<String, &'a RawValue> = serde_json::from_str(json)?;
    let Some(lists) = answer.remove(key) else { return Err(AnswerFault::absent(key, JsonForm::Object)) };
    AnswerFault::unless(lists.get(), JsonForm::Object, key)?;
    let lists: BTreeMap<String, &'a RawValue> = serde_json::from_str(lists.get())?;
    Ok(lists.into_iter().map(|(name, list)| (name, SentList::Json(list))).collect())
}

/// The body of an answer in protobuf as an object.
pub fn protobuf_answer(body: &[u8]) -> Encoded<'_> {
    Encoded::Protobuf(&RESPONSE, body)
}

/// The type that an answer in protobuf names; empty if it names none.
pub fn protobuf_answer_kind(body: &[u8]) -> String {
    let named = protobuf_answer(body).read::<AnswerType<'_>>().ok().and_then(|read| read.value);
    named.map(|answer| answer.kind.0.into_owned()).unwrap_or_default()
}

#[derive(Default)]
struct AnswerType<'a> {
    kind: Text<'a>,
}

fields! { impl<'de> AnswerType<'de>; "type" => kind }

fn protobuf_lists<'a>(message: &'static Message, bytes: &'a [u8], key: &str) -> Result<Lists<'a>, AnswerFault> {
    let malformed = |ProtobufError| AnswerFault::Json(JsonFault::Protobuf);
    let answer = decode::messages(message, bytes).map_err(malformed)?.into_iter().find(|(name, ..)| *name == key);
    let Some((_, message, bytes)) = answer else { return Err(AnswerFault::absent(key, JsonForm::Object)) };
    let mut lists = Lists::new();
    for (name, message, bytes) in decode::messages(message, bytes).map_err(malformed)? {
        let list = lists.entry(name.to_owned()).or_insert_with(|| SentList::Protobuf(Vec::new()));
        if let SentList::Protobuf(objects) = list {
            objects.push(Encoded::Protobuf(message, bytes));
        }
    }
    Ok(lists)
}

/// # Errors
/// If it is no list: that none is there would be a lie.
fn reported<'a, T: FromAnyJson<'a>>(
    lists: &mut Lists<'a>,
    name: &str,
    kind: ListedKind,
    misread: &mut MisreadObjects<'a>,
) -> Result<Vec<WithSent<'a, T>>, AnswerFault> {
    let Some(list) = lists.remove(name) else { return Ok(Vec::new()) };
    let objects = list.objects(name)?;
    let mut all = Vec::with_capacity(objects.len());
    for object in objects {
        let Lenient { value, misfits } = object.read::<T>()?;
        match value.filter(FromAnyJson::has_identity) {
            Some(value) => all.push((value, object)),
            None => misread.unidentified.push((kind, object)),
        }
        if !misfits.is_empty() {
            misread.fields.push((kind, misfits, object));
        }
    }
    Ok(all)
}

fn unknown(within: &str, lists: Lists<'_>) -> Vec<UnknownList> {
    let all =
        lists.into_iter().map(|(name, list)| UnknownList { within: within.to_owned(), name, entries: list.entries() });
    all.filter(|list| list.entries > 0).collect()
}
