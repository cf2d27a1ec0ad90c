//! Lines that a search found, let go of, and reads again when the reader comes to them.

use super::super::WINDOW;
use super::super::lines::STRIDE;
use super::super::scan_job::ScanJob;
use super::{FEW, LONGEST, Probe, ROWS, Search};
use crate::files::scan_job::ProbePurpose;

impl Search {
    /// Lines are read again that were let go of, and that the reader has come to.
    pub(super) fn fill(&mut self) -> Option<Probe> {
        let is_filling = self.is_out(|of| matches!(of, ProbePurpose::Again { .. })) || self.filled.is_some();
        if is_filling || self.task.as_ref().is_some_and(|task| matches!(task.of, ProbePurpose::Again { .. })) {
            return None;
        }
        let above = if self.lacks.0 { self.fill_above() } else { None };
        if above.is_some() || !self.lacks.1 {
            return above;
        }
        self.fill_below()
    }

    /// What is read before and behind lines, so that all is known of them and of their neighbours.
    pub(super) fn margins(&self) -> (u64, u64) {
        {
            let beside = self.beside.min(FEW) as u64 * LONGEST;
            (self.back + beside, LONGEST + beside)
        }
    }

    pub(super) fn fill_above(&mut self) -> Option<Probe> {
        let border = self.hit_cache.from.checked_sub(1)? + 1;
        let hit = self.before(border);
        let (before, after) = self.margins();
        let window = |to: u64| {
            let offset = (to + after).saturating_sub(WINDOW).next_multiple_of(STRIDE);
            let from = if offset == 0 { 0 } else { offset + before };
            (offset, from)
        };
        let (offset, from) = window(border);
        // What was found, but is remembered no more, may be anywhere.
        let is_lost = self.found > self.hits.len() as u64;
        let (offset, from, to) = match hit {
            Some(hit) if !self.hit_cache.torn.0 && hit < from => {
                let to = (hit + after).min(border);
                let (offset, from) = window(to);
                (offset, from, to)
            }
            None if !self.hit_cache.torn.0 && !is_lost => {
                self.hit_cache.from = 0;
                return None;
            }
            Some(_) | None => (offset, from, border),
        };
        let length = (to + after - offset).min(WINDOW);
        Some(Probe { offset, length, of: ProbePurpose::Again { from, to, is_above: true } })
    }

    pub(super) fn fill_below(&mut self) -> Option<Probe> {
        let border = self.hit_cache.to;
        let hit = self.from(border);
        let to_end = hit.is_none() && !self.hit_cache.torn.1;
        if border == u64::MAX || border >= self.end.from || to_end {
            self.all_below();
            return None;
        }
        let (before, after) = self.margins();
        let window = |from: u64| {
            let offset = from.saturating_sub(before) / STRIDE * STRIDE;
            (offset, offset + WINDOW - after)
        };
        let (offset, to) = window(border);
        let (offset, from, to) = match hit {
            Some(hit) if !self.hit_cache.torn.1 && hit >= to => {
                let from = hit.saturating_sub(after).max(border);
                let (offset, to) = window(from);
                (offset, from, to)
            }
            Some(_) | None => (offset, border, to),
        };
        Some(Probe { offset, length: WINDOW, of: ProbePurpose::Again { from, to, is_above: false } })
    }

    /// All that was found behind what is kept is kept, too; the last line, if it is one that has no end, once it is searched again.
    pub(super) fn all_below(&mut self) {
        if self.hit_cache.to != u64::MAX {
            self.hit_cache.to = u64::MAX;
            self.end.is_new = true;
        }
    }

    pub(super) fn fill_task(&mut self) -> Option<ScanJob> {
        let (probe, bytes) = self.filled.take()?;
        let ProbePurpose::Again { from, to, is_above } = probe.of else { return None };
        // The borders may have moved meanwhile.
        let is_same =
            if is_above { to <= self.hit_cache.from && self.hit_cache.from != 0 } else { from >= self.hit_cache.to };
        let is_end = probe.offset + bytes.len() as u64 >= self.size;
        let spans = self.format.cut(probe.offset, &bytes, is_end);
        // A line that was found just outside has some beside it that are meant.
        let index = |at: u64| spans.partition_point(|span| span.start < at);
        let start = |nth: usize| spans.get(nth).map_or(u64::MAX, |span| span.start);
        let first = start(index(from).saturating_sub(self.beside.max(ROWS)));
        let range = first..start(index(to) + self.beside.max(ROWS)).min(self.end.from);
        let task = ScanJob::new((&self.query, self.format), probe.of, probe.offset, bytes, is_end, range);
        let are_known = self.found == self.hits.len() as u64;
        is_same.then(|| if are_known { task.with_known(&self.hits) } else { task })
    }
}
