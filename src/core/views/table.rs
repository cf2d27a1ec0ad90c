//! What all tables have in common: columns with names, an order, a filter, a window of rows. Knows none of them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::filter::{Filter, Row};
use super::ignore_case::Needle;
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
    /// All of them, in the order in which they stand.
    const ALL: &'static [Self];
    /// The order in which the table stands by itself.
    const DEFAULT: Sort<Self>;
    /// The fields that a filter may ask for in words, those that are asked for most first.
    const WORDS: &'static [&'static str];
    /// The fields that it may compare.
    const NUMBERS: &'static [&'static str];
    /// The parts of the state that the rows show and that no event tells of.
    const PARTS: &'static [Topic];
    /// Whether the first rows of the snapshot fill it: an empty one is asked for again soon while the snapshot comes.
    const COMES_FIRST: bool = false;
    /// How much work an answer is.
    const COST: Cost = Cost::Small;
    /// Fields whose values change with time alone.
    const AGING: &'static [&'static str] = &[];
    /// Its name in filters and addresses.
    fn name(self) -> &'static str;
    /// The rows that the query asks for.
    fn rows(cluster: &Cluster, query: &TableQuery<Self>, now: ClusterTime) -> Window<Self::Row>;
}

/// A column and a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort<C> {
    pub column: C,
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

/// The order of a table: by one column, and what is equal there by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order<C> {
    pub first: Sort<C>,
    pub then: Option<Sort<C>>,
}

impl<C: Column> Order<C> {
    /// Reads `cpus`, `-cpus` or `-cpus,host`; what names no column is the table's own order.
    pub fn parse(text: &str) -> Self {
        let (first, then) = text.split_once(',').unwrap_or((text, ""));
        Self::by(Sort::parse(first).unwrap_or(C::DEFAULT), Sort::parse(then))
    }

    /// By one column, and then another, which says nothing if it is the same.
    fn by(first: Sort<C>, then: Option<Sort<C>>) -> Self {
        Self { first, then: then.filter(|then| then.column != first.column) }
    }

    /// As an address keeps it; empty for the table's own order.
    pub fn print(self) -> String {
        if self == Self::by(C::DEFAULT, None) { String::new() } else { self.spelt() }
    }

    /// As an address could keep it, the table's own order too.
    pub fn spelt(self) -> String {
        let then = self.then.map(|then| format!(",{}", then.spelt())).unwrap_or_default();
        format!("{}{then}", self.first.spelt())
    }

    /// Compares by both columns; `by_column` compares in ascending order.
    pub(super) fn compare<T>(self, a: &T, b: &T, by_column: &impl Fn(&T, &T, C) -> Ordering) -> Ordering {
        let by = |sort: Sort<C>| {
            let order = by_column(a, b, sort.column);
            if sort.descending { order.reverse() } else { order }
        };
        by(self.first).then_with(|| self.then.map_or(Ordering::Equal, by))
    }
}

impl<C: Column> From<Sort<C>> for Order<C> {
    fn from(first: Sort<C>) -> Self {
        Self::by(first, None)
    }
}

/// Which rows of a table, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableQuery<C> {
    pub filter: String,
    pub sort: Order<C>,
    pub first: u32,
    pub count: u32,
    /// Of which field the values are wanted too, and what they must contain. The empty field's are the names of fields that
    /// differ from row to row.
    pub values: Option<(String, String)>,
}

impl<C: Column> TableQuery<C> {
    /// No rows, but the values of a field among those that the filter lets through, as far as they contain the part.
    pub fn values(filter: String, field: &str, part: &str) -> Self {
        let values = Some((field.to_owned(), part.to_owned()));
        Self { filter, sort: C::DEFAULT.into(), first: 0, count: 0, values }
    }

    /// The first rows of the whole table, in its own order.
    pub fn all(count: u32) -> Self {
        Self { filter: String::new(), sort: C::DEFAULT.into(), first: 0, count, values: None }
    }
}

impl<C: Column> View for TableQuery<C> {
    type Answer = Window<C::Row>;

    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer {
        C::rows(sources.cluster, self, sources.cluster.time(now))
    }

    fn parts(&self) -> &'static [Topic] {
        C::PARTS
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

/// Some rows of a table, and where they stand in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window<R> {
    /// Rows in the table.
    pub total: u32,
    /// Rows that the filter lets through.
    pub matched: u32,
    /// The number of the first of `rows` among the matched, in the order asked for.
    pub first: u32,
    pub rows: Vec<R>,
    /// More rows are on their way: the snapshot has not come whole yet, or this is a piece of an export.
    pub arriving: bool,
    /// How often which values occur, in tables that count them.
    pub facets: Vec<Facet>,
    /// What keeps all rows out, word by word of the filter, where it lets none through; else the words that ask of no field.
    pub blame: Vec<EmptyReason>,
}

/// A word of a filter that lets nothing through, or that asks of a field which no row has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmptyReason {
    /// As it was typed.
    pub word: String,
    /// Rows that it alone keeps out.
    pub alone: u32,
    /// The field that it asks of, if no row has one of that name: the word is looked for as text then.
    pub unknown: Option<String>,
}

/// What is found against rows, until one comes through.
pub(super) struct EmptyReasons<'a> {
    filter: &'a Filter,
    /// By word, rows that it alone keeps out; and whether a row has the field that it asks of.
    words: Vec<(u32, bool)>,
    any: bool,
}

impl<'a> EmptyReasons<'a> {
    pub(super) fn new(filter: &'a Filter) -> Self {
        Self { filter, words: vec![(0, false); filter.words().count()], any: false }
    }

    /// The filter lets the row through, or does not. Gives that back.
    pub(super) fn note(&mut self, row: &impl Row, through: bool) -> bool {
        self.any |= through;
        if !self.any {
            let alone = self.filter.keeps_out(row).and_then(|at| self.words.get_mut(at));
            alone.into_iter().for_each(|(alone, _)| *alone += 1);
        }
        for (at, (_, reported)) in self.words.iter_mut().enumerate().filter(|(_, (_, reported))| !*reported) {
            *reported = self.filter.is_reported(at, row);
        }
        through
    }

    /// What there is against all of so many rows; if one came through, only what asks of no field.
    pub(super) fn reported(self, rows: usize) -> Vec<EmptyReason> {
        let Self { filter, words, any } = self;
        let blame = |(at, (word, (alone, reported))): (usize, (&str, (u32, bool)))| EmptyReason {
            word: word.to_owned(),
            alone,
            unknown: filter.field_of(at).filter(|_| !reported).map(str::to_owned),
        };
        let blames = filter.words().zip(words).enumerate().map(blame);
        blames.filter(|blame| rows > 0 && (!any || blame.unknown.is_some())).collect()
    }
}

/// A field, and its commonest values among the rows that the filter would let through if it asked nothing of the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// Its name in filters.
    pub field: String,
    /// The values that occur most, and how often.
    pub values: Vec<(String, u32)>,
}

/// The rows asked for. `by_column` compares in ascending order; `tie` decides what is left, so that no order is accidental.
pub(super) fn window<T: Row + Copy, C: Column, R>(
    all: impl Iterator<Item = T>,
    query: &TableQuery<C>,
    by_column: impl Fn(&T, &T, C) -> Ordering,
    tie: impl Fn(&T, &T) -> Ordering,
    row: impl Fn(T) -> R,
) -> Window<R> {
    let filter = Filter::parse(&query.filter);
    let mut total = 0_usize;
    let counted = all.inspect(|_| total += 1);
    let mut values = Values::wanted(query);
    let mut blames = EmptyReasons::new(&filter);
    let through = counted.filter(|item| filter.is_empty() || blames.note(item, filter.matches(item)));
    let matched: Vec<T> = through.inspect(|item| values.iter_mut().for_each(|values| values.note(item))).collect();
    let last = (query.first as usize).saturating_add(query.count as usize).min(matched.len());
    let order = order::first_of(&matched, last, |a, b| query.sort.compare(a, b, &by_column).then_with(|| tie(a, b)));
    Window {
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
        blame: blames.reported(total),
    }
}

/// Values that are reported.
const COMMONEST: usize = 40;
/// Values that are counted: of ids there are as many as rows.
const COUNTED: usize = 4000;

/// The values of a field, while they are counted.
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
        let order = order::first_of(&values, COMMONEST, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let first = order.into_iter().filter_map(|at| values.get(at as usize));
        Facet { field: self.field.to_owned(), values: first.map(|(name, count)| (name.to_string(), *count)).collect() }
    }
}
