//! Columns that fit a screen of medium width, such as a tablet or a desktop at 200 % zoom.

use crate::widgets::grid::column::Head;

/// Widths of the window, in pixels, up to which a column may be hidden; the style sheet has a rule for each.
const STEPS: [(f64, &str); 3] = [(600.0, "600"), (700.0, "700"), (800.0, "800")];
/// Up to this width of the window, columns that fit no step are hidden.
const WIDEST: &str = "900";
/// Margins of the page and the box that selects a row.
const MARGINS: f64 = 64.0;
/// Minimum width of a column that takes the rest.
const REST: f64 = 160.0;

/// Width that the columns shown so far take.
pub(super) struct Fit {
    taken: f64,
}

impl Fit {
    /// Starts with the columns that each screen shows.
    pub(super) fn around<'a>(heads: impl Iterator<Item = &'a Head>) -> Self {
        Self { taken: heads.filter(|head| head.narrow.is_some()).map(|head| pixels(head.width)).sum() }
    }

    /// Window width up to which the column is hidden; `None` if each screen shows it. After a column that fits nowhere, narrower ones
    /// may fit.
    pub(super) fn hidden_to(&mut self, head: &Head) -> Option<&'static str> {
        if head.narrow.is_some() {
            return None;
        }
        let taken = self.taken + pixels(head.width);
        let step = STEPS.into_iter().find(|(window, _)| taken + MARGINS <= *window);
        if step.is_some() {
            self.taken = taken;
        }
        Some(step.map_or(WIDEST, |(_, step)| step))
    }
}

/// First number of a CSS length in pixels.
fn pixels(length: &str) -> f64 {
    let digits = length.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(REST)
}
