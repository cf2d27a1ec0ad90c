//! Positions of a table's rows in the scrolling box, and the range of visible rows. Knows no row.

/// Height of a row in CSS pixels, equal to `--row` in the style sheet.
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
}

impl RowRange {
    /// Number of rows from `first` up to the last visible one.
    pub fn in_sight(self, first: u32) -> usize {
        (self.top + self.height / ROW_HEIGHT).ceil().max(0.0) as usize - (first as usize).min(self.top as usize)
    }

    /// The range of the same box, scrolled to the top.
    pub fn at_the_top(self) -> Self {
        Self::at(0.0, self.height)
    }

    /// The range of a box of this height, with row `top` as the first visible one.
    pub fn at(top: f64, height: f64) -> Self {
        let step = top as u32 - top as u32 % STEP;
        let seen = ((height / ROW_HEIGHT).ceil() as u32).next_multiple_of(STEP);
        let first = step.saturating_sub(OVERSCAN);
        Self { first, count: step - first + seen + STEP + OVERSCAN, top, height }
    }
}

/// Mapping of scroll positions to rows: one to one up to `TALLEST`, and compressed above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    rows: u32,
    tall: f64,
    /// Factor by which rows move faster than pixels.
    speed: f64,
}

impl Scale {
    /// The scale for this number of rows, in a box of this height.
    pub fn of(rows: u32, height: f64) -> Self {
        let whole = f64::from(rows) * ROW_HEIGHT;
        let tall = whole.min(TALLEST);
        let speed = if whole > tall { (whole - height) / (tall - height) } else { 1.0 };
        Self { rows, tall, speed }
    }

    /// The row at this scroll position.
    pub fn row(self, scroll: f64) -> f64 {
        (scroll * self.speed / ROW_HEIGHT).clamp(0.0, f64::from(self.rows))
    }

    /// The scroll position at which this row is the first.
    pub fn scroll(self, row: f64) -> f64 {
        row * ROW_HEIGHT / self.speed
    }

    /// Empty height above the row `first`, while `top` is the first visible row.
    pub fn before(self, first: u32, top: f64) -> f64 {
        (self.scroll(top) - (top - f64::from(first)) * ROW_HEIGHT).clamp(0.0, self.tall)
    }

    /// Empty height below this number of rows.
    pub fn after(self, before: f64, rows: usize) -> f64 {
        (self.tall - before - rows as f64 * ROW_HEIGHT).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_table_is_as_tall_as_its_rows() {
        let scale = Scale::of(1000, 800.0);
        assert_eq!((scale.row(320.0), scale.before(30, 50.0), scale.after(960.0, 90)), (10.0, 960.0, 28_160.0));
    }

    #[test]
    fn a_tall_table_ends_with_its_last_row() {
        let scale = Scale::of(1_000_000, 800.0);
        assert_eq!(scale.row(0.0), 0.0);
        assert!((scale.row(TALLEST - 800.0) - (1_000_000.0 - 25.0)).abs() < 1e-6);
        assert!((scale.row(scale.scroll(123_456.0)) - 123_456.0).abs() < 1e-6);
    }

    #[test]
    fn windows_begin_at_steps() {
        assert_eq!((RowRange::at(0.0, 800.0).first, RowRange::at(0.0, 800.0).count), (0, 44));
        assert_eq!(RowRange::at(57.9, 800.0).first, 44);
    }
}
