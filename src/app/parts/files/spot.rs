//! Where a reader is, or wants to be, and the lines that are drawn there.

use leptos::prelude::untrack;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::mesos::calls::Target;

use super::rows::Row;
use crate::clock::Clocks;
use crate::hooks::now;

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

/// A time that is gone to.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    At(Timestamp),
    /// So long ago, by the clock that the log is by.
    Ago(Nanoseconds, Clocks),
}

impl Wanted {
    /// The time, by the clock of who serves the file.
    pub(super) fn there(self, target: &Target) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(length, clocks) => untrack(|| clocks.skew(target)).at(now()).get() + Nanoseconds(-length.0),
        }
    }
}
