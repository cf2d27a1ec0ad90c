//! Pieces of pages that know Mesos' terms, and no page.

mod capacity;
mod change;
mod counts;
mod detail;
mod export;
mod facets;
mod figure;
mod files;
mod fresh;
mod meter;
mod name;
mod named;
mod offer;
mod own;
mod problem;
mod reads;
mod state;
mod table;
mod trouble;

pub(crate) use capacity::CapacityPanel;
pub(crate) use change::Changes;
pub(crate) use counts::{figure, task_counts};
pub(crate) use detail::{Detail, chips, fact, or_dash, pairs, resources, scalar, slice, used_words, when};
pub(crate) use figure::{ago_or_nothing, amount_or_nothing, bytes_or_nothing, time_or_nothing};
pub(crate) use files::{Around, Item, download_button, folder, viewer};
pub(crate) use fresh::Fresh;
pub(crate) use meter::{bytes_meter, cpus_meter, gpus_meter};
pub(crate) use name::{agent_link, framework_link, sandbox_links, task_files, web_link};
pub(crate) use named::{figure_words, named, named_table};
pub(crate) use offer::{inverse_offers, offers};
pub(crate) use own::{AgentOwn, Errands, ExecutorOwn, Line, Reach, executor_lines};
pub(crate) use problem::Problems;
pub(crate) use reads::Reads;
pub(crate) use state::{agent_state, framework_state, task_state};
pub(crate) use table::{TableOf, table_page};
pub(crate) use trouble::{Kinds, Losses};
