//! Pieces of pages that know Mesos' terms, and no page.

mod absent;
mod act;
mod builder;
mod capacity;
mod change;
mod counts;
mod detail;
mod export;
mod facets;
mod figure;
mod files;
mod fresh;
mod map;
mod meter;
mod metrics;
mod name;
mod named;
mod offer;
mod own;
mod problem;
mod reads;
mod schedule;
mod shares;
mod state;
mod suggest;
mod table;
mod tasks;
mod trouble;
mod unreadable;
mod weighing;

pub(crate) use absent::{Sought, known_or_absent, so_far};
pub(crate) use act::{
    ActChoice, ActDialog, FieldKind, act_button, act_buttons, act_title, draining_view, field, outcome_tone,
    outcome_words, request_view,
};
pub(crate) use capacity::CapacityPanel;
pub(crate) use change::Changes;
pub(crate) use counts::{figure, task_counts, task_counts_over_time};
pub(crate) use mesoscope_core::text::scalar;

pub(crate) use detail::{
    Detail, ROWS, body, chips, fact, held, or_dash, pairs, resources, slice, some_of, used_words, when,
};
pub(crate) use figure::{ago_or_nothing, amount_or_nothing, bytes_or_nothing, time_or_nothing};
pub(crate) use files::{
    Around, Item, Kind, Listing, after, asking, below_work_dir, download_button, folder, is_absent, is_log, kind, list,
    lookup, regular, viewer, whereabouts, why_nothing, work_dir,
};
pub(crate) use fresh::{Empty, Fresh, may_be_filtered, none_words, unseen, untold};
pub(crate) use map::Agents as AgentMap;
pub(crate) use meter::{bytes_meter, cpus_meter, gpus_meter};
pub(crate) use metrics::MetricsExplorer;
pub(crate) use name::{
    agent_cell, agent_link, framework_cell, framework_link, id_text, role_link, sandbox_links, task_files, web_link,
};
pub(crate) use named::{figure_words, flags_table, named, named_table};
pub(crate) use offer::{inverse_offers_panel, offers};
pub(crate) use own::{
    AgentOwn, Errands, ExecutorOwn, Line, MasterBuild, Reach, contrary_view, executor_lines, of_allocated, told_level,
    verbosity,
};
pub(crate) use problem::Problems;
pub(crate) use reads::Reads;
pub(crate) use schedule::schedule;
pub(crate) use shares::RoleShares;
pub(crate) use state::{agent_state, framework_state, health_mark, operation_state, task_state};
pub(crate) use table::{Acts as TableActs, TableOf, table_page};
pub(crate) use tasks::{TASK_COLUMNS, TaskLists, task_place};
pub(crate) use trouble::{Kinds, Losses};
pub(crate) use unreadable::{unknown_lists, unreadable_fields};
pub(crate) use weighing::{share_cell, weighing, weight_cell};
