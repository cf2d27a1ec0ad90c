//! Scroll state of one file or a merged stream: position, drawn lines and scroll bar.

use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::files::followed_file::{Line, RowKind};
use mesoscope_core::files::hit_cache::{CachedLine, CachedLines};
use mesoscope_core::files::log::Log;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::viewport::{FileEdges, ScrollAnchor, Viewport};
use mesoscope_core::files::zone::{TimeDefaults, UtcOffset};

use super::log_source::LogSource;
use super::merged_files::MergedFiles;
use super::renderer::Renderer;
use super::rows::{FileRow, RenderOptions, RenderedLines};
use super::scroll_bar::{Moved, ScrollBar};
use crate::hooks::{now, on_update, set_if_changed};
use crate::parts::files::visible_rows::{TargetTime, VisibleRows};

/// Scroll state of a pane.
#[derive(Clone, Copy)]
pub(super) struct Scroller {
    /// The file; the first one of a merged stream.
    pub(super) log_source: LogSource,
    pub(super) stream: Option<MergedFiles>,
    /// Unique id on the page.
    pub(super) id: u32,
    /// Index of the file in the address; the first one of a merged stream.
    pub(super) file: RwSignal<usize>,
    /// Total size in bytes; `None` until known.
    pub(super) size: Signal<Option<u64>>,
    pub(super) bar: ScrollBar,
    pub(super) renderer: Renderer,
    viewport: StoredValue<Viewport>,
    pub(super) anchor: RwSignal<ScrollAnchor>,
    pub(super) options: Memo<RenderOptions>,
    /// Whether only matching lines are shown.
    pub(super) only: Signal<bool>,
    /// Whether the linked line was replaced by another.
    pub(super) is_other: RwSignal<bool>,
    /// Offset of the first visible line in all bytes; `None` if nothing is drawn.
    pub(super) top: RwSignal<Option<u64>>,
    /// Position in the file before its rotation.
    pub(super) was_at: StoredValue<Option<u64>>,
    /// Key of the line that a search led to, until its hit is in view.
    led_to: StoredValue<Option<u64>>,
}

impl Scroller {
    /// Creates a scroller of one file or of a merged stream.
    pub(super) fn new(
        (log_source, stream): (LogSource, Option<MergedFiles>),
        (id, file): (u32, RwSignal<usize>),
        anchor: ScrollAnchor,
        only: Signal<bool>,
        options: Memo<RenderOptions>,
    ) -> Self {
        log_source.log.update_value(|log| log.set_scrolled_away(anchor != ScrollAnchor::End));
        let scroller = Self {
            log_source,
            stream,
            id,
            file,
            size: stream.map_or(log_source.size.into(), |stream| Signal::derive(move || stream.size())),
            bar: ScrollBar::new(),
            renderer: Renderer::new(),
            viewport: StoredValue::new(Viewport::default()),
            anchor: RwSignal::new(anchor),
            options,
            only,
            is_other: RwSignal::new(false),
            top: RwSignal::new(None),
            was_at: StoredValue::new(None),
            led_to: StoredValue::new(None),
        };
        if let Some(stream) = stream {
            on_update(
                move || stream.came.get(),
                move |anchor| anchor.into_iter().for_each(|anchor| scroller.come(anchor)),
            );
        }
        scroller
    }

    /// Converts an index among the drawn files into an address index.
    pub(super) fn file_of(self, drawn: usize) -> usize {
        self.file.get_untracked() + drawn
    }

    /// Sources of the drawn files.
    pub(super) fn log_sources(self) -> Vec<LogSource> {
        self.stream.map_or_else(|| vec![self.log_source], MergedFiles::log_sources)
    }

    fn wake(self) {
        self.log_sources().into_iter().for_each(LogSource::wake);
    }

    /// Draws in the next frame, once for any number of requests.
    pub(super) fn draw_soon(self) {
        self.renderer.soon(move || self.draw());
    }

    /// Draws new data, throttled.
    pub(super) fn draw_in_time(self) {
        let follows = self.anchor.get_untracked() == ScrollAnchor::End && self.top.with_untracked(Option::is_some);
        self.renderer.in_time(follows, move || self.draw());
    }

    /// Draws the lines around the anchor, positions them, then sets the scroll bar.
    fn draw(self) {
        let Some(height) = self.bar.height().filter(|height| *height > 0.0) else { return };
        let anchor = self.anchor.get_untracked();
        let shifted = self.viewport.try_update_value(|viewport| viewport.shifted(anchor, height)).flatten();
        shifted.into_iter().for_each(|anchor| self.set_anchor(anchor));
        let anchor = self.anchor.get_untracked();
        let seen = match self.stream {
            Some(stream) => stream.lines(anchor, height, self.only.get_untracked()),
            None => self.lines(anchor, height),
        };
        // The old lines stay until the new ones are loaded.
        let Some(seen) = seen.filter(|seen| !seen.rows.is_empty() || !seen.waits) else {
            return self.wake();
        };
        let seen = self.without_cleared(seen);
        set_if_changed(self.anchor, seen.anchor);
        self.settle(&seen, height);
        self.show_hit();
        self.look_at_link();
        // Requests what the viewport lacks.
        self.wake();
    }

    /// Leaves out the lines that were cleared.
    fn without_cleared(self, seen: VisibleRows) -> VisibleRows {
        let cleared: Vec<u64> =
            self.log_sources().iter().map(|log_source| log_source.cleared.get_untracked()).collect();
        let count = seen.rows.len();
        let is_left = |row: &FileRow| cleared.get(row.file).is_none_or(|cleared| row.line.span.end > *cleared);
        let rows: Vec<FileRow> = seen.rows.into_iter().filter(is_left).collect();
        let starts = seen.edges.starts || rows.len() < count;
        // A place among the cleared lines is that of the first line behind them.
        let anchor = match (seen.anchor, rows.first()) {
            (ScrollAnchor::Line(..), None) if count > 0 => ScrollAnchor::End,
            (ScrollAnchor::Line(key, _), Some(first))
                if rows.len() < count && !rows.iter().any(|row| row.key == key) =>
            {
                ScrollAnchor::Line(first.key, 0.0)
            }
            (anchor, _) => anchor,
        };
        VisibleRows { rows, anchor, edges: FileEdges { starts, ..seen.edges }, ..seen }
    }

    /// Jumps to an offset of the only file, and shows the cleared lines again if it is among them.
    pub(super) fn reveal(self, at: u64) {
        if at < self.log_source.cleared.get_untracked() {
            self.log_source.clear(false);
        }
        self.go(ScrollAnchor::Line(at, 0.0));
    }

    fn set_anchor(self, anchor: ScrollAnchor) {
        let is_left = anchor != ScrollAnchor::End;
        self.log_sources()
            .iter()
            .for_each(|log_source| log_source.log.update_value(|log| log.set_scrolled_away(is_left)));
        set_if_changed(self.anchor, anchor);
    }

    fn lines(self, anchor: ScrollAnchor, height: f64) -> Option<VisibleRows> {
        let (above, below) = Viewport::wanted(anchor == ScrollAnchor::End, height);
        let place = match anchor {
            ScrollAnchor::End => u64::MAX,
            ScrollAnchor::Line(start, _) => start,
        };
        let hex = self.options.with_untracked(|options| options.hex);
        let only = self.only.get_untracked() && !hex;
        self.log_source.log.try_update_value(|log| {
            let size = log.size();
            if let Some(found) = only.then(|| log.found(place, above, below)).flatten() {
                return found_rows(log, found, anchor);
            }
            let form = if hex { RowKind::Hex } else { RowKind::Lines };
            let order = log.date_order();
            let screen = log.tail_mut().screen(place, above, below, form);
            let rows: Vec<FileRow> = screen.lines.into_iter().map(|line| FileRow::of(line, order)).collect();
            let starts = rows.first().is_some_and(|row| row.line.span.start == 0);
            let ends = rows.last().is_some_and(|row| row.line.span.end >= size.unwrap_or(0));
            let edges = FileEdges { starts, ends };
            VisibleRows { rows, size: size.unwrap_or(0), anchor, edges, waits: size != Some(0), lives: log.lives() }
        })
    }

    /// Draws the rows, aligns them with the anchor, and sets the scroll bar.
    fn settle(self, seen: &VisibleRows, height: f64) {
        let boxes = self.renderer.draw(&seen.rows, &self.options.get_untracked(), seen.lives);
        let settle = |viewport: &mut Viewport| viewport.settle(boxes, seen.anchor, height, seen.edges);
        let Some(settled) = self.viewport.try_update_value(settle).flatten() else { return self.top.set(None) };
        self.renderer.shift(settled.shift);
        let before = self.stream.map(|stream| stream.before(settled.first.key));
        set_if_changed(self.top, Some(before.unwrap_or(settled.first.key)));
        if settled.anchor != seen.anchor {
            self.set_anchor(settled.anchor);
        }
        self.bar.set(settled.bar(before, seen.size, height), height);
    }

    /// Scrolls horizontally to the search hit, once its line is drawn.
    fn show_hit(self) {
        let led_to = self.led_to.get_value();
        let hit = led_to.and_then(|key| self.renderer.with_rows(|rows| rows.hit(key)));
        if let Some(hit) = hit {
            self.led_to.set_value(None);
            self.bar.show_sideways(&hit);
        }
    }

    /// Handles a move of the scroll bar or a touch scroll.
    pub(super) fn scrolled(self) {
        match self.bar.moved(self.size.get_untracked().unwrap_or(0)) {
            None => {}
            Some(Moved::By(pixels)) => self.by(pixels),
            Some(Moved::To(None)) => self.go(ScrollAnchor::End),
            Some(Moved::To(Some(at))) => {
                self.go(ScrollAnchor::Line(at, 0.0));
                self.by(0.0);
            }
        }
    }

    /// Jumps to an anchor.
    pub(super) fn go(self, anchor: ScrollAnchor) {
        self.viewport.update_value(Viewport::lead);
        self.come(anchor);
    }

    /// Applies a new anchor after a jump or a scroll.
    fn come(self, anchor: ScrollAnchor) {
        self.stay();
        self.set_anchor(anchor);
        self.draw_soon();
    }

    /// Cancels a pending move.
    pub(super) fn stay(self) {
        self.stream.into_iter().for_each(MergedFiles::stay);
    }

    /// Jumps to a time.
    pub(super) fn seek(self, wanted: TargetTime, zone: UtcOffset) {
        self.viewport.update_value(Viewport::lead);
        match self.stream {
            Some(stream) => stream.seek(wanted),
            None => self.log_source.seek(wanted.there(&self.log_source.target()), TimeDefaults::new(now(), zone)),
        }
        self.draw_soon();
    }

    /// Jumps to the next or previous hit and returns its file and offset.
    ///
    /// Starts at the last visited hit if it is visible, otherwise at the edge of the viewport. Some lines above the hit stay
    /// visible.
    pub(super) fn step(self, from: Option<(usize, u64)>, forward: bool) -> Option<(usize, u64)> {
        let above = (self.bar.height().unwrap_or(300.0) / 3.0).round();
        let key = |(file, at): (usize, u64)| self.stream.map_or(at, |_| files::merged_cursor::key_of(file, at));
        let (from, edge) = self.viewport.with_value(|viewport| {
            let lines = viewport.in_sight();
            let seen = from.map(key).filter(|key| lines.contains(key));
            (seen, if forward { lines.first().copied() } else { lines.last().copied() })
        });
        let hit = match self.stream {
            Some(stream) => stream.step((from, edge), forward, above)?,
            None => {
                // The line at the edge of the viewport is itself a candidate.
                let beyond = if forward { from.map(|at| at + 1) } else { from };
                let start = beyond.or(if forward { edge } else { edge.map(|at| at + 1) }).unwrap_or(0);
                let search = |search: &Search| if forward { search.from(start) } else { search.before(start) };
                (0, self.log_source.log.with_value(|log| log.search().and_then(search))?)
            }
        };
        self.led_to.set_value(Some(key(hit)));
        let of_hit = self.log_sources().get(hit.0).copied();
        of_hit.filter(|of| hit.1 < of.cleared.get_untracked()).into_iter().for_each(|of| of.clear(false));
        self.viewport.update_value(Viewport::lead);
        match self.stream {
            Some(_) => self.draw_soon(),
            None => self.go(ScrollAnchor::Line(hit.1, -above)),
        }
        Some(hit)
    }

    /// File index and offset of the first visible line.
    pub(super) fn first(self) -> Option<(usize, u64)> {
        let key = self.viewport.with_value(|viewport| viewport.in_sight().first().copied())?;
        if self.stream.is_some() { files::merged_cursor::line_of(key) } else { Some((0, key)) }
    }

    /// First visible line; `None` at the end.
    pub(super) fn place(self) -> Option<(usize, u64)> {
        self.first().filter(|_| self.anchor.get_untracked() != ScrollAnchor::End)
    }

    /// Reads from the drawn rows.
    pub(super) fn with_rows<T>(self, of: impl FnOnce(&RenderedLines) -> Option<T>) -> Option<T> {
        self.renderer.with_rows(of)
    }

    pub(super) fn is_in_sight(self, key: u64) -> bool {
        self.viewport.with_value(|viewport| viewport.in_sight().contains(&key))
    }

    /// Clears the drawn rows when the pane is unmounted.
    pub(super) fn undraw(self) {
        self.renderer.forget();
        self.bar.forget();
    }

    /// Scrolls by pixels; positive is down.
    pub(super) fn by(self, pixels: f64) {
        self.led_to.set_value(None);
        self.viewport.update_value(|viewport| viewport.scroll(pixels));
        self.draw_soon();
    }

    /// Moves the view by pixels towards a line; does not count as a scroll by the user.
    pub(super) fn nudge(self, pixels: f64) {
        self.viewport.update_value(|viewport| viewport.nudge(pixels));
        self.draw_soon();
    }
}

/// Rows of the hits and their context lines.
fn found_rows(log: &Log, found: CachedLines, anchor: ScrollAnchor) -> VisibleRows {
    let (mut last, order) = (None, log.date_order());
    let row = |(start, kept): (u64, CachedLine)| {
        let after_gap = last.replace(kept.end).is_some_and(|end| end != start);
        let is_beside = !kept.is_hit;
        FileRow { is_beside, after_gap, ..FileRow::of(Line::from((start, kept)), order) }
    };
    let rows = found.lines.into_iter().map(row).collect();
    let starts = !found.more_above && log.search().is_some_and(Search::is_done);
    let waits = found.more_above || found.more_below;
    let size = log.size().unwrap_or(0);
    let edges = FileEdges { starts, ends: !found.more_below };
    VisibleRows { rows, size, anchor, edges, waits, lives: log.lives() }
}
