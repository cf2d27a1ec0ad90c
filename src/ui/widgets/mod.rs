//! Building blocks that know nothing of Mesos.

mod code;
mod copy;
mod field;
mod filter;
mod grid;
mod meter;
mod panel;

pub(crate) use code::Code;
pub(crate) use copy::{Copy, copy};
pub(crate) use field::Field;
pub(crate) use filter::FilterBox;
pub(crate) use grid::{Column, Grid, Head, Opens, Order, Range, Seen};
pub(crate) use meter::{Meter, Track};
pub(crate) use panel::{Blank, Panel};
