//! Lines of one file for a stream of several: those around an offset, and whether more may come on either side.

use crate::files::followed_file::{Line, RowKind, Screen};
use crate::files::log::Log;
use crate::files::merge::MergeInput;

impl Log {
    /// The lines around an offset; `u64::MAX` is the end. One that fails does not wait, and holds the others up no longer.
    pub fn merge_input(&mut self, at: u64, (above, below): (usize, usize), waits: bool) -> MergeInput {
        let size = self.size();
        let Screen { lines, at: here, .. } = self.tail_mut().screen(at, above, below, RowKind::Lines);
        let (first, last) = (lines.first().map(|line| line.span.start), lines.last().map(|line| line.span.end));
        let from = first.unwrap_or_else(|| at.min(size.unwrap_or(u64::MAX)));
        let more_below = at != u64::MAX && size.is_none_or(|size| last.unwrap_or(at) < size);
        let (more_above, more_below) = (waits && from > 0, waits && more_below);
        MergeInput { at: here, more_above, more_below, lines, order: self.date_order() }
    }

    /// The lane of the lines that a search found and of their context, and where the context begins.
    pub fn merge_input_of_found(
        &mut self,
        at: u64,
        (above, below): (usize, usize),
        waits: bool,
    ) -> (MergeInput, Vec<u64>) {
        let found = self.found(at, above, below).unwrap_or_default();
        let (kept, here) = (found.lines, found.at);
        let more_above = here >= above || (waits && found.more_above);
        let more_below = (kept.len() - here.min(kept.len()) >= below || (waits && found.more_below)) && at != u64::MAX;
        let beside = kept.iter().filter(|(_, kept)| !kept.is_hit).map(|(start, _)| *start).collect();
        let lines = kept.into_iter().map(Line::from).collect();
        (MergeInput { lines, at: here, more_above, more_below, order: self.date_order() }, beside)
    }
}
