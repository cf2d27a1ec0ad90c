//! What becomes of a pane by itself: how eagerly its file is read, where a time that was looked for was found, what happens when another
//! file comes in its place. And which line is linked, from the keyboard; and whether that line is still what it was.

use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::files::bisect::TimeSearchResult;
use mesoscope_core::files::scroll_bar::LINE;
use mesoscope_core::files::tail::FollowMode;
use mesoscope_core::files::viewport::ScrollAnchor;
use mesoscope_core::route::browse_params::BrowseParams;

use super::pane::LinkedLine;
use super::rows::RenderedLines;
use super::scroll::Scroller;
use crate::hooks::{on_change, on_update, set_if_changed};

impl Scroller {
    /// Follows its file.
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
            // A stream of which it is one goes there by itself.
            let is_alone = place.with(|place| place.merged.is_none());
            found.into_iter().filter(|_| is_alone).for_each(|found| self.go(ScrollAnchor::Line(found, 0.0)));
        });
        // Of another file in its place nothing is where it was: who read elsewhere than at the end reads it from its start.
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

    /// The first line in sight: of which file of the address, where it begins there, and what it is like.
    pub(super) fn first_line(self) -> Option<LinkedLine> {
        let (file, at) = self.first()?;
        self.line(self.key(file, at))
    }

    /// The line below one of the address, or above it; the first in sight, if that one is not drawn. It is brought into sight.
    pub(super) fn next_line(self, from: Option<(usize, u64)>, is_down: bool) -> Option<LinkedLine> {
        let from = from.and_then(|(file, at)| Some(self.key(self.drawn(file)?, at)));
        let next = from.and_then(|key| self.with_rows(|rows| rows.beside(key, is_down)));
        let Some(next) = next else { return self.first_line() };
        if !self.is_in_sight(next) {
            self.nudge(if is_down { 3.0 * LINE } else { -3.0 * LINE });
        }
        self.line(next)
    }

    pub(super) fn key(self, drawn: usize, at: u64) -> u64 {
        self.stream.map_or(at, |_| files::merged_cursor::key_of(drawn, at))
    }

    /// Which of those that are drawn a file of the address is.
    fn drawn(self, file: usize) -> Option<usize> {
        file.checked_sub(self.file_of(0)).filter(|drawn| self.stream.is_some() || *drawn == 0)
    }

    pub(super) fn line(self, key: u64) -> Option<LinkedLine> {
        let (drawn, at) = if self.stream.is_some() { files::merged_cursor::line_of(key)? } else { (0, key) };
        let print = self.with_rows(|rows| files::lines::line_hash(rows.bytes(key)?));
        Some((self.file_of(drawn), at, print))
    }

    /// Says whether another line is where one was linked; nothing as long as that is not seen.
    pub(super) fn look_at_link(self) {
        // Bytes are no lines.
        let reported =
            self.options.with_untracked(|options| options.linked.zip(options.print).filter(|_| !options.hex));
        let Some(((drawn, from, to), print)) = reported else { return self.say_other(false) };
        // Of a stretch that was linked upwards the line is the last.
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
