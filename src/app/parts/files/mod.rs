//! Files of the master and of agents: what is in a folder, and what is in a file.

mod beside;
mod budget;
mod copy;
mod feed;
pub(crate) mod folder;
mod follow;
mod hand;
mod jump;
pub(crate) mod listing;
mod looks;
mod narrow;
mod older;
mod open;
mod pane;
pub(crate) mod path;
mod preview;
mod rows;
pub(crate) mod save;
mod scroll;
mod seek;
mod stream;
pub(crate) mod viewer;
