//! The scroll bar of a file. It represents bytes, since no file is measured in lines before it has been read: it is as long as an
//! average file's lines are tall, and where it is set to is a share of the bytes.

/// The height in pixels of a line that is not wrapped.
pub const LINE_HEIGHT: f64 = 19.0;
/// Bytes of a usual line.
const USUAL: f64 = 100.0;
/// Elements end near 17 million pixels in Firefox.
const TALLEST: f64 = 8_000_000.0;
/// Pixels by which the bar stays off its end.
const LEFT: f64 = 4.0;

/// Part of the file that is in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisibleExtent {
    /// The whole file.
    Whole,
    /// A part of the file.
    Part {
        /// Its end is followed.
        is_end: bool,
    },
}

/// The bar, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScrollBarMetrics {
    /// Distance that the bar can be moved, in pixels.
    pub room: f64,
    /// Distance that the bar is moved, in pixels.
    pub top: i32,
    /// Byte that the bar's position represents.
    pub at: f64,
}

impl ScrollBarMetrics {
    /// Bar at byte `at` of `size`, beside a box of that height in pixels.
    pub fn of(at: f64, size: f64, height: f64, reach: VisibleExtent) -> Self {
        let (room, is_end) = match reach {
            VisibleExtent::Whole => (0.0, false),
            VisibleExtent::Part { is_end } => ((size / USUAL * LINE_HEIGHT).clamp(height, TALLEST), is_end),
        };
        // Who does not follow the end has some pixels left to scroll there, though he may see it. Where a pixel of the bar is
        // thousands of lines, a finger that moves them by its own way has a screen left to go, up and down.
        let (least, left) = if room < TALLEST || at <= 0.0 { (0.0, LEFT) } else { (height, height) };
        let top = if is_end { room } else { (at / size.max(1.0) * room).max(least).min(room - left) };
        Self { room, top: top.max(0.0).round() as i32, at }
    }

    /// The byte that the bar was moved to, of so many; `None` is the end.
    pub fn moved_to(top: f64, room: f64, size: u64) -> Option<u64> {
        let room = room.max(1.0);
        (top < room - 1.0).then_some((top / room * size as f64) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEIGHT: f64 = 500.0;
    const PART: VisibleExtent = VisibleExtent::Part { is_end: false };
    const END: VisibleExtent = VisibleExtent::Part { is_end: true };
    const GIB: u64 = 1 << 30;

    fn bar(at: u64, size: u64, reach: VisibleExtent) -> (f64, i32) {
        let bar = ScrollBarMetrics::of(at as f64, size as f64, HEIGHT, reach);
        (bar.room, bar.top)
    }

    #[test]
    fn a_pixel_is_for_the_bytes_of_a_usual_line() {
        // 1 MB is 10,000 usual lines.
        assert_eq!(bar(0, 1_000_000, PART), (190_000.0, 0));
        assert_eq!(bar(250_000, 1_000_000, PART), (190_000.0, 47_500));
        assert_eq!(ScrollBarMetrics::moved_to(47_500.0, 190_000.0, 1_000_000), Some(250_000));
    }

    #[test]
    fn the_end_is_the_bars_and_a_reader_who_does_not_follow_it_stays_off() {
        assert_eq!(bar(999_000, 1_000_000, END), (190_000.0, 190_000));
        assert_eq!(bar(1_000_000, 1_000_000, PART), (190_000.0, 189_996));
        assert_eq!(ScrollBarMetrics::moved_to(190_000.0, 190_000.0, 1_000_000), None);
        assert_eq!(ScrollBarMetrics::moved_to(189_999.0, 190_000.0, 1_000_000), None);
    }

    #[test]
    fn a_file_that_fits_has_no_bar_and_a_small_one_has_a_screen_of_it() {
        assert_eq!(bar(0, 200, VisibleExtent::Whole), (0.0, 0));
        assert_eq!(bar(100, 200, PART), (HEIGHT, 250));
        assert_eq!(bar(0, 0, END), (HEIGHT, 500));
    }

    #[test]
    fn the_ends_of_a_file_of_gigabytes_can_be_reached() {
        let size = 64 * GIB;
        assert_eq!(bar(0, size, PART), (8_000_000.0, 0));
        assert_eq!(bar(size, size, END), (8_000_000.0, 8_000_000));
        // A screen is left above the second line, and below the last but one.
        assert_eq!(bar(100, size, PART), (8_000_000.0, 500));
        assert_eq!(bar(size - 100, size, PART), (8_000_000.0, 7_999_500));
        assert_eq!(ScrollBarMetrics::moved_to(0.0, 8_000_000.0, size), Some(0));
        assert_eq!(ScrollBarMetrics::moved_to(4_000_000.0, 8_000_000.0, size), Some(32 * GIB));
        assert_eq!(ScrollBarMetrics::moved_to(7_999_998.0, 8_000_000.0, size), Some(68_719_459_556));
    }

    #[test]
    fn a_bar_that_has_no_room_leads_to_the_end() {
        assert_eq!(ScrollBarMetrics::moved_to(0.0, 0.0, 100), None);
    }
}
