//! The answers to GET_FRAMEWORKS, GET_EXECUTORS and GET_OPERATIONS as lists of objects, each beside its own JSON.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::detail::Operation;
use super::field::{Field, Lenient, Misfits, fields};
use super::scalar::{Id, Name, Text};
use super::shape::misfits_of;
use crate::mesos::wire::agent::Executor;
use crate::mesos::wire::framework::{Framework, FrameworkInfo};
use crate::mesos::wire::json_splitter::UnknownList;

/// An object, and its own JSON.
pub type Reported<'a, T> = (T, &'a str);

/// The objects of an answer that could not be read as they are: each with its fields' misfits, and its JSON.
#[derive(Clone, Debug, Default)]
pub struct Misread<'a> {
    /// Noun for the object, as `a framework`, the fields that do not fit, and the object's JSON.
    pub fields: Vec<(&'static str, Misfits, &'a str)>,
    /// Objects without an id, and values that are no objects; each with a noun and its JSON.
    pub unidentified: Vec<(&'static str, &'a str)>,
}

/// The answer to GET_FRAMEWORKS.
#[derive(Clone, Debug, Default)]
pub struct Frameworks<'a> {
    /// Frameworks that have not ended.
    pub frameworks: Vec<Reported<'a, Framework<'a>>>,
    /// Frameworks that have ended, in the order in which they did.
    pub completed: Vec<Reported<'a, Framework<'a>>>,
    /// Frameworks that a master before 1.3 knows from its agents only, since it was elected.
    pub recovered: Vec<Reported<'a, FrameworkInfo<'a>>>,
    /// Lists of the answer that this build does not know.
    pub unknown: Vec<UnknownList>,
    /// Objects, and fields of objects, that could not be read.
    pub misread: Misread<'a>,
}

/// The answer to GET_EXECUTORS.
#[derive(Clone, Debug, Default)]
pub struct Executors<'a> {
    /// All executors, with those of frameworks that have not come back to a master before 1.3.
    pub executors: Vec<Reported<'a, Executor<'a>>>,
    /// Lists of the answer that this build does not know.
    pub unknown: Vec<UnknownList>,
    /// Objects, and fields of objects, that could not be read.
    pub misread: Misread<'a>,
}

/// Reads the body of an answer to GET_FRAMEWORKS.
///
/// # Errors
/// If it is none.
pub fn frameworks(body: &str) -> Result<Frameworks<'_>, serde_json::Error> {
    let mut lists = lists(body, "get_frameworks")?;
    let mut misread = Misread::default();
    Ok(Frameworks {
        frameworks: reported(lists.remove("frameworks"), "a framework", &mut misread)?,
        completed: reported(lists.remove("completed_frameworks"), "a completed framework", &mut misread)?,
        recovered: reported(lists.remove("recovered_frameworks"), "a recovered framework", &mut misread)?,
        unknown: unknown("get_frameworks", lists),
        misread,
    })
}

/// Reads the body of an answer to GET_EXECUTORS.
///
/// # Errors
/// If it is none.
pub fn executors(body: &str) -> Result<Executors<'_>, serde_json::Error> {
    let mut lists = lists(body, "get_executors")?;
    let mut misread = Misread::default();
    let mut executors = reported(lists.remove("executors"), "an executor", &mut misread)?;
    executors.extend(reported(lists.remove("orphan_executors"), "an orphan executor", &mut misread)?);
    Ok(Executors { executors, unknown: unknown("get_executors", lists), misread })
}

/// Reads the body of an answer to GET_OPERATIONS.
///
/// # Errors
/// If it is none.
pub fn operations(body: &str) -> Result<(Vec<Operation>, Misread<'_>), serde_json::Error> {
    let mut misread = Misread::default();
    let reported = reported(lists(body, "get_operations")?.remove("operations"), "an operation", &mut misread)?;
    let text = |text: &str| text.to_owned();
    let id = |id: Option<Id<'_>>| id.map_or_else(String::new, |id| text(id.as_str()));
    let one = |(reported, _): Reported<'_, OperationTold<'_>>| Operation {
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

/// The fields of one operation that have another form than expected, in words.
pub fn operation_misfits(json: &str) -> Vec<String> {
    misfits_of::<OperationTold<'_>>(json)
}

/// An operation as the master holds it.
#[derive(Debug, Default)]
pub struct OperationTold<'a> {
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

fields! { impl<'de> OperationTold<'de>, identified by |reported| reported.uuid.has_identity();
    "uuid" => uuid,
    "framework_id" => framework_id,
    "agent_id" => agent_id,
    "info" => info,
    "latest_status" => latest_status,
}
fields! { impl<'de> OperationInfo<'de>; "id" => id, "type" => kind }
fields! { impl<'de> OperationStatus<'de>; "state" => state, "message" => message }

type Lists<'a> = BTreeMap<String, &'a RawValue>;

/// What stands under the answer's key, by name; nothing, where the key is absent, as it is of an empty answer.
fn lists<'a>(body: &'a str, key: &str) -> Result<Lists<'a>, serde_json::Error> {
    let mut answer: Lists<'a> = serde_json::from_str(body)?;
    answer.remove(key).map_or(Ok(Lists::new()), |lists| serde_json::from_str(lists.get()))
}

/// # Errors
/// If it is no list: that none is there would be a lie.
fn reported<'a, T: Field<'a>>(
    list: Option<&'a RawValue>,
    kind: &'static str,
    misread: &mut Misread<'a>,
) -> Result<Vec<Reported<'a, T>>, serde_json::Error> {
    let objects: Vec<&'a RawValue> = list.map_or(Ok(Vec::new()), |list| serde_json::from_str(list.get()))?;
    let mut all = Vec::with_capacity(objects.len());
    for json in objects.into_iter().map(RawValue::get) {
        let Lenient { value, misfits } = serde_json::from_str::<Lenient<T>>(json)?;
        match value.filter(Field::has_identity) {
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
