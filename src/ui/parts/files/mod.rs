//! Files of the master and of agents: what is in a folder, and what is in a file.

mod beside;
mod copy;
mod feed;
mod folder;
mod hand;
mod jump;
mod narrow;
mod pane;
mod preview;
mod rows;
mod save;
mod scroll;
mod seek;
mod stream;
mod viewer;

pub(crate) use folder::{Item, folder};
pub(crate) use save::download_button;
pub(crate) use viewer::{Around, viewer};
