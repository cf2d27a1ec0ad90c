//! Where rows of a table stand in the box that scrolls, and which of them are in sight. Knows no row.

/// The height of a row in CSS pixels, as `--row` says.
pub const ROW: f64 = 32.0;
/// Rows asked for above and below those in sight; some steps. Each costs as much as one in sight.
const OVERSCAN: u32 = 12;
/// The first row asked for is a multiple of this, so that a scroll of a few pixels asks for nothing new; and so few come at
/// once that no frame is late for them.
const STEP: u32 = 4;
/// Elements end near 17 million pixels in Firefox, and at 33 in Chromium. A table that is taller is drawn as tall as this.
const TALLEST: f64 = 10_000_000.0;

/// Which rows are wanted, and from what they follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The first row that is wanted.
    pub first: u32,
    /// How many are.
    pub count: u32,
    /// The first row in sight, and a part of it.
    pub top: f64,
    /// The height of the box in pixels.
    pub height: f64,
}

impl Range {
    /// How many rows from that one on end with the last in sight.
    pub fn in_sight(self, first: u32) -> usize {
        (self.top + self.height / ROW).ceil().max(0.0) as usize - (first as usize).min(self.top as usize)
    }

    /// The place with the same number of rows at the top.
    pub fn at_the_top(self) -> Self {
        Self::at(0.0, self.height)
    }

    /// Of a box so tall, with that row first in sight.
    pub fn at(top: f64, height: f64) -> Self {
        let step = top as u32 - top as u32 % STEP;
        let seen = ((height / ROW).ceil() as u32).next_multiple_of(STEP);
        let first = step.saturating_sub(OVERSCAN);
        Self { first, count: step - first + seen + STEP + OVERSCAN, top, height }
    }
}

/// How pixels stand for rows. Below `TALLEST` one to one; above it the scroll bar stands for more than its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    rows: u32,
    tall: f64,
    /// Rows go by so many times faster than pixels.
    speed: f64,
}

impl Scale {
    /// Of so many rows, in a box so tall.
    pub fn of(rows: u32, height: f64) -> Self {
        let whole = f64::from(rows) * ROW;
        let tall = whole.min(TALLEST);
        let speed = if whole > tall { (whole - height) / (tall - height) } else { 1.0 };
        Self { rows, tall, speed }
    }

    /// The row at this scroll position.
    pub fn row(self, scroll: f64) -> f64 {
        (scroll * self.speed / ROW).clamp(0.0, f64::from(self.rows))
    }

    /// The scroll position at which this row is the first.
    pub fn scroll(self, row: f64) -> f64 {
        row * ROW / self.speed
    }

    /// The empty height above the row `first`, while `top` is the first one in sight.
    pub fn before(self, first: u32, top: f64) -> f64 {
        (self.scroll(top) - (top - f64::from(first)) * ROW).clamp(0.0, self.tall)
    }

    /// The empty height below so many rows.
    pub fn after(self, before: f64, rows: usize) -> f64 {
        (self.tall - before - rows as f64 * ROW).max(0.0)
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
        assert_eq!((Range::at(0.0, 800.0).first, Range::at(0.0, 800.0).count), (0, 44));
        assert_eq!(Range::at(57.9, 800.0).first, 44);
    }
}
