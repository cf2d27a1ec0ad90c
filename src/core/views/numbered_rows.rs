//! The rows of a table as one that is kept sees them: by small numbers, with those that changed lately.

use std::cmp::Ordering;

use super::facets::{FacetCounts, ValueNumbers};
use super::filter::{Filter, Row};
use super::table::Facet;
use crate::cluster::row_changes::ChangePosition;

/// Rows by small numbers, which they keep.
pub(super) trait NumberedRows {
    /// A row as filters see it.
    type Item: Row;

    /// A number above all those of rows.
    fn numbers(&self) -> u32;
    /// The row with this number.
    fn item(&self, number: u32) -> Option<Self::Item>;
    /// How far changes have come.
    fn position(&self) -> ChangePosition;
    /// Numbers of the rows that changed since then; `None` if that is not known.
    fn changed_since(&self, position: ChangePosition) -> Option<impl Iterator<Item = u32>>;
    /// Numbers of the row's values, for counting.
    fn values(&self, item: &Self::Item) -> ValueNumbers;
    /// The counts by name.
    fn facets(&self, counts: &FacetCounts, filter: &Filter) -> Vec<Facet>;
    /// The table's order. No two rows are equal.
    fn compare(&self, a: &Self::Item, b: &Self::Item) -> Ordering;
    /// A number that is not above that of any later row in the table's order.
    fn sort_key(&self, item: &Self::Item) -> u64;
}
