//! The range of time that an axis shows, and the position of a moment on it. Draws nothing.

use crate::actions::MaintenanceWindow;
use crate::base::units::Timestamp;

const DAY: i64 = 86_400_000_000_000;
/// Smallest and largest length: a quarter of an hour, and ten years.
const LENGTHS: (f64, f64) = (9e11, 3.2e17);

/// A range of time, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    /// Start of the range.
    pub from: i64,
    /// End of the range.
    pub to: i64,
}

impl TimeSpan {
    /// The range of all windows that start or end within a year, and of now. `before` is kept if they fit and fill
    /// enough of it, so that a small move of a window does not move the axis.
    pub fn of(windows: &[MaintenanceWindow], now: Timestamp, before: Option<Self>) -> Self {
        let near = |at: &i64| at.abs_diff(now.0) < (366 * DAY).unsigned_abs();
        let times = windows.iter().flat_map(|window| {
            let end = window.duration.map_or(window.start.0.saturating_add(DAY), |length| (window.start + length).0);
            [window.start.0, end]
        });
        let times: Vec<i64> = times.filter(near).chain([now.0]).collect();
        let from = times.iter().copied().min().unwrap_or(now.0);
        let to = times.iter().copied().max().unwrap_or(now.0).max(from.saturating_add(DAY / 2));
        let fits = |span: &Self| span.from <= from && to <= span.to && (to - from).saturating_mul(2) > span.length();
        let margin = (to - from) / 20;
        before.filter(fits).unwrap_or(Self { from: from - margin, to: to + margin })
    }

    /// The first view: 48 hours, two of them past. It moves by whole hours.
    pub fn first(now: Timestamp) -> Self {
        let hour = DAY / 24;
        let from = now.0.div_euclid(hour).saturating_sub(2).saturating_mul(hour);
        Self { from, to: from.saturating_add(2 * DAY) }
    }

    /// The range moved so that it shows a moment, a quarter of its length from its start; as it is if it shows that.
    pub fn showing(self, at: Timestamp) -> Self {
        if (self.from..self.to).contains(&at.0) {
            return self;
        }
        let from = at.0.saturating_sub(self.length() / 4);
        Self { from, to: from.saturating_add(self.length()) }
    }

    /// Length in nanoseconds; at least 1, so that it can be a divisor.
    pub fn length(self) -> i64 {
        self.to.saturating_sub(self.from).max(1)
    }

    /// Position of a moment, in percent of the width.
    pub fn place(self, at: i64) -> f64 {
        (at.saturating_sub(self.from)) as f64 / self.length() as f64 * 100.0
    }

    /// The range with its length multiplied by `factor`, around the same middle.
    pub fn zoomed(self, factor: f64) -> Self {
        let (middle, length) = (self.from / 2 + self.to / 2, self.length() as f64 * factor);
        let half = (length.clamp(LENGTHS.0, LENGTHS.1) / 2.0) as i64;
        Self { from: middle.saturating_sub(half), to: middle.saturating_add(half) }
    }

    /// The range moved by a multiple of its length.
    pub fn moved(self, shares: f64) -> Self {
        let by = (self.length() as f64 * shares) as i64;
        Self { from: self.from.saturating_add(by), to: self.to.saturating_add(by) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Nanoseconds;

    const HOUR: i64 = DAY / 24;
    const NOW: Timestamp = Timestamp(20_000 * DAY);

    fn window(start: i64, hours: Option<i64>) -> MaintenanceWindow {
        let duration = hours.map(|hours| Nanoseconds(hours * HOUR));
        MaintenanceWindow { machines: Vec::new(), start: Timestamp(NOW.0 + start * HOUR), duration }
    }

    #[test]
    fn it_shows_all_windows_of_a_year_and_now_with_a_margin() {
        let far = window(24 * 400, Some(1));
        let span = TimeSpan::of(&[window(10, Some(10)), far], NOW, None);
        assert_eq!(span, TimeSpan { from: NOW.0 - HOUR, to: NOW.0 + 21 * HOUR });
        // A window without an end shows its first day; and half a day is the least.
        assert_eq!(
            TimeSpan::of(&[window(16, None)], NOW, None),
            TimeSpan { from: NOW.0 - 2 * HOUR, to: NOW.0 + 42 * HOUR }
        );
        assert_eq!(TimeSpan::of(&[], NOW, None).length(), DAY / 2 + 2 * (DAY / 40));
    }

    #[test]
    fn what_is_moved_a_little_does_not_move_the_ground() {
        let before = TimeSpan::of(&[window(10, Some(10))], NOW, None);
        assert_eq!(TimeSpan::of(&[window(10, Some(8))], NOW, Some(before)), before);
        assert_ne!(TimeSpan::of(&[window(10, Some(12))], NOW, Some(before)), before);
        assert_ne!(
            TimeSpan::of(&[window(1, Some(1))], NOW, Some(TimeSpan { from: NOW.0 - 40 * HOUR, ..before })),
            before
        );
    }

    #[test]
    fn the_first_view_is_48_whole_hours_with_now_near_its_start() {
        let span = TimeSpan::first(Timestamp(NOW.0 + HOUR / 2));
        assert_eq!(span, TimeSpan { from: NOW.0 - 2 * HOUR, to: NOW.0 + 46 * HOUR });
        assert_eq!(span.showing(Timestamp(NOW.0 + 45 * HOUR)), span);
        let later = TimeSpan { from: NOW.0 + 88 * HOUR, to: NOW.0 + 136 * HOUR };
        assert_eq!(span.showing(Timestamp(NOW.0 + 100 * HOUR)), later);
        assert_eq!(span.showing(Timestamp(NOW.0 - 3 * HOUR)).from, NOW.0 - 15 * HOUR);
    }

    #[test]
    fn it_is_zoomed_around_its_middle_and_moved_by_its_length() {
        let span = TimeSpan { from: 0, to: DAY };
        assert_eq!(span.zoomed(2.0), TimeSpan { from: -DAY / 2, to: DAY + DAY / 2 });
        assert_eq!(span.zoomed(1e-9).length(), 900_000_000_000);
        assert_eq!(span.moved(-0.5), TimeSpan { from: -DAY / 2, to: DAY / 2 });
        assert_eq!((span.place(0), span.place(DAY / 4), span.place(2 * DAY)), (0.0, 25.0, 200.0));
    }
}
