//! Which lines of a file are in sight, by how tall those are that are drawn. Knows neither lines nor elements.

use super::scroll_bar::{LINE_HEIGHT, ScrollBarMetrics, VisibleExtent};

/// Lines that are drawn beyond what is seen, on each side.
const BEYOND: usize = 24;

/// Position of the reader: at a line, or at the growing end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScrollAnchor {
    /// At the end.
    End,
    /// Offset of the line, or its key in a merged stream, and pixels of it that are above the box.
    Line(u64, f64),
}

/// A line that is drawn, with its place in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowBox {
    /// Offset of the row in the file, or its key in a merged stream.
    pub key: u64,
    /// Offset just behind the row in the file.
    pub end: u64,
    /// Pixels from the first row's top.
    pub top: f64,
    /// Height in pixels.
    pub height: f64,
}

/// Whether the drawn rows reach the ends of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileEdges {
    /// The first row is the first of all.
    pub starts: bool,
    /// The last row is the last of all.
    pub ends: bool,
}

/// Position of the rows, and the row at the top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScrollPosition {
    /// Pixels by which the rows are moved up.
    pub shift: f64,
    /// Current position of the reader.
    pub anchor: ScrollAnchor,
    /// The first row in sight.
    pub first: RowBox,
    /// Share of that row that is above the box, from 0 to 1.
    pub above: f64,
    /// All rows are in sight at once.
    pub fits: bool,
}

impl ScrollPosition {
    /// Bar for this position in a file of `size` bytes; `before` is the first row's offset, if its key is none.
    pub fn bar(&self, before: Option<u64>, size: u64, height: f64) -> ScrollBarMetrics {
        let (first, length) = match before {
            Some(before) => (before, 0),
            None => (self.first.key, self.first.end.saturating_sub(self.first.key)),
        };
        let reach = if self.fits {
            VisibleExtent::Whole
        } else {
            VisibleExtent::Part { is_end: self.anchor == ScrollAnchor::End }
        };
        ScrollBarMetrics::of(first as f64 + length as f64 * self.above, size as f64, height, reach)
    }
}

/// View of a file through a box that scrolls.
#[derive(Clone, Debug, Default)]
pub struct Viewport {
    rows: Vec<RowBox>,
    in_sight: Vec<u64>,
    fits: bool,
    /// Pixels that were scrolled and not drawn yet.
    moved: f64,
    /// The reader has scrolled to where he is: who was led to a line, a byte or a time is to see that, also where a file that grows
    /// ends just below it.
    has_scrolled: bool,
}

impl Viewport {
    /// Number of lines to load above and below the anchor, for a box of that height.
    pub fn wanted(is_end: bool, height: f64) -> (usize, usize) {
        let count = (height / LINE_HEIGHT).ceil() as usize + BEYOND;
        if is_end { (2 * count, 0) } else { (count, 2 * count) }
    }

    /// The reader is led elsewhere.
    pub fn lead(&mut self) {
        self.has_scrolled = false;
    }

    /// The reader is led so many pixels on; down is more.
    pub fn nudge(&mut self, pixels: f64) {
        self.moved += pixels;
        self.has_scrolled = false;
    }

    /// The reader scrolls by so many pixels, in addition to how far the bar was moved; down is more.
    pub fn scroll(&mut self, pixels: f64) {
        self.moved += pixels;
        self.has_scrolled = true;
    }

    /// Anchor after a scroll, by the drawn rows; `None` if it stays.
    pub fn shifted(&mut self, anchor: ScrollAnchor, height: f64) -> Option<ScrollAnchor> {
        let moved = std::mem::take(&mut self.moved);
        if moved == 0.0 {
            return None;
        }
        // Where all is in sight there is nowhere to go, and who follows it goes on to.
        if self.fits {
            return (moved > 0.0 && self.has_scrolled).then_some(ScrollAnchor::End);
        }
        let here = self.place(anchor, self.height() - height)?;
        let there = (here + moved).clamp(0.0, self.height());
        let row = self.at(there)?;
        Some(ScrollAnchor::Line(row.key, there - row.top))
    }

    /// Sets the rows that were drawn to where the anchor is; nothing of none.
    pub fn settle(
        &mut self,
        rows: Vec<RowBox>,
        anchor: ScrollAnchor,
        height: f64,
        edges: FileEdges,
    ) -> Option<ScrollPosition> {
        self.rows = rows;
        self.in_sight.clear();
        let tall = self.height();
        let lowest = (tall - height).max(0.0);
        let wanted = self.place(anchor, lowest)?;
        let shift = if edges.ends { wanted.min(lowest) } else { wanted }.max(0.0);
        let first = self.at(shift)?;
        self.in_sight = self.between(shift, shift + height);
        self.fits = edges.starts && edges.ends && tall <= height;
        let is_lowest = edges.ends && shift >= lowest - 1.0;
        let anchor = match anchor {
            // To have scrolled down to the end is to follow it again.
            ScrollAnchor::Line(..) if is_lowest && self.has_scrolled && !self.fits => ScrollAnchor::End,
            ScrollAnchor::Line(..) => ScrollAnchor::Line(first.key, shift - first.top),
            ScrollAnchor::End => ScrollAnchor::End,
        };
        let above = ((shift - first.top) / first.height.max(1.0)).clamp(0.0, 1.0);
        Some(ScrollPosition { shift, anchor, first, above, fits: self.fits })
    }

    /// The keys of the lines in sight, from top to bottom.
    pub fn in_sight(&self) -> &[u64] {
        &self.in_sight
    }

    /// Pixels from the first row's top to an anchor.
    fn place(&self, anchor: ScrollAnchor, end: f64) -> Option<f64> {
        match anchor {
            ScrollAnchor::End => Some(end),
            ScrollAnchor::Line(start, pixels) => Some(self.containing(start)?.top + pixels),
        }
    }

    /// The row that an offset is in. Rows of several files are not in the order of their keys.
    fn containing(&self, offset: u64) -> Option<RowBox> {
        let before = self.rows.iter().filter(|row| row.key <= offset).max_by_key(|row| row.key);
        before.or_else(|| self.rows.iter().min_by_key(|row| row.key)).copied()
    }

    /// The row at so many pixels.
    fn at(&self, pixels: f64) -> Option<RowBox> {
        self.rows.get(self.above(pixels).saturating_sub(1)).copied()
    }

    /// How many rows begin at so many pixels, or above.
    fn above(&self, pixels: f64) -> usize {
        self.rows.partition_point(|row| row.top <= pixels)
    }

    fn between(&self, top: f64, bottom: f64) -> Vec<u64> {
        let from = self.above(top).saturating_sub(1);
        let rows = self.rows.get(from..self.above(bottom - 1.0).max(from)).unwrap_or_default();
        rows.iter().map(|row| row.key).collect()
    }

    /// How tall all rows are.
    fn height(&self) -> f64 {
        self.rows.last().map_or(0.0, |row| row.top + row.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: FileEdges = FileEdges { starts: true, ends: true };
    const MIDDLE: FileEdges = FileEdges { starts: false, ends: false };

    /// Rows of 100 bytes and 20 pixels each, from an offset on; every fifth is wrapped to three times the height.
    fn rows(from: u64, count: u64) -> Vec<RowBox> {
        let mut top = 0.0;
        let row = |nth: u64| {
            let height = if nth % 5 == 4 { 60.0 } else { 20.0 };
            top += height;
            RowBox { key: from + nth * 100, end: from + nth * 100 + 100, top: top - height, height }
        };
        (0..count).map(row).collect()
    }

    fn settled(rows: Vec<RowBox>, anchor: ScrollAnchor, edges: FileEdges) -> (Viewport, ScrollPosition) {
        let mut viewport = Viewport::default();
        let settled = viewport.settle(rows, anchor, 100.0, edges).expect("there are rows");
        (viewport, settled)
    }

    #[test]
    fn the_rows_in_sight_are_those_between_the_edges_of_the_box() {
        let (viewport, settled) = settled(rows(5_000, 20), ScrollAnchor::Line(5_200, 5.0), MIDDLE);
        assert_eq!((settled.shift, settled.first.key, settled.above), (45.0, 5_200, 0.25));
        // 45 to 145 pixels: two rows, the tall one of 80 to 140, and the first pixels of the next.
        assert_eq!(viewport.in_sight(), [5_200, 5_300, 5_400, 5_500]);
    }

    #[test]
    fn the_end_shows_the_last_rows() {
        let (viewport, settled) = settled(rows(0, 20), ScrollAnchor::End, FileEdges { starts: false, ends: true });
        assert_eq!((settled.shift, settled.anchor), (460.0, ScrollAnchor::End));
        assert_eq!(viewport.in_sight(), [1_700, 1_800, 1_900]);
    }

    #[test]
    fn an_anchor_below_the_last_screen_stays_on_it() {
        let (_, led) = settled(rows(0, 20), ScrollAnchor::Line(1_900, 0.0), FileEdges { starts: false, ends: true });
        assert_eq!((led.shift, led.anchor), (460.0, ScrollAnchor::Line(1_700, 0.0)));
    }

    #[test]
    fn an_offset_within_a_line_leads_to_that_line() {
        let (_, settled) = settled(rows(5_000, 20), ScrollAnchor::Line(5_350, 0.0), MIDDLE);
        assert_eq!(settled.anchor, ScrollAnchor::Line(5_300, 0.0));
    }

    #[test]
    fn scrolling_moves_by_pixels_over_rows_of_any_height() {
        let (mut viewport, _) = settled(rows(0, 20), ScrollAnchor::Line(0, 0.0), MIDDLE);
        viewport.scroll(90.0);
        assert_eq!(viewport.shifted(ScrollAnchor::Line(0, 0.0), 100.0), Some(ScrollAnchor::Line(400, 10.0)));
        assert_eq!(viewport.shifted(ScrollAnchor::Line(400, 10.0), 100.0), None);
        viewport.scroll(-10_000.0);
        assert_eq!(viewport.shifted(ScrollAnchor::Line(400, 10.0), 100.0), Some(ScrollAnchor::Line(0, 0.0)));
    }

    #[test]
    fn following_stops_when_scrolled_up_and_goes_on_when_scrolled_down_to_the_end() {
        let end = FileEdges { starts: false, ends: true };
        let (mut viewport, _) = settled(rows(0, 20), ScrollAnchor::End, end);
        viewport.scroll(-40.0);
        let up = viewport.shifted(ScrollAnchor::End, 100.0).expect("it moved");
        assert_eq!(up, ScrollAnchor::Line(1_500, 0.0));
        assert_eq!(viewport.settle(rows(0, 20), up, 100.0, end).map(|settled| settled.anchor), Some(up));
        viewport.scroll(40.0);
        let down = viewport.shifted(up, 100.0).expect("it moved");
        assert_eq!(
            viewport.settle(rows(0, 20), down, 100.0, end).map(|settled| settled.anchor),
            Some(ScrollAnchor::End)
        );
    }

    #[test]
    fn a_reader_who_was_led_to_the_last_screen_does_not_follow() {
        let (_, led) = settled(rows(0, 20), ScrollAnchor::Line(1_700, 0.0), FileEdges { starts: false, ends: true });
        assert_eq!(led.anchor, ScrollAnchor::Line(1_700, 0.0));
    }

    #[test]
    fn a_file_that_fits_cannot_be_scrolled_but_can_be_followed() {
        let (mut viewport, settled) = settled(rows(0, 3), ScrollAnchor::Line(0, 0.0), WHOLE);
        assert!(settled.fits);
        viewport.scroll(-30.0);
        assert_eq!(viewport.shifted(settled.anchor, 100.0), None);
        viewport.scroll(30.0);
        assert_eq!(viewport.shifted(settled.anchor, 100.0), Some(ScrollAnchor::End));
    }

    #[test]
    fn nothing_that_is_drawn_is_in_sight_of_nothing() {
        let mut viewport = Viewport::default();
        assert_eq!(viewport.settle(Vec::new(), ScrollAnchor::End, 100.0, WHOLE), None);
        assert_eq!(viewport.in_sight(), [0_u64; 0]);
    }

    #[test]
    fn more_lines_are_wanted_on_the_side_that_is_read() {
        assert_eq!(Viewport::wanted(true, 190.0), (68, 0));
        assert_eq!(Viewport::wanted(false, 190.0), (34, 68));
    }
}
