//! Building blocks that know nothing of Mesos.

pub(crate) mod code;
pub(crate) mod copy;
pub(crate) mod excerpt;
pub(crate) mod field;
pub(crate) mod filter;
pub(crate) mod grid;
pub(crate) mod long_list;
pub(crate) mod menu;
pub(crate) mod meter;
pub(crate) mod panel;
pub(crate) mod sparkline;

use std::time::Duration;

/// Duration of the tint on changed cells.
pub(crate) const TINT: Duration = Duration::from_millis(1200);
