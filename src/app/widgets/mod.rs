//! Building blocks that know nothing of Mesos.

mod code;
mod copy;
mod field;
mod filter;
mod grid;
mod later;
mod long;
mod menu;
mod meter;
mod panel;
mod spark;

use std::time::Duration;

pub(crate) use code::Code;
pub(crate) use copy::{Copy, copy};
pub(crate) use field::Field;
pub(crate) use filter::{FilterBox, Offered, Suggestion};
pub(crate) use grid::{
    Choice, Column, Columns, Grid, Head, InFile, Marked, Marks, Opens, Order, Range, Seen, column_menu,
};
pub(crate) use later::{after_paint, later};
pub(crate) use long::{Extent, long};
pub(crate) use menu::Menu;
pub(crate) use meter::{Meter, Track};
pub(crate) use panel::{Blank, Panel};
pub(crate) use spark::Spark;

/// How long what has changed is tinted.
pub(crate) const TINT: Duration = Duration::from_millis(1200);
