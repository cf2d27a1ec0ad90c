//! Drives the core's merge cursor: several files as one stream.
//!
//! Order and position are decided in the core.

use std::collections::HashSet;

use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files;
use mesoscope_core::files::bisect::TimeSearchResult;
use mesoscope_core::files::followed_file::{RowKind, Screen};
use mesoscope_core::files::log::Log;
use mesoscope_core::files::merge::{MergeInput, MergeOrder, MergedLine};
use mesoscope_core::files::merged_cursor::MergedCursor;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::stamp::Stamp;
use mesoscope_core::files::viewport::{FileEdges, ScrollAnchor, Viewport};
use mesoscope_core::files::zone::DateOrder;
use mesoscope_core::files::zone::TimeDefaults;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::text;

use super::log_source::LogSource;
use super::rows::FileRow;
use crate::hooks::{now, on_update};
use crate::parts::files::visible_rows::{TargetTime, VisibleRows};

/// Several files shown as one stream.
#[derive(Clone, Copy)]
pub(super) struct MergedFiles {
    files: StoredValue<Vec<LogSource>>,
    cursor: StoredValue<MergedCursor, LocalStorage>,
    place: Signal<BrowseParams>,
    /// The line the cursor arrived at, with a pixel offset above it.
    pub(super) came: RwSignal<Option<ScrollAnchor>>,
}

impl MergedFiles {
    /// Starts a stream at its end, or at a line of one file.
    pub(super) fn start(
        log_sources: Vec<LogSource>,
        order: MergeOrder,
        at: Option<(usize, u64)>,
        place: Signal<BrowseParams>,
    ) -> Self {
        let cursor = MergedCursor::new(log_sources.len(), order, at.filter(|(file, _)| *file < log_sources.len()));
        let (files, cursor) = (StoredValue::new(log_sources.clone()), StoredValue::new_local(cursor));
        let stream = Self { files, cursor, place, came: RwSignal::new(None) };
        for (nth, log_source) in log_sources.iter().copied().enumerate() {
            Effect::new(move |before: Option<Option<Timestamp>>| {
                let (size, replaced) = (log_source.size.get(), log_source.replaced.get());
                stream.cursor.update_value(|cursor| match size {
                    Some(size) if before.is_some_and(|before| before != replaced) => cursor.replaced(nth, size),
                    Some(size) => cursor.seen(nth, size),
                    None => {}
                });
                replaced
            });
        }
        // A failed file no longer delays the others.
        let failed =
            |log_source: &LogSource| log_source.failed.with(Option::is_some).then_some(TimeSearchResult::Unread);
        let found = move |log_source: &LogSource| {
            log_source.size.track();
            log_source.found.get().or(failed(log_source))
        };
        on_update(move || log_sources.iter().map(found).collect::<Vec<_>>(), move |found| stream.arrived(&found));
        stream
    }

    pub(super) fn log_sources(self) -> Vec<LogSource> {
        self.files.get_value()
    }

    /// Names that label the lines of the files.
    pub(super) fn names(self) -> Vec<String> {
        self.log_sources().into_iter().map(name).collect()
    }

    /// Total size in bytes of the files whose size is known; `None` if none is.
    pub(super) fn size(self) -> Option<u64> {
        self.log_sources().iter().filter_map(|log_source| log_source.size.get()).reduce(|a, b| a + b)
    }

    /// Describes the stream in words.
    pub(super) fn words(self) -> String {
        let count = self.files.with_value(Vec::len);
        match self.cursor.with_value(MergedCursor::order) {
            MergeOrder::Time => text::log_viewer::merged_by_time(count),
            MergeOrder::Arrival => text::log_viewer::merged_by_arrival(count),
        }
    }

    /// Names of the files whose lines have no times, as far as read: such lines cannot be sorted by time.
    pub(super) fn without_times(self) -> Vec<String> {
        let is_without = |log_source: &LogSource| {
            log_source.news.track();
            log_source.size.get().is_some_and(|size| size > 0) && !log_source.log.with_value(Log::has_times)
        };
        self.log_sources().into_iter().filter(is_without).map(name).collect()
    }

    fn clock(self) -> TimeDefaults {
        TimeDefaults::new(now(), self.place.with_untracked(|place| place.zone))
    }

    fn sizes(self) -> Vec<u64> {
        self.log_sources().iter().map(|log_source| log_source.size.get_untracked().unwrap_or(0)).collect()
    }

    /// Returns the lines around an anchor; `None` while the cursor is moving there.
    pub(super) fn lines(self, anchor: ScrollAnchor, height: f64, only: bool) -> Option<VisibleRows> {
        let sizes = self.sizes();
        self.cursor.update_value(|cursor| match anchor {
            ScrollAnchor::End => cursor.to_end(),
            ScrollAnchor::Line(key, _) => cursor.seek_to(key, &sizes),
        });
        self.lead();
        if self.cursor.with_value(MergedCursor::is_going) {
            return None;
        }
        let is_end = self.cursor.with_value(MergedCursor::is_at_end);
        let (above, below) = Viewport::wanted(is_end, height);
        let mut beside = HashSet::new();
        let of = |(nth, log_source): (usize, &LogSource)| {
            let at = self.cursor.with_value(|cursor| cursor.place_in(nth));
            let waits = log_source.failed.with_untracked(Option::is_none);
            let lane = |log: &mut Log| match only {
                true => log.merge_input_of_found(at, (above, below), waits),
                false => (log.merge_input(at, (above, below), waits), Vec::new()),
            };
            let (lane, starts) = log_source.log.try_update_value(lane).unwrap_or_default();
            beside.extend(starts.into_iter().map(|start| files::merged_cursor::key_of(nth, start)));
            lane
        };
        let clock = self.clock();
        let lanes: Vec<MergeInput> = self.log_sources().iter().enumerate().map(of).collect();
        let waits = lanes.iter().any(|lane| lane.more_above || lane.more_below);
        let stream = self.cursor.try_update_value(|cursor| cursor.merge(&lanes, (above, below), clock))?;
        let names = untrack(|| self.names());
        let orders: Vec<DateOrder> =
            self.log_sources().iter().map(|log_source| log_source.log.with_value(Log::date_order)).collect();
        let row = |woven: MergedLine| {
            let key = files::merged_cursor::key_of(woven.file, woven.line.span.start);
            let source = Some(names.get(woven.file).cloned().unwrap_or_default());
            let order = orders.get(woven.file).copied().unwrap_or_default();
            FileRow {
                key,
                file: woven.file,
                source,
                is_beside: beside.contains(&key),
                ..FileRow::of(woven.line, order)
            }
        };
        let at = stream.at;
        let rows: Vec<FileRow> = stream.lines.into_iter().map(row).collect();
        let anchor = match anchor {
            // The cursor arrived where no line was known before.
            ScrollAnchor::Line(key, _) if !rows.iter().any(|row| row.key == key) => match rows.get(at) {
                Some(row) => ScrollAnchor::Line(row.key, 0.0),
                None if stream.ends => ScrollAnchor::End,
                // Lines after the anchor are still loading.
                None => return None,
            },
            ScrollAnchor::Line(..) | ScrollAnchor::End => anchor,
        };
        let lives = self.log_sources().iter().map(|log_source| log_source.log.with_value(Log::lives)).sum();
        let edges = FileEdges { starts: stream.starts, ends: stream.ends || is_end };
        Some(VisibleRows { rows, size: sizes.iter().sum(), anchor, edges, waits, lives })
    }

    /// Number of bytes of all files before a line.
    pub(super) fn before(self, key: u64) -> u64 {
        self.cursor.with_value(|cursor| cursor.at(key).map_or(0, |place| place.iter().sum()))
    }

    /// Cancels a pending move.
    pub(super) fn stay(self) {
        self.cursor.update_value(MergedCursor::stay);
    }

    /// Moves each file to its first line not before a time.
    pub(super) fn seek(self, wanted: TargetTime) {
        self.cursor.update_value(MergedCursor::seek);
        self.log_sources()
            .iter()
            .for_each(|log_source| log_source.seek(wanted.there(&log_source.target()), self.clock()));
    }

    /// Once the leader's line is loaded, searches the other files for its time.
    fn lead(self) {
        let Some((leader, at)) = self.cursor.with_value(MergedCursor::leader) else { return };
        let log_sources = self.log_sources();
        let Some(log_source) =
            log_sources.get(leader).filter(|log_source| log_source.size.with_untracked(Option::is_some))
        else {
            return;
        };
        let screen = log_source.log.try_update_value(|log| log.tail_mut().screen(at, LOOK, LOOK, RowKind::Lines));
        let Some(Screen { lines, at: here, is_partial: false }) = screen else { return log_source.wake() };
        let clock = TimeDefaults { order: log_source.log.with_value(Log::date_order), ..self.clock() };
        match self.cursor.try_update_value(|cursor| cursor.led((&lines, here), clock)).flatten() {
            Some(time) => {
                log_sources
                    .iter()
                    .enumerate()
                    .filter(|(nth, _)| *nth != leader)
                    .for_each(|(_, log_source)| log_source.seek(time, self.clock()));
                // The other files may all be empty.
                self.arrived(
                    &log_sources.iter().map(|log_source| log_source.found.get_untracked()).collect::<Vec<_>>(),
                );
            }
            None => self.arrived(&vec![Some(TimeSearchResult::Nowhere); log_sources.len()]),
        }
    }

    /// Passes the result of each file's time search to the cursor.
    fn arrived(self, found: &[Option<TimeSearchResult>]) {
        // A file of unknown size is not an empty file.
        let is_known = |log_source: &LogSource| {
            log_source.size.with_untracked(Option::is_some) || log_source.failed.with_untracked(Option::is_some)
        };
        if !self.log_sources().iter().all(is_known) {
            return;
        }
        let sizes = self.sizes();
        let came = self.cursor.try_update_value(|cursor| cursor.found(found, &sizes)).flatten();
        if let Some((key, above)) = came {
            self.came.set(Some(ScrollAnchor::Line(key, -above)));
        }
    }

    /// Moves to the next or previous hit, from the last visited hit or from the edge of the viewport.
    pub(super) fn step(self, from: (Option<u64>, Option<u64>), forward: bool, above: f64) -> Option<(usize, u64)> {
        let log_sources = self.log_sources();
        let hit = |nth: usize, at: u64| {
            log_sources.get(nth)?.log.with_value(|log| {
                let hit = log
                    .search()
                    .and_then(|search: &Search| if forward { search.from(at) } else { search.before(at) })?;
                let clock = TimeDefaults { order: log.date_order(), ..self.clock() };
                Some((log.search().and_then(|search| stamp(search.line(hit)?, clock)), hit))
            })
        };
        let to = self.cursor.with_value(|cursor| cursor.step(from, forward, hit))?;
        self.cursor.update_value(|cursor| cursor.go(to, above));
        Some(to)
    }
}

/// Number of lines inspected for a time.
const LOOK: usize = 200;

/// Display name of a file: its server and its base name.
pub(super) fn name(log_source: LogSource) -> String {
    let path = log_source.path.get();
    format!("{} {}", log_source.server(), files::entry::base_name(&path))
}

fn stamp(line: &[u8], clock: TimeDefaults) -> Option<Timestamp> {
    Stamp::parse(&files::styled_line::plain(line), clock).map(|stamp| stamp.at)
}
