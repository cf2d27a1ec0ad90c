//! The visible rows and the targets of time jumps.

use leptos::prelude::untrack;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::files::viewport::{FileEdges, ScrollAnchor};
use mesoscope_core::mesos::calls::Target;

use super::rows::FileRow;
use crate::clock::Clocks;
use crate::hooks::now;

/// Rows to draw.
pub(super) struct VisibleRows {
    pub(super) rows: Vec<FileRow>,
    /// Total size in bytes.
    pub(super) size: u64,
    /// Current scroll anchor.
    pub(super) anchor: ScrollAnchor,
    pub(super) edges: FileEdges,
    /// Whether some rows are still loading.
    pub(super) waits: bool,
    /// Increments when a file is replaced by another.
    pub(super) lives: u64,
}

/// Target of a time jump.
#[derive(Clone, Copy)]
pub(super) enum TargetTime {
    At(Timestamp),
    /// A duration before now, by the log server's clock.
    Ago(Nanoseconds, Clocks),
}

impl TargetTime {
    /// Converts the target to the clock of the file's server.
    pub(super) fn there(self, target: &Target) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(length, clocks) => untrack(|| clocks.skew(target)).at(now()).get() + Nanoseconds(-length.0),
        }
    }
}
