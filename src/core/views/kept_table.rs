//! A table that is kept between its answers: what the filter said of each row, the counts of values, and the first rows in their order.
//! Rows that changed are looked at again, and no others; a filter that is typed further looks at the rows that the last one did not
//! rule out. Knows no columns; its answers equal those that are made from all rows.

use std::cmp::Ordering;

use super::facets::{FIELDS, FacetCounts, ValueNumbers};
use super::filter::{Filter, FilterOutcome};
use super::kept_words::KeptWords;
use super::numbered_rows::NumberedRows;
use super::table::{Column, EmptyReason, Order, TableQuery, TableWindow};
use crate::base::order;
use crate::cluster::row_changes::ChangePosition;

/// Rows that are kept in order beyond those that were asked for, at least: so many may leave before all are ordered again.
const SPARE: usize = 500;
/// The rows in order are cut when they are so many times as many as are asked for.
const TOO_MANY: usize = 8;

/// What is kept of a table.
#[derive(Debug)]
pub(super) struct KeptTable<C> {
    text: String,
    filter: Filter,
    sort: Option<Order<C>>,
    /// What is known of each row, by its number.
    rows: Vec<RowState>,
    facets: FacetCounts,
    matched: usize,
    /// The first matched rows in order; no other matched row comes before the last of them.
    head: Vec<u32>,
    /// Whether `head` has all matched rows.
    is_whole: bool,
    /// Whether `head` may have rows that no longer match.
    is_stale: bool,
    words: KeptWords,
    /// The number at which the search of all rows goes on; `None` if it is over.
    next: Option<u32>,
    /// Changes up to here are known; `None` if nothing is.
    position: Option<ChangePosition>,
}

impl<C> Default for KeptTable<C> {
    fn default() -> Self {
        Self {
            text: String::new(),
            filter: Filter::default(),
            sort: None,
            rows: Vec::new(),
            facets: FacetCounts::default(),
            matched: 0,
            head: Vec::new(),
            is_whole: false,
            is_stale: false,
            words: KeptWords::default(),
            next: None,
            position: None,
        }
    }
}

/// What is known of a row.
#[derive(Clone, Copy, Debug, Default)]
struct RowState {
    /// What the filter says of it; `None` if it was not searched yet.
    outcome: Option<FilterOutcome>,
    /// The values under which it is counted.
    values: ValueNumbers,
}

impl<C: Column> KeptTable<C> {
    /// Brings the table up to date, but looks at `most` rows at most for a new filter. Whether it is done; if not, call it again.
    pub(super) fn update(&mut self, source: &impl NumberedRows, query: &TableQuery<C>, most: usize) -> bool {
        let most = u32::try_from(self.begin(source, query, most)).unwrap_or(u32::MAX);
        let is_searched = self.search(source, most);
        if !is_searched {
            return false;
        }
        self.follow(source);
        if !self.words.update(source, &self.filter, self.matched == 0, most) {
            return false;
        }
        self.arrange(source, query);
        true
    }

    /// The rows that the query asks for, once the table is up to date.
    pub(super) fn window<S: NumberedRows>(
        &self,
        source: &S,
        query: &TableQuery<C>,
        total: usize,
        row: impl Fn(S::Item) -> C::Row,
    ) -> TableWindow<C::Row> {
        let shown = self.head.iter().skip(query.first as usize).take(query.count as usize);
        TableWindow {
            total: u32::try_from(total).unwrap_or(u32::MAX),
            matched: u32::try_from(self.matched).unwrap_or(u32::MAX),
            first: query.first,
            rows: shown.filter_map(|number| source.item(*number)).map(row).collect(),
            arriving: false,
            facets: source.facets(&self.facets, &self.filter),
            empty_reasons: self.reasons(total),
        }
    }

    fn reasons(&self, total: usize) -> Vec<EmptyReason> {
        self.words.reasons(&self.filter, self.matched > 0, total)
    }

    /// Takes over the query. Gives how many rows may be looked at.
    fn begin(&mut self, source: &impl NumberedRows, query: &TableQuery<C>, most: usize) -> usize {
        let is_known = self.position.is_some_and(|position| source.changed_since(position).is_some());
        let is_overtaken = !is_known && self.next.is_some();
        if !is_known || self.text != query.filter {
            let filter = Filter::parse(&query.filter);
            if is_known && filter.narrows(&self.filter) {
                self.words = self.words.narrowed(&filter, &self.filter);
                self.next = Some(0);
            } else {
                *self = Self {
                    words: KeptWords::of(&filter),
                    next: Some(0),
                    position: Some(source.position()),
                    ..Self::default()
                };
            }
            (self.filter, self.text) = (filter, query.filter.clone());
        }
        if self.sort != Some(query.sort) {
            (self.sort, self.is_whole) = (Some(query.sort), false);
            self.head.clear();
        }
        // A search that changes overtook would be overtaken again.
        if is_overtaken { usize::MAX } else { most }
    }

    /// Goes on with the search of all rows. Whether it is over.
    fn search(&mut self, source: &impl NumberedRows, most: u32) -> bool {
        let Some(next) = self.next else { return true };
        let end = source.numbers();
        let (mut number, mut left) = (next, most);
        self.reserve(end);
        while number < end && left > 0 {
            let is_out = self.rows.get(number as usize).is_some_and(|row| row.outcome == Some(FilterOutcome::Out));
            if !is_out {
                self.classify(source, number);
                left -= 1;
            }
            number += 1;
        }
        self.next = (number < end).then_some(number);
        self.next.is_none()
    }

    fn reserve(&mut self, numbers: u32) {
        if self.rows.len() < numbers as usize {
            self.rows.resize(numbers as usize, RowState::default());
        }
    }

    /// Looks at a row.
    fn classify(&mut self, source: &impl NumberedRows, number: u32) {
        let item = source.item(number);
        let state = item
            .as_ref()
            .map(|item| RowState { outcome: Some(self.filter.classify(item, &FIELDS)), values: source.values(item) });
        let gone = RowState { outcome: Some(FilterOutcome::Out), ..RowState::default() };
        let state = state.unwrap_or(gone);
        let Some(place) = self.rows.get_mut(number as usize) else { return };
        let old = std::mem::replace(place, state);
        old.outcome.into_iter().for_each(|outcome| self.facets.remove(outcome, old.values));
        state.outcome.into_iter().for_each(|outcome| self.facets.add(outcome, state.values));
        if old.outcome == Some(FilterOutcome::Through) {
            self.matched -= 1;
            self.is_stale |= state.outcome != old.outcome;
        }
        self.matched += usize::from(state.outcome == Some(FilterOutcome::Through));
    }

    /// Looks at the rows that changed.
    fn follow(&mut self, source: &impl NumberedRows) {
        let Some(position) = self.position else { return };
        let mut changed: Vec<u32> = source.changed_since(position).into_iter().flatten().collect();
        changed.sort_unstable();
        changed.dedup();
        self.position = Some(source.position());
        self.reserve(source.numbers());
        let matches = |rows: &[RowState], number: u32| {
            rows.get(number as usize).is_some_and(|row| row.outcome == Some(FilterOutcome::Through))
        };
        if self.is_stale || changed.iter().any(|number| matches(&self.rows, *number)) {
            let rows = &self.rows;
            self.head.retain(|number| matches(rows, *number) && changed.binary_search(number).is_err());
            self.is_stale = false;
        }
        for number in &changed {
            self.classify(source, *number);
        }
        self.is_stale = false;
        self.words.follow(source, &self.filter, &changed);
        changed.retain(|number| matches(&self.rows, *number));
        self.insert(source, &changed);
    }

    /// Puts rows in their places, as far as the rows in order go.
    fn insert(&mut self, source: &impl NumberedRows, numbers: &[u32]) {
        let compare = |a: u32, b: u32| match (source.item(a), source.item(b)) {
            (Some(a), Some(b)) => source.compare(&a, &b),
            _ => Ordering::Equal,
        };
        let last = self.head.last().copied().filter(|_| !self.is_whole);
        let fits = |number: &u32| self.is_whole || last.is_some_and(|last| compare(*number, last).is_lt());
        let fitting: Vec<u32> = numbers.iter().copied().filter(fits).collect();
        if fitting.is_empty() {
            return;
        }
        let fitting = order::sorted(fitting, |a, b| compare(*a, *b));
        let mut merged = Vec::with_capacity(self.head.len() + fitting.len());
        let mut rest = self.head.as_slice();
        for number in fitting {
            let (before, after) = rest.split_at(rest.partition_point(|other| compare(*other, number).is_lt()));
            merged.extend_from_slice(before);
            merged.push(number);
            rest = after;
        }
        merged.extend_from_slice(rest);
        self.head = merged;
    }

    /// Orders as many rows as are asked for, and some more.
    fn arrange(&mut self, source: &impl NumberedRows, query: &TableQuery<C>) {
        let wanted = (query.first as usize).saturating_add(query.count as usize).min(self.matched);
        let most = wanted + SPARE.max(wanted / 2);
        if self.head.len() < wanted {
            self.order(source, most);
        } else if self.head.len() > most.saturating_mul(TOO_MANY) {
            self.head.truncate(most);
            self.head.shrink_to_fit();
            self.is_whole = false;
        }
    }

    fn order(&mut self, source: &impl NumberedRows, most: usize) {
        let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(self.matched);
        let matched = (0..).zip(&self.rows).filter(|(_, row)| row.outcome == Some(FilterOutcome::Through));
        keyed.extend(matched.filter_map(|(number, _)| Some((source.sort_key(&source.item(number)?), number))));
        let order = order::top_n(&keyed, most, |a, b| {
            a.0.cmp(&b.0).then_with(|| match (source.item(a.1), source.item(b.1)) {
                (Some(a), Some(b)) => source.compare(&a, &b),
                _ => Ordering::Equal,
            })
        });
        self.head = order.iter().filter_map(|at| keyed.get(*at as usize)).map(|(_, number)| *number).collect();
        self.is_whole = self.head.len() == self.matched;
    }
}
