//! The end of the file that is searched: it is read downwards, and goes on as it grows.

use super::super::WINDOW;
use super::super::lines::{STRIDE, Span};
use super::super::scan_job::ScanJob;
use super::{End, LONGEST_LINE, Search};
use crate::files::scan_job::ProbePurpose;

impl Search {
    pub(super) fn take_end(&mut self, offset: u64, bytes: &[u8]) {
        if offset != self.end.end() || bytes.is_empty() {
            return;
        }
        self.end.bytes.extend_from_slice(bytes);
        self.end.is_new = true;
        self.searched += bytes.len() as u64;
        self.note_behind();
    }

    /// The head of the file's end is what follows the last block, once the line that is cut there has its end, or the file has.
    pub(super) fn note_behind(&mut self) {
        let at = self.middle * WINDOW;
        let head = usize::try_from(at.saturating_sub(self.end.at)).unwrap_or(0);
        let Some(bytes) = self.end.bytes.get(head..).filter(|_| self.behind.is_none()) else { return };
        let has_end = self.format.line_ends(at, bytes).next().is_some();
        if has_end || self.end.end() >= self.size || bytes.len() >= LONGEST_LINE {
            self.behind = Some(self.head(at, bytes));
            self.end.is_part = !has_end;
        }
    }

    /// The file's end is searched once what is before it is there.
    pub(super) fn end_task(&mut self) -> Option<ScanJob> {
        if !self.end.is_new {
            return None;
        }
        if !self.end.is_joined {
            let before = self.bytes_before(self.middle)?;
            self.end.at -= before.len() as u64;
            self.end.bytes.splice(..0, before);
            self.end.is_joined = true;
        }
        self.end.is_new = false;
        self.forget_unfinished();
        let End { at, bytes, from, .. } = &self.end;
        let is_end = self.end.end() >= self.size;
        // The last row may have grown.
        for span in self.format.cut(*at, bytes, is_end).iter().filter(|span| span.start >= *from) {
            let row = bytes.get((span.start - at) as usize..(span.end - at) as usize);
            if self.hit_cache.line(span.start).is_some() {
                self.hit_cache.mend(span, &self.format.decode(span.start, row.unwrap_or_default()));
            }
        }
        let part = Some(*from).filter(|_| self.end.is_part);
        let range = *from..u64::MAX;
        let task = ScanJob::new((&self.query, self.format), ProbePurpose::End, *at, bytes.clone(), is_end, range);
        let task = task.with_part(part).within(self.end.entry);
        Some(task.counted(self.middle, *from, self.end.lines))
    }

    /// The last line is searched again when it has grown.
    pub(super) fn forget_unfinished(&mut self) {
        if let Some((start, hit)) = self.unfinished.take().filter(|(_, hit)| self.hits.back() == Some(hit)) {
            self.hits.pop_back();
            self.lines.pop_back();
            self.found -= 1;
            self.open = self.open.filter(|open| *open != hit);
            self.end.is_found = false;
            self.hit_cache.unmark(start);
        }
    }

    /// Where the file's end is to be searched from next.
    pub(super) fn end_of(&mut self, task: &ScanJob) {
        let last_line = task.spans.len().checked_sub(1).and_then(|last| task.line_of(last));
        let last_start = last_line.and_then(|line| task.spans.get(line.start)).map(|span| span.start);
        let from = match task.spans.last().zip(last_start) {
            Some((last, start)) if !task.ends_line(last) => {
                let found = self.hits.back().copied().filter(|hit| *hit >= start && *hit >= self.end.from);
                self.unfinished = found.map(|hit| (start.max(self.end.from), hit));
                start.max(self.end.from)
            }
            Some((last, _)) => last.end.max(self.end.from),
            None => self.end.from,
        };
        let last = task.counts.last().copied().unwrap_or(self.end.lines);
        let is_over = |last: &&Span| last.end == from && task.ends_line(last);
        let ends = task.spans.last().filter(is_over).is_some();
        self.end.lines = last + i64::from(ends);
        self.end.is_part &= !ends;
        self.end.is_found &= !ends;
        self.end.from = from;
        self.let_go_of_end(task);
    }

    /// Keeps of the file's end what is not searched yet, and what is before that as far as it tells about it.
    pub(super) fn let_go_of_end(&mut self, task: &ScanJob) {
        if self.behind.is_none() {
            return;
        }
        let End { at, from, .. } = self.end;
        let due = from.saturating_sub(self.back + STRIDE).max(at);
        let head = self.end.bytes.get(..(due - at) as usize).unwrap_or_default();
        let line = self.format.line_ends(at, head).last().map(|start| start.saturating_sub(self.format.end_width()));
        let mut keep = if self.query.is_by_entry() { line.unwrap_or(at).max(at) } else { due };
        if self.end.end() - keep > 2 * LONGEST_LINE as u64 {
            // A line that never ends is searched in parts.
            keep = self.format.align(self.end.end() - LONGEST_LINE as u64);
            self.end.is_part = true;
            // The bytes begin within the last line from now on.
            self.end.entry = task.entry();
            self.end.is_found |= self.unfinished.take().is_some();
            self.end.from = from.max(keep + STRIDE);
        }
        let gone = usize::try_from(keep - at).unwrap_or(0).min(self.end.bytes.len());
        self.end.bytes.drain(..gone);
        self.end.at = keep;
    }
}
