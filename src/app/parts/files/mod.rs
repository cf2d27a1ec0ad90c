//! Files of the master and of agents: what is in a folder, and what is in a file.

mod beside;
mod budget;
mod copy;
mod feed;
mod folder;
mod follow;
mod hand;
mod jump;
mod listing;
mod looks;
mod narrow;
mod older;
mod open;
mod pane;
mod path;
mod preview;
mod rows;
mod save;
mod scroll;
mod seek;
mod stream;
mod viewer;

pub(crate) use folder::{Item, folder};
pub(crate) use listing::{Kind, Listing, below_work_dir, kind, list, lookup, regular, work_dir};
pub(crate) use path::{after, asking, is_absent, is_log, whereabouts, why_nothing};
pub(crate) use save::download_button;
pub(crate) use viewer::{Around, viewer};
