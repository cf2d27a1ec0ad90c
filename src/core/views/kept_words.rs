//! The words of a filter in a table that is kept: whether any row has the fields that they ask of, and why no row passes. Counts, and
//! decides nothing about rows.

use super::filter::Filter;
use super::numbered_rows::NumberedRows;
use super::table::{EmptyReason, EmptyReasons};

/// What is known of the words of a filter.
#[derive(Debug, Default)]
pub(super) struct KeptWords {
    fields: Vec<FieldSight>,
    /// Why no row passes, while none does.
    failures: Option<Failures>,
}

/// Whether a row has the field that a word asks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FieldSight {
    /// The word asks of no field.
    NotAsked,
    /// All rows have to be searched for it.
    NotSearched,
    /// The row with this number has it.
    Row(u32),
    /// No row has it.
    Nowhere,
}

/// For each row the only word that it fails on.
#[derive(Debug)]
struct Failures {
    /// By the row's number.
    rows: Vec<OnlyFailure>,
    /// Number of rows that fail on each word only.
    alone: Vec<u32>,
    /// The number at which the search goes on; `None` if it is over.
    next: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum OnlyFailure {
    #[default]
    NotSearched,
    /// The row fails on several words, or is no row.
    None,
    Word(u32),
}

impl KeptWords {
    /// The words of a filter, before any row was seen.
    pub(super) fn of(filter: &Filter) -> Self {
        let sight = |at| filter.field_of(at).map_or(FieldSight::NotAsked, |_| FieldSight::NotSearched);
        Self { fields: (0..filter.words().count()).map(sight).collect(), failures: None }
    }

    /// The words of a filter that follows another: what is known of fields stays.
    pub(super) fn narrowed(&self, filter: &Filter, older: &Filter) -> Self {
        let mut words = Self::of(filter);
        for (at, sight) in words.fields.iter_mut().enumerate() {
            let known = filter.same_field(at, older).and_then(|older| self.fields.get(older));
            *sight = known.copied().unwrap_or(*sight);
        }
        words
    }

    /// Looks at the rows that changed.
    pub(super) fn follow(&mut self, source: &impl NumberedRows, filter: &Filter, changed: &[u32]) {
        for (at, sight) in self.fields.iter_mut().enumerate() {
            let has = |number: &&u32| source.item(**number).is_some_and(|item| filter.is_reported(at, &item));
            *sight = match *sight {
                FieldSight::Row(row) if changed.binary_search(&row).is_ok() && !has(&&row) => FieldSight::NotSearched,
                FieldSight::Nowhere => changed.iter().find(has).map_or(*sight, |row| FieldSight::Row(*row)),
                FieldSight::Row(_) | FieldSight::NotAsked | FieldSight::NotSearched => *sight,
            };
        }
        if let Some(failures) = &mut self.failures {
            changed.iter().for_each(|number| failures.note(source, filter, *number));
        }
    }

    /// Searches what is not known, but looks at `most` rows at most for failures. Whether it is done.
    pub(super) fn update(&mut self, source: &impl NumberedRows, filter: &Filter, is_empty: bool, most: u32) -> bool {
        for (at, sight) in self.fields.iter_mut().enumerate().filter(|(_, sight)| **sight == FieldSight::NotSearched) {
            let has = |number: &u32| source.item(*number).is_some_and(|item| filter.is_reported(at, &item));
            *sight = (0..source.numbers()).find(has).map_or(FieldSight::Nowhere, FieldSight::Row);
        }
        if !is_empty || filter.is_empty() {
            self.failures = None;
            return true;
        }
        self.failures.get_or_insert_with(|| Failures::of(filter)).search(source, filter, most)
    }

    /// The reasons against all `rows` rows; if one passed, only words that ask for unknown fields.
    pub(super) fn reasons(&self, filter: &Filter, any: bool, rows: usize) -> Vec<EmptyReason> {
        let alone = |at: usize| self.failures.as_ref().and_then(|failures| failures.alone.get(at)).copied();
        let words = self.fields.iter().enumerate();
        let words = words.map(|(at, sight)| (alone(at).unwrap_or(0), *sight != FieldSight::Nowhere)).collect();
        EmptyReasons::counted(filter, words, any).reported(rows)
    }
}

impl Failures {
    fn of(filter: &Filter) -> Self {
        Self { rows: Vec::new(), alone: vec![0; filter.words().count()], next: Some(0) }
    }

    /// Goes on with the search. Whether it is over.
    fn search(&mut self, source: &impl NumberedRows, filter: &Filter, most: u32) -> bool {
        let Some(next) = self.next else { return true };
        let end = source.numbers();
        let until = next.saturating_add(most).min(end);
        self.rows.resize(self.rows.len().max(end as usize), OnlyFailure::NotSearched);
        for number in next..until {
            if self.rows.get(number as usize) == Some(&OnlyFailure::NotSearched) {
                self.note(source, filter, number);
            }
        }
        self.next = (until < end).then_some(until);
        self.next.is_none()
    }

    fn note(&mut self, source: &impl NumberedRows, filter: &Filter, number: u32) {
        let item = source.item(number);
        let word = item.and_then(|item| filter.only_failing_term(&item)).and_then(|word| u32::try_from(word).ok());
        let failure = word.map_or(OnlyFailure::None, OnlyFailure::Word);
        self.rows.resize(self.rows.len().max(number as usize + 1), OnlyFailure::NotSearched);
        let Some(place) = self.rows.get_mut(number as usize) else { return };
        let old = std::mem::replace(place, failure);
        if let OnlyFailure::Word(word) = old {
            self.alone.get_mut(word as usize).into_iter().for_each(|alone| *alone -= 1);
        }
        if let OnlyFailure::Word(word) = failure {
            self.alone.get_mut(word as usize).into_iter().for_each(|alone| *alone += 1);
        }
    }
}
