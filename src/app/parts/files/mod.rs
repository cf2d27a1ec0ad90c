//! Files of the master and of agents: the directory view and the file viewer.

mod ambiguities;
mod budget;
mod copy;
mod display_settings;
pub(crate) mod folder;
mod follow;
mod jump;
mod level_filter;
mod log_source;
mod merged_files;
mod open_files;
mod pane;
pub(crate) mod path_notices;
mod pointer_input;
mod preview;
mod renderer;
mod rotated;
mod rows;
pub(crate) mod save;
mod scroll;
mod scroll_bar;
mod search_bar;
pub(crate) mod search_pattern;
mod side_by_side;
pub(crate) mod viewer;
pub(crate) mod viewer_context;
pub(crate) mod visible_rows;
