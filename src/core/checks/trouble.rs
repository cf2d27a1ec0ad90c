//! What went wrong on the way and stopped nothing: what was not understood, reads that failed, streams that were lost.
//! Keeps a bounded number of each kind; whatever comes, it does not grow beyond that. Decides nothing.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::units::Timestamp;
use crate::mesos::wire::field::Misfits;

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
    /// Events and objects that are left out: they are of another form than this build expects, or do not say what they are about.
    Misfit,
    /// Records that are no JSON.
    Undecodable,
    /// Text with bytes that are no UTF-8.
    Mended,
    /// Reads that were refused, or not answered.
    Refused,
    /// Reads whose answers could not be read.
    Misread,
}

/// A kind of trouble that occurred once or more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Type of the event, or name of the list or the call.
    pub what: String,
    /// The decoder's or Mesos' message; empty if there is none.
    pub why: String,
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
pub struct Loss {
    /// Time at which the loss was noticed, by the browser's clock.
    pub at: Timestamp,
    /// Reason for the loss in words, as the transport or the decoder gave it.
    pub cause: String,
}

/// All recorded trouble; each category keeps a bounded number of kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Kinds of [`Category::Unknown`], in the order in which they were first seen.
    pub unknown: Vec<Kind>,
    /// Kinds of [`Category::Field`], in the order in which they were first seen.
    pub fields: Vec<Kind>,
    /// Kinds of [`Category::Misfit`], in the order in which they were first seen.
    pub misfits: Vec<Kind>,
    /// Kinds of [`Category::Undecodable`], in the order in which they were first seen.
    pub undecodable: Vec<Kind>,
    /// Kinds of [`Category::Mended`], in the order in which they were first seen.
    pub mended: Vec<Kind>,
    /// Kinds of [`Category::Refused`], in the order in which they were first seen.
    pub refused: Vec<Kind>,
    /// Kinds of [`Category::Misread`], in the order in which they were first seen.
    pub misread: Vec<Kind>,
    /// Lost streams, newest first.
    pub losses: VecDeque<Loss>,
    /// Number of all occurrences, those no longer kept included.
    pub total: u64,
}

impl Trouble {
    /// Records an occurrence. `head` is kept only if the kind is new.
    pub fn saw(&mut self, sort: Category, what: &str, why: &str, head: &str, now: Timestamp) {
        self.total += 1;
        let (kinds, what, why) = (self.of_mut(sort), cut(what, WORDS), cut(why, WORDS));
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
        let (what, why, head) = (what.to_owned(), why.to_owned(), cut(head, HEAD).to_owned());
        kinds.push(Kind { what, why, head, count: 1, first: now, last: now });
    }

    /// An object has fields of another form than expected.
    pub fn misfits(&mut self, what: &str, misfits: &Misfits, json: &str, now: Timestamp) {
        for misfit in misfits.iter() {
            self.saw(Category::Field, what, &misfit.kind(), json, now);
        }
    }

    /// A stream was lost.
    pub fn lost(&mut self, cause: String, now: Timestamp) {
        self.total += 1;
        self.losses.truncate(LOSSES - 1);
        self.losses.push_front(Loss { at: now, cause });
    }

    /// Kinds of a category, in the order in which they were first seen.
    pub fn of(&self, sort: Category) -> &[Kind] {
        match sort {
            Category::Unknown => &self.unknown,
            Category::Field => &self.fields,
            Category::Misfit => &self.misfits,
            Category::Undecodable => &self.undecodable,
            Category::Mended => &self.mended,
            Category::Refused => &self.refused,
            Category::Misread => &self.misread,
        }
    }

    /// Number of occurrences of the category's kept kinds.
    pub fn count(&self, sort: Category) -> u64 {
        self.of(sort).iter().map(|kind| kind.count).sum()
    }

    fn of_mut(&mut self, sort: Category) -> &mut Vec<Kind> {
        match sort {
            Category::Unknown => &mut self.unknown,
            Category::Field => &mut self.fields,
            Category::Misfit => &mut self.misfits,
            Category::Undecodable => &mut self.undecodable,
            Category::Mended => &mut self.mended,
            Category::Refused => &mut self.refused,
            Category::Misread => &mut self.misread,
        }
    }
}

/// So many bytes of a text, or fewer where a character would be cut.
fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000_000_000)
    }

    #[test]
    fn the_same_again_is_counted() {
        let mut trouble = Trouble::default();
        trouble.saw(Category::Unknown, "OFFER_ADDED", "", "{1", at(1));
        trouble.saw(Category::Unknown, "OFFER_ADDED", "", "{2", at(5));
        trouble.saw(Category::Misfit, "OFFER_ADDED", "no", "{3", at(6));
        let kind = &trouble.unknown[0];
        assert_eq!((kind.count, kind.first, kind.last, kind.head.as_str()), (2, at(1), at(5), "{1"));
        assert_eq!((trouble.misfits.len(), trouble.total, trouble.count(Category::Unknown)), (1, 3, 2));
    }

    #[test]
    fn whatever_comes_it_is_bounded() {
        let mut trouble = Trouble::default();
        let long = "é".repeat(HEAD);
        for n in 0..1000 {
            trouble.saw(Category::Unknown, &format!("{n}{long}"), &long, &long, at(n));
            trouble.lost(format!("cause {n}"), at(n));
        }
        assert_eq!((trouble.unknown.len(), trouble.losses.len(), trouble.total), (KINDS, LOSSES, 2000));
        assert_eq!(
            (trouble.losses[0].cause.as_str(), trouble.unknown[0].first),
            ("cause 999", at(1000 - KINDS as i64))
        );
        let kind = &trouble.unknown[0];
        assert!(kind.what.len() <= WORDS && kind.why.len() <= WORDS && kind.head.len() <= HEAD);
    }
}
