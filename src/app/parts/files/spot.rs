//! Where a reader is, and the lines that are drawn there.

use super::rows::Row;

/// Where the reader is: so many pixels into the line that begins there; or at the end, as it grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Spot {
    End,
    Line(u64, f64),
}

/// Lines to draw.
pub(super) struct Seen {
    pub(super) rows: Vec<Row>,
    /// How long all is, in bytes.
    pub(super) size: u64,
    /// Where the reader is now.
    pub(super) spot: Spot,
    /// The first line is the first of all, the last the last.
    pub(super) starts: bool,
    pub(super) ends: bool,
    /// Some of it is still to come.
    pub(super) waits: bool,
    /// Moves when another file has come in the place of one.
    pub(super) lives: u64,
}
