//! Where in the file the reader is, what is drawn of it, and the scroll bar.
//!
//! The bar stands for bytes, since no file is measured in lines before it has been read: its spacer has the length of an
//! average file, and where it is set to is a share of the bytes. The wheel and keys move by pixels, and the bar follows.

use crate::parts::files::spot::{Seen, Spot, Wanted};
use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::files::log::Log;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::shelf::{Found, Kept};
use mesoscope_core::files::tail::{Form, Line};
use mesoscope_core::files::zone::{Clock, Zone};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::feed::Feed;
use super::rows::{Dress, Row, Rows};
use super::stream::Stream;
use crate::hooks::{now, on_each};

/// Bytes of a usual line, and its height, for the bar's length.
const USUAL: f64 = 100.0;
pub(super) const HEIGHT: f64 = 19.0;
/// Elements end near 17 million pixels in Firefox.
const TALLEST: f64 = 8_000_000.0;
/// Milliseconds from one time that news is drawn to the next.
const EVERY: f64 = 100.0;
/// Pixels by which the bar stays off its end.
const LEFT: f64 = 4.0;
/// Lines drawn beyond what is seen, on each side.
const BEYOND: usize = 24;

/// What the reader sees of a file.
#[derive(Clone, Copy)]
pub(super) struct Sight {
    /// The file; the first of them where it is several as one.
    pub(super) feed: Feed,
    pub(super) stream: Option<Stream>,
    /// Tells it from all others of the page.
    pub(super) id: u32,
    /// Which of those in the address it is, or the first of it.
    pub(super) file: RwSignal<usize>,
    /// How long all is, as far as is known.
    pub(super) size: Signal<Option<u64>>,
    pub(super) scroller: NodeRef<Div>,
    pub(super) sheet: NodeRef<Div>,
    pub(super) spacer: NodeRef<Div>,
    rows: StoredValue<Option<Rows>, LocalStorage>,
    pub(super) spot: RwSignal<Spot>,
    pub(super) dress: Memo<Dress>,
    /// Only what was found is shown.
    pub(super) only: Signal<bool>,
    /// The line that is linked is another by now.
    pub(super) is_other: RwSignal<bool>,
    /// Where the first line in sight begins, in bytes of all, and whether anything is drawn.
    pub(super) top: RwSignal<Option<u64>>,
    /// The lines in sight: from the first one's key to the last one's, in the order in which they are drawn.
    in_sight: StoredValue<Vec<u64>>,
    /// All of it is in sight at once.
    fits: StoredValue<bool>,
    /// Pixels that were scrolled and not drawn yet.
    moved: StoredValue<f64>,
    /// He has scrolled to where he is: who was led to a line, a byte or a time is to see that, also where a file that grows
    /// ends just below it.
    has_scrolled: StoredValue<bool>,
    waiting: StoredValue<bool>,
    /// When news was drawn last, in milliseconds.
    drawn: StoredValue<f64>,
    /// Where we set the bar to: what it reports then is no news.
    set_to: StoredValue<i32>,
    pub(super) touching: StoredValue<bool>,
    /// How often a finger came or went.
    pub(super) touches: StoredValue<u32>,
    /// Where the reader was in the file that was there before it was rotated.
    pub(super) was_at: StoredValue<Option<u64>>,
}

impl Sight {
    /// Of one file, or of several as one, of which it is the first.
    pub(super) fn new(
        (feed, stream): (Feed, Option<Stream>),
        (id, file): (u32, RwSignal<usize>),
        spot: Spot,
        only: Signal<bool>,
        dress: Memo<Dress>,
    ) -> Self {
        feed.log.update_value(|log| log.set_left(spot != Spot::End));
        let sight = Self {
            feed,
            stream,
            id,
            file,
            size: stream.map_or(feed.size.into(), |stream| Signal::derive(move || stream.size())),
            scroller: NodeRef::new(),
            sheet: NodeRef::new(),
            spacer: NodeRef::new(),
            rows: StoredValue::new_local(None),
            spot: RwSignal::new(spot),
            dress,
            only,
            is_other: RwSignal::new(false),
            top: RwSignal::new(None),
            in_sight: StoredValue::new(Vec::new()),
            fits: StoredValue::new(false),
            moved: StoredValue::new(0.0),
            has_scrolled: StoredValue::new(false),
            waiting: StoredValue::new(false),
            drawn: StoredValue::new(0.0),
            set_to: StoredValue::new(0),
            touching: StoredValue::new(false),
            touches: StoredValue::new(0),
            was_at: StoredValue::new(None),
        };
        if let Some(stream) = stream {
            on_each(move || stream.came.get(), move |spot| spot.into_iter().for_each(|spot| sight.come(spot)));
        }
        sight
    }

    /// Which file of the address a line is of, by its number among those that are drawn.
    pub(super) fn file_of(self, drawn: usize) -> usize {
        self.file.get_untracked() + drawn
    }

    /// The files.
    pub(super) fn feeds(self) -> Vec<Feed> {
        self.stream.map_or_else(|| vec![self.feed], Stream::feeds)
    }

    fn wake(self) {
        self.feeds().into_iter().for_each(Feed::wake);
    }

    /// Draws in the next frame, however often it is asked.
    pub(super) fn draw_soon(self) {
        if self.waiting.try_update_value(|waiting| std::mem::replace(waiting, true)) == Some(false) {
            request_animation_frame(move || {
                if self.waiting.try_set_value(false).is_none() {
                    self.draw();
                }
            });
        }
    }

    /// Draws what is new, ten times a second where the end is followed: nobody reads faster, and each time costs every line on
    /// screen.
    pub(super) fn draw_in_time(self) {
        let now = now().as_millis();
        let wait = self.drawn.get_value() + EVERY - now;
        let follows = self.spot.get_untracked() == Spot::End && self.top.with_untracked(Option::is_some);
        if !follows || wait <= 0.0 {
            self.drawn.set_value(now);
            return self.draw_soon();
        }
        // Another is on its way already.
        if wait <= EVERY {
            self.drawn.set_value(now + wait);
            let due = Duration::from_millis(wait as u64);
            set_timeout(move || self.draw_soon(), due);
        }
    }

    /// The lines around the spot, as elements, and those where they belong; then the bar.
    fn draw(self) {
        let (Some(scroller), Some(sheet)) = (self.scroller.get_untracked(), self.sheet.get_untracked()) else { return };
        let height = f64::from(scroller.client_height());
        if height <= 0.0 {
            return;
        }
        let moved = self.moved.try_update_value(std::mem::take).unwrap_or(0.0);
        self.shift(moved, height);
        let count = (height / HEIGHT).ceil() as usize + BEYOND;
        let spot = self.spot.get_untracked();
        let only = self.only.get_untracked();
        let seen = match self.stream {
            Some(stream) => stream.lines(spot, count, only),
            None => self.lines(spot, count),
        };
        // What was there stays until what comes is there.
        let Some(seen) = seen.filter(|seen| !seen.rows.is_empty() || !seen.waits) else {
            return self.wake();
        };
        if self.spot.get_untracked() != seen.spot {
            self.spot.set(seen.spot);
        }
        let dress = self.dress.get_untracked();
        self.rows.update_value(|drawn| {
            let drawn = drawn.get_or_insert_with(|| Rows::new(sheet.clone().unchecked_into::<HtmlElement>()));
            drawn.draw(&seen.rows, &dress, now(), seen.lives);
        });
        self.settle(&scroller, &sheet, &seen, height);
        self.look_at_link();
        // What a screen lacks is asked for.
        self.wake();
    }

    /// Where the spot is after so many pixels, by what is drawn.
    fn shift(self, moved: f64, height: f64) {
        if moved == 0.0 {
            return;
        }
        // Where all is in sight there is nowhere to go, and who follows it goes on to.
        if self.fits.get_value() {
            return if moved > 0.0 && self.has_scrolled.get_value() {
                self.put(Spot::End)
            };
        }
        let next = self.rows.with_value(|rows| {
            let rows = rows.as_ref()?;
            let here = match self.spot.get_untracked() {
                Spot::End => rows.height() - height,
                Spot::Line(start, pixels) => rows.top(rows.containing(start)?)? + pixels,
            };
            let there = (here + moved).clamp(0.0, rows.height());
            let (start, _, top, _) = rows.at(there)?;
            Some(Spot::Line(start, there - top))
        });
        if let Some(next) = next {
            self.put(next);
        }
    }

    fn put(self, spot: Spot) {
        let is_left = spot != Spot::End;
        self.feeds().iter().for_each(|feed| feed.log.update_value(|log| log.set_left(is_left)));
        if self.spot.get_untracked() != spot {
            self.spot.set(spot);
        }
    }

    fn lines(self, spot: Spot, count: usize) -> Option<Seen> {
        let (place, above, below) = match spot {
            Spot::End => (u64::MAX, 2 * count, 0),
            Spot::Line(start, _) => (start, count, 2 * count),
        };
        let hex = self.dress.with_untracked(|dress| dress.hex);
        let only = self.only.get_untracked() && !hex;
        self.feed.log.try_update_value(|log| {
            let size = log.size();
            if let Some(found) = only.then(|| log.found(place, above, below)).flatten() {
                return found_rows(log, found, spot);
            }
            let form = if hex { Form::Octets } else { Form::Lines };
            let order = log.date_order();
            let screen = log.tail_mut().screen(place, above, below, form);
            let rows: Vec<Row> = screen.lines.into_iter().map(|line| Row::of(line, order)).collect();
            let starts = rows.first().is_some_and(|row| row.line.span.start == 0);
            let ends = rows.last().is_some_and(|row| row.line.span.end >= size.unwrap_or(0));
            Seen { rows, size: size.unwrap_or(0), spot, starts, ends, waits: size != Some(0), lives: log.lives() }
        })
    }

    /// Sets the lines to where the spot is, and the bar to where the lines are.
    fn settle(self, scroller: &HtmlElement, sheet: &HtmlElement, seen: &Seen, height: f64) {
        let Seen { spot, size, starts, ends, .. } = *seen;
        let place = self.rows.with_value(|rows| {
            let rows = rows.as_ref()?;
            let tall = rows.height();
            let lowest = (tall - height).max(0.0);
            let wanted = match spot {
                Spot::End => lowest,
                Spot::Line(start, pixels) => rows.top(rows.containing(start)?)? + pixels,
            };
            let shift = if ends { wanted.min(lowest) } else { wanted }.max(0.0);
            let top = rows.at(shift)?;
            self.in_sight.set_value(rows.between(shift, shift + height));
            Some((shift, top, ends && shift >= lowest - 1.0, tall))
        });
        let Some((shift, (start, end, top, tall_line), is_lowest, tall)) = place else {
            self.in_sight.set_value(Vec::new());
            return self.top.set(None);
        };
        let _ = sheet.style().set_property("transform", &format!("translateY({:.2}px)", -shift));
        let first = self.stream.map_or(start, |stream| stream.before(start));
        if self.top.get_untracked() != Some(first) {
            self.top.set(Some(first));
        }
        let fits = starts && ends && tall <= height;
        self.fits.set_value(fits);
        match spot {
            // To have scrolled down to the end is to follow it again.
            Spot::Line(..) if is_lowest && self.has_scrolled.get_value() && !fits => self.put(Spot::End),
            Spot::Line(from, pixels) if (from, pixels) != (start, shift - top) => {
                self.spot.set(Spot::Line(start, shift - top))
            }
            Spot::Line(..) | Spot::End => {}
        }
        let length = if self.stream.is_some() { 0.0 } else { end.saturating_sub(start) as f64 };
        let at = first as f64 + length * ((shift - top) / tall_line.max(1.0)).clamp(0.0, 1.0);
        self.set_bar(scroller, (at, size as f64, height), fits);
    }

    fn set_bar(self, scroller: &HtmlElement, (at, size, height): (f64, f64, f64), fits: bool) {
        let Some(spacer) = self.spacer.get_untracked() else { return };
        let at_end = self.spot.get_untracked() == Spot::End;
        let room = if fits { 0.0 } else { (size / USUAL * HEIGHT).clamp(height, TALLEST) };
        let spacer: &HtmlElement = &spacer;
        let _ = spacer.style().set_property("height", &format!("{:.0}px", height + room));
        let _ = scroller.set_attribute("data-at", &format!("{at:.0}"));
        if self.touching.get_value() {
            return;
        }
        // Who does not follow the end has some pixels left to scroll there, though he may see it. Where a pixel of the bar is
        // thousands of lines, a finger that moves them by its own way has a screen left to go, up and down.
        let (least, left) = if room < TALLEST || at <= 0.0 { (0.0, LEFT) } else { (height, height) };
        let top = if at_end { room } else { (at / size.max(1.0) * room).max(least).min(room - left) };
        let top = top.max(0.0).round() as i32;
        if (scroller.scroll_top() - top).abs() > 1 {
            scroller.set_scroll_top(top);
            // Browsers set it to a pixel of the device, which is what they report.
            self.set_to.set_value(scroller.scroll_top());
        }
    }

    /// The bar was moved, or a finger moved the page.
    pub(super) fn scrolled(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let top = scroller.scroll_top();
        let before = self.set_to.get_value();
        if (top - before).abs() <= 1 {
            return;
        }
        self.set_to.set_value(top);
        if self.touching.get_value() {
            return self.by(f64::from(top - before));
        }
        let room = f64::from(scroller.scroll_height() - scroller.client_height()).max(1.0);
        let share = f64::from(top) / room;
        let size = self.size.get_untracked().unwrap_or(0);
        if f64::from(top) >= room - 1.0 {
            self.go(Spot::End);
        } else {
            self.go(Spot::Line((share * size as f64) as u64, 0.0));
            self.has_scrolled.set_value(true);
        }
    }

    /// Leads elsewhere.
    pub(super) fn go(self, spot: Spot) {
        self.has_scrolled.set_value(false);
        self.come(spot);
    }

    /// Has come to where it was led, or scrolled.
    fn come(self, spot: Spot) {
        self.stay();
        self.put(spot);
        self.draw_soon();
    }

    /// Gives up going elsewhere.
    pub(super) fn stay(self) {
        self.stream.into_iter().for_each(Stream::stay);
    }

    /// To a time.
    pub(super) fn seek(self, wanted: Wanted, zone: Zone) {
        self.has_scrolled.set_value(false);
        match self.stream {
            Some(stream) => stream.seek(wanted),
            None => self.feed.seek(wanted.there(&self.feed.target()), Clock::new(now(), zone)),
        }
        self.draw_soon();
    }

    /// To the next line that a search found, or to the one before: from the line that was gone to last, if that is still in sight,
    /// otherwise from what is. It is shown with some of what stands before it. Which file it is of, and where it begins there.
    pub(super) fn step(self, from: Option<(usize, u64)>, forward: bool) -> Option<(usize, u64)> {
        let height = self.scroller.get_untracked().map_or(300.0, |scroller| f64::from(scroller.client_height()));
        let above = (height / 3.0).round();
        let key = |(file, at): (usize, u64)| self.stream.map_or(at, |_| files::course::key_of(file, at));
        let (from, edge) = self.in_sight.with_value(|lines| {
            let seen = from.map(key).filter(|key| lines.contains(key));
            (seen, if forward { lines.first().copied() } else { lines.last().copied() })
        });
        let hit = match self.stream {
            Some(stream) => stream.step((from, edge), forward, above)?,
            None => {
                // The line at the edge of what is in sight is one of those that may be meant.
                let beyond = if forward { from.map(|at| at + 1) } else { from };
                let start = beyond.or(if forward { edge } else { edge.map(|at| at + 1) }).unwrap_or(0);
                let search = |search: &Search| if forward { search.from(start) } else { search.before(start) };
                (0, self.feed.log.with_value(|log| log.search().and_then(search))?)
            }
        };
        self.has_scrolled.set_value(false);
        match self.stream {
            Some(_) => self.draw_soon(),
            None => self.go(Spot::Line(hit.1, -above)),
        }
        Some(hit)
    }

    /// Where the first line in sight begins, and in which of the files.
    pub(super) fn first(self) -> Option<(usize, u64)> {
        let key = self.in_sight.with_value(|lines| lines.first().copied())?;
        if self.stream.is_some() { files::course::line_of(key) } else { Some((0, key)) }
    }

    /// The first line in sight; none at the end.
    pub(super) fn place(self) -> Option<(usize, u64)> {
        self.first().filter(|_| self.spot.get_untracked() != Spot::End)
    }

    /// What is drawn.
    pub(super) fn with_rows<T>(self, of: impl FnOnce(&Rows) -> Option<T>) -> Option<T> {
        self.rows.try_with_value(|rows| rows.as_ref().and_then(of)).flatten()
    }

    pub(super) fn is_in_sight(self, key: u64) -> bool {
        self.in_sight.with_value(|lines| lines.contains(&key))
    }

    /// Nothing is drawn any more: its place on the page is gone.
    pub(super) fn undraw(self) {
        self.rows.try_set_value(None);
        self.set_to.try_set_value(0);
    }

    /// Scrolls by pixels; down is more.
    pub(super) fn by(self, pixels: f64) {
        self.nudge(pixels);
        self.has_scrolled.set_value(true);
    }

    /// Moves the view by so many pixels on behalf of the viewer, which leads to a line; the user does not scroll.
    pub(super) fn nudge(self, pixels: f64) {
        self.has_scrolled.set_value(false);
        self.moved.update_value(|moved| *moved += pixels);
        self.draw_soon();
    }
}

/// Lines that were found, and those beside them.
fn found_rows(log: &Log, found: Found, spot: Spot) -> Seen {
    let (mut last, order) = (None, log.date_order());
    let row = |(start, kept): (u64, Kept)| {
        let after_gap = last.replace(kept.end).is_some_and(|end| end != start);
        let is_beside = !kept.is_hit;
        Row { is_beside, after_gap, ..Row::of(Line::from((start, kept)), order) }
    };
    let rows = found.lines.into_iter().map(row).collect();
    let starts = !found.more_above && log.search().is_some_and(Search::is_done);
    let waits = found.more_above || found.more_below;
    let size = log.size().unwrap_or(0);
    Seen { rows, size, spot, starts, ends: !found.more_below, waits, lives: log.lives() }
}
