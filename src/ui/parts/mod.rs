//! Pieces of pages that know Mesos' terms, and no page.

mod capacity;
mod change;
mod meter;
mod problem;
mod state;
mod table;

pub(crate) use capacity::CapacityPanel;
pub(crate) use change::Changes;
pub(crate) use meter::{bytes_meter, cpus_meter, gpus_meter};
pub(crate) use problem::Problems;
pub(crate) use state::{agent_state, task_state};
pub(crate) use table::{TableOf, TablePage};
