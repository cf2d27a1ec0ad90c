//! Common topics of all tables: named columns, an order, a filter, a window of rows. Knows none of them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::filter::{Filter, Row};
use super::ignore_case::Needle;
use super::kept_state::KeptState;
use super::view::{Cost, Sources, View};
use crate::base::order;
use crate::base::skew::ClusterTime;
use crate::base::units::Timestamp;
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;

/// A table's columns.
pub trait Column: Copy + Debug + PartialEq + 'static {
    /// One row of the table.
    type Row: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// All columns, in their order from left to right.
    const ALL: &'static [Self];
    /// The table's default order.
    const DEFAULT: Sort<Self>;
    /// Fields with text values that a filter may ask for, the commonest first.
    const WORDS: &'static [&'static str];
    /// Fields with numbers that a filter may compare.
    const NUMBERS: &'static [&'static str];
    /// Topics that the rows show and that no event reports.
    const TOPICS: &'static [Topic];
    /// Whether the snapshot's first rows fill the table, so that an empty one is requested again soon.
    const COMES_FIRST: bool = false;
    /// Amount of work per answer.
    const COST: Cost = Cost::Small;
    /// Fields whose values change with time alone.
    const AGING: &'static [&'static str] = &[];
    /// Its name in filters and addresses.
    fn name(self) -> &'static str;
    /// The rows that the query asks for.
    fn rows(cluster: &Cluster, query: &TableQuery<Self>, now: ClusterTime) -> TableWindow<Self::Row>;
    /// The rows that the query asks for, from whatever source they have. `now` is this machine's clock.
    fn answer(sources: Sources<'_>, query: &TableQuery<Self>, now: Timestamp) -> TableWindow<Self::Row> {
        Self::rows(sources.cluster, query, sources.cluster.time(now))
    }
    /// The part of a filter that says what the table is about. A change of the rest moves no rows but those that it adds or removes, so the
    /// table keeps its scroll position.
    fn subject(filter: &str) -> String {
        filter.to_owned()
    }
    /// The rows that the query asks for, from what is kept of the last answer; `None` if they need another call.
    fn answer_kept(
        _kept: &mut KeptState,
        sources: Sources<'_>,
        query: &TableQuery<Self>,
        now: Timestamp,
    ) -> Option<TableWindow<Self::Row>> {
        Some(Self::answer(sources, query, now))
    }
    /// A number that changes whenever the rows may.
    fn revision(sources: Sources<'_>) -> u64 {
        sources.cluster.revision()
    }
}

/// A column to sort by, and the direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort<C> {
    /// The column to sort by.
    pub column: C,
    /// Whether the largest value comes first.
    pub descending: bool,
}

impl<C: Column> Sort<C> {
    fn parse(text: &str) -> Option<Self> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        C::ALL.iter().find(|column| column.name() == name).map(|column| Self { column: *column, descending })
    }

    fn spelt(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.name())
    }
}

/// Order of a table: by one column, and among equal rows by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order<C> {
    /// The primary sort.
    pub first: Sort<C>,
    /// The sort among rows that are equal in `first`; `None` for the table's own tie-break.
    pub then: Option<Sort<C>>,
}

impl<C: Column> Order<C> {
    /// Parses `cpus`, `-cpus` or `-cpus,host`; a name of no column gives the table's default order.
    pub fn parse(text: &str) -> Self {
        let (first, then) = text.split_once(',').unwrap_or((text, ""));
        Self::by(Sort::parse(first).unwrap_or(C::DEFAULT), Sort::parse(then))
    }

    /// Sorts by one column, and then by another, which is dropped if it equals the first.
    fn by(first: Sort<C>, then: Option<Sort<C>>) -> Self {
        Self { first, then: then.filter(|then| then.column != first.column) }
    }

    /// Prints the order for an address; empty for the table's default order.
    pub fn print(self) -> String {
        if self == Self::by(C::DEFAULT, None) { String::new() } else { self.spelt() }
    }

    /// Prints the order as `-cpus,host`, the default order too.
    pub fn spelt(self) -> String {
        let then = self.then.map(|then| format!(",{}", then.spelt())).unwrap_or_default();
        format!("{}{then}", self.first.spelt())
    }

    /// Compares by both sorts; `by_column` compares in ascending order.
    pub(super) fn compare<T>(self, a: &T, b: &T, by_column: &impl Fn(&T, &T, C) -> ColumnOrder) -> Ordering {
        let by = |sort: Sort<C>| match by_column(a, b, sort.column) {
            ColumnOrder::Values(order) if sort.descending => order.reverse(),
            ColumnOrder::Values(order) | ColumnOrder::Missing(order) => order,
        };
        by(self.first).then_with(|| self.then.map_or(Ordering::Equal, by))
    }
}

/// Order of two rows by one column.
pub(super) enum ColumnOrder {
    /// By their values; a descending sort reverses it.
    Values(Ordering),
    /// By whether they have a value: a row without one comes last in both directions.
    Missing(Ordering),
}

impl From<Ordering> for ColumnOrder {
    fn from(order: Ordering) -> Self {
        Self::Values(order)
    }
}

/// Orders two values of which either may be missing or not known.
pub(super) fn known_first<V>(a: Option<V>, b: Option<V>, compare: impl Fn(&V, &V) -> Ordering) -> ColumnOrder {
    match (a, b) {
        (Some(a), Some(b)) => ColumnOrder::Values(compare(&a, &b)),
        (a, b) => ColumnOrder::Missing(b.is_some().cmp(&a.is_some())),
    }
}

/// Orders two texts. An empty one is missing: tables show it as nothing.
pub(super) fn by_text(a: &str, b: &str) -> ColumnOrder {
    let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
    known_first(some(a), some(b), Ord::cmp)
}

impl<C: Column> From<Sort<C>> for Order<C> {
    fn from(first: Sort<C>) -> Self {
        Self::by(first, None)
    }
}

/// Asks for rows of a table: which, and in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableQuery<C> {
    /// Filter in the language of [`Filter`]; empty for all rows.
    pub filter: String,
    /// Order of the rows.
    pub sort: Order<C>,
    /// Index of the first requested row among those that match, from 0.
    pub first: u32,
    /// Maximum number of rows.
    pub count: u32,
    /// A field whose values to count as well, and the text that they must contain. The empty field has the names of
    /// fields that differ from row to row as its values.
    pub values: Option<(String, String)>,
}

impl<C: Column> TableQuery<C> {
    /// A query for no rows, but for the values of a field that contain `part`, among the rows that pass the filter.
    pub fn values(filter: String, field: &str, part: &str) -> Self {
        let values = Some((field.to_owned(), part.to_owned()));
        Self { filter, sort: C::DEFAULT.into(), first: 0, count: 0, values }
    }

    /// A query for the first rows of the whole table, in its default order.
    pub fn all(count: u32) -> Self {
        Self { filter: String::new(), sort: C::DEFAULT.into(), first: 0, count, values: None }
    }
}

impl<C: Column> View for TableQuery<C> {
    type Answer = TableWindow<C::Row>;

    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer {
        C::answer(sources, self, now)
    }

    fn answer_kept(&self, kept: &mut KeptState, sources: Sources<'_>, now: Timestamp) -> Option<Self::Answer> {
        C::answer_kept(kept, sources, self, now)
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        C::revision(sources)
    }

    fn topics(&self) -> &'static [Topic] {
        C::TOPICS
    }

    fn cost(&self) -> Cost {
        C::COST
    }

    fn ages(&self) -> bool {
        C::AGING.iter().any(|field| self.filter.contains(field))
    }

    fn whole(&self) -> Self {
        Self { first: 0, count: u32::MAX, ..self.clone() }
    }

    fn is_blank(answer: &Self::Answer) -> bool {
        C::COMES_FIRST && answer.total == 0
    }
}

/// Some consecutive rows of a table, and their position in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableWindow<R> {
    /// Number of rows in the table.
    pub total: u32,
    /// Number of rows that pass the filter.
    pub matched: u32,
    /// Index of the first of `rows` among the matched rows, in the requested order.
    pub first: u32,
    /// The requested rows, in order.
    pub rows: Vec<R>,
    /// Whether more rows follow: the snapshot is incomplete, or this is a part of an export.
    pub arriving: bool,
    /// Commonest values of fields, in tables that count them.
    pub facets: Vec<Facet>,
    /// Why no row passes, word by word of the filter; if rows pass, only the words that ask for unknown fields.
    pub empty_reasons: Vec<EmptyReason>,
}

/// A word of a filter that no row passes, or that asks for a field which no row has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmptyReason {
    /// The word as typed.
    pub word: String,
    /// Number of rows that fail on this word only; 0 if a row passes.
    pub alone: u32,
    /// The field that it asks for, if no row has such a field; the word is then matched as text.
    pub unknown: Option<String>,
    /// What it compares with, if that is no number; the word is then matched as text.
    pub no_number: Option<String>,
}

/// Collects why rows fail, until one passes.
pub(super) struct EmptyReasons<'a> {
    filter: &'a Filter,
    /// Per word: number of rows that fail on it alone, and whether any row has its field.
    words: Vec<(u32, bool)>,
    any: bool,
}

impl<'a> EmptyReasons<'a> {
    pub(super) fn new(filter: &'a Filter) -> Self {
        Self { filter, words: vec![(0, false); filter.words().count()], any: false }
    }

    /// What was counted: per word, the number of rows that fail on it alone, and whether any row has its field; and whether a row passed.
    pub(super) fn counted(filter: &'a Filter, words: Vec<(u32, bool)>, any: bool) -> Self {
        Self { filter, words, any }
    }

    /// Notes whether the row passed the filter, and returns it.
    pub(super) fn note(&mut self, row: &impl Row, through: bool) -> bool {
        self.any |= through;
        if !self.any {
            let alone = self.filter.only_failing_term(row).and_then(|at| self.words.get_mut(at));
            alone.into_iter().for_each(|(alone, _)| *alone += 1);
        }
        for (at, (_, reported)) in self.words.iter_mut().enumerate().filter(|(_, (_, reported))| !*reported) {
            *reported = self.filter.is_reported(at, row);
        }
        through
    }

    /// The reasons against all `rows` rows; if one passed, only words that ask for unknown fields.
    pub(super) fn reported(self, rows: usize) -> Vec<EmptyReason> {
        let Self { filter, words, any } = self;
        let empty_reasons = |(at, (word, (alone, reported))): (usize, (&str, (u32, bool)))| EmptyReason {
            word: word.to_owned(),
            alone: if any { 0 } else { alone },
            unknown: filter.field_of(at).filter(|_| !reported).map(str::to_owned),
            no_number: filter.limit_without_number(at).map(str::to_owned),
        };
        let blames = filter.words().zip(words).enumerate().map(empty_reasons);
        blames.filter(|empty_reasons| rows > 0 && (!any || empty_reasons.unknown.is_some())).collect()
    }
}

/// A field and its commonest values among the rows that would pass without the filter's terms on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// Its name in filters.
    pub field: String,
    /// The commonest values, each with its number of rows.
    pub values: Vec<(String, u32)>,
}

/// The requested rows. `by_column` compares in ascending order; `tie` orders equal rows, so that no order is
/// accidental.
pub(super) fn window<T: Row + Copy, C: Column, R>(
    all: impl Iterator<Item = T>,
    query: &TableQuery<C>,
    by_column: impl Fn(&T, &T, C) -> ColumnOrder,
    tie: impl Fn(&T, &T) -> Ordering,
    row: impl Fn(T) -> R,
) -> TableWindow<R> {
    let filter = Filter::parse(&query.filter);
    let mut total = 0_usize;
    let counted = all.inspect(|_| total += 1);
    let mut values = Values::wanted(query);
    let mut blames = EmptyReasons::new(&filter);
    let through = counted.filter(|item| filter.is_empty() || blames.note(item, filter.matches(item)));
    let matched: Vec<T> = through.inspect(|item| values.iter_mut().for_each(|values| values.note(item))).collect();
    let last = (query.first as usize).saturating_add(query.count as usize).min(matched.len());
    let order = order::top_n(&matched, last, |a, b| query.sort.compare(a, b, &by_column).then_with(|| tie(a, b)));
    TableWindow {
        total: u32::try_from(total).unwrap_or(u32::MAX),
        matched: u32::try_from(matched.len()).unwrap_or(u32::MAX),
        first: query.first,
        rows: order
            .iter()
            .skip(query.first as usize)
            .filter_map(|at| matched.get(*at as usize))
            .map(|item| row(*item))
            .collect(),
        arriving: false,
        facets: values.map(Values::reported).into_iter().collect(),
        empty_reasons: blames.reported(total),
    }
}

/// Maximum number of values that are reported.
const COMMONEST: usize = 40;
/// Maximum number of values that are counted, since a table has as many ids as rows.
const COUNTED: usize = 4000;

/// Counts the values of a field.
struct Values<'a> {
    field: &'a str,
    part: Needle,
    counts: HashMap<Box<str>, u32>,
}

impl<'a> Values<'a> {
    fn wanted<C>(query: &'a TableQuery<C>) -> Option<Self> {
        let (field, part) = query.values.as_ref()?;
        Some(Self { field, part: Needle::new(part), counts: HashMap::new() })
    }

    fn note(&mut self, row: &impl Row) {
        let Self { field, part, counts } = self;
        row.field(field, &mut |value| {
            if let Some(count) = counts.get_mut(value) {
                *count += 1;
            } else if counts.len() < COUNTED && !value.is_empty() && part.is_in(value) {
                counts.insert(value.into(), 1);
            }
            false
        });
    }

    fn reported(self) -> Facet {
        let values: Vec<(Box<str>, u32)> = self.counts.into_iter().collect();
        let order = order::top_n(&values, COMMONEST, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let first = order.into_iter().filter_map(|at| values.get(at as usize));
        Facet { field: self.field.to_owned(), values: first.map(|(name, count)| (name.to_string(), *count)).collect() }
    }
}
