//! The answers to GET_FRAMEWORKS and GET_EXECUTORS as lists of objects, each beside its own JSON.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Executor, Framework};

/// An object, and its own JSON.
pub type Told<'a, T> = (T, &'a str);

/// The answer to GET_FRAMEWORKS.
#[derive(Clone, Debug, Default)]
pub struct Frameworks<'a> {
    pub frameworks: Vec<Told<'a, Framework<'a>>>,
    /// In the order in which they ended.
    pub completed: Vec<Told<'a, Framework<'a>>>,
}

#[derive(Deserialize)]
struct FrameworksBody<'a> {
    #[serde(borrow, default)]
    get_frameworks: FrameworkLists<'a>,
}

#[derive(Default, Deserialize)]
struct FrameworkLists<'a> {
    #[serde(borrow, default)]
    frameworks: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    completed_frameworks: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct ExecutorsBody<'a> {
    #[serde(borrow, default)]
    get_executors: ExecutorLists<'a>,
}

#[derive(Default, Deserialize)]
struct ExecutorLists<'a> {
    #[serde(borrow, default)]
    executors: Vec<&'a RawValue>,
}

/// Reads the body of an answer to GET_FRAMEWORKS.
///
/// # Errors
/// If it is none.
pub fn frameworks(body: &str) -> Result<Frameworks<'_>, serde_json::Error> {
    let lists = serde_json::from_str::<FrameworksBody<'_>>(body)?.get_frameworks;
    Ok(Frameworks { frameworks: told(lists.frameworks)?, completed: told(lists.completed_frameworks)? })
}

/// Reads the body of an answer to GET_EXECUTORS.
///
/// # Errors
/// If it is none.
pub fn executors(body: &str) -> Result<Vec<Told<'_, Executor<'_>>>, serde_json::Error> {
    told(serde_json::from_str::<ExecutorsBody<'_>>(body)?.get_executors.executors)
}

fn told<'a, T: Deserialize<'a>>(objects: Vec<&'a RawValue>) -> Result<Vec<Told<'a, T>>, serde_json::Error> {
    objects.into_iter().map(|json| Ok((serde_json::from_str(json.get())?, json.get()))).collect()
}
