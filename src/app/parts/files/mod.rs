//! Files of the master and of agents: what is in a folder, and what is in a file.

pub(crate) mod around;
mod beside;
mod budget;
mod copy;
mod doubts;
mod feed;
pub(crate) mod folder;
mod follow;
mod hand;
mod jump;
mod looks;
mod narrow;
mod older;
mod open;
mod pane;
pub(crate) mod path;
mod preview;
mod renderer;
mod rows;
pub(crate) mod save;
mod scroll;
mod scroll_bar;
mod seek;
pub(crate) mod sought;
pub(crate) mod spot;
mod stream;
pub(crate) mod viewer;
