//! What becomes of lines that wait for the beginning of the line that they belong to.

use super::super::scan_job::{Match, ScanJob};
use super::super::search_query::LogEntry;
use super::{PLACES, Search};
use crate::files::level::Level;
use crate::files::pending::PendingLine;
use crate::files::scan_job::HitOffset;

impl Search {
    /// What the parts below say of the line whose beginning is searched now.
    pub(super) fn level_of_rest(&self) -> Option<Level> {
        self.pending.level
    }

    /// A block was searched. Once it is known what the line says that goes on at its end, it is known which of those below are meant.
    pub(super) fn settle(&mut self, task: &ScanJob) {
        if !self.query.is_by_entry() {
            return;
        }
        let entry = task.entry();
        if task.is_mute() {
            // Only its own part is left.
            self.pending.lines.truncate(usize::from(self.pending.is_open));
        }
        if !entry.is_open() {
            self.resolve(&entry);
        }
        if task.lines_begin() {
            self.pending.level = None;
        }
        self.pending.level = task.part_level.or(self.pending.level);
        for found in task.pending.iter().rev() {
            let goes_on = found.is_part || task.spans.get(found.line.end).is_none();
            let Some(waiting) = self.waiting(task, found) else { continue };
            if goes_on && std::mem::take(&mut self.pending.is_open) {
                self.pending.lines.pop_front();
            }
            self.pending.is_open = found.is_part;
            self.pending.lines.push_front(waiting);
        }
        if task.lines_begin() {
            self.pending.is_open = false;
        }
    }

    /// The end of the file was searched: what waits there is below all that waits already.
    pub(super) fn settle_end(&mut self, task: &ScanJob) {
        let has_part = self.pending.lines.iter().any(|waiting| waiting.is_part) || self.end.is_found;
        for found in &task.pending {
            let Some(waiting) = self.waiting(task, found) else { continue };
            let is_known = self.pending.lines.back().is_some_and(|last| last.hit >= waiting.hit);
            if !(is_known || found.is_part && has_part) {
                self.pending.is_open |= self.pending.lines.is_empty() && found.is_part;
                self.pending.lines.push_back(waiting);
            }
        }
        self.pending.level = self.pending.level.or(task.part_level.filter(|_| self.end.entry.is_open()));
    }

    fn waiting(&self, task: &ScanJob, found: &Match) -> Option<PendingLine> {
        let hit = task.spans.get(found.span)?.start;
        let lines = task.counts.get(found.span).and_then(|lines| u32::try_from(*lines).ok()).unwrap_or(u32::MAX);
        let rows = self.rows_of(task, found).collect();
        Some(PendingLine { hit, lines, is_part: found.is_part, is_of_trace: found.is_of_trace, rows })
    }

    fn resolve(&mut self, entry: &LogEntry) {
        if self.end.entry.is_open() {
            self.end.entry = *entry;
        }
        let (lines, is_open) = (std::mem::take(&mut self.pending.lines), std::mem::take(&mut self.pending.is_open));
        let is_meant = |line: &PendingLine| self.query.has_entry(&entry.with_trace(line.is_of_trace));
        let lines: Vec<PendingLine> = lines.into_iter().filter(is_meant).collect();
        let first = lines.first().filter(|first| is_open && first.is_part).map(|first| first.hit);
        self.open = first.or(self.open);
        self.end.is_found |= self.is_last_line && lines.iter().any(|waiting| waiting.is_part);
        for PendingLine { hit, lines, rows, .. } in lines {
            self.insert(hit, lines);
            rows.into_iter().for_each(|(span, kept)| self.hit_cache.put(&span, kept));
        }
    }

    /// A hit among others, of which those at the file's end may have been found before.
    fn insert(&mut self, hit: HitOffset, lines: u32) {
        let at = self.hits.partition_point(|other| *other < hit);
        self.found += 1;
        if self.hits.len() < PLACES {
            self.hits.insert(at, hit);
            self.lines.insert(at, lines);
        }
    }
}
