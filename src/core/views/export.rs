//! Export of all rows of a table that pass a filter, in pieces: the order is made once, and each piece is made from it.
//! Does not know the destination.

use super::filter::Filter;
use super::query::Query;
use super::table::TableWindow;
use super::tasks;
use super::view::Sources;
use crate::base::encoding::encode;
use crate::base::units::Timestamp;

/// Rows of a piece: few enough that a page can take one between two frames.
const PIECE: usize = 4000;

/// An export under way.
#[derive(Debug)]
pub struct Export {
    query: Query,
    /// The tasks' numbers in their order, once it is made; and how many of them were reported.
    order: Option<Vec<u32>>,
    reported: usize,
}

impl Export {
    /// Exports all rows of the query's table, whatever window it asks for.
    pub fn new(query: Query) -> Self {
        Self { query, order: None, reported: 0 }
    }

    /// Begins again: the cluster is another, and its tasks have other numbers.
    pub fn start_over(&mut self) {
        (self.order, self.reported) = (None, 0);
    }

    /// The next piece, an encoded `TableWindow`. The last has `arriving: false`; one whose first row is 0 starts over. A
    /// piece of tasks has those that still exist and still pass the filter, in their current state. Other tables are
    /// one piece.
    pub fn next(&mut self, sources: Sources<'_>, now: Timestamp) -> Vec<u8> {
        let cluster = sources.cluster;
        let Query::Tasks(query) = &self.query else {
            return self.query.view().whole_answer(sources, now);
        };
        let order = self.order.get_or_insert_with(|| tasks::order(cluster, query, cluster.time(now)));
        let filter = Filter::parse(&query.filter);
        let numbers = order.iter().skip(self.reported).take(PIECE);
        let rows = numbers.filter_map(|number| tasks::numbered(cluster, *number, &filter, cluster.time(now))).collect();
        let (first, matched) = (self.reported, order.len());
        self.reported = matched.min(first + PIECE);
        let [total, matched, first] =
            [cluster.tasks_held(), matched, first].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        encode(&TableWindow {
            total,
            matched,
            first,
            rows,
            arriving: self.reported < order.len(),
            facets: Vec::new(),
            empty_reasons: Vec::new(),
        })
    }
}
