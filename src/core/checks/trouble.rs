//! What went wrong on the way and stopped nothing: what was not understood, reads that failed, streams that were lost.
//! Keeps a bounded number of each kind; whatever comes, it does not grow beyond that. Decides nothing.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::disconnect::DisconnectReason;
use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::ReadFailure;
use crate::mesos::calls::Refusal;
use crate::mesos::calls::answer::{CallError, Intercepted};
use crate::mesos::wire::event::EventError;
use crate::mesos::wire::fault::{AnswerFault, JsonFault, ObjectFault};
use crate::mesos::wire::field::{Misfit, Misfits};
use crate::mesos::wire::json_splitter::SnapshotList;
use crate::mesos::wire::lists::ListedKind;
use crate::mesos::wire::unknown_numbers::UnknownNumber;

/// Lost streams that are kept.
const LOSSES: usize = 50;
/// Kinds of trouble that are kept of each sort: the one that was seen longest ago goes first.
const KINDS: usize = 24;
/// Bytes of a record or an object that are kept to be looked at.
const HEAD: usize = 1024;
/// Bytes of a name or of words.
const WORDS: usize = 512;

/// Categories of trouble with answers and events: unknown, other than expected, broken, or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    /// Events and objects of a type that this build does not know.
    Unknown,
    /// Fields of another form than this build expects. Their objects are held without them.
    Field,
    /// Events and objects that are left out: they are of another form than this build expects, do not say what they are about, or
    /// are about a task that is not known.
    Misfit,
    /// Records that are no JSON.
    Undecodable,
    /// Text with bytes that are no UTF-8.
    LossilyDecoded,
    /// Reads that were refused, or not answered.
    Refused,
    /// Reads whose answers could not be read.
    Misread,
}

/// Subject of the trouble: a record, an object or a read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// A record of the stream of that type; empty if it names none.
    Record(String),
    /// The snapshot without the objects in its lists.
    Snapshot,
    /// An object in a list of the snapshot.
    Entry(SnapshotList),
    /// A value in a list of the snapshot that is no object.
    Value,
    /// An object in a list of an answer to a read.
    Listed(ListedKind),
    /// A read.
    Read(Topic),
    /// The answer to a read, apart from the objects in it.
    Answer(Topic),
    /// An object of which a page is shown: that page reads more of it than tables do.
    Page(PageKind),
}

/// Kind of the object that a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PageKind {
    /// An agent.
    Agent,
    /// A framework.
    Framework,
    /// An executor.
    Executor,
    /// A task.
    Task,
    /// An offer, operation or role.
    Entry,
}

/// Reason for an occurrence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// A field has another form than expected.
    Field(Misfit),
    /// A field or an enum's value has a number that this build has no name for; it is shown by its number.
    Number(UnknownNumber),
    /// An object was left out.
    Object(ObjectFault),
    /// An event was left out.
    Event(EventError),
    /// A record came before the snapshot, and was skipped.
    Early,
    /// A task was updated that nothing has reported before.
    UnknownTask,
    /// A read failed.
    Read(ReadFailure),
}

/// A kind of trouble that occurred once or more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleEntry {
    /// Record, object or read that something is wrong with.
    pub what: Origin,
    /// Reason, in data; `None` where the category says it all.
    pub why: Option<Reason>,
    /// Start of the first occurrence's text, at most 1 KiB; bytes that are no UTF-8 are marked.
    pub head: String,
    /// Number of occurrences since `first`.
    pub count: u64,
    /// Time of the first occurrence, by the browser's clock.
    pub first: Timestamp,
    /// Time of the latest occurrence, by the browser's clock.
    pub last: Timestamp,
}

/// A stream that was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostStream {
    /// Time at which the loss was noticed, by the browser's clock.
    pub at: Timestamp,
    /// Reason for the loss.
    pub cause: DisconnectReason,
}

/// All recorded trouble; each category keeps a bounded number of kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Kinds of [`Category::Unknown`], in the order in which they were first seen.
    pub unknown: Vec<TroubleEntry>,
    /// Kinds of [`Category::Field`], in the order in which they were first seen.
    pub fields: Vec<TroubleEntry>,
    /// Kinds of [`Category::Misfit`], in the order in which they were first seen.
    pub misfits: Vec<TroubleEntry>,
    /// Kinds of [`Category::Undecodable`], in the order in which they were first seen.
    pub undecodable: Vec<TroubleEntry>,
    /// Kinds of [`Category::Mended`], in the order in which they were first seen.
    pub mended: Vec<TroubleEntry>,
    /// Kinds of [`Category::Refused`], in the order in which they were first seen.
    pub refused: Vec<TroubleEntry>,
    /// Kinds of [`Category::Misread`], in the order in which they were first seen.
    pub misread: Vec<TroubleEntry>,
    /// Lost streams, newest first.
    pub losses: VecDeque<LostStream>,
    /// Number of all occurrences, those no longer kept included.
    pub total: u64,
}

impl Trouble {
    /// Records an occurrence. `head` is kept only if the kind is new.
    pub fn report(&mut self, sort: Category, what: Origin, why: Option<Reason>, head: &str, now: Timestamp) {
        self.total += 1;
        let (kinds, what, why) = (self.of_mut(sort), what.bounded(), why.map(Reason::bounded));
        if let Some(kind) = kinds.iter_mut().find(|kind| kind.what == what && kind.why == why) {
            kind.count += 1;
            kind.last = now;
            return;
        }
        if kinds.len() >= KINDS
            && let Some((oldest, _)) = kinds.iter().enumerate().min_by_key(|(_, kind)| kind.last)
        {
            kinds.remove(oldest);
        }
        let head = head.get(..head.floor_char_boundary(HEAD)).unwrap_or_default().to_owned();
        kinds.push(TroubleEntry { what, why, head, count: 1, first: now, last: now });
    }

    /// An object has fields of another form than expected, or numbers that this build has no name for.
    pub fn misfits(&mut self, what: &Origin, misfits: &Misfits, json: &str, now: Timestamp) {
        for misfit in misfits.iter() {
            self.report(Category::Field, what.clone(), Some(Reason::Field(misfit.kind())), json, now);
        }
        for number in misfits.unknown().iter() {
            self.report(Category::Unknown, what.clone(), Some(Reason::Number(number.clone())), json, now);
        }
        if misfits.unknown().is_lossy {
            self.report(Category::LossilyDecoded, what.clone(), None, json, now);
        }
    }

    /// A stream was lost.
    pub fn lost(&mut self, cause: DisconnectReason, now: Timestamp) {
        self.total += 1;
        self.losses.truncate(LOSSES - 1);
        self.losses.push_front(LostStream { at: now, cause });
    }

    /// Kinds of a category, in the order in which they were first seen.
    pub fn of(&self, sort: Category) -> &[TroubleEntry] {
        match sort {
            Category::Unknown => &self.unknown,
            Category::Field => &self.fields,
            Category::Misfit => &self.misfits,
            Category::Undecodable => &self.undecodable,
            Category::LossilyDecoded => &self.mended,
            Category::Refused => &self.refused,
            Category::Misread => &self.misread,
        }
    }

    /// Number of occurrences of the category's kept kinds.
    pub fn count(&self, sort: Category) -> u64 {
        self.of(sort).iter().map(|kind| kind.count).sum()
    }

    fn of_mut(&mut self, sort: Category) -> &mut Vec<TroubleEntry> {
        match sort {
            Category::Unknown => &mut self.unknown,
            Category::Field => &mut self.fields,
            Category::Misfit => &mut self.misfits,
            Category::Undecodable => &mut self.undecodable,
            Category::LossilyDecoded => &mut self.mended,
            Category::Refused => &mut self.refused,
            Category::Misread => &mut self.misread,
        }
    }
}

impl Origin {
    fn bounded(mut self) -> Self {
        if let Self::Record(kind) = &mut self {
            cut(kind);
        }
        self
    }
}

impl Reason {
    fn bounded(mut self) -> Self {
        let words = match &mut self {
            Self::Field(misfit)
            | Self::Read(ReadFailure::Field(misfit) | ReadFailure::Answer(AnswerFault::Form(misfit))) => {
                &mut misfit.path
            }
            Self::Object(ObjectFault::Json(JsonFault::Syntax(words)))
            | Self::Event(EventError::Json(JsonFault::Syntax(words)))
            | Self::Read(ReadFailure::Answer(
                AnswerFault::Json(JsonFault::Syntax(words))
                | AnswerFault::Entry(ObjectFault::Json(JsonFault::Syntax(words)))
                | AnswerFault::OtherCall(words),
            )) => words,
            Self::Read(ReadFailure::Unanswered(
                CallError::Refused(Refusal { words, .. })
                | CallError::NotSent(Refusal { words, .. })
                | CallError::Unclear(Refusal { words, .. })
                | CallError::NotMesos { words, .. }
                | CallError::Intercepted(Intercepted { title: words, .. }),
            )) => words,
            _ => return self,
        };
        cut(words);
        self
    }
}

/// Keeps as many bytes as words may have, or fewer where a character would be cut.
fn cut(text: &mut String) {
    text.truncate(text.floor_char_boundary(WORDS));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::json_form::JsonForm;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000_000_000)
    }

    fn offers() -> Origin {
        Origin::Record("OFFER_ADDED".to_owned())
    }

    #[test]
    fn the_same_again_is_counted() {
        let mut trouble = Trouble::default();
        trouble.report(Category::Unknown, offers(), None, "{1", at(1));
        trouble.report(Category::Unknown, offers(), None, "{2", at(5));
        trouble.report(Category::Misfit, offers(), Some(Reason::Event(EventError::Empty)), "{3", at(6));
        let kind = &trouble.unknown[0];
        assert_eq!((kind.count, kind.first, kind.last, kind.head.as_str()), (2, at(1), at(5), "{1"));
        assert_eq!((trouble.misfits.len(), trouble.total, trouble.count(Category::Unknown)), (1, 3, 2));
    }

    #[test]
    fn whatever_comes_it_is_bounded() {
        let long = "é".repeat(HEAD);
        let refusal = || Refusal { status: 503, words: long.clone() };
        let title = Intercepted { status: 200, title: long.clone(), signs_in: true };
        let misfit = || Misfit { path: long.clone(), expected: JsonForm::List, found: JsonForm::Object };
        let syntax = || JsonFault::Syntax(long.clone());
        let read = |why: ReadFailure| Reason::Read(why);
        let reasons = [
            Reason::Field(misfit()),
            Reason::Object(syntax().into()),
            Reason::Event(syntax().into()),
            read(ReadFailure::Field(misfit())),
            read(AnswerFault::Form(misfit()).into()),
            read(AnswerFault::Json(syntax()).into()),
            read(AnswerFault::Entry(syntax().into()).into()),
            read(AnswerFault::OtherCall(long.clone()).into()),
            read(CallError::Refused(refusal()).into()),
            read(CallError::NotSent(refusal()).into()),
            read(CallError::Unclear(refusal()).into()),
            read(CallError::NotMesos { status: 200, words: long.clone() }.into()),
            read(CallError::Intercepted(title).into()),
        ];
        let mut trouble = Trouble::default();
        for n in 0..1000 {
            let why = reasons[n as usize % reasons.len()].clone();
            trouble.report(Category::Unknown, Origin::Record(format!("{n}{long}")), Some(why), &long, at(n));
            trouble.lost(DisconnectReason::Refused { status: n as u16, words: String::new() }, at(n));
        }
        assert_eq!((trouble.unknown.len(), trouble.losses.len(), trouble.total), (KINDS, LOSSES, 2000));
        assert_eq!(trouble.losses[0].cause, DisconnectReason::Refused { status: 999, words: String::new() });
        assert_eq!(trouble.unknown[0].first, at(1000 - KINDS as i64));
        for kind in &trouble.unknown {
            assert!(kind.head.len() <= HEAD && format!("{:?}", kind.what).len() <= WORDS + 100);
            assert!(format!("{:?}", kind.why).len() <= WORDS + 100, "{:?}", kind.why);
        }
    }
}
