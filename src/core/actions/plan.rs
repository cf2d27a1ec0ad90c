//! What a change would do to the cluster as it is known: the values before and after, who is concerned, and how far it is done.

use serde::{Deserialize, Serialize};

use super::Act;
use super::draining::Draining;
use super::removal::Removal;
use crate::base::ids::{AgentId, FrameworkId, Role};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::can::WhyNot;

/// One value that a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub key: Key,
    pub value: String,
}

/// What the value is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    Named(String),
    /// A window of the maintenance schedule, and which of those with the same times.
    Window(Timestamp, Option<Nanoseconds>, u32),
}

/// A value before and after; `None` where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub key: Key,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What differs, in the order of `after`, and what is only in `before` last.
pub fn differences(before: &[Entry], after: &[Entry]) -> Vec<Difference> {
    let of =
        |entries: &[Entry], key: &Key| entries.iter().find(|entry| entry.key == *key).map(|entry| entry.value.clone());
    let changed = after.iter().map(|entry| Difference {
        key: entry.key.clone(),
        before: of(before, &entry.key),
        after: Some(entry.value.clone()),
    });
    let gone = before.iter().filter(|entry| of(after, &entry.key).is_none()).map(|entry| Difference {
        key: entry.key.clone(),
        before: Some(entry.value.clone()),
        after: None,
    });
    changed.chain(gone).filter(|difference| difference.before != difference.after).collect()
}

/// How grave an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tone {
    Note,
    Warn,
    Bad,
}

/// What follows, for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    pub tone: Tone,
    pub words: String,
    /// Some of those whom it is about.
    pub on: Vec<On>,
    /// How many more there are.
    pub more: u32,
}

/// Whom, or what, an effect is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum On {
    Agent(AgentId, String),
    Framework(FrameworkId, String),
    Role(Role),
    /// Tasks that the filter lets through, and what they are called together.
    Tasks(String, String),
}

/// Of those whom an effect is about, so many are named.
const NAMED: usize = 6;

impl Effect {
    pub(super) fn new(tone: Tone, words: impl Into<String>) -> Self {
        Self { tone, words: words.into(), on: Vec::new(), more: 0 }
    }

    pub(super) fn on(mut self, on: impl IntoIterator<Item = On>) -> Self {
        for one in on {
            if self.on.len() < NAMED {
                self.on.push(one);
            } else {
                self.more = self.more.saturating_add(1);
            }
        }
        self
    }
}

/// How far the cluster shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shows {
    /// Not at all.
    Before,
    /// It goes on: an agent drains.
    Begun,
    /// It is as it was to be.
    Done,
    /// Nothing that is told of the cluster would show it.
    Untold,
}

/// A change, before a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Why a master would refuse it now.
    pub why_not: Option<WhyNot>,
    /// What stands now.
    pub stands: Vec<Entry>,
    /// What would stand.
    pub wanted: Vec<Entry>,
    /// The gravest first.
    pub effects: Vec<Effect>,
    /// What a master would refuse without force, in words.
    pub forces: Vec<String>,
    pub shows: Shows,
    /// A count that falls when it is done, where no list shows it.
    pub tally: Option<u32>,
    /// `stands` names all that there is, so that what it lacks is not there. Otherwise it names what the change is about, and
    /// that may be something else once the form was edited.
    pub is_whole: bool,
    /// When the oldest of the answers was asked for that this is told from; `None` if one is missing yet.
    pub asked: Option<Timestamp>,
    /// The change that puts back what stands now, where there is one.
    pub back: Option<Act>,
    /// How far it is, of a drain that goes on.
    pub draining: Option<Draining>,
    /// The host name of the agent, or the framework's name, that the change is about; `None` while the master lists no such thing.
    pub subject: Option<String>,
    /// Who must be named to say that one means it: the id or the name of what is lost.
    pub name: Option<String>,
    /// What REMOVE_QUOTA is printed from, if the role was seen to have a quota.
    pub removal: Option<Removal>,
}

impl Plan {
    pub(super) fn new(stands: Vec<Entry>, wanted: Vec<Entry>) -> Self {
        let shows = if differences(&stands, &wanted).is_empty() { Shows::Done } else { Shows::Before };
        Self {
            why_not: None,
            stands,
            wanted,
            effects: Vec::new(),
            forces: Vec::new(),
            shows,
            tally: None,
            is_whole: false,
            asked: None,
            back: None,
            draining: None,
            subject: None,
            name: None,
            removal: None,
        }
    }
}

pub(super) fn named(name: impl Into<String>, value: impl Into<String>) -> Entry {
    Entry { key: Key::Named(name.into()), value: value.into() }
}
