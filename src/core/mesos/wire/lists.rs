//! The answers to GET_FRAMEWORKS, GET_EXECUTORS and GET_OPERATIONS as lists of objects, each beside its own JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::detail::Operation;
use super::fault::AnswerFault;
use super::field::{FromAnyJson, Lenient, Misfit, Misfits, fields};
use super::json_form::JsonForm;
use super::misfits::misfits_of;
use super::scalar::{Id, Name, Text};
use crate::mesos::wire::agent::ReportedExecutor;
use crate::mesos::wire::framework::{FrameworkInfo, ReportedFramework};
use crate::mesos::wire::json_splitter::UnknownList;

/// An object, and its own JSON.
pub type WithJson<'a, T> = (T, &'a str);

/// The objects of an answer that could not be read as they are: each with its fields' misfits, and its JSON.
#[derive(Clone, Debug, Default)]
pub struct MisreadObjects<'a> {
    /// Kind of the object, the fields that do not fit, and the object's JSON.
    pub fields: Vec<(ListedKind, Misfits, &'a str)>,
    /// Objects without an id, and values that are no objects; each with its kind and its JSON.
    pub unidentified: Vec<(ListedKind, &'a str)>,
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
    pub frameworks: Vec<WithJson<'a, ReportedFramework<'a>>>,
    /// Frameworks that have ended, in the order in which they did.
    pub completed: Vec<WithJson<'a, ReportedFramework<'a>>>,
    /// Frameworks that a master before 1.3 knows from its agents only, since it was elected.
    pub recovered: Vec<WithJson<'a, FrameworkInfo<'a>>>,
    /// Lists of the answer that this build does not know.
    pub unknown: Vec<UnknownList>,
    /// Objects, and fields of objects, that could not be read.
    pub misread: MisreadObjects<'a>,
}

/// The answer to GET_EXECUTORS.
#[derive(Clone, Debug, Default)]
pub struct ExecutorLists<'a> {
    /// All executors, with those of frameworks that have not come back to a master before 1.3.
    pub executors: Vec<WithJson<'a, ReportedExecutor<'a>>>,
    /// Lists of the answer that this build does not know.
    pub unknown: Vec<UnknownList>,
    /// Objects, and fields of objects, that could not be read.
    pub misread: MisreadObjects<'a>,
}

/// Reads the body of an answer to GET_FRAMEWORKS.
///
/// # Errors
/// If it is none.
pub fn frameworks(body: &str) -> Result<FrameworkLists<'_>, AnswerFault> {
    let mut lists = lists(body, "get_frameworks")?;
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
pub fn executors(body: &str) -> Result<ExecutorLists<'_>, AnswerFault> {
    let mut lists = lists(body, "get_executors")?;
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
    let reported = reported(&mut lists(body, "get_operations")?, "operations", ListedKind::Operation, &mut misread)?;
    let text = |text: &str| text.to_owned();
    let id = |id: Option<Id<'_>>| id.map_or_else(String::new, |id| text(id.as_str()));
    let one = |(reported, _): WithJson<'_, ReportedOperation<'_>>| Operation {
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

type Lists<'a> = BTreeMap<String, &'a RawValue>;

/// The value under the answer's key, by name. Without the key it is no answer: Mesos writes it where its lists are empty, too.
fn lists<'a>(body: &'a str, key: &str) -> Result<Lists<'a>, AnswerFault> {
    AnswerFault::unless(body, JsonForm::Object, "")?;
    let mut answer: Lists<'a> = serde_json::from_str(body)?;
    let Some(lists) = answer.remove(key) else { return Err(AnswerFault::absent(key, JsonForm::Object)) };
    AnswerFault::unless(lists.get(), JsonForm::Object, key)?;
    Ok(serde_json::from_str(lists.get())?)
}

/// # Errors
/// If it is no list: that none is there would be a lie.
fn reported<'a, T: FromAnyJson<'a>>(
    lists: &mut Lists<'a>,
    name: &str,
    kind: ListedKind,
    misread: &mut MisreadObjects<'a>,
) -> Result<Vec<WithJson<'a, T>>, AnswerFault> {
    let Some(list) = lists.remove(name) else { return Ok(Vec::new()) };
    AnswerFault::unless(list.get(), JsonForm::List, name)?;
    let objects: Vec<&'a RawValue> = serde_json::from_str(list.get())?;
    let mut all = Vec::with_capacity(objects.len());
    for json in objects.into_iter().map(RawValue::get) {
        let Lenient { value, misfits } = serde_json::from_str::<Lenient<T>>(json)?;
        match value.filter(FromAnyJson::has_identity) {
            Some(value) => all.push((value, json)),
            None => misread.unidentified.push((kind, json)),
        }
        if !misfits.is_empty() {
            misread.fields.push((kind, misfits, json));
        }
    }
    Ok(all)
}

fn unknown(within: &str, lists: Lists<'_>) -> Vec<UnknownList> {
    let entries = |list: &RawValue| Vec::<&RawValue>::deserialize(list).map_or(0, |entries| entries.len() as u64);
    let all =
        lists.into_iter().map(|(name, list)| UnknownList { within: within.to_owned(), name, entries: entries(list) });
    all.filter(|list| list.entries > 0).collect()
}
