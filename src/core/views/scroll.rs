//! Positions of a table's rows in the scrolling box, and the range of visible rows. Knows no row.

/// Height of a row in CSS pixels until the style sheet's `--row` is read.
pub const ROW_HEIGHT: f64 = 32.0;
/// Number of rows requested above and below the visible ones, in whole steps. Each costs as much as a visible one.
const OVERSCAN: u32 = 12;
/// The first requested row is a multiple of this, so that a short scroll requests nothing. The step is small enough
/// that no frame is late for its rows.
const STEP: u32 = 4;
/// Maximum height of a table in pixels. Elements end near 17 million pixels in Firefox, and at 33 in Chromium.
const TALLEST: f64 = 10_000_000.0;

/// The requested rows, and the scroll position that they follow from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowRange {
    /// Index of the first requested row.
    pub first: u32,
    /// Number of requested rows.
    pub count: u32,
    /// Index of the first visible row, with the hidden part of it as a fraction.
    pub top: f64,
    /// Height of the box in pixels.
    pub height: f64,
    /// Height of a row in pixels.
    pub row_height: f64,
}

impl RowRange {
    /// Number of rows from `first` up to the last visible one.
    pub fn in_sight(self, first: u32) -> usize {
        (self.top + self.height / self.row_height).ceil().max(0.0) as usize - (first as usize).min(self.top as usize)
    }

    /// The range of the same box, scrolled to the top.
    pub fn at_the_top(self) -> Self {
        Self::at(0.0, self.height, self.row_height)
    }

    /// The range of a box of this height, with row `top` as the first visible one. A height that is no height counts as the usual.
    pub fn at(top: f64, height: f64, row_height: f64) -> Self {
        let row_height = if row_height >= 1.0 { row_height } else { ROW_HEIGHT };
        let step = top as u32 - top as u32 % STEP;
        let seen = ((height / row_height).ceil() as u32).next_multiple_of(STEP);
        let first = step.saturating_sub(OVERSCAN);
        Self { first, count: step - first + seen + STEP + OVERSCAN, top, height, row_height }
    }
}

/// Mapping of scroll positions to rows: one to one up to `TALLEST`, and compressed above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    rows: u32,
    row_height: f64,
    tall: f64,
    /// Factor by which rows move faster than pixels.
    speed: f64,
}

impl Scale {
    /// The scale for this number of rows in the box of a range.
    pub fn of(rows: u32, range: RowRange) -> Self {
        let RowRange { height, row_height, .. } = range;
        let whole = f64::from(rows) * row_height;
        let tall = whole.min(TALLEST);
        let speed = if whole > tall { (whole - height) / (tall - height) } else { 1.0 };
        Self { rows, row_height, tall, speed }
    }

    /// The row at this scroll position.
    pub fn row(self, scroll: f64) -> f64 {
        (scroll * self.speed / self.row_height).clamp(0.0, f64::from(self.rows))
    }

    /// The scroll position at which this row is the first.
    pub fn scroll(self, row: f64) -> f64 {
        row * self.row_height / self.speed
    }

    /// Number of whole rows below the header in a box of this height; at least one.
    pub fn rows_in(self, height: f64) -> f64 {
        (height / self.row_height - 1.0).floor().max(1.0)
    }

    /// Empty height above the row `first`, while `top` is the first visible row.
    pub fn before(self, first: u32, top: f64) -> f64 {
        (self.scroll(top) - (top - f64::from(first)) * self.row_height).clamp(0.0, self.tall)
    }

    /// Empty height below this number of rows.
    pub fn after(self, before: f64, rows: usize) -> f64 {
        (self.tall - before - rows as f64 * self.row_height).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_table_is_as_tall_as_its_rows() {
        let scale = Scale::of(1000, RowRange::at(0.0, 800.0, 32.0));
        assert_eq!((scale.row(320.0), scale.before(30, 50.0), scale.after(960.0, 90)), (10.0, 960.0, 28_160.0));
    }

    #[test]
    fn a_tall_table_ends_with_its_last_row() {
        let scale = Scale::of(1_000_000, RowRange::at(0.0, 800.0, 32.0));
        assert_eq!(scale.row(0.0), 0.0);
        assert!((scale.row(TALLEST - 800.0) - (1_000_000.0 - 25.0)).abs() < 1e-6);
        assert!((scale.row(scale.scroll(123_456.0)) - 123_456.0).abs() < 1e-6);
    }

    #[test]
    fn windows_begin_at_steps() {
        let at = |top, row_height| RowRange::at(top, 800.0, row_height);
        assert_eq!((at(0.0, 32.0).first, at(0.0, 32.0).count), (0, 44));
        assert_eq!(at(57.9, 32.0).first, 44);
    }

    #[test]
    fn rows_of_two_lines_are_half_as_many() {
        let range = RowRange::at(0.0, 800.0, 64.0);
        let scale = Scale::of(1000, range);
        assert_eq!((range.count, range.in_sight(0), scale.row(640.0), scale.scroll(10.0)), (32, 13, 10.0, 640.0));
        assert_eq!((scale.rows_in(800.0), scale.rows_in(10.0)), (11.0, 1.0));
        assert_eq!(RowRange::at(0.0, 800.0, f64::NAN).row_height, ROW_HEIGHT);
    }
}
