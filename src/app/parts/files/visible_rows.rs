//! Where a reader is, or wants to be, and the lines that are drawn there.

use leptos::prelude::untrack;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::files::viewport::{FileEdges, ScrollAnchor};
use mesoscope_core::mesos::calls::Target;

use super::rows::FileRow;
use crate::clock::Clocks;
use crate::hooks::now;

/// Lines to draw.
pub(super) struct VisibleRows {
    pub(super) rows: Vec<FileRow>,
    /// How long all is, in bytes.
    pub(super) size: u64,
    /// Where the reader is now.
    pub(super) anchor: ScrollAnchor,
    pub(super) edges: FileEdges,
    /// Some of it is still to come.
    pub(super) waits: bool,
    /// Moves when another file has come in the place of one.
    pub(super) lives: u64,
}

/// A time that is gone to.
#[derive(Clone, Copy)]
pub(super) enum TargetTime {
    At(Timestamp),
    /// So long ago, by the clock that the log is by.
    Ago(Nanoseconds, Clocks),
}

impl TargetTime {
    /// The time, by the clock of who serves the file.
    pub(super) fn there(self, target: &Target) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(length, clocks) => untrack(|| clocks.skew(target)).at(now()).get() + Nanoseconds(-length.0),
        }
    }
}
