//! Files of the master and of agents: what is in a folder, and what is in a file.

mod budget;
mod copy;
mod doubts;
pub(crate) mod folder;
mod follow;
mod jump;
mod level_filter;
mod log_source;
mod looks;
mod open;
mod pane;
pub(crate) mod path;
mod pointer_input;
mod preview;
mod renderer;
mod rotated;
mod rows;
pub(crate) mod save;
mod scroll;
mod scroll_bar;
mod search_bar;
mod side_by_side;
pub(crate) mod sought;
pub(crate) mod spot;
mod stream;
pub(crate) mod viewer;
pub(crate) mod viewer_context;
