//! Automatic behaviour of a pane: its poll rate, the jump to a found time, and file replacement.
//!
//! Also selects the linked line by keyboard, and checks whether that line has changed.

use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::files::bisect::TimeSearchResult;
use mesoscope_core::files::followed_file::FollowMode;
use mesoscope_core::files::scroll_bar::LINE_HEIGHT;
use mesoscope_core::files::viewport::ScrollAnchor;
use mesoscope_core::route::browse_params::BrowseParams;

use super::pane::LinkedLine;
use super::rows::RenderedLines;
use super::scroll::Scroller;
use crate::hooks::{on_change, on_update, set_if_changed};

impl Scroller {
    /// Keeps the pane in step with its file.
    pub(super) fn keep_up(self, place: Signal<BrowseParams>, paused: RwSignal<bool>) {
        let log_source = self.log_source;
        Effect::new(move |_| {
            let pace = match (paused.get(), self.anchor.get()) {
                (true, _) => FollowMode::Paused,
                (false, ScrollAnchor::End) => FollowMode::Follow,
                (false, ScrollAnchor::Line(..)) => FollowMode::Look,
            };
            self.log_sources().into_iter().for_each(|log_source| log_source.set_pace(pace));
        });
        if self.stream.is_some() {
            return;
        }
        let found = move || log_source.found.get().and_then(TimeSearchResult::offset);
        on_update(found, move |found| {
            // In a merged stream, the stream itself scrolls to the time.
            let is_alone = place.with(|place| place.merged.is_none());
            found.into_iter().filter(|_| is_alone).for_each(|found| self.reveal(found));
        });
        // A replaced file keeps no offsets: a reader who is not at the end restarts at its beginning.
        let replaced = move || log_source.replaced.get();
        on_change(replaced, move |replaced| {
            if let ScrollAnchor::Line(at, _) = self.anchor.get()
                && replaced.is_some()
                && !log_source.chained.get()
            {
                self.was_at.set_value(Some(at));
                self.go(ScrollAnchor::Line(0, 0.0));
            }
        });
    }

    /// Returns the first visible line: its file's index in the address, its offset, and its hash.
    pub(super) fn first_line(self) -> Option<LinkedLine> {
        let (file, at) = self.first()?;
        self.line(self.key(file, at))
    }

    /// Returns the line below or above a line of the address and scrolls it into view; the first visible line if that line is not
    /// drawn.
    pub(super) fn next_line(self, from: Option<(usize, u64)>, is_down: bool) -> Option<LinkedLine> {
        let from = from.and_then(|(file, at)| Some(self.key(self.drawn(file)?, at)));
        let next = from.and_then(|key| self.with_rows(|rows| rows.beside(key, is_down)));
        let Some(next) = next else { return self.first_line() };
        if !self.is_in_sight(next) {
            self.nudge(if is_down { 3.0 * LINE_HEIGHT } else { -3.0 * LINE_HEIGHT });
        }
        self.line(next)
    }

    pub(super) fn key(self, drawn: usize, at: u64) -> u64 {
        self.stream.map_or(at, |_| files::merged_cursor::key_of(drawn, at))
    }

    /// Converts an address index into an index among the drawn files.
    fn drawn(self, file: usize) -> Option<usize> {
        file.checked_sub(self.file_of(0)).filter(|drawn| self.stream.is_some() || *drawn == 0)
    }

    pub(super) fn line(self, key: u64) -> Option<LinkedLine> {
        let (drawn, at) = if self.stream.is_some() { files::merged_cursor::line_of(key)? } else { (0, key) };
        let print = self.with_rows(|rows| files::lines::line_hash(rows.bytes(key)?));
        Some((self.file_of(drawn), at, print))
    }

    /// Reports whether the linked line was replaced by another; no report while the line is not drawn.
    pub(super) fn look_at_link(self) {
        // Hex rows are not lines.
        let reported =
            self.options.with_untracked(|options| options.linked.zip(options.print).filter(|_| !options.hex));
        let Some(((drawn, from, to), print)) = reported else { return self.say_other(false) };
        // If the range was linked upwards, the line is the last of it.
        let is_it = |rows: &RenderedLines| {
            let prints = [from, to].map(|at| rows.bytes(self.key(drawn, at)).and_then(files::lines::line_hash));
            let is_gone = self.stream.is_none() && !self.only.get_untracked() && rows.covers(from);
            match prints {
                [None, None] => is_gone.then_some(false),
                prints => Some(prints.contains(&Some(print))),
            }
        };
        let is_beyond = self.stream.is_none() && self.size.get_untracked().is_some_and(|size| from >= size);
        let is_it = if is_beyond { Some(false) } else { self.with_rows(is_it) };
        is_it.into_iter().for_each(|is_it| self.say_other(!is_it));
    }

    fn say_other(self, is_other: bool) {
        set_if_changed(self.is_other, is_other);
    }
}
