//! The stretch of time that an axis shows, and where a moment stands on it. Draws nothing.

use mesoscope_core::actions::Window;
use mesoscope_core::base::units::Timestamp;

const DAY: i64 = 86_400_000_000_000;
/// From a quarter of an hour to ten years.
const LENGTHS: (f64, f64) = (9e11, 3.2e17);

/// In nanoseconds since 1970.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Span {
    /// All windows that begin or end within a year, and now; as it was before, if all of that has a place there and fills enough of it.
    /// So what is moved a little does not move the ground below it.
    pub(super) fn of(windows: &[Window], now: Timestamp, before: Option<Self>) -> Self {
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

    pub(super) fn length(self) -> i64 {
        self.to.saturating_sub(self.from).max(1)
    }

    /// In percent of the width.
    pub(super) fn place(self, at: i64) -> f64 {
        (at.saturating_sub(self.from)) as f64 / self.length() as f64 * 100.0
    }

    /// By so much around its middle.
    pub(super) fn zoomed(self, factor: f64) -> Self {
        let (middle, length) = (self.from / 2 + self.to / 2, self.length() as f64 * factor);
        let half = (length.clamp(LENGTHS.0, LENGTHS.1) / 2.0) as i64;
        Self { from: middle.saturating_sub(half), to: middle.saturating_add(half) }
    }

    pub(super) fn moved(self, shares: f64) -> Self {
        let by = (self.length() as f64 * shares) as i64;
        Self { from: self.from.saturating_add(by), to: self.to.saturating_add(by) }
    }
}
